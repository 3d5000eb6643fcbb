"""What a customer's words give in stars: one overall score and four for attitude, skill, speed and process."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import cn2an

from .opinions import DIMENSIONS, Opinion, find_opinions, pattern_of, tells_misconduct, told_parts, words_of

_SIMPLIFIED = str.maketrans(
    "態務給評專業術滿顆個費規範時極過師來遲錢亂貴熱髒錯沒還點細禮準乾淨裝壞爛氣對戶說話賣傷罵靈實體驗麼這樣讓約遠慣應該",
    "态务给评专业术满颗个费规范时极过师来迟钱乱贵热脏错没还点细礼准干净装坏烂气对户说话卖伤骂灵实体验么这样让约远惯应该")
LOW_SCORE = 2


@dataclass(frozen=True)
class Scores:
    """1 to 5 stars each; None was not said."""

    overall: int | None = None
    attitude: int | None = None
    skill: int | None = None
    speed: int | None = None
    process: int | None = None


@dataclass(frozen=True)
class Reading:
    """What a message says about a service.

    `plain` names the scores given as stars, points or 好评; the others were understood from praise and blame. `blamed`
    says that something was found wanting, `misconduct` that it is matter for a complaint.
    """

    scores: Scores = Scores()
    plain: frozenset[str] = frozenset()
    blamed: bool = False
    misconduct: bool = False

    @property
    def given(self) -> dict[str, int]:
        """The scores that were said, by name."""
        return {name: value for name, value in vars(self.scores).items() if value is not None}


class ScoreOutOfRange(ValueError):  # noqa: N818 - part of the interface
    """A score that is no whole number from 1 to 5: the message is a Chinese sentence for the customer."""

    def __init__(self, words: str) -> None:
        super().__init__(f"评分是1到5分的整数，您给的是“{words}”，请重新打分。")


class ScoresContradict(ScoreOutOfRange):
    """Stars and words, or two numbers of stars, that cannot both be meant."""


_SCORE_NAMES = ("overall", *DIMENSIONS)
_NUMBER = r"\d+(?:\.\d+)?|[二三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]"
_POINTS = (
    rf"(?!十分(?![,。!~ 吧了啊制好]|$))(?<![点\d.百一二两三四五六七八九])(?<!\d:)(?P<number>{_NUMBER})\s*"
    r"(?:颗|个|粒)?(?:星(?!期)|分(?![钟之店公批])|颗|[⭐★🌟✨](?!\s*[⭐★🌟✨☆]))"
    r"(?P<half>半)?(?:好评|满分)?")
_STARS = r"(?P<stars>[⭐★🌟✨](?:\s*[⭐★🌟✨☆])*)"
_PLAIN = (
    r"(?P<plain>(?<![\d.])(?:\d{1,2}(?:\.\d)?|[一二三四五])"
    r"(?![\d.一二三四五六七八九十百点个条次楼号年月天小趟块元多分]))")
_VALUE = re.compile(f"{_STARS}|{_POINTS}|{_PLAIN}")
_BETWEEN = re.compile(
    r"(?:方面|这块|上面|上|评分|分数|打分|给你?们?|打|改成|改为|改到|改|了|是|都|也|就|我|算|个|得|还?能有|的|话|嘛|呢|吧|真的?"
    r"|确实|还是|应该|师傅|只有?|只?能|最多|顶多|撑死|勉强|才|和|跟|与|以及|及"
    r"|[:=,、 ])*")
_BARE = re.compile(rf"(?:我|就|给你?们?|打|评|那|选|个|是|[,。 ])*(?P<number>{_NUMBER})[吧了啊哦哈呀,。!~ ]*")
_NOT = re.compile(r"(?:不是|不给|不会给|别给|不想给|没给|不能给|不值|[扣少减差低加])了?个?$")
#: 3-4分: nobody can tell which.
_RANGE = re.compile(r"[1-5一二三四五][分星颗]*\s*(?:-|~|到|至|或者?)\s*[1-5一二三四五]\s*[分星颗]")
_OLD_DIGITS = str.maketrans("俩仨壹贰叁肆伍", "两三一二三四五")
#: 十分制, 满分10分: whatever the number, it is not one of five.
_OTHER_SCALE = re.compile(r"(?:十|10|百|100)分制|满分(?:是|为|就?算)?(?:10|十|100|一百)分?|(?:10|十|100|一百)分(?:是|为)?满分")
_OF_FIVE = re.compile(r"(?:满分|最高)(?:是|为)?[5五][分星]|[5五][分星](?:制|满分)(?=.*[1-5一二三四五][分星])")
#: Words by which a later score replaces an earlier one.
_CORRECTS = re.compile(r"改|不是|应该|而是|还是|不对|(?<!不)错|本来|原来|原本|之前|上次|扣|变|→|只能|降|加到")
_EXCEPT = re.compile(r"除了|除开|除去")
#: 就是贵, 除了慢: what is set against praise is blame, however short.
_SET_AGAINST = re.compile(r"就是|只是|可惜|但|不过|除[了开去]")
_ALL_BEFORE = ("都", "都是", "都给", "都打", "全", "全是")
_SURELY_ALL_BEFORE = ("哪都", "哪里都", "哪儿都", "什么都", "啥都")
#: A yes rather than praise, also where a score was asked for.
_CONSENT = re.compile(r"(?:好的|好吧|好啊|好呀|好嘞|行吧?|可以的?|嗯|ok)[,。!~ ]*", re.I)


def find_scores(text: str) -> Scores:
    """The scores said in the text, all None when it says none. Raises as read_scores does."""
    return read_scores(text).scores


def read_scores(text: str, asked: str | None = None) -> Reading:
    """What the text says about a service, in stars.

    Args:
        asked: the score the customer was asked for, `overall` or one of DIMENSIONS; what names nothing is about it, and
            then a bare 慢 or 挺好 counts.

    Raises:
        ScoreOutOfRange: for 8分, 4.5星, 满分10分 and the like.
        ScoresContradict: for 五星差评, ⭐⭐⭐ 五星 and the like.
    """
    plain = simplified(text)
    bare = _BARE.fullmatch(plain)
    if bare and _is_score(bare["number"]):
        return _bare(bare["number"], asked)
    if scale := _OTHER_SCALE.search(plain):
        raise ScoreOutOfRange(scale[0])
    if _RANGE.search(plain):
        raise ScoresContradict(plain)
    reader = _Reader(_OF_FIVE.sub("", plain) if len(_VALUE.findall(plain)) > 1 else plain, asked)
    return reader.read()


def named_dimensions(text: str) -> list[str]:
    """Which of overall and DIMENSIONS the text names, with a score or without."""
    found = (match.lastgroup or "" for match in _nouns().finditer(simplified(text)))
    return list(dict.fromkeys(name for name in found if name in _SCORE_NAMES))


def implied_overall(scores: Scores) -> int | None:
    """The overall score that the dimensions come to, in doubt the one nearer the middle; None where there are none."""
    given: list[int] = [value for name in DIMENSIONS if (value := getattr(scores, name)) is not None]
    if not given:
        return None
    mean = sum(given) / len(given)
    return math.ceil(mean - 0.5) if mean > 3 else math.floor(mean + 0.5)


def say_scores(values: Mapping[str, Any]) -> str:
    """总体3星，态度5，速度2: the scores that there are, as they are read back."""
    names = words_of("names")
    overall = [f"{names['overall']}{values['overall']}星"] if values.get("overall") else []
    return "，".join([*overall, *(f"{names[name]}{values[name]}" for name in DIMENSIONS if values.get(name))])


def simplified(text: str) -> str:
    """Half width, simplified characters, no blanks around: what all patterns here read."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").translate(_SIMPLIFIED).strip()
    return re.sub("[俩仨壹贰叁肆伍](?=[颗个粒]?[星分])", lambda digit: digit[0].translate(_OLD_DIGITS), plain)


def _bare(words: str, asked: str | None) -> Reading:
    name = asked or "overall"
    return Reading(Scores(**{name: _stars(_number(words), words)}), frozenset({name}))


def _is_score(words: str) -> bool:
    """A number alone is a score up to 10, and 100; 402 and phone numbers are none."""
    value = _number(words)
    return value <= 10 or value == 100


def _number(words: str) -> float:
    return float(words) if words[0].isdecimal() else float(cn2an.cn2an(words, "smart"))


def _stars(value: float, words: str) -> int:
    if value not in {1, 2, 3, 4, 5}:
        raise ScoreOutOfRange(words)
    return int(value)


@dataclass(frozen=True)
class _Token:
    """A stretch of the text that means something: what is rated, who did it, a value, an opinion."""

    start: int
    end: int
    kind: str
    name: str = ""
    stars: int = 0
    match: re.Match[str] | None = None
    opinion: Opinion = field(default=Opinion(0, 0, 0))

    def value(self) -> int:
        """The stars that a value stands for."""
        return _value(self.match) if self.match else self.stars


def _opposite(one: int, other: int) -> bool:
    """Praise and blame."""
    return min(one, other) <= LOW_SCORE and max(one, other) > LOW_SCORE + 1


class _Reader:
    """Reads one text from left to right, keeping in mind what was named last."""

    def __init__(self, plain: str, asked: str | None) -> None:
        self._plain = plain
        self._asked = asked
        self._values: dict[str, int] = {}
        self._given: set[str] = set()  # as plain stars or 好评
        self._exact: set[str] = set()  # as plain stars
        self._pending: list[str] = []
        self._loosely = False  # 服务 is mostly the attitude, but 服务及时 is the speed
        self._subject = ""
        self._excepting = False
        self._set_against = False
        self._excepted: set[str] = set()
        self._blamed = False
        self._end = 0

    def read(self) -> Reading:
        for token in _tokens(self._plain):
            self._heed(token, self._plain[self._end:token.start])
            self._end = token.end
        if "overall" in self._exact and self._values["overall"] == 5:  # who gives five stars means no less by 不错
            self._values |= {name: 5 for name, stars in self._values.items() if stars == 4 and name not in self._given}
        scores = Scores(**self._values)
        return Reading(scores, frozenset(self._given), self._blamed, tells_misconduct(self._plain))

    def _heed(self, token: _Token, gap: str) -> None:
        joined = _BETWEEN.fullmatch(gap) is not None
        self._excepting = self._excepting or bool(_EXCEPT.search(gap))
        self._set_against = bool(_SET_AGAINST.search(gap))
        if re.search(r"[,。.!?;~…]", gap):
            self._subject = ""
        if token.kind == "subject":
            self._subject = token.name
            return
        if token.kind == "noun":
            self._name(token, joined)
        elif token.kind == "value":
            self._take_value(token, gap, joined)
        else:
            self._take_opinion(token.opinion, gap, joined)

    def _name(self, token: _Token, joined: bool) -> None:
        self._pending = [*self._pending, token.name] if joined and token.name != "rest" else [token.name]
        self._loosely = self._plain[token.start:token.end] == "服务"
        if self._excepting:
            self._excepted.add(token.name)

    def _take_value(self, token: _Token, gap: str, joined: bool) -> None:
        if _NOT.search(gap):  # 速度扣一分，4分
            return
        names, self._pending = self._pending if joined else [], []
        if token.name == "plain" and not names:
            return  # a bare number counts only where it belongs to something
        stars, corrected = token.value(), bool(_CORRECTS.search(self._plain))
        for name in self._spread(names or self._unnamed(gap, token.end)):
            if name in self._values and not corrected and self._disagree(name, stars, verdict=token.name == "verdict"):
                raise ScoresContradict(self._plain)
            if token.name == "verdict" and name in self._given:
                continue  # 差评，两星
            self._values[name] = stars
            self._given.add(name)
            self._exact |= {name} if token.name != "verdict" else set()

    def _disagree(self, name: str, stars: int, *, verdict: bool) -> bool:
        """Whether a value cannot be meant along with what was said before of the same."""
        earlier = self._values[name]
        if name == "overall" and name in self._exact and not verdict:
            return earlier != stars
        return _opposite(earlier, stars)

    def _take_opinion(self, opinion: Opinion, gap: str, joined: bool) -> None:
        pending, self._pending = (self._pending if joined else []), []
        names = self._about(opinion, pending, gap)
        for name in self._spread(names):
            self._judge(name, opinion.stars)
        if self._excepting:
            self._excepted |= set(names)
        self._blamed = self._blamed or (bool(names) and opinion.stars <= LOW_SCORE)

    def _judge(self, name: str, stars: int) -> None:
        """Stars that were given stand against words, unless these say the very opposite."""
        earlier = self._values.get(name)
        if name in self._given and earlier is not None:
            if _opposite(earlier, stars) and not _CORRECTS.search(self._plain):
                raise ScoresContradict(self._plain)
            return
        if earlier is None:
            self._values[name] = stars
        elif (earlier <= LOW_SCORE) == (stars <= LOW_SCORE):  # 很好，非常满意; 态度差，还骂人
            self._values[name] = min(earlier, stars) if stars <= LOW_SCORE else max(earlier, stars)
        elif name in DIMENSIONS:
            self._values[name] = min(earlier, stars)
        else:
            self._values[name] = stars

    def _about(self, opinion: Opinion, pending: Sequence[str], gap: str) -> list[str]:
        """What an opinion is about; nothing where that cannot be told."""
        if opinion.dimension and (opinion.fact or not pending or self._loosely):
            return self._own(opinion)
        if pending:
            return list(pending)
        if self._subject and len(gap) <= 6:
            return [self._person() if self._subject == "person" else self._subject]
        if self._excepting:
            return ["rest"]
        if gap.endswith(_SURELY_ALL_BEFORE) or (gap.endswith(_ALL_BEFORE) and not opinion.vague):
            return ["all"]
        if opinion.vague and not self._asked_for_it(opinion):
            return []
        if opinion.clear or opinion.alone:
            return [self._asked or "overall"]
        return []

    def _own(self, opinion: Opinion) -> list[str]:
        assert opinion.dimension is not None  # noqa: S101 - the caller has looked
        if opinion.dimension == "process" and self._subject == "skill" and not opinion.fact:
            return ["skill"]  # 洗得很干净
        known = self._subject or self._set_against or self._asked_for_it(opinion)
        unclear = opinion.vague and not known
        return [] if unclear else [opinion.dimension]

    def _asked_for_it(self, opinion: Opinion) -> bool:
        if _CONSENT.fullmatch(self._plain) or not self._asked:
            return False
        return opinion.alone and (self._asked in DIMENSIONS or opinion.stars <= LOW_SCORE)

    def _person(self) -> str:
        return self._asked if self._asked in DIMENSIONS else "attitude"

    def _unnamed(self, gap: str, end: int) -> list[str]:
        """都5分 is all of them, 5分的态度 the one after it."""
        if gap.endswith(_ALL_BEFORE):
            return ["all"]
        following = re.match(f"的(?:{_nouns().pattern})", self._plain[end:])
        return [following.lastgroup] if following and following.lastgroup else [self._asked or "overall"]

    def _spread(self, names: Sequence[str]) -> list[str]:
        """The scores that the names stand for: all of them, the rest."""
        spread = [name for name in names if name in _SCORE_NAMES]
        if "all" in names:
            spread += _SCORE_NAMES
        if "rest" in names:
            spread += [name for name in DIMENSIONS if name not in self._values and name not in self._excepted]
        return list(dict.fromkeys(spread))


def _tokens(plain: str) -> Iterator[_Token]:
    """What the text is made of, at every place the longest; a word that names and praises is taken for what it does here."""
    end = 0
    found = [*_values_in(plain), *_opinions_in(plain), *_named_in(plain)]
    for token in sorted(found, key=lambda each: (each.start, -each.end)):
        if token.start >= end and not (token.kind == "opinion" and _names_here(plain, token)):
            yield token
            end = token.end


def _values_in(plain: str) -> Iterator[_Token]:
    for match in _VALUE.finditer(plain):
        yield _Token(*match.span(), "value", "plain" if match["plain"] else "", match=match)
    for verdict, stars in words_of("verdicts").items():
        for start, end in told_parts(plain):
            for match in re.compile(verdict).finditer(plain, start, end):
                yield _Token(*match.span(), "value", "verdict", stars)


def _value(match: re.Match[str]) -> int:
    if match["stars"]:
        return _stars(len(re.findall("[⭐★🌟✨]", match["stars"])), match["stars"])
    words = match["number"] or match["plain"]
    return _stars(_number(words) + (0.5 if match["half"] else 0), match[0])


def _opinions_in(plain: str) -> Iterator[_Token]:
    for opinion in find_opinions(plain):
        yield _Token(opinion.start, opinion.end, "opinion", opinion=opinion)


def _named_in(plain: str) -> Iterator[_Token]:
    for kind, pattern in (("noun", _nouns()), ("subject", _subjects())):
        for match in pattern.finditer(plain):
            yield _Token(*match.span(), kind, match.lastgroup or "")


def _names_here(plain: str, token: _Token) -> bool:
    """专业4分, 专业、速度都5分: the word says what is rated; 师傅专业 praises."""
    noun = _nouns().match(plain, token.start)
    if noun is None or noun.end() < token.end:
        return False
    rest = plain[noun.end():]
    between = _BETWEEN.match(rest)
    follows = rest[between.end():] if between else rest
    return rest.startswith("、") or bool(_VALUE.match(follows))


@cache
def _nouns() -> re.Pattern[str]:
    return _by_name(words_of("nouns"))


@cache
def _subjects() -> re.Pattern[str]:
    return _by_name(words_of("subjects"))


def _by_name(words: dict[str, Any]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern_of(each)})" for name, each in words.items()))
