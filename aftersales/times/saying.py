"""Windows and moments as we say them."""
from datetime import date, datetime, time, timedelta

from .parts import PARTS
from .windows import SHANGHAI, Window

_DAY_NAMES = {0: "今天", 1: "明天", 2: "后天", -1: "昨天"}


def say_window(window: Window, now: datetime) -> str:
    """明天（11月23日 周一）下午 15:00–17:00, in Asia/Shanghai."""
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    today = now.astimezone(SHANGHAI).date()
    if end - start > timedelta(hours=12) and end.date() > start.date():
        return f"{say_day(start.date(), today)}{start:%H:%M} 至 {say_day(end.date(), today)}{end:%H:%M}"
    midnight = datetime.combine(start.date(), time(), SHANGHAI)
    hours = (_minutes_of(start - midnight), _minutes_of(end - midnight))
    return f"{say_day(start.date(), today)}{_say_part(*hours)}{_say_clock(hours[0])}–{_say_clock(hours[1])}"


def _minutes_of(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def say_day(day: date, today: date) -> str:
    """明天（11月23日 周一）."""
    calendar = f"{day.month}月{day.day}日"
    weekday = say_weekday(day)
    name = _DAY_NAMES.get((day - today).days)
    return f"{name}（{calendar} {weekday}）" if name else f"{calendar}（{weekday}）"


def say_weekday(day: date) -> str:
    """周一."""
    return f"周{'一二三四五六日'[day.weekday()]}"


def say_choice(window: Window) -> str:
    """28号周六下午, short enough to be tapped; read again it is the same window."""
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    midnight = datetime.combine(start.date(), time(), SHANGHAI)
    hours = (_minutes_of(start - midnight), _minutes_of(end - midnight))
    part = next((name for name, span in PARTS.items() if span == hours), f"{_say_clock(hours[0])}-{_say_clock(hours[1])}")
    return f"{start.month}月{start.day}号{say_weekday(start.date())}{part.removeprefix('全天')}"


_PARTS_SAID = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (48, "晚上"))  # until which hour


def _say_part(start: int, end: int) -> str:
    """The part of day that a window lies in; nothing where it lies in none."""
    exact = [name for name in ("上午", "下午", "晚上", "全天", "中午") if PARTS[name] == (start, end)]
    if exact:
        return f"{exact[0]} "
    begins = next(name for until, name in _PARTS_SAID if start < until * 60)
    return f"{begins} " if end - start <= 5 * 60 else ""


def _say_clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour if hour <= 24 else hour - 24:02}:{minute:02}"


def say_moment(moment: datetime) -> str:
    """11月23日 15:00, in Asia/Shanghai."""
    here = moment.astimezone(SHANGHAI)
    return f"{here.month}月{here.day}日 {here:%H:%M}"
