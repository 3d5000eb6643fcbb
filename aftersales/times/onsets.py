"""When the fault began, in customers' words."""
import re

from .festivals import FESTIVALS
from .hours import HOUR
from .plain import CN, NUM, hide, to_plain

_MANY = rf"(?:\d+|[{CN}]+多?|十?几|好几|好多|半|多)"
_LENGTH = rf"{_MANY}个?(?:半|多)?(?:天|周|星期|礼拜|月|年|小时|钟头|分钟)(?:多|左右)?"
_PAST_PART = r"(?:的?(?:一?大?清?早[上晨]?|上午|中午|下午|傍晚|晚上|晚|夜里|[前后]?半夜|凌晨))?"
_PAST_CLOCK = rf"(?:{HOUR}点钟?(?:半|多|左右|{NUM}分)*)?"
_LONG_PAST = (
    r"大?前[天日]|昨[天日]|昨儿个?|昨(?=[早晚夜])|[琴寻]日|琴(?=晚)|前(?=晚)|前(?:几|两|些)天|前一?阵子?|前段时间|上上?个?(?:周|星期|礼拜)[一二三四五六日天末]?"
    rf"|上上?个?月(?:{NUM}[号日]|初|底|中旬)?|去年(?:{NUM}月份?|[春夏秋冬]天?|年?底)?")
_THIS_DAY = r"今[天日儿]个?|今(?=[早晚])"
_RECENT = (
    r"刚刚|刚才|最近|近[来期]|这[几两]天|这阵子?|这段时间|这(?:周|个?星期)(?![一二三四五六日天末])|这个?月"
    r"|今年(?:年初|[春夏秋冬]天?)?")
_DATED = (
    rf"{NUM}月份?(?:{NUM}[号日]|初|底)?|{NUM}[号日]|(?:周|星期|礼拜)[一二三四五六日天末]|月初|年初"
    rf"|{'|'.join(festival.pattern for festival in FESTIVALS)}")
_BEGIN = r"(?:那天|节|期间|以后|之后)?就?(?:开始|起(?!来))"
_NOT_FAULT = re.compile(
    r"(?:的时候)?(?:刚|才|新|我)?(?:买|购|装|换|洗过|修[过了好]|来[过了]?|约|发[过了的]|说[过了的]|一样|报修|报[的了]|提交|下的?单|打过?电话|催|的?那|的一?单|还[好正能可是]|师傅|上门|联系|入手|预约)")
_NOT_FAULT_BEFORE = re.compile(r"(?:继续|接着|[跟和同像照]|买|用|装|等|约|报修|下单|催|质保|保修|过了?保)了?(?:才|快|都|已经|有|超过)*$")
_TROUBLE_NEXT = (
    r"(?=的时候|突然|忽然|才?发现|坏|就(?:[坏不没漏有]|这样|开始)|才?出现|不[制转亮动热冷出工通]|没[反电水]|漏|跳|起来|开机|用着"
    r"|[^,。来]{0,8}(?:不|没|坏|漏|响)[^,。来]{0,6}了)")
_SINCE_SHAPES = tuple(re.compile(pattern) for pattern in (
    rf"(?:自从|从|自|打)?(?:{_LONG_PAST}|{_THIS_DAY}|{_RECENT}|{_DATED}|买来|装上|装好){_PAST_PART}{_PAST_CLOCK}{_BEGIN}",
    rf"(?:{_LONG_PAST}){_PAST_PART}{_PAST_CLOCK}",
    rf"(?:已经|都|快|差不多|大概|大约|有)*{_LENGTH}了|{_LENGTH}[以之]?前",
    r"(?:好|很|挺)(?:久|长时间|长一段时间)了?|有?一?段时间了|有一?阵子?了|老毛病",
    rf"(?:{_THIS_DAY}|{_DATED})(?:节?[以之]?[前后])?{_PAST_PART}{_PAST_CLOCK}{_TROUBLE_NEXT}",
    rf"刚?(?:{_DATED}|入[春夏秋冬])节?(?:那阵子?|那会儿|那时候?|前后)|入[春夏秋冬][以之]?后",
    r"一直(?:都|就)?(?:是)?(?:这样|如此|有)|(?:买|装|拿|用)[来回上]?(?:来|的|回来)?(?:时候)?就(?:这样|有|不)|新买的就|一开始就",
    rf"(?:{_RECENT}){_PAST_PART}",
))
_BARE_SINCE = re.compile(
    rf"(?:大概|差不多|应该是?|就|是|好像是?|有|快|从)*(?:今[天日](?:一?大?早上?|上午|中午|凌晨|半夜){_PAST_CLOCK}"
    rf"|今早{_PAST_CLOCK}|{_LENGTH}|刚|一直|凌晨|半夜)[的吧左右啊呢。,!]*")


def find_fault_since(text: str) -> str | None:
    """The customer's own words for when the fault began (上周开始, 三天了), or None when the text does not say."""
    plain = to_plain(text)
    hidden = hide(plain.text)
    if _BARE_SINCE.fullmatch(hidden):
        return text.strip(" 。，,!！\n")
    for shape in _SINCE_SHAPES:
        for match in shape.finditer(hidden):
            if _is_onset(match):
                return plain.words(match.start(), match.end())
    return None


def _is_onset(match: re.Match[str]) -> bool:
    """Neither when the appliance was bought nor when somebody came."""
    before, after = match.string[:match.start()], match.string[match.end():]
    return not _NOT_FAULT.match(after) and not _NOT_FAULT_BEFORE.search(before)
