"""Durations in settings."""
import re
from datetime import timedelta

_DURATION_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """30s, 10m, 24h or 2d; anything else is a ValueError that says how durations are written."""
    match = re.fullmatch(r"\s*(\d{1,6})([smhd])\s*", text, re.ASCII)
    if not match:
        raise ValueError(
            f"{text!r} is no duration: write a whole number and s, m, h or d, for example 30s, 10m, 24h or 2d")
    return timedelta(**{_DURATION_UNITS[match[2]]: int(match[1])})
