"""Words that tell a time become tokens."""
import re
from collections.abc import Iterator
from datetime import datetime

from .days import (
    RELATIVE,
    read_day_of_month,
    read_day_of_other_month,
    read_days_ago,
    read_days_later,
    read_iso,
    read_month_day,
    read_month_end,
    read_relative,
    read_short,
    read_slash,
    read_these_days,
    read_week,
    read_weekday,
    read_weekend,
    read_workday,
)
from .festivals import FESTIVALS, festival_reader
from .hours import CLOCK, ENGLISH_CLOCK, PARTS_ONLY, read_clock, read_english_clock, read_parts
from .meanings import Reader, Token
from .parts import PART
from .plain import CN, NO_FIGURE, NUM
from .soon import ANY_TIME, SOON, SPAN, read_any_time, read_soon, read_span

_WEEK = "(?:周|星期|礼拜)"
_WHICH = r"(?:(?P<which>下下|上上|[这本上下])一?个?)?"
_NO_COUNT = rf"(?<![\d{CN}几半多每整个]){_WHICH}"
_BEFORE_DAY_NUMBER = r"(?:^|(?<=[,。.!?;:()~ □那就到约在是等改定我么的吧月周这或要想能来选请和跟行好们有不至、-]))"


def _readers() -> "Iterator[tuple[re.Pattern[str], Reader]]":
    """The shapes of time, the more telling before the shorter."""
    unit = r"个?(?P<unit>天|日|周|星期|礼拜|月)"
    relative = "|".join(sorted("|".join(RELATIVE).split("|"), key=len, reverse=True))
    month_day = rf"{NO_FIGURE}(?P<m>{NUM})月份?的?(?P<d>{NUM})(?:[号日]|(?![\d{CN}点个天年小:]))"
    both_days = rf"六日|六、?{_WEEK}?[日天]|六[到和至]{_WEEK}?[日天]"
    shapes: list[tuple[str, Reader]] = [
        (r"(?P<y>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[号日]?", read_iso),
        (rf"(?P<y>今年|明年|去年)?{month_day}", read_month_day),
        (rf"(?P<which>下下|[上这本当下])个?月的?(?P<d>{NUM})[号日]", read_day_of_other_month),
        (r"(?<![\w/.\-※])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/%a-z※])", read_slash),
        (rf"(?<![\w/.\-※])(?P<a>\d{{1,2}})[.\-](?P<b>\d{{1,2}})"
         rf"(?=[号日(]?(?:{PART}|{_WEEK}| \d{{1,2}}[:点]))[号日]?", read_slash),
        (SPAN, read_span),
        (rf"{NO_FIGURE}(?P<n>\d{{3}}|{NUM}|半){unit}[以之]?(?P<rel>后(?!天|日)|内)", read_days_later),
        (rf"(?<!超)再?过(?P<rel>)(?P<n>{NUM}|半){unit}(?!了)", read_days_later),
        (rf"{NO_FIGURE}(?:{NUM}|半|几|好几){unit}(?:多|半)?[以之]?前|前[几两些]天|前[晚夜]|前阵子?|前段时间|上个?月|去年",
         read_days_ago),
        ("明后[两二]?天|今明[两二]?天|这[两几三]天", read_these_days),
        (relative, read_relative),
        (r"[今明](?=早|晚|上午|下午|中午|晨|夜)|昨(?=早|晚|夜)|后(?=晚)", read_short),
        (rf"{_NO_COUNT}(?:周末|{_WEEK}(?:末|{both_days})|双休日)", read_weekend),
        (rf"{_NO_COUNT}{_WEEK}(?P<d>[一二三四五六日天]|[1-7](?![\d.:]))(?![点个楼栋单])", read_weekday),
        (rf"(?P<which>下下|上上|[这本上下])一?个?{_WEEK}", read_week),
        ("工作日", read_workday),
        (rf"(?:{NO_FIGURE}(?P<m>{NUM})月|(?P<which>[这本下])个?月|月)底(?P<before>[以之]?前)?", read_month_end),
    ]
    for festival in FESTIVALS:
        shapes.append((rf"(?:{festival.pattern})节?(?P<period>期间|假期|长假|放假|假)?", festival_reader(festival)))
    shapes += [
        (rf"{_BEFORE_DAY_NUMBER}{NO_FIGURE}(?P<d>{NUM})(?:[号日](?!线)|(?=(?:[、到至~-]|和|或者?){NUM}[号日]))",
         read_day_of_month),
        (ANY_TIME, read_any_time),
        (SOON, read_soon),
        (ENGLISH_CLOCK, read_english_clock),
        (CLOCK, read_clock),
        (PARTS_ONLY, read_parts),
    ]
    return ((re.compile(pattern), reader) for pattern, reader in shapes)


_READERS = tuple(_readers())


def read_tokens(work: str, now: datetime) -> tuple[list[Token], str]:
    """The tokens in the order of the text, and the text with □ in their place."""
    tokens: list[Token] = []
    for pattern, reader in _READERS:
        read = ((match, reader(match, now)) for match in pattern.finditer(work))
        found = [Token(match.start(), match.end(), meaning) for match, meaning in read if meaning is not None]
        for token in found:
            work = work[:token.start] + "□" * (token.end - token.start) + work[token.end:]
        tokens += found
    return sorted(tokens, key=lambda token: token.start), work
