"""What can be wrong with the training data and can be told by rule; the rules are those of the label set."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.components.patterns import find_spans
from bot.components.text import fold
from bot.report.corpus import Example, Mention


@dataclass(frozen=True)
class Fault:
    """One finding. `words` are what an accepted exception has to name; a `warning` does not fail the check."""

    kind: str
    place: str
    message: str
    words: frozenset[str]
    warning: bool = False


@dataclass(frozen=True)
class Known:
    """What the checks compare with: the labels of the domain, and folded words with the entity they must be marked as."""

    intents: frozenset[str]
    entities: frozenset[str]
    words: Mapping[str, str]


ExampleCheck = Callable[[Example, Known], Iterator[Fault]]
CorpusCheck = Callable[[Sequence[Example]], Iterator[Fault]]

_EDGES = " \t\u3000,，。.!！?？;；:：、~～…\"'“”‘’「」—-/·"
#: Entity, what its words must not look like, and why.
_SPAN_RULES = (
    ("symptom", re.compile(r"^(?:又|就是|老是|一直)"), "the span starts after 又, 就是, 老是, 一直"),
    ("symptom", re.compile(r"(?<![不得])了$"), "the span ends before the final 了"),
    ("time", re.compile(r"^(?:从|大概)"), "the span starts after 从, 大概"),
    ("time", re.compile(r"^(?:现在|马上|刚才|刚刚|上次|平时|天天|半天|一阵子)$"), "these words are no time"),
    ("time", re.compile(r"^(?:几点|多久|几天|什么时候|几时|哪天|几号)$"), "asking words are no time"),
    ("service_type", re.compile(r"^报修$"), "报修 is no kind of service"),
    ("person_name", re.compile(r"师傅|师父"), "the technician is not the contact"),
    ("dimension", re.compile(r"^总体$"), "总体 is no dimension"),
    ("score", re.compile(r"[^⭐★\ufe0f][⭐★]|[⭐★]\ufe0f?[^⭐★\ufe0f]"), "words and stars side by side are two spans"),
    ("phone", re.compile(r"^[^0-9０-９零一二三四五六七八九幺]*$"), "a phone number has digits"),
)
_GREETING = re.compile(r"好(?![像几多久用不在])")
_PARTS_OF_DAY = frozenset({"早上", "上午", "中午", "下午", "晚上"})
_SHAPED = ("phone", "order_number")
_SHORTEST_PAIR = 4


def labels(example: Example, known: Known) -> Iterator[Fault]:
    """Intents and entities that the domain does not know."""
    if example.intent not in known.intents:
        yield _fault("label", example, f"unknown intent {example.intent}", example.intent)
    for mention in example.mentions:
        if mention.entity not in known.entities:
            yield _fault("label", example, f"unknown entity {mention.entity or '(empty)'}", mention.words)


def brackets(example: Example, _known: Known) -> Iterator[Fault]:
    """Marks that are not `[words](entity)`: left open, empty, or one inside the other."""
    if re.search(r"[\[\]]", example.text):
        yield _fault("bracket", example, f"a mark is broken or overlaps another: {example.raw}", example.raw)
    for mention in example.mentions:
        if not mention.words.strip():
            yield _fault("bracket", example, f"nothing is marked as {mention.entity}", example.raw)


def edges(example: Example, _known: Known) -> Iterator[Fault]:
    """Blanks and punctuation at the ends of marked words."""
    for mention in example.mentions:
        if mention.words.strip() and mention.words.strip(_EDGES) != mention.words:
            message = f"「{mention.words}」({mention.entity}) begins or ends with a blank or punctuation"
            yield _fault("edge", example, message, mention.words)


def spans(example: Example, _known: Known) -> Iterator[Fault]:
    """Marked words that a rule of the label set excludes."""
    for mention in example.mentions:
        for entity, pattern, reason in _SPAN_RULES:
            if mention.entity == entity and pattern.search(mention.words):
                yield _fault("span", example, f"「{mention.words}」({entity}): {reason}", mention.words)
        if mention.words in _PARTS_OF_DAY and _GREETING.match(example.text, mention.end):
            yield _fault("span", example, f"「{mention.words}好」 is a greeting, no time", example.text)


def unmarked(example: Example, known: Known) -> Iterator[Fault]:
    """Numbers with a shape of their own, brands and appliances that stand in the text without a mark."""
    folded = fold(example.text)
    for span in find_spans(folded):
        if span.entity in _SHAPED and not _covered(example, span.start, span.end, span.entity):
            words = example.text[span.start : span.end]
            yield _fault("unmarked", example, f"「{words}」 is not marked as {span.entity}", words)
    for start, end in _listed(folded, known.words):
        if not _covered(example, start, end):
            words, entity = example.text[start:end], known.words[folded[start:end]]
            yield _fault("unmarked", example, f"「{words}」 is not marked as {entity}", words, example.text)


def _covered(example: Example, start: int, end: int, entity: str | None = None) -> bool:
    return any(
        mention.start < end and start < mention.end and entity in (None, mention.entity)
        for mention in example.mentions
    )


def _listed(folded: str, words: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    longest, start = max(map(len, words), default=0), 0
    while start < len(folded):
        stop = min(len(folded), start + longest)
        end = next((end for end in range(stop, start, -1) if folded[start:end] in words), None)
        if end and not _inside_a_word(folded, start, end):
            yield start, end
        start = end or start + 1


def _inside_a_word(folded: str, start: int, end: int) -> bool:
    """Whether a word in Latin letters is part of a longer one."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return (folded[start].isascii() and before.isascii() and before.isalnum()) or (
        folded[end - 1].isascii() and after.isascii() and after.isalnum()
    )


def kinds(examples: Sequence[Example]) -> Iterator[Fault]:
    """The same words marked as different entities; reported where the rarer reading stands."""
    by_words: dict[str, dict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
    for example, mention in _all_mentions(examples):
        by_words[fold(mention.words)][mention.entity].append(example)
    for words, readings in by_words.items():
        usual = max(readings, key=lambda entity: len(readings[entity]))
        for entity, places in readings.items():
            for example in places if entity != usual else ():
                message = f"「{words}」 is {entity} here and {usual} in {len(readings[usual])} other places"
                yield _fault("kind", example, message, words)


def _all_mentions(examples: Iterable[Example]) -> Iterator[tuple[Example, Mention]]:
    return ((example, mention) for example in examples for mention in example.mentions)


def duplicates(examples: Sequence[Example]) -> Iterator[Fault]:
    """The same sentence twice; but for punctuation and width a fault between intents, a warning within one."""
    first: dict[str, Example] = {}
    for example in examples:
        other = first.setdefault(example.core, example)
        if other is example:
            continue
        words = (example.text, other.text)
        if other.text == example.text:
            yield _fault("duplicate", example, f"「{example.text}」 stands at {other.place} too", *words)
        elif other.intent != example.intent:
            message = f"「{example.text}」 is {example.intent}, but {other.intent} at {other.place}: 「{other.text}」"
            yield _fault("conflict", example, message, *words)
        else:
            message = f"「{example.text}」 is nearly that of {other.place}: 「{other.text}」"
            yield _fault("near", example, message, *words, warning=True)


def neighbours(examples: Sequence[Example]) -> Iterator[Fault]:
    """Warnings about sentences that differ in one character only and carry different intents."""
    for one, other in _pairs(examples):
        if one.intent != other.intent:
            message = f"「{one.text}」 is {one.intent}, but {other.intent} at {other.place}: 「{other.text}」"
            yield _fault("neighbour", one, message, one.text, other.text, warning=True)


def _pairs(examples: Sequence[Example]) -> Iterator[tuple[Example, Example]]:
    """Pairs a single change, addition or omission apart: equal once one character is left out of one or of both."""
    shortened: dict[tuple[str, int], list[Example]] = defaultdict(list)
    whole = {example.core: example for example in examples if len(example.core) >= _SHORTEST_PAIR}
    for core, example in whole.items():
        for index in range(len(core)):
            shortened[core[:index] + core[index + 1 :], index].append(example)
    seen: set[frozenset[str]] = set()
    for (rest, _index), alike in shortened.items():
        for other in [*alike[1:], *filter(None, [whole.get(rest)])]:
            pair = frozenset((alike[0].core, other.core))
            if pair not in seen:
                seen.add(pair)
                yield alike[0], other


#: The least the data has to offer: of the frequent intents, of every topic of the general questions, of the rest.
LEAST_IN_ALL = 6000
FREQUENT = (
    *("describe_fault", "inform", "request_service", "query_progress", "urge_order", "reschedule_visit", "cancel_order"),
    *("change_contact", "rate_service", "complain", "human_handoff", "affirm", "deny", "skip", "stop", "list_services"),
)
LEAST_OF_FREQUENT, LEAST_OF_TOPIC, LEAST_OUT_OF_SCOPE = 150, 60, 400


def counts(examples: Sequence[Example]) -> Iterator[Fault]:
    """Too few sentences in all, of an intent, or of a topic."""
    found = Counter(example.intent for example in examples)
    least = dict.fromkeys(FREQUENT, LEAST_OF_FREQUENT) | {"out_of_scope": LEAST_OUT_OF_SCOPE}
    least |= {intent: LEAST_OF_TOPIC for intent in found if intent.startswith("faq")}
    for intent, wanted in least.items():
        if found[intent] < wanted:
            yield _shortage(intent, found[intent], wanted)
    if len(examples) < LEAST_IN_ALL:
        yield _shortage("the training data", len(examples), LEAST_IN_ALL)


def _shortage(what: str, found: int, wanted: int) -> Fault:
    return Fault("count", "nlu", f"{what} has {found} sentences and needs {wanted}", frozenset({what}))


def _fault(kind: str, example: Example, message: str, *words: str, warning: bool = False) -> Fault:
    return Fault(kind, example.place, message, frozenset(words), warning)


EXAMPLE_CHECKS: tuple[ExampleCheck, ...] = (labels, brackets, edges, spans, unmarked)
CORPUS_CHECKS: tuple[CorpusCheck, ...] = (kinds, duplicates, neighbours, counts)


def check(examples: Sequence[Example], known: Known) -> list[Fault]:
    """Every fault of the examples, kind by kind."""
    single = [fault for run in EXAMPLE_CHECKS for example in examples for fault in run(example, known)]
    return single + [fault for over in CORPUS_CHECKS for fault in over(examples)]
