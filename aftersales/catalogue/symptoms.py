"""What is wrong with an appliance, as a phrase out of a longer message."""
import re

from .appliances import APPLIANCE_PATTERN
from .brands import brand_mentions
from .codes import ANY_CODE
from .wording import half_width

_PATTERNS = (
    # it does not do what it should
    r"不(?:怎么|太|能|会|肯)?(?:制[冷热暖]|加热|启动|转动?|旋转|通电|出[水风冰气热冷]|排水|脱水|甩干|[进下上]水|[点打着]火|工作|运[行转]|亮|响"
    r"|冷|热|凉|暖|吸(?:油?烟|尘)?|动|保温|保鲜|烘干|充电|开[机盖]|停机|供[暖热]|灵敏?|除湿|净水|干净|联网|识别|回充|跳|消毒|喷水|冻|结冰"
    r"|[送扫摆]风|烫|洗碗?|沸腾)",
    r"[点打]不[着燃起了]火?|[打开关盖拉]不[开上严了紧]门?|开不了?机|启动不了|充不[进上了](?:去)?电?|吸不[上动起干进了](?:净|来|去)?",
    r"[洗刷擦扫拖]不干净|[甩脱烘]不[干了]水?|排不[出了掉](?:去)?水?|[转走]不[动了]|停不[下了]来?|关不了?机|连不上|加热不了|[煮蒸烤烧]不[熟开热]",
    r"(?:制冷|制热|加热|吸力|水压|风力?|火力?|水流)(?:效果)?(?:很|太|特别|变|比较)?(?:差|慢|小|弱|不好|不行|不足)",
    r"(?:出水|加热|升温|充电|制冰|排水|进水)(?:很|太|特别|变|比较|得)*慢",
    # it leaks, burns, trips, freezes
    r"(?:漏|滴|渗|喷|溢)(?:水|电|气|油|氟|液|冷气)|漏(?![保斗电])"
    r"|往外[漏流冒]|冒[烟水泡火气]花?|(?:(?<![点打])着|起)火(?!灶)|烧[焦糊坏]|跳闸|短路|断电|停电",
    r"[黑花白蓝绿闪]屏|死机|卡[住死纸壳顿]|结[冰霜垢]",
    # it smells, it is loud
    r"[有一]?股?(?:异|怪|臭|糊|焦|霉|煤气?)味|发[霉臭烫热黄黑]|异[响常]|噪音(?:很|太|特别)?[大响]?|杂音",
    r"(?:声音|响声|动静)(?:很|特别|非常|太|越来越|好|有点|比较)?[大响吵怪]|响得?厉害|[吱嘎咣哐嗡咔哒滋嗒轰]{2,}[地的]?响?",
    r"抖动?得?(?:很|厉害)|抖动|震动(?:很|太|特别)?大?|晃(?:得厉害|动)",
    # nothing comes, it stops by itself, it is broken
    r"没(?:有|啥|什么)?(?:反应|声音|图像|画面|信号|热水|水|电|风|冷气|暖气|火|动静|吸力|气|热气)"
    r"|无(?:反应|声|图像|信号|法[\u4e00-\u9fff]{1,4})",
    r"(?:自动|突然|频繁|自己|中途)(?:关机|停机|熄火|断电|重启|停(?!电)|跳|熄灭|关)|[熄回红黄]火|就[灭停熄跳关]|不正常|找不到|报警|滴滴响|闪灯|失灵"
    r"|裂[开了缝]|碎了?|变形|脱落|掉漆|断[了裂]|堵[了塞住]",
    rf"(?:显示|报(?!修|警)|出现|闪|跳)[^A-Za-z\d，。,]{{0,4}}(?<![A-Za-z]){ANY_CODE}(?![A-Za-z\d度℃])(?:故障|代码|错误)?",
)
_FAULT = re.compile("|".join(_PATTERNS))
_CLAUSE = re.compile(r"[^，。,;；、！!？?\n]+")
_DEGREE = re.compile(
    r"(?:得?(?:很|特别|非常|要命|厉害|不行|严重)(?:响|大|吵|厉害|严重|明显)?|一地|一[天直]|了?好几次|的?声音?)"
)
_LEADING = re.compile(
    r"^(?:我们?家?里?的?|你好|您好|师傅|请问|麻烦|那个|这[个台]|那台|它|机器|家里|是|牌子?|然后|而且|但是?|就是?|的|了"
    r"|从?(?:昨天|前天|今天|上周|上个?月|最近|这几天|刚才|早上|晚上|下午)\S{0,2}?(?:开始|起)?|上次修过|修过"
    r"|现在|突然|忽然|又|[啊呀呢嘛哈]|老是?|总是?|一直|经常|有时候?|还是?|也|都|已经|开始|好像|感觉|会)"
)
_REQUEST = re.compile(
    r"(?:想|要|请|麻烦|帮我?|给我|能不能|可以|需要)?(?:来人|报修|维修|来修|修一?下|上门|预约|看一?下|看看)"
    r"|怎么(?:办|回事|弄)|什么原因|为什么"
)
_DENIED = re.compile(r"(?:没有?|不|不是|未)$")
_FILLER = re.compile(r"[的了吗呢啊吧呀哦哈\s]+$")


def find_symptom(text: str) -> str | None:
    """The fault phrases of a message joined by ，(显示F28，点不着火); None where no fault is told.

    A best effort for messages in which the language understanding marks none.
    """
    plain = half_width(text)
    phrases = [_phrase(clause[0]) for clause in _CLAUSE.finditer(plain)]
    kept = list(dict.fromkeys(phrase for phrase in phrases if phrase))
    return "，".join(kept) or None


def _phrase(clause: str) -> str:
    """The fault in one clause with the part and the condition before it and the degree after it; empty if none."""
    request = _REQUEST.search(clause)
    clause = clause[: request.start()] if request and request.start() else clause
    faults = [item for item in _FAULT.finditer(clause) if not _DENIED.search(clause[: item.start()])]
    if not faults:
        return ""
    start = _subject_start(clause, faults[0].start())
    degree = _DEGREE.match(clause, faults[-1].end())
    end = degree.end() if degree else faults[-1].end()
    return _FILLER.sub("", _without_leading(clause[start:end]))


def _subject_start(clause: str, fault: int) -> int:
    """Behind the appliance, brand or model before the fault, so that 滚筒 of 滚筒不转 stays."""
    appliance = re.search(APPLIANCE_PATTERN, clause[:fault])
    names = [appliance.end()] if appliance else []
    names += [end for _, end in brand_mentions(clause) if end <= fault]
    names += [item.end() for item in re.finditer(r"[A-Za-z0-9/\-()]{3,}|\s", clause[:fault])]
    return max(names, default=0)


def _without_leading(phrase: str) -> str:
    shorter = _LEADING.sub("", phrase)
    while shorter != phrase and _FAULT.search(shorter):
        phrase, shorter = shorter, _LEADING.sub("", shorter)
    return phrase
