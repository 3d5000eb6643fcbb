"""Moments at which customers write, and windows as the tables of the tests write them."""

from datetime import date, datetime, timedelta

from aftersales.times import SHANGHAI, Window, find_visit_window


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


SUNDAY = at("2026-11-22 14:30")
WEDNESDAY = at("2026-11-25 10:00")
SATURDAY = at("2026-11-28 09:00")
EVENING = at("2026-11-24 19:10")
NIGHT = at("2026-11-24 22:30")
SEPTEMBER = at("2026-09-20 10:00")
DECEMBER = at("2026-12-22 10:00")
YEARS_END = at("2026-12-30 16:00")
LONG = (
    "家里美的壁挂炉L1PB26显示F28，点不着火，前天开始的，没有照片，明天下午三点来修吧，"
    "陕西省西安市碑林区友谊东路50号3单元402，马超，13655667788"
)


def window(span: str) -> Window:
    """11-23 15:00-17:00, or 11-28 08:00-11-29 18:00; 24:00 and later are of the next day."""
    first, rest = span.split(" ", 1)
    start, end = rest.split("-", 1)
    last, end = end.split(" ") if " " in end else (first, end)
    return Window(moment(first, start), moment(last, end))


def moment(day: str, clock: str) -> datetime:
    year = 2026 if int(day[:2]) >= 9 else 2027
    hours, minutes = clock.split(":")
    midnight = datetime.combine(date.fromisoformat(f"{year}-{day}"), datetime.min.time(), SHANGHAI)
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))


def read(text: str, now: datetime) -> str:
    """The window as the tables below write it."""
    found = find_visit_window(text, now)
    if found is None:
        return "None"
    start, end = found.start, found.end
    same_day = start.date() == end.date()
    return f"{start:%m-%d %H:%M}-" + (f"{end:%H:%M}" if same_day else f"{end:%m-%d %H:%M}")
