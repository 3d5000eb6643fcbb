"""Hours in which customers are left in peace."""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .windows import SHANGHAI

_WRITTEN = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-3])")


@dataclass(frozen=True)
class QuietHours:
    """From one full hour to another, Asia/Shanghai; it may lie over midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, written: str) -> "QuietHours | None":
        """22-8; '' is none.

        Raises:
            ValueError: when it is neither.
        """
        if not written.strip():
            return None
        found = _WRITTEN.fullmatch(written.strip())
        if found is None or found[1] == found[2]:
            raise ValueError(f"{written!r} are no quiet hours; write 22-8, or nothing to have none")
        return cls(int(found[1]), int(found[2]))

    def until(self, now: datetime) -> datetime | None:
        """When they end; None while it is not quiet."""
        here = now.astimezone(SHANGHAI)
        since = (here.hour - self.start) % 24
        if since >= (self.end - self.start) % 24:
            return None
        end = here.replace(hour=self.end, minute=0, second=0, microsecond=0)
        return end if end > here else end + timedelta(days=1)
