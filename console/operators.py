"""Who may log in: operators with an argon2 hash of their password, and the first one, `admin`."""

import functools
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from aftersales.models import Operator
from aftersales.settings import Settings, generated_secret
from aftersales.store import reading

FIRST_OPERATOR = "admin"
PASSWORD_FILE = "ops_admin_password"  # noqa: S105 - the name of a file
_hasher = PasswordHasher()


@dataclass(frozen=True)
class LoggedIn:
    """An operator as the login manager wants to see one."""

    key: str
    username: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the session keeps; it is worth nothing once the password has changed."""
        return self.key


def ensure_admin(session: Session, settings: Settings, now: datetime) -> str | None:
    """Creates the operator `admin` where there is no operator yet.

    The password is OPS_ADMIN_PASSWORD, or one generated into `var/ops_admin_password`.

    Returns:
        The generated password, for the starter to print once; None where nothing was generated.
    """
    if session.exec(select(Operator.id).limit(1)).first() is not None:
        return None
    generated = None if settings.ops_admin_password else generated_secret(settings.var_dir / PASSWORD_FILE)
    password = settings.ops_admin_password or generated or ""
    try:
        with session.begin_nested():
            session.add(Operator(username=FIRST_OPERATOR, password_hash=_hasher.hash(password), created_at=now))
    except IntegrityError:  # another process, started at the same moment, was first
        return None
    return generated


def check_password(username: str, password: str) -> LoggedIn | None:
    """The operator with that name and password; it takes as long to refuse an unknown name as a wrong password."""
    with reading() as session:
        operator = session.exec(select(Operator).where(Operator.username == username)).first()
    if not _verified(operator.password_hash if operator else _nobodys_hash(), password) or operator is None:
        return None
    return _as_logged_in(operator)


def logged_in(key: str) -> LoggedIn | None:
    """The operator a session belongs to; None when there is no such operator any more, or the password has changed."""
    number, _, _ = key.partition(".")
    with reading() as session:
        operator = session.get(Operator, int(number)) if number.isdecimal() else None
    if operator is None:
        return None
    found = _as_logged_in(operator)
    return found if secrets.compare_digest(found.key.encode(), key.encode()) else None


def _as_logged_in(operator: Operator) -> LoggedIn:
    fingerprint = hashlib.sha256(operator.password_hash.encode()).hexdigest()[:16]
    return LoggedIn(key=f"{operator.id}.{fingerprint}", username=operator.username)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@functools.lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(24))
