"""Readers of 尽快, 随时 and 两小时后."""
import re
from datetime import datetime, timedelta

from .meanings import Reader, Soon
from .plain import NO_FIGURE, NUM, to_number
from .windows import VISIT_LENGTH, Window

_SOON = (
    r"尽快|尽早|能?[有多]多?[快早]就?多[快早]|越快越好|越早越好|最快(?!什么|啥|几|多|哪|要)|赶紧|赶快|抓紧|(?<!□)早一?[点些](?=过?来|上门|安排)"
    r"|(?:马上|立刻|立即|现在)(?=就?(?:可以)?(?:过?来|派|安排|上门|修(?![到得好完了])|能来|有空|在家|方便))"
    r"|^(?:马上|立刻|立即|现在)(?=就行|吧|[,。!~]*$)"
    r"|(?:一会儿?|等[会下]儿?|待会儿?|稍后)(?=就?(?:过?来|上门|可以|[,。!~]*$))")
_ANY_TIME = (
    r"随时(?!都?可?能?会|都?有?可能|断|停|都?能?联系|都?可?以?打|都?能?报|沟通|通知)|任[何意]时[间候](?!段?都?(?:会|可能))"
    r"|[什啥]么?时[候间]都|几点都|哪一?天都|天天都?在家|每天都?在家|都在家|时间(?:都(?!跟|和|同|与|一样|不变|没变|照旧|按|照|用|不|没)|不限|随[便意]|无所谓|你们?定|灵活)"
    r"|不限时间|都有空|都有时间|无所谓|你们(?:来|看着)?定(?!了)|师傅来?定(?![了的])"
    r"|(?:看|听|由|等|按)(?:你们|师傅|您)?的?(?:安排|时间|方便)|(?:其[他它余]|别的)(?:时间|几天|日子)?都?(?:可以|行)|(?:你们|师傅)(?:那边)?方便的?(?:时候|时间|就行)|^随便[,。吧的啊!~]*$"
    r"|^(?:我|这边|时间|上门|什么|那|嗯|好|,|的|啊)*都(?:可以|行|好|成|得|ok)[的吧啊哈了呀。!,~]*$")
_SPAN = (
    rf"(?:再?过(?!了))?{NO_FIGURE}(?P<n>\d+(?:\.\d)?|{NUM}|半)个?(?P<half>半)?(?P<unit>小时|钟头|分钟|刻钟|钟)"
    r"[以之]?(?P<rel>后|内)")
_UNIT_MINUTES = {"小时": 60, "钟头": 60, "钟": 60, "刻钟": 15, "分钟": 1}


def _read_soon(_match: re.Match[str], _now: datetime) -> "Soon":
    return Soon()


def _read_any_time(_match: re.Match[str], _now: datetime) -> "Soon":
    return Soon(any_time=True)


def _read_span(match: re.Match[str], now: datetime) -> Window:
    words = match["n"]
    number = 0.5 if words == "半" else float(words) if "." in words else to_number(words)
    span = timedelta(minutes=(number + (0.5 if match["half"] else 0)) * _UNIT_MINUTES[match["unit"]])
    if match["rel"] == "内":
        start = now.replace(second=0, microsecond=0)
        return Window(start, start + span)
    start = round_up(now + span, 15)
    return Window(start, start + VISIT_LENGTH)


def round_up(moment: datetime, minutes: int) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    whole += timedelta(minutes=-whole.minute % minutes)
    return whole if whole >= moment else whole + timedelta(minutes=minutes)


SPANS: tuple[tuple[str, Reader], ...] = ((_SPAN, _read_span),)
SHAPES: tuple[tuple[str, Reader], ...] = ((_ANY_TIME, _read_any_time), (_SOON, _read_soon))
