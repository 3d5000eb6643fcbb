"""What an operator must put right at the platform, as rows: one per API and error code until it works again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from .models import PlatformAlarm


@dataclass(frozen=True)
class Cause:
    """What went wrong: `shown` and `todo` are for operators, `detail` is the platform's own sentence."""

    api: str
    errcode: int | None
    shown: str
    todo: str
    detail: str


def sound(session: Session, cause: Cause, now: datetime) -> PlatformAlarm:
    """Notes that something is wrong, once more where it is known already."""
    known = session.exec(select(PlatformAlarm).where(
        PlatformAlarm.api == cause.api, PlatformAlarm.errcode == cause.errcode, col(PlatformAlarm.resolved_at).is_(None)))
    alarm = known.first() or PlatformAlarm(
        api=cause.api, errcode=cause.errcode, shown="", todo="", detail="", times=0, first_at=now)
    alarm.shown, alarm.todo, alarm.detail = cause.shown, cause.todo, cause.detail
    alarm.times, alarm.last_at = alarm.times + 1, now
    session.add(alarm)
    session.flush()
    return alarm


def resolve(session: Session, api: str, now: datetime) -> int:
    """The API works again; returns how many alarms that ends."""
    done = session.execute(
        update(PlatformAlarm)
        .where(col(PlatformAlarm.api) == api, col(PlatformAlarm.resolved_at).is_(None))
        .values(resolved_at=now).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def open_alarms(session: Session) -> Sequence[PlatformAlarm]:
    """What is wrong now, the oldest first."""
    query = select(PlatformAlarm).where(col(PlatformAlarm.resolved_at).is_(None))
    return session.exec(query.order_by(col(PlatformAlarm.id))).all()
