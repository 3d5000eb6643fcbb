"""Signatures of plain pushes: each lets in one message, however often that is delivered.

WeChat's signature of a plain push covers the account's token, the timestamp and the nonce, but not the message. Who has
seen one signed address could put any words into any customer's mouth with it. What is known of redeliveries is only
that they carry the same message, under the same signature or a fresh one. So a signature is bound to the key of the
first message that came with it: the same message may come again under it, another may not.
Encrypted pushes need none of this, since their signature covers the message, and a message is recorded only once.
Timestamps far off are refused before, so that signatures need to be remembered no longer than that.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from .models import SignedPush


def admit(session: Session, signature: str, key: str, now: datetime, remembered: timedelta) -> bool:
    """Whether the message of that key may come under this signature; older ones than `remembered` are forgotten."""
    session.execute(
        delete(SignedPush).where(col(SignedPush.at) < now - remembered).execution_options(synchronize_session=False))
    known = session.get(SignedPush, signature)
    if known is None:
        try:
            with session.begin_nested():
                session.add(SignedPush(signature=signature, key=key, at=now))
        except IntegrityError:  # another process admitted a push under it at the same moment
            known = session.get_one(SignedPush, signature, populate_existing=True)
        else:
            return True
    return known.key == key
