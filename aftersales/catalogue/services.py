"""Kinds of service."""
import re
from collections.abc import Iterator

from .appliances import APPLIANCE_PATTERN
from .codes import find_error_code
from .symptoms import find_symptom
from .wording import half_width

SERVICE_TYPES: tuple[str, ...] = ("维修", "安装", "清洗", "移机", "更换配件", "检测")

_VERBS = "维修|修理|检修|安装|清洗|清理|保养|移机|拆装|更换|检测|检查|报修|修|装|洗|换|拆"
# Taken out first: what is not wanted, what is over, and what is only asked about.
_NOT_WANTED = re.compile(
    rf"(?:不用|不要|不需要|不想|不打算|无需|别|没|不|取消|停止)(?:再|来|去|给我|上门|人|叫|安排)*(?:{_VERBS})(?!不|得)了?"
)
_OVER = re.compile(
    r"(?:刚刚?|才|新|上次|之前|以前|去年|前年|前天|昨天|上周|上个月|已经|都)(?:给我|才|刚|来|找人|叫人|请人|师傅)*"
    rf"(?:{_VERBS})(?:过|好|完|了|的)+"
    rf"|(?:{_VERBS})(?:过|完|好了?|着|的时候|之后|以后|后|不上|不下|不进|上就|得|出来的)"
    r"|刚(?:安装|装)的?|新装的|安装(?:在|位置|问题|不当|工)"
)
_ASKED_ABOUT = re.compile(
    r"(?:上门)?(?:维修|安装|清洗|移机|检测|保养|拆装|更换|修|装|洗|换\w{0,4})(?:一?[次下台])?\w{0,4}?"
    rf"(?:费用?|价格?|收费|价位|多少钱|要钱|要多少|怎么收|怎么算|贵)|(?:怎么|如何|怎样)(?:自己)?(?:{_VERBS})"
)
_OTHER_WORDS = re.compile(
    r"拆[箱封包开]|没拆(?![机下装])|装修|包装|装满|服装|换句话|换个(?:时间|地址|号|电话|人|师傅)|换[成到]?(?:周|明|后)\w*|修改|洗碗[^机]|装作|检查过"
)

_PARTS = (
    r"(?:滤芯|滤网|配件|零件|部件|压缩机|电机|马达|主板|电路板|电脑板|加热管|水龙头|皮带|密封圈|胶圈|门封|面板|遥控器|风轮|水泵|阀|刷头|内胆"
    r"|镁棒|管子?|电池|灯泡?|玻璃|扇叶|把手|旋钮|花洒|转盘|尘袋|边刷|拖布|按键|电源线|插头)"
)
_ASKED_FOR = r"(?:想|要|来|给|帮我?|约|师傅|上门|需要)"
_WANTED = (
    ("移机", r"移机|移装|拆装|拆(?:下来?|掉|了)?(?:再|重新|后)?.{0,6}?(?:装|安装)|搬家.{0,8}[拆装移]|挪(?:机|个?位置|一下)"
             r"|移(?:一下|到|动|个)(?:位置)?|换个?(?:房间|位置|地方)装?"),
    ("更换配件", rf"更换|换.{{0,6}}?{_PARTS}|{_PARTS}.{{0,9}}(?:要换|该换|更换|换一?[下个])|配件|换件|换芯"),
    ("清洗", rf"清洗|清洁|清理|深度洗|洗(?:一下|下|洗|个|一洗|一次)|保养|除垢|{_ASKED_FOR}洗|^洗$|洗(?=电)"),
    ("安装", rf"安装|加装|装(?:一下|下|个|台|一台|机)|{_ASKED_FOR}装|^装$|装(?=电)"),
    ("检测", r"检测|检查|检验|测(?:一下|下)|体检|排查"),
    ("维修", r"维修|修理|检修|抢修|返修|报修|修(?:一下|下|修|个|一修|台)?|坏|故障|失灵|罢工"),
)
_ASKS = r"(?:想|要|需要|打算|准备|麻烦|请|求|帮我?|帮忙|给我?|约|预约|安排|找|叫|派|来|上门|能不能|能否|可以|可不可以)"
_SOMEBODY = r"(?:想|要|个|人|师傅|们|你们|来|上门|我们?|给|把|再|做|一?次|深度|彻底|好好|全面)*"
#: Behind it: the washing of the machine itself (洗衣服), or what happened when it was done (洗一下就停, 挪到客厅后).
_NOT_DONE = r"(?![^，。,;；\s]{0,8}(?:后|就|却|过|都|也|还|又|没|不))"
_HOW_OFTEN = re.compile(r"(?:多久|多长时间|几个?[年月天]|什么时候|要不要|需不需要|用不用)[^，。,;；\s]{0,4}(?:换|洗|清)")
_WISHES = (
    ("更换配件", re.compile(
        rf"{_ASKS}{_SOMEBODY}(?:更换|换)(?!货|机)[^，。,;；\s]{{0,9}}?{_PARTS}(?!.{{0,2}}[后就过都也还又没不才])"
        rf"|{_PARTS}[^。;；]{{0,8}}(?:想|要|该|得|需要|帮我?|能不能|可以){_SOMEBODY}(?:更换|换)(?![货机])(?:一?[下个根只条套]|新|掉)*{_NOT_DONE}")),
    ("移机", re.compile(rf"(?:电{{2,}}|机子|机器|外机|内机|{_ASKS}|把)[^，。,;；\s]{{0,8}}(?:挪|移|搬)(?:到|去|至|个|一下|动|走|机){_NOT_DONE}")),
    ("清洗", re.compile(
        rf"{_ASKS}{_SOMEBODY}(?:电{{2,}})?(?:清洗|清洁|洗(?:一下|一洗|洗|下|个)|(?<=[门人傅我忙])洗)(?!衣|碗|被|床|窗|菜|头|澡|鞋|毛|盘|锅|涤|剂|干|不|得|完)"
        rf"{_NOT_DONE}")),
)
_WEAK = frozenset({"坏", "故障", "失灵", "罢工", "报修"})


def find_service_type(text: str) -> str | None:
    """The kind of service wanted, one of `SERVICE_TYPES`; None where none is named.

    不修了, 安装费多少 and 上次修过 name none; a fault without any other wish means 维修.
    """
    rest = _relevant(text)
    found = sorted(_mentions(rest), key=lambda item: (item[2], item[1]))
    if found:
        return found[0][0]
    return "维修" if find_symptom(text) or find_error_code(text) else None


def find_wish(text: str) -> str | None:
    """更换配件, 清洗 or 移机 where it is asked for in so many words, whatever fault is told beside it; else None."""
    rest = _HOW_OFTEN.sub("，", _relevant(text))
    return next((kind for kind, pattern in _WISHES if pattern.search(rest)), None)


def _relevant(text: str) -> str:
    text = half_width(text)
    for pattern in (_NOT_WANTED, _ASKED_ABOUT, _OVER, _OTHER_WORDS):
        text = pattern.sub("，", text)
    return re.sub(APPLIANCE_PATTERN, lambda match: "电" * len(match[0]), text)


def _mentions(text: str) -> Iterator[tuple[str, int, bool]]:
    """The first mention of each kind: the kind, where it stands, and whether it only tells of a fault."""
    for kind, pattern in _WANTED:
        found = re.search(pattern, text)
        if found:
            yield kind, found.start(), found[0] in _WEAK
            text = text[: found.start()] + "。" * len(found[0]) + text[found.end() :]
