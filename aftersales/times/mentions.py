"""Tokens that belong together become mentions."""
import re
from dataclasses import dataclass, replace
from datetime import date

from .hours import AFTER, BEFORE, HALF_DAY
from .meanings import Day, Hours, Impossible, Soon, Token
from .windows import DAY, Window


@dataclass(frozen=True)
class Mention:
    """Tokens that belong together: a day, hours, or both; or something that stands for itself."""

    start: int
    end: int
    day: Day | None = None
    hours: Hours | None = None
    other: Soon | Window | Impossible | None = None
    weekday: Day | None = None  # said besides the date, whether it is the same day or not

    @property
    def rank(self) -> int:
        """A day says more than hours alone, hours more than 尽快."""
        if isinstance(self.other, Soon):
            return 0
        return 1 if self.hours and not self.day else 2


_GAP = r"(?:的|在|吧|呢|嘛|呃|那|就|大概|大约|差不多|约|左右|我|都|家|是|那天|at|[,、 (：:)]){0,6}"
_DAY_RANGE = r"(?:左右)?(?:到|至|-+|~+|—+)"
_EITHER = re.compile("[)]?,?(?:都|也|或|和|跟|、|还是|到|至|-|[以之]?[前后])")
_SUFFIX = re.compile(rf"(?:(?P<before>{BEFORE})|(?P<after>{AFTER})|(?P<within>[以之]?内))(?!容)")


def group(tokens: list[Token], work: str) -> list[Mention]:
    mentions: list[Mention] = []
    for index, token in enumerate(tokens):
        gap = work[mentions[-1].end:token.start] if mentions else ""
        apart = not mentions or (not mentions[-1].day and _begins(token, tokens[index + 1:], work))
        joined = None if apart else _joined(mentions[-1], token, gap)
        if not apart and _is_both(mentions[-1], token, gap, work):
            other_day = mentions[-1].hours and _begins(token, tokens[index + 1:], work)  # 周五下午28号上午
            joined = joined if other_day else _with_both(mentions[-1], token)
        if joined:
            mentions[-1] = _with_suffix(joined, token, work)
        else:
            mentions.append(_with_suffix(_alone(token), token, work))
    return _alternatives(mentions, work)


def _is_both(mention: Mention, token: Token, gap: str, work: str) -> bool:
    """Whether a weekday and a date beside it mean one day: 周五下午 28号, but not 周五、28号都行."""
    one, other = mention.day, token.meaning
    if one is None or not isinstance(other, Day) or mention.weekday or one.dated == other.dated:
        return False
    weekday = one if other.dated else other
    single_days = all(day.first == day.last and not day.deadline for day in (one, other))
    either = _EITHER.match(work, token.end)
    return weekday.weekday and single_days and not either and bool(re.fullmatch("[( ]?(?:那天|就是|也就是)?", gap))


def _with_both(mention: Mention, token: Token) -> Mention:
    """The date counts; the weekday is kept to be compared with it."""
    days = [day for day in (mention.day, token.meaning) if isinstance(day, Day)]
    days.sort(key=lambda day: day.weekday)
    return replace(mention, end=token.end, day=days[0], weekday=days[1])


def _begins(token: Token, following: list[Token], work: str) -> bool:
    """Whether a day has hours of its own right after it: 平时晚上，周末全天."""
    if not isinstance(token.meaning, Day) or not following or not isinstance(following[0].meaning, Hours):
        return False
    return bool(re.fullmatch("的?", work[token.end:following[0].start]))


def _alternatives(mentions: list[Mention], work: str) -> list[Mention]:
    """周三或周四下午: the hours count for both days."""
    shared = list(mentions)
    for index in range(len(mentions) - 2, -1, -1):
        one, other = shared[index], shared[index + 1]
        either = re.fullmatch("、|或者?|和|跟|还是", work[one.end:other.start])
        if either and one.day and other.day and other.hours and not one.hours:
            shared[index] = replace(one, hours=other.hours)
    return shared


def _alone(token: Token) -> Mention:
    meaning = token.meaning
    if isinstance(meaning, Day):
        return Mention(token.start, token.end, day=meaning)
    if isinstance(meaning, Hours):
        return Mention(token.start, token.end, hours=meaning)
    return Mention(token.start, token.end, other=meaning)


def _joined(mention: Mention, token: Token, gap: str) -> Mention | None:
    meaning = token.meaning
    if mention.other is not None:
        return None
    if isinstance(meaning, Impossible):
        return replace(mention, end=token.end, other=meaning) if re.fullmatch(_GAP, gap) else None
    if isinstance(meaning, Hours):
        hours = narrowed(mention.hours, meaning) if mention.hours else meaning
        fits = (mention.day or mention.hours) and hours and re.fullmatch(_GAP, gap)
        return replace(mention, end=token.end, hours=hours) if fits else None
    if isinstance(meaning, Soon):
        return replace(mention, end=token.end) if mention.day and re.fullmatch(_GAP, gap) else None
    return _joined_day(mention, token.end, meaning, gap) if isinstance(meaning, Day) else None


def narrowed(part: Hours, closer: Hours) -> Hours | None:
    """下午吧，三点; 下班以后，六点半之后: a time or a range that lies in the part of day said before it."""
    if not part.part or closer.part:
        return None
    shifted = (replace(closer, start=closer.start + shift, end=closer.end + shift, either=None)
               for shift in (0, HALF_DAY, -HALF_DAY))
    if closer.clock:
        return next((hours for hours in shifted if part.start <= hours.start < part.end), None)
    inside = (replace(hours, start=max(part.start, hours.start), end=min(part.end, hours.end)) for hours in shifted)
    return next((hours for hours in inside if hours.start < hours.end), None)


def _joined_day(mention: Mention, end: int, day: Day, gap: str) -> Mention | None:
    if not mention.day:
        return replace(mention, end=end, day=day) if re.fullmatch("[的,(]?", gap) else None
    if mention.hours:
        return None
    if re.fullmatch(_DAY_RANGE, gap):
        return replace(mention, end=end, day=_up_to(mention.day, day.last))
    if mention.day.weekday and not day.weekday and gap == "(":
        return replace(mention, end=end, day=day)  # 周日（29号）
    redundant = mention.day.first == day.first or (day.weekday and not mention.day.weekday and gap != ",")
    return replace(mention, end=end) if redundant and re.fullmatch(r"[,( ]?", gap) else None


def _up_to(day: Day, last: date) -> Day:
    while last < day.first:
        last += 7 * DAY
    return replace(day, last=last, repeats=0)


_LATEST = re.compile(r"(?:最迟|最晚|不[晚迟]于|赶在|截止到?)(?:在|到|是|要)?$")


def _with_suffix(mention: Mention, token: Token, work: str) -> Mention:
    """周五前, 国庆后, 本周内: a deadline or a beginning instead of the day itself."""
    suffix = _SUFFIX.match(work, token.end)
    if not suffix and mention.day and not mention.hours and _LATEST.search(work, 0, token.start):
        return replace(mention, day=replace(mention.day, deadline=True, repeats=0))
    if not suffix or not mention.day or mention.hours or mention.other:
        return mention
    day = mention.day
    if suffix["after"]:
        after = day.after or day.last + DAY
        day = replace(day, first=after, last=after, repeats=0)
    else:
        day = replace(day, last=day.first - DAY if suffix["before"] else day.last, deadline=True, repeats=0)
    return replace(mention, end=suffix.end(), day=day)
