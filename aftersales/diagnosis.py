"""What may be wrong with an appliance: common faults and error codes, found in a customer's words.

The knowledge stands in `aftersales/knowledge/faults` and `aftersales/knowledge/codes`, one file per kind of appliance;
every entry names its source out of `faults/sources.yml`. The files are read once, and strictly: an entry that breaks
a rule stops the reader with a `KnowledgeError` that names file and entry. No step asks a layman to open an appliance,
and a danger has safety steps instead of a check list.
"""
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from .catalogue import APPLIANCES, find_appliance
from .catalogue.appliances import KIND_OF
from .catalogue.wording import half_width, load

Urgency = Literal["immediate", "soon", "normal"]
Danger = Literal["gas", "electricity", "water"]

_FOLDER = Path(__file__).parent / "knowledge"
_TABLES = ("sources.yml", "sentences.yml")
_STRICT = ConfigDict(extra="forbid")
_BRANDS = frozenset(load("brands.yml"))
_OTHER = "其他"
_TRADE, _SEVERAL = "trade", "several"
_DEADLY = ("gas", "electricity")
_PRESSING: tuple[Urgency, ...] = ("immediate", "soon", "normal")


class KnowledgeError(ValueError):
    """An entry of the knowledge base breaks a rule; the text names the file, the entry and the rule."""


@dataclass(frozen=True, config=_STRICT)
class Source:
    """Where a fact comes from: its key in `faults/sources.yml`, a title, and an address where there is one."""

    key: str
    title: Annotated[str, StringConstraints(min_length=4)]
    address: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}/\S*$")] | None = None


def _split(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _source(value: object) -> object:
    if isinstance(value, Source):
        return value
    if value not in _sources():
        raise ValueError(f"{value} is not in sources.yml")
    return _sources()[str(value)]


def _one_of(kept: Iterable[str], what: str) -> AfterValidator:
    known = frozenset(kept)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value} is not {what}")
        return value

    return AfterValidator(check)


def _counted(least: int, most: int, none: bool = False) -> AfterValidator:
    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        if not least <= len(values) <= most and not (none and not values):
            raise ValueError(f"has {len(values)} entries, {least} to {most} are wanted")
        return values

    return AfterValidator(check)


def _not_trade(source: Source) -> Source:
    if source.key == _TRADE:
        raise ValueError("an error code wants a source of its own, not trade")
    return source


Text = Annotated[str, StringConstraints(min_length=2, max_length=60)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_split), _counted(1, 12)]
Phrases = Annotated[tuple[Text, ...], BeforeValidator(_split), _counted(5, 12)]
Spellings = Annotated[tuple[str, ...], BeforeValidator(_split)]
Step = Annotated[str, StringConstraints(min_length=4, max_length=30)]
Checks = Annotated[tuple[Step, ...], _counted(2, 4, none=True)]
Safety = Annotated[tuple[Step, ...], _counted(1, 4, none=True)]
Kind = Annotated[str, _one_of(APPLIANCES, "a kind of appliance")]
Brand = Annotated[str, _one_of(_BRANDS, "a brand of brands.yml")]
Brands = Annotated[tuple[Brand, ...], BeforeValidator(_split)]
Name = Annotated[str, StringConstraints(min_length=2, max_length=40)]
Cited = Annotated[Source, BeforeValidator(_source)]


def _refuse_unsafe(finding: "Fault | CodeMeaning") -> None:
    if bool(finding.danger) != bool(finding.safety):
        raise ValueError("a danger wants safety steps, and only a danger has them")
    if finding.danger and finding.checks:
        raise ValueError("a danger has safety steps and no checks")


@dataclass(frozen=True, config=_STRICT)
class Fault:
    """A common fault of one kind of appliance.

    `phrases` are the words by which customers tell it, `…` standing for a few words between; `devices`, only under
    其他, the things it belongs to (消毒柜). Either `danger` is None and `checks` has no step or 2 to 4 that a layman
    can safely do, or there are no checks but `safety` steps. `parts` are what the technician should bring.
    """

    appliance: Kind
    name: Name
    phrases: Phrases
    causes: Words
    parts: Words
    urgency: Urgency
    source: Cited
    checks: Checks = ()
    danger: Danger | None = None
    safety: Safety = ()
    devices: Spellings = ()

    def __post_init__(self) -> None:
        _refuse_unsafe(self)
        if self.devices and self.appliance != _OTHER:
            raise ValueError(f"devices are for {_OTHER} alone")

    @property
    def title(self) -> str:
        """The fault in plain words."""
        return self.name


@dataclass(frozen=True, config=_STRICT)
class CodeMeaning:
    """What an error code means on the appliances of some brands.

    `brands` is empty where the brand is not known and the brands differ; `causes` then tells what each brand means.
    `also` are other spellings of the code, `series` the appliances for which the meaning is known, `differs` what
    speaks against relying on it: other series, or sources that contradict each other.
    """

    appliance: Kind
    brands: Brands
    code: str
    meaning: Name
    causes: Words
    urgency: Urgency
    source: Cited
    parts: Spellings = ()
    checks: Checks = ()
    danger: Danger | None = None
    safety: Safety = ()
    also: Spellings = ()
    series: Text | None = None
    differs: Text | None = None

    def __post_init__(self) -> None:
        _refuse_unsafe(self)

    @property
    def title(self) -> str:
        """The code with its meaning."""
        return f"{self.code}：{self.meaning}"

    @property
    def spellings(self) -> frozenset[str]:
        """Every spelling of the code, folded."""
        return frozenset(map(_fold_code, (self.code, *self.also)))


@plain_dataclass(frozen=True)
class Checklist:
    """What a customer may check before a technician comes: a title and 2 to 4 steps of at most 30 characters."""

    title: str
    steps: tuple[str, ...]

    @property
    def text(self) -> str:
        """The list as a message of at most 300 characters."""
        return "\n".join([self.title, *(f"{number}. {step}" for number, step in enumerate(self.steps, 1))])


@plain_dataclass(frozen=True)
class Advice:
    """For the work order: likely causes, parts to bring, and both as a sentence."""

    causes: tuple[str, ...]
    parts: tuple[str, ...]
    text: str


def find_fault(appliance: str | None, text: str) -> Fault | None:
    """The fault that a customer tells; a denied or mended one (没有漏水, 修好了) does not count.

    `appliance`: a kind of the integration API or a name of one (消毒柜); None, or a name that is not known, takes it
    from the text. Where the text names none and the words fit several kinds, only a fault common to all of them is
    found. Of several faults gas and electricity come first, then what is particular to the kind, then the longest
    phrase.
    """
    named = f"{appliance or find_appliance(text) or ''}，{text}"
    kind = _kind(appliance) or find_appliance(text) or _only_kind(text)
    best = max(_told(kind, text, named), key=lambda told: told[0], default=None)
    return replace(best[1], appliance=kind) if best else None


def find_code(appliance: str | None, brand: str | None, code: str) -> CodeMeaning | None:
    """What a code means; None where we do not know it, or where it fits several kinds and `appliance` is None.

    `brand`: by the name we keep. Without one the meaning counts only where two brands or more agree on it; otherwise
    the answer is a cautious line (no brands, no checks) with what each brand means by it.
    """
    kind = _kind(appliance)
    same = [
        entry for entry in codes()
        if _fold_code(code) in entry.spellings and kind in (None, entry.appliance) and (not brand or brand in entry.brands)
    ]
    if not same or len({entry.appliance for entry in same}) > 1:
        return None
    return same[0] if brand else _without_brand(same)


def checklist(finding: Fault | CodeMeaning) -> Checklist | None:
    """The short list to offer to the customer; None where a layman can check nothing, or where it is dangerous."""
    return Checklist(finding.title, finding.checks) if finding.checks else None


def advice_for_technician(finding: Fault | CodeMeaning) -> Advice:
    """Likely causes and parts to bring, in a sentence for the work order."""
    sentence = _sentences()["advice" if finding.parts else "advice_without_parts"]
    text = sentence.format(title=finding.title, causes="、".join(finding.causes), parts="、".join(finding.parts))
    doubt = getattr(finding, "differs", None)
    return Advice(finding.causes, finding.parts, f"{text}{doubt}。" if doubt else text)


@functools.cache
def faults() -> tuple[Fault, ...]:
    """Every fault of the knowledge base."""
    adapter = TypeAdapter(Fault)
    return tuple(
        _checked(adapter, file, str(entry.get("name")), {**entry, "appliance": appliance})
        for file, appliance, content in _files("faults") for entry in content
    )


@functools.cache
def codes() -> tuple[CodeMeaning, ...]:
    """Every error code of the knowledge base; no brand has the same code twice for one kind of appliance."""
    adapter = TypeAdapter(CodeMeaning)
    read = []
    for file, appliance, groups in _files("codes"):
        for raw in _grouped(groups):
            read.append(_checked(adapter, file, f"{raw.get('brands')} {raw.get('code')}", {**raw, "appliance": appliance}))
            _refuse_twin(file, read)
    return tuple(read)


# Reading


def _files(folder: str) -> Iterator[tuple[str, str, Any]]:
    """The files of a folder in order: file, kind of appliance, and what stands under `faults` or `codes`."""
    for path in sorted((_FOLDER / folder).glob("*.yml")):
        content = {} if path.name in _TABLES else _load(path)
        if content and set(content) != {"appliance", folder}:
            raise KnowledgeError(f"{folder}/{path.name}: wants the keys appliance and {folder}, has {', '.join(content)}")
        if content:
            yield f"{folder}/{path.name}", content["appliance"], content[folder]


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _grouped(groups: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each code with the brands, series and source of its group."""
    for group in groups:
        shared = {key: value for key, value in group.items() if key != "codes"}
        yield from ({**shared, **entry} for entry in group["codes"])


Entry = TypeVar("Entry")


def _checked(adapter: TypeAdapter[Entry], file: str, name: str, raw: Mapping[str, Any]) -> Entry:
    try:
        entry = adapter.validate_python(raw)
        if isinstance(entry, CodeMeaning):
            _not_trade(entry.source)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "entry"
        raise KnowledgeError(f"{file}, {name}: {field}: {first['msg']}") from error
    except ValueError as error:
        raise KnowledgeError(f"{file}, {name}: {error}") from error
    return entry


def _refuse_twin(file: str, read: list[CodeMeaning]) -> None:
    new = read[-1]
    for old in read[:-1]:
        if old.appliance == new.appliance and set(old.brands) & set(new.brands) and old.spellings & new.spellings:
            raise KnowledgeError(f"{file}, {' '.join(new.brands)} {new.code}: the brand has this code twice")


@functools.cache
def _sources() -> dict[str, Source]:
    adapter, table = TypeAdapter(Source), _load(_FOLDER / "faults" / "sources.yml")
    return {key: _checked(adapter, "faults/sources.yml", key, {**raw, "key": key}) for key, raw in table.items()}


@functools.cache
def _sentences() -> dict[str, str]:
    sentences: dict[str, str] = _load(_FOLDER / "faults" / "sentences.yml")
    return sentences


# Finding faults

# Phrases and texts are folded alike: traditional characters, 唔 for 不, and words that change nothing, so that
# 不太制冷了 is 不制冷 and 声音特别大 is 声音大.
_TRADITIONAL = str.maketrans("製熱聲電開關門轉動響風氣煙燈凍濕乾淨進過時壓閃機無沒唔", "制热声电开关门转动响风气烟灯冻湿干净进过时压闪机无没不")
_FOLDS = (
    (re.compile(r"(?<![会能是])不(?:怎么|太|咋|再|能够|肯)+(?=\w)|(?<![会能是])不(?:会|能)(?!用|正常)(?=\w)"), "不"),
    (re.compile(r"(?<![会能是])不够(?=[冷热凉暖烫干净响亮])|(?:无法|没法|没办法)(?!用)(?=\w)"), "不"),
    (re.compile(r"没有|没啥|没什么"), "没"),
    (re.compile(r"[致智]冷"), "制冷"),
    (re.compile(r"不燃"), "不着"),
    (re.compile(r"自动|自己"), "自"),
    (re.compile(r"老是|总是|一直|有点儿?|特别|非常|突然|完全|根本|一点儿?|好像|似乎|比较|越来越|经常|有时候?|的时候"), ""),
    (re.compile(r"(?<!好)了|[的得也都又很太就]|老(?!板)"), ""),
)
_STOP = r"，。、；：！？,.;:!?\s"
_DENIED_BEFORE = re.compile(
    r"(?:没|(?<!是)不是|并非|未|无|再|不|怕|防止|避免|以前|别)$|[闻看]不(?:到|见|出)$"
    r"|(?:没|未)(?:[闻嗅看听][到见出]|发现|出现|什么|啥|任何|有)+$")
_DENIED_AFTER = re.compile(rf"[^{_STOP}什几多能怎要可帮]{{0,5}}(?:修好|解决|好了|恢复|没问题)")


@plain_dataclass(frozen=True)
class _Phrase:
    """One phrase of a fault, ready to be searched in folded text."""

    pattern: re.Pattern[str]
    length: int
    fault: Fault


@plain_dataclass(frozen=True)
class _Hit:
    """A phrase in folded text, and whether it is denied or told as mended there."""

    phrase: _Phrase
    start: int
    end: int
    denied: bool


@functools.cache
def _phrases() -> tuple[_Phrase, ...]:
    return tuple(_compiled(phrase, fault) for fault in faults() for phrase in fault.phrases)


def _compiled(phrase: str, fault: Fault) -> _Phrase:
    parts = [_fold(part) for part in phrase.split("…")]
    gap = rf"[^{_STOP}不没未无]{{0,6}}"
    return _Phrase(re.compile(gap.join(map(re.escape, parts))), len("".join(parts)), fault)


def _fold(text: str) -> str:
    folded = half_width(text).translate(_TRADITIONAL).casefold()
    for pattern, shorter in _FOLDS:
        folded = pattern.sub(shorter, folded)
    return folded


def _told(kind: str, text: str, named: str) -> Iterator[tuple[tuple[bool, bool, int, int], Fault]]:
    """The faults of a kind told in a text, and those common to all, each with its rank."""
    folded = _fold(text)
    hits = [hit for phrase in _phrases() if _belongs(phrase.fault, kind, named) for hit in _hits(phrase, folded)]
    denied = [(hit.start, hit.end) for hit in hits if hit.denied]
    for hit in hits:
        fault = hit.phrase.fault
        if not any(start <= hit.start and hit.end <= end for start, end in denied):
            yield (fault.danger in _DEADLY, _is_own(fault, kind), hit.phrase.length, -hit.start), fault


def _belongs(fault: Fault, kind: str, named: str) -> bool:
    if fault.devices:
        return kind == _OTHER and any(device in named for device in fault.devices)
    return fault.appliance in (kind, _OTHER)


def _is_own(fault: Fault, kind: str) -> bool:
    return fault.appliance == kind and (kind != _OTHER or bool(fault.devices))


def _hits(phrase: _Phrase, folded: str) -> Iterator[_Hit]:
    for found in phrase.pattern.finditer(folded):
        denied = _DENIED_BEFORE.search(folded[: found.start()]) or _DENIED_AFTER.match(folded, found.end())
        yield _Hit(phrase, found.start(), found.end(), bool(denied))


def _kind(appliance: str | None) -> str | None:
    return appliance if appliance in APPLIANCES else KIND_OF.get(appliance or "")


def _only_kind(text: str) -> str:
    """The one kind whose faults a text without an appliance tells; 其他 where it is none or several."""
    kinds = {kind for kind in APPLIANCES if any(rank[1] for rank, _ in _told(kind, text, text))}
    return kinds.pop() if len(kinds) == 1 else _OTHER


# Finding codes


def _fold_code(code: str) -> str:
    """Capitals without blank, dot, hyphen and the zeros that lead a number: F.01, f1 and F-01 are one code."""
    plain = re.sub(r"[\s.:\-_]", "", half_width(code)).upper()
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", plain)


def _without_brand(same: list[CodeMeaning]) -> CodeMeaning:
    brands = tuple(dict.fromkeys(brand for entry in same for brand in entry.brands))
    if len(brands) > 1 and len({entry.meaning for entry in same}) == 1:
        return replace(same[0], brands=brands, series=None)
    return CodeMeaning(
        appliance=same[0].appliance, brands=(), code=same[0].code, meaning=_sentences()["brand_unknown"],
        causes=tuple(f"{'/'.join(entry.brands)}：{entry.meaning}" for entry in same),
        urgency=min((entry.urgency for entry in same), key=_PRESSING.index), source=_sources()[_SEVERAL],
    )
