"""Another visit time, told by the one there is: 那天下午4点, 往后推一天, 日子改成26号、钟点照旧."""
import re
from datetime import datetime, timedelta

from .visits import find_visit_window
from .windows import Window, on_day_of

_SAME_DAY = re.compile(r"那一?天|同一?天|当天")
_OTHER_DAY = re.compile(r"今[天早晚]|明[天早晚]|后天|[周期拜][一二三四五六日天末]|\d[号日]")
_DAYS = {"一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3}
_LATER = re.compile(r"(?:(?:往后|向后|朝后)?[推顺延拖移挪]迟?[后延]?|往后|晚|迟|后延)(?:个|上)?(?P<days>[一两二三123])天")
_EARLIER = re.compile(r"(?:往前(?:提|挪|移)?|提前|提早|早)(?:个|上)?(?P<days>[一两二三123])天")
_SAME_HOURS = re.compile(
    r"(?:几点钟?|钟[点头]|点[数钟]|时段|时间)[^,，。]{0,3}(?:照旧|照样|不[变改动]|还是|一样|原来|原样|按原来|照原来)")
_ANY_HOUR = re.compile(r"[上下]午|中午|早上|晚上|傍晚|\d\s*[点:：时]|[一二三四五六七八九十]点")


def find_moved_window(text: str, known: Window | None, now: datetime) -> Window | None:
    """When the technician is to come instead, `known` being the visit so far; None when the text does not say.

    Raises:
        VisitTimeError: as `find_visit_window` does.
    """
    if known is None:
        return find_visit_window(text, now)
    if days := _days(text):
        return _shifted(text, known, timedelta(days=days), now)
    if _SAME_DAY.search(text) and not _OTHER_DAY.search(text):
        return find_visit_window(_SAME_DAY.sub(_named(known), text), now)
    found = find_visit_window(_SAME_HOURS.sub("，", text), now)
    return on_day_of(found, known) if found and _SAME_HOURS.search(text) and not _ANY_HOUR.search(text) else found


def _days(text: str) -> int:
    """By how many days the visit is to be later, or earlier."""
    if later := _LATER.search(text):
        return _DAYS[later["days"]]
    earlier = _EARLIER.search(text)
    return -_DAYS[earlier["days"]] if earlier else 0


def _shifted(text: str, known: Window, by: timedelta, now: datetime) -> Window | None:
    """The known hours on the other day, or those that are said: 往后推一天，下午来."""
    moved = Window(known.start + by, known.end + by)
    hours = _ANY_HOUR.search(text)
    if hours is None and moved.start > now:
        return moved
    return find_visit_window(_named(moved) + (text[hours.start() :] if hours else f"{moved.start.hour}点"), now)


def _named(window: Window) -> str:
    return f"{window.start.month}月{window.start.day}号"
