"""Visit windows in customers' words."""
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from .choosing import choose
from .errors import ContradictoryTime, ImpossibleTime, PastTime, TooFar, VisitTimeError
from .meanings import Day, Hours, Impossible, Soon, single
from .mentions import Mention, group
from .parts import PARTS, SERVICE, WHOLE_DAY
from .plain import hide, to_plain
from .soon import round_up
from .tokens import read_tokens
from .windows import DAY, FURTHEST, SHANGHAI, VISIT_LENGTH, Window

#: 明天，只要不是上午都行: of a whole day the other half.
_NOT_IN = re.compile(
    r"(?:不是|除了|不要|别|避开|不在)[上下]午(?:就|都|$|[,， 。])|[上下]午[^,，。;；]{0,8}?(?:不行|没空|不在|走不开|不方便|有事|没人)")
_LEAST = timedelta(minutes=30)  # of a span under way that must be left, where the day was said


def find_visit_window(text: str, now: datetime) -> Window | None:
    """When the customer wants the technician, or None when the text does not say.

    上午 is 08–12, 中午 11–14, 下午 13–18, 晚上 18–21, a day without hours 08–18, a clock time without an end two hours;
    of a span under way what is left, from the next half hour. 尽快 is the rest of today's service hours (08–21) when
    two hours are left, else tomorrow 08–12; 随时 is tomorrow 08–18. 周末 and the like span several days. When the
    customer weighs several times the first counts, after a correction the last. A clock time outside the service hours
    is given as said. Raises PastTime, TooFar (over 60 days), ImpossibleTime, or
    ContradictoryTime where the weekday said with a date is another day.
    """
    if now.tzinfo is None:
        raise ValueError("find_visit_window needs an aware `now`, for example utc_now()")
    here = now.astimezone(SHANGHAI)
    tokens, work = read_tokens(hide(to_plain(text).text), here)
    chosen = choose(group(tokens, work), work)
    if chosen is None:
        return None
    window = _without_half(_resolve(chosen, here), text)
    if window.start - here > FURTHEST:
        raise TooFar(window, here)
    return window


def _without_half(window: Window, text: str) -> Window:
    """A whole day without the half that does not suit."""
    refused = _NOT_IN.search(text)
    day = window.start.date()
    if refused is None or window != _on(day, *WHOLE_DAY):
        return window
    return _on(day, *PARTS["下午" if "上午" in refused[0] else "上午"])


def _resolve(mention: Mention, now: datetime) -> Window:
    if mention.weekday and mention.day:
        _compare(mention, mention.day, mention.weekday, now)
    if isinstance(mention.other, Impossible):
        raise ImpossibleTime(mention.other.words)
    if isinstance(mention.other, Soon):
        return _any_time(mention.other, now) if mention.other.any_time else _soon(now)
    if isinstance(mention.other, Window):
        return mention.other if _in_service(mention.other.start) else _soon(now)
    if mention.day and mention.day.deadline:
        return _until(mention.day, mention.hours, now)
    if mention.hours is None:
        return _whole(mention.day, now) if mention.day else _soon(now)
    return _at_hours(mention.day, mention.hours, now)


def _compare(mention: Mention, day: Day, weekday: Day, now: datetime) -> None:
    """Raises ContradictoryTime where the weekday is another day than the date, and both can be booked."""
    other = _nearest(weekday, day.first) if weekday.repeats else weekday.first
    if other == day.first:
        return
    try:
        windows = [_resolve(replace(mention, weekday=None, day=single(each)), now) for each in (day.first, other)]
    except VisitTimeError:
        return  # it is plain which one is meant
    raise ContradictoryTime((windows[0], windows[1]), now)


def _nearest(weekday: Day, day: date) -> date:
    """The coming day with that weekday that lies nearest to a date."""
    ahead = range(0, FURTHEST.days, weekday.repeats)
    return min((weekday.first + days * DAY for days in ahead), key=lambda each: abs(each - day))


def _on(day: date, start: int, end: int) -> Window:
    midnight = datetime.combine(day, time(), SHANGHAI)
    return Window(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))


def _in_service(moment: datetime) -> bool:
    return SERVICE[0] <= moment.hour * 60 + moment.minute < SERVICE[1]


def _soon(now: datetime) -> Window:
    """The rest of today's service hours when two hours are left, else tomorrow morning."""
    today = _on(now.date(), *SERVICE)
    start = max(today.start, round_up(now, 30))
    return Window(start, today.end) if today.end - start >= VISIT_LENGTH else _on(now.date() + DAY, *PARTS["上午"])


def _any_time(soon: Soon, now: datetime) -> Window:
    """Tomorrow, or the first day after it that was not refused."""
    day = now.date() + DAY
    while day in soon.never:
        day += DAY
    return _on(day, *WHOLE_DAY)


def _until(day: Day, hours: Hours | None, now: datetime) -> Window:
    """From now to the end of a last day, or to the hours said of it."""
    start = _soon(now).start
    horizon = (now + FURTHEST).date()  # 春节前, said in November
    last = min(max(day.last, now.date()), horizon) if day.last >= now.date() - DAY else day.last
    end = _on(last, *WHOLE_DAY).end if hours is None else _on(last, hours.start, hours.end).end
    if hours is None and end - start < VISIT_LENGTH:
        end = _on(last, *SERVICE).end
    if end - start < _LEAST:
        raise PastTime(_on(last, *WHOLE_DAY), now)
    return Window(start, end)


def _whole(day: Day, now: datetime) -> Window:
    window = Window(_on(day.first, *WHOLE_DAY).start, _on(day.last, *WHOLE_DAY).end)
    if window.start >= now:
        return window
    if day.repeats:
        return _on(day.first + day.repeats * DAY, *WHOLE_DAY)
    return _rest(window, now)


def _rest(window: Window, now: datetime) -> Window:
    """What is left of whole days: today until the evening when the afternoon is nearly over."""
    start = round_up(now, 30)
    late = window.end - start < VISIT_LENGTH and window.end.date() == now.date()
    end = _on(now.date(), *SERVICE).end if late else window.end
    if end - start < _LEAST:
        raise PastTime(window, now)
    return Window(start, end) if _in_service(start) else Window(_soon(now).start, end)


def _at_hours(day: Day | None, hours: Hours, now: datetime) -> Window:
    options = _options(day or single(now.date(), repeats=1), hours)
    whole = hours.clock or bool(day and day.repeats)
    least = None if whole else _LEAST if day else VISIT_LENGTH
    fitting = (_fit(option, now, least) for option in options)
    ahead = next((window for window in fitting if window), None)
    if ahead is None:
        raise PastTime(options[0], now)
    return ahead


def _options(day: Day, hours: Hours) -> list[Window]:
    count = (day.last - day.first).days + 1
    days = [day.first + ahead * DAY for ahead in range(count)]
    days += [day.first + day.repeats * DAY] if day.repeats else []
    options = [_on(one, hours.start, hours.end) for one in days]
    if hours.either is not None and not day.repeats:
        options.insert(1, _on(day.first, hours.either, hours.either + 120))
    return options


def _fit(window: Window, now: datetime, least: timedelta | None) -> Window | None:
    """The window when it is ahead, the rest of it when at least `least` is left, else None."""
    if window.start >= now:
        return window
    start = round_up(now, 30)
    return Window(start, window.end) if least is not None and window.end - start >= least else None
