"""Which mention says when the technician may come."""
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from .meanings import Day, Hours, Soon, Sure
from .mentions import Mention, narrowed
from .parts import PARTS, WHOLE_DAY
from .plain import FILLER
from .windows import DAY


class _Verdict(Enum):
    VISIT = "a time for the visit"
    REFUSED = "a time that does not suit"
    OTHER = "when the fault began, or something else"
    GOODS = "when the appliance is delivered"
    RETURN = "when the customer is back, which is the visit only where nothing else is said"


_CUES = re.compile(
    r"(?P<refused>不在(?!乎)|不行(?!的话)|没空|没有?时间|没有空|不方便(?!的话)|不可以|不能|不要|不合适|不得空|有事|(?<!别)(?<!要)太[晚早久]|来不及|等不[了及到]|赶不上"
    r"|(?<!不)(?<!不用)上班|上课|加班|开会|出差|出门|没人|没有人|来不了|去不了|回不[来去]|走不开|要去|(?<!得)唔得|[没不别]来|不用来|不用上门|爽约|(?<![不别])取消"
    r"|not (?:ok|free|at home|home|available|possible)|can'?t|cannot|busy)"
    r"|(?P<onset>开始(?!都|可以|就?行|有空|在家|方便)|坏|突然|忽然|发现|出现|出问题|漏|滴水|渗"
    r"|不制|不[转亮动热冷出工通响走启排进]|打不|没反应|没[水电气]|跳闸|[很好太]响|异响|报[警错E故]|显示|停了|刚|买"
    r"|来的(?!话|时)|装[的好完]|(?<!能)修[的过了完]|修好(?!就?行|就?可以|就好|吧)|[来换]过|来了|换了|换的|下了?单|报(?:的修|修[的了过])|约的|说|的时候|还(?!是|行|可以)|已经|老是|总是"
    r"|一直(?!在家|有人|都在|有空|都有)|就这样|那[阵会段]|毛病|就(?!行|可以|好|来|这|定|约|上|成|在|有|是|方便|过来)|起(?!来)(?!都)"
    r"|broke|since|start|stopp|leak|bought"
    r"|用[的着]|洗着|烧|冒烟|起火|吵|睡|自动|自己[就会又]|关机|熄|断电|重启|停机)"
    r"|(?P<visit>能不能|可不可以|行不行|方不方便|在不在|上门|过来|(?<![起出回下])来(?![的电自着])|能到|[来上帮]?修|安排|预?约"
    r"|可以|(?<!行)行|方便|有空|有时间|在家|到家|下班|有人|吧|改|合适|比较好|最好|都好|休息|放假|不上班|ok"
    r"|please|pls|come|free|at home|available|works?(?![a-z]))")
_REFUSED_NEXT = re.compile(
    r"[,。 嘛呢啊我也都就]*(?:不行(?!的话)|不在家|没空|不方便(?!的话)|不可以|没时间|有事|来不了)")
_REFUSED_BEFORE = re.compile(r"(?:(?<!是)不是|不要|别|除了?|取消|不用|不想|不约|不在|避开|上班到|忙到|开会到|(?<![a-z])(?:not|except|but) ?)$")
_FIXED_BEFORE = re.compile(
    r"(?:约[的了好]+|原(?:来|定|先)(?:约的?)?|本来(?:约的?)?|定的|说[的好]|(?:师傅|你们|客服|[你您]|之前|上次|不是|短信|电话)[^,。]{0,4}说|[听据]说)(?:是|在|定)?$")
_FIXED_AFTER = re.compile("的(?:上门|预约|那[个单])")
#: 27号才送到, but neither 27号送到就装 nor 27号送货的时候一起装.
_DELIVERED = re.compile(
    r"[^,。]{0,6}?(?:(?:才|刚)(?:能|会)?(?:送|到(?!家|期|时候))|(?:给|发|寄|配|快递)送|送(?:到|货|来|达|过来)|到货|货到|物流"
    r"|[发收交提取]货|收到|签收)(?!.*(?:就|以后|之后|顺便|一起|同时|的时候|(?<!再)(?<!再来)装))")
_ARRIVES = re.compile(r"(?:才|就|能|会|要)*到[的吧了]?$")
_GOODS = re.compile(r"(?:货|快递|物流|包裹|[机器灯锅灶柜箱视扇调]|配件|东西|新的|[买订]的)(?:要|得|才|估计|大概|预计|应该|可能|说|是)*$")
_BACK = re.compile(r"[^,。]{0,4}?(?:才)?(?:能|会|可以)?(?:回[来家国]|到家|回.{1,3}[^,。后吧]?$|下飞机|出院)")
_SINCE = re.compile(r"(?:从|自从?|打|刚|since ?)$")
#: English says what happened before it says when.
_ENGLISH_ONSET = re.compile(
    r"(?<![a-z])(?:broken?|stopp?(?:ed|s)|start(?:ed|s)|leak(?:ed|s|ing)?|bought|(?:not|n't) work(?:ing)?|since)(?![a-z])"
    r"(?!.*(?:come|visit|send|please|can you))")
_SINCE_NO_MORE = re.compile(r"(?:改|换|推|调|挪|都|可以|起都)")
_CORRECTS = re.compile(
    r"(?:改[到成为约在]?|换[到成]?|还是|不对|哦不|错了|[推延]迟?[后期]?到|[挪调]到|提前到|算了|那就|要不(?:然|还?是)?|应该是)[,约在是]*$"
    r"|(?:^|[,。 吧])(?:[哦啊呃额噢嗯]|等[等下])?,?(?:不是?|不对|[说写记打]?错了?)+[,。 ]*(?:是|应该是?)?$")
_BREAK = re.compile(r"[,，。!?;；、\n]")


@dataclass(frozen=True)
class _Around:
    """What stands around a mention: in its clause before and after it, and the whole message without it."""

    before: str
    after: str
    rest: str


def _verdict(mention: Mention, around: _Around) -> _Verdict:
    if _REFUSED_BEFORE.search(around.before) or _is_fixed(around):
        return _Verdict.REFUSED
    if isinstance(mention.other, Soon):
        return _Verdict.VISIT
    if (away := _away(around)) is not None:
        return away
    kind = _cue(around.after)
    if kind == "refused":
        return _Verdict.REFUSED
    return _Verdict.VISIT if _is_visit(mention, kind, around) else _Verdict.OTHER


def _is_fixed(around: _Around) -> bool:
    """Whether it is the visit agreed upon so far: 约的十点; 明天的预约."""
    wanted = re.search("[约要想到]$", around.before)
    return bool(_FIXED_BEFORE.search(around.before) or (_FIXED_AFTER.match(around.after) and not wanted))


def _away(around: _Around) -> _Verdict | None:
    """Whether it only says when the appliance or the customer arrives: 27号才送到, 周五回来."""
    if _DELIVERED.match(around.after) or (_ARRIVES.match(around.after) and _GOODS.search(around.before)):
        return _Verdict.GOODS
    back = _BACK.match(around.after)
    return _Verdict.RETURN if back and _cue(around.after[back.end():]) is None else None


def _cue(words: str) -> str | None:
    """refused, onset or visit, whichever comes first."""
    found = _CUES.search(words)
    return found.lastgroup if found else None


def _sure(mention: Mention) -> Sure:
    if mention.day:
        return mention.day.sure
    return Sure.UNLESS_ONSET if mention.other else Sure.IF_VISIT_IS_NAMED


def _is_visit(mention: Mention, kind: str | None, around: _Around) -> bool:
    sure = _sure(mention)
    if sure is Sure.VISIT:
        return True
    if sure is Sure.NEVER or kind == "onset" or _ENGLISH_ONSET.search(around.before):
        return False
    if _is_since(mention, around.before, around.after):
        return False
    if sure is Sure.PAST:
        return bool(re.fullmatch(FILLER, around.rest))
    if _may_be_this_morning(mention) and kind != "visit" and not re.fullmatch(FILLER, around.rest):
        return False
    named = kind == "visit" or re.fullmatch(FILLER, around.after) or _cue(around.before) == "visit"
    return sure is Sure.UNLESS_ONSET or bool(named)


def _may_be_this_morning(mention: Mention) -> bool:
    """今早 among other things rather says when the fault began."""
    today = mention.day and mention.day.sure is Sure.IF_VISIT_IS_NAMED
    return bool(today and mention.hours and mention.hours.start < 12 * 60)


def _is_since(mention: Mention, before: str, after: str) -> bool:
    """从周三, but neither 从周三到周五 nor 从周三改到周五."""
    several = mention.day and mention.day.first != mention.day.last
    return bool(_SINCE.search(before)) and not several and not mention.hours and not _SINCE_NO_MORE.match(after)


def _judged(mentions: list[Mention], work: str) -> Iterator[tuple[Mention, _Verdict, bool]]:
    """Each mention with its verdict and whether it corrects an earlier one."""
    for index, mention in enumerate(mentions):
        since = mentions[index - 1].end if index else 0
        until = mentions[index + 1].start if index + 1 < len(mentions) else len(work)
        lead, follow = work[since:mention.start], work[mention.end:until]
        rest = work[:mention.start] + work[mention.end:]
        verdict = _verdict(mention, _Around(_BREAK.split(lead)[-1], _BREAK.split(follow)[0], rest))
        if verdict is _Verdict.VISIT and _REFUSED_NEXT.match(follow):
            verdict = _Verdict.REFUSED
        yield mention, verdict, bool(_CORRECTS.search(lead))


#: What hours without a day of their own belong to: 我周五回来，下午三点以后都行.
_LENDING = (_Verdict.VISIT, _Verdict.GOODS, _Verdict.RETURN)


def choose(mentions: list[Mention], work: str) -> Mention | None:
    """The mention that says most; of equals the first, unless a later one corrects it."""
    kept: list[tuple[Mention, bool]] = []
    back: list[tuple[Mention, bool]] = []
    refused: list[Day] = []
    day: Day | None = None
    for mention, verdict, corrects in _judged(mentions, work):
        if verdict is _Verdict.VISIT:
            kept = _kept_with(kept, _lend(mention, day), corrects)
        elif verdict is _Verdict.RETURN:
            back = _kept_with(back, _lend(mention, day), corrects)
        elif verdict is _Verdict.REFUSED and mention.day and not mention.hours:
            refused.append(mention.day)
        if verdict in _LENDING or (verdict is _Verdict.REFUSED and mention.hours):
            day = mention.day or day
    kept = [each for each in kept if not _is_on(each[0], refused)] or kept
    return _avoiding(_best(kept) or _best(back) or _exception(mentions, refused, work), refused)


def _is_on(mention: Mention, refused: list[Day]) -> bool:
    """Whether it is on a day that was taken back: 周四晚上……算了周四要开会，周五晚上七点."""
    return mention.day is not None and any(day.first == mention.day.first for day in refused)


def _best(kept: list[tuple[Mention, bool]]) -> Mention | None:
    top = max((mention.rank for mention, _ in kept), default=None)
    best = [(mention, corrects) for mention, corrects in kept if mention.rank == top]
    return next((mention for mention, corrects in reversed(best) if corrects), best[0][0] if best else None)


_REST_OF_DAY = {
    "上午": Hours(*PARTS["下午"]), "下午": Hours(*PARTS["上午"]), "中午": Hours(*PARTS["下午"]), "晚上": Hours(*WHOLE_DAY),
}


def _exception(mentions: list[Mention], refused: list[Day], work: str) -> Mention | None:
    """除了周三都可以."""
    if not re.search("(?:除了?|避开)(?=□).*(?:可以|行|好|得|成|在家|有空)", work):
        return None
    if refused:
        return replace(mentions[0], day=None, hours=None, other=Soon(any_time=True))
    part = mentions[0].hours.part if mentions[0].hours and not mentions[0].day else None
    return replace(mentions[0], hours=_REST_OF_DAY[part]) if part in _REST_OF_DAY else None


def _avoiding(mention: Mention | None, refused: list[Day]) -> Mention | None:
    """随时, but not on the refused days."""
    if mention is None or not isinstance(mention.other, Soon):
        return mention
    never = {day.first + ahead * DAY for day in refused for ahead in range((day.last - day.first).days + 1)}
    return replace(mention, other=replace(mention.other, never=frozenset(never)))


def _lend(mention: Mention, day: Day | None) -> Mention:
    """明天我在家，下午三点来: hours without a day belong to the day before them."""
    return replace(mention, day=day) if mention.hours and not mention.day and day else mention


def _kept_with(kept: list[tuple[Mention, bool]], mention: Mention, corrects: bool) -> list[tuple[Mention, bool]]:
    if not kept:
        return [(mention, corrects)]
    last, corrected = kept[-1]
    if mention.hours and mention.day and last.day == mention.day and not last.hours:
        return [*kept[:-1], (mention, corrects or corrected)]
    closer = narrowed(last.hours, mention.hours) if last.hours and mention.hours and last.day == mention.day else None
    if closer:  # 明天下午，明天下午三点
        return [*kept[:-1], (replace(mention, hours=closer), corrects or corrected)]
    if last.hours and not last.day and mention.day and not mention.hours:
        return [*kept[:-1], (replace(mention, hours=last.hours), corrects)]
    return [*kept, (mention, corrects)]
