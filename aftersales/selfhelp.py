"""自助排查: check lists that were offered to customers, and what came of them."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from .models import SelfHelp

#: A check list is not offered again for the same fault within this time.
PAUSE = timedelta(days=1)


def offer(session: Session, openid: str, appliance: str, fault: str, now: datetime) -> None:
    """Notes that the check list for a fault is offered; asked again for the same fault it stays one offer."""
    if (appliance, fault[:60]) in recent(session, openid, now):
        return
    session.add(SelfHelp(openid=openid, appliance=appliance, fault=fault[:60], at=now))
    session.flush()


def recent(session: Session, openid: str, now: datetime) -> list[tuple[str, str]]:
    """The appliances and faults for which the customer has been given a check list lately, the latest first."""
    query = select(SelfHelp).where(SelfHelp.openid == openid, col(SelfHelp.at) > now - PAUSE)
    return [(offered.appliance, offered.fault) for offered in session.exec(query.order_by(col(SelfHelp.id).desc()))]


def settle(session: Session, openid: str, now: datetime, *, solved: bool) -> None:
    """Notes whether the check list offered last has solved the fault."""
    query = select(SelfHelp).where(SelfHelp.openid == openid, col(SelfHelp.at) > now - PAUSE)
    offered = session.exec(query.order_by(col(SelfHelp.id).desc())).first()
    if offered is not None and offered.solved is None:
        offered.solved = solved
        session.add(offered)
