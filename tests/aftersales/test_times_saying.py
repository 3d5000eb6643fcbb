"""How times are said back, and durations in settings."""

from datetime import datetime, timedelta, timezone

import pytest
from times_moments import SUNDAY, window

from aftersales.times import Window, parse_duration, say_moment, say_window, utc_now


@pytest.mark.parametrize(("span", "said"), [
    ("11-23 15:00-17:00", "明天（11月23日 周一）下午 15:00–17:00"),
    ("11-24 08:00-12:00", "后天（11月24日 周二）上午 08:00–12:00"),
    ("11-22 18:00-21:00", "今天（11月22日 周日）晚上 18:00–21:00"),
    ("11-25 11:00-14:00", "11月25日（周三）中午 11:00–14:00"),
    ("11-25 13:00-18:00", "11月25日（周三）下午 13:00–18:00"),
    ("11-25 08:00-18:00", "11月25日（周三）全天 08:00–18:00"),
    ("11-25 12:00-14:00", "11月25日（周三）中午 12:00–14:00"),
    ("11-25 09:30-18:00", "11月25日（周三）09:30–18:00"),
    ("11-25 22:00-24:00", "11月25日（周三）晚上 22:00–24:00"),
    ("11-25 23:00-25:00", "11月25日（周三）晚上 23:00–01:00"),
    ("11-28 08:00-11-29 18:00", "11月28日（周六）08:00 至 11月29日（周日）18:00"),
    ("11-22 14:30-11-23 18:00", "今天（11月22日 周日）14:30 至 明天（11月23日 周一）18:00"),
    ("11-21 08:00-12:00", "昨天（11月21日 周六）上午 08:00–12:00"),
])
def test_a_window_is_said_plainly(span: str, said: str) -> None:
    assert say_window(window(span), SUNDAY) == said


def test_a_window_in_utc_is_said_in_shanghai_time() -> None:
    utc = Window(datetime(2026, 11, 23, 7, tzinfo=timezone.utc), datetime(2026, 11, 23, 9, tzinfo=timezone.utc))
    assert say_window(utc, SUNDAY.astimezone(timezone.utc)) == "明天（11月23日 周一）下午 15:00–17:00"


def test_a_moment_is_said_in_shanghai_time() -> None:
    assert say_moment(datetime(2026, 11, 23, 7, tzinfo=timezone.utc)) == "11月23日 15:00"


@pytest.mark.parametrize(("text", "duration"), [
    ("30s", timedelta(seconds=30)), ("10m", timedelta(minutes=10)), ("24h", timedelta(hours=24)),
    ("2d", timedelta(days=2)), ("0s", timedelta()), (" 5m ", timedelta(minutes=5)),
])
def test_durations(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "10", "m", "-5s", "1.5h", "10 minutes", "5w", "５m", "99999999999d"])
def test_what_is_no_duration_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="for example 30s, 10m, 24h or 2d"):
        parse_duration(text)


def test_now_is_aware_utc() -> None:
    assert utc_now().utcoffset() == timedelta()
