"""Files from the platform: read within limits of size and time, and only from where they may come."""

import ipaddress
import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import filetype
from requests import Response, Session

from wechat.errors import PlatformError, Reaction
from wechat.transport import Timeout, bad_status, checked, is_ip, is_loopback

MAX_BYTES = 20 * 1024 * 1024
"""The platform's own limit is 10 MB for pictures and videos."""

MAX_SECONDS = 60
_MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)


class FileTooLargeError(PlatformError):
    """The file is larger than is fetched."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file has more than {limit} bytes.", Reaction.GIVE_UP, shown="文件过大")


@dataclass(frozen=True)
class Downloaded:
    """A file; its type is recognised from the content, else what the server said, else ''."""

    content: bytes = field(repr=False)
    content_type: str


def received(response: Response, limit: int) -> Downloaded:
    """The file in an answer that is being streamed.

    :raises PlatformError: for a bad status, an empty file, or one that takes too long; `FileTooLargeError` for a large one.
    """
    if response.status_code != 200:
        raise bad_status(response.status_code)
    content = checked(lambda: _content(response, limit))
    if not content:
        raise PlatformError("The file is empty.", Reaction.RETRY)
    declared = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Downloaded(content, filetype.guess_mime(content) or declared)


def _content(response: Response, limit: int) -> bytes:
    content, deadline = bytearray(), time.monotonic() + MAX_SECONDS
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise FileTooLargeError(limit)
        if time.monotonic() > deadline:
            raise PlatformError(f"The file took more than {MAX_SECONDS} seconds.", Reaction.RETRY)
    return bytes(content)


def json_object(file: Downloaded) -> Mapping[str, Any] | None:
    """The JSON object that came in place of a file: an error, or where a video is. None for a real file."""
    if not file.content.lstrip().startswith(b"{"):
        return None
    try:
        value = json.loads(file.content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def fetch_public(url: str, timeout: Timeout, limit: int, *, local: bool) -> Downloaded:
    """The file at a public address, which needs no token. Addresses of this network are refused unless `local`.

    :raises PlatformError: when there is no such file or it may not be fetched.
    """
    for _ in range(_MAX_REDIRECTS + 1):
        _allow(url, local=local)
        with Session() as session, closing(_get(session, url, timeout)) as response:
            if response.status_code not in _REDIRECTS:
                return received(response, limit)
            url = urljoin(url, response.headers.get("Location", ""))
    raise PlatformError("The file's address redirects too often.", Reaction.GIVE_UP)


def _get(session: Session, url: str, timeout: Timeout) -> Response:
    session.trust_env = not is_loopback(url)
    return checked(lambda: session.get(url, timeout=timeout, stream=True, allow_redirects=False))


def _allow(url: str, *, local: bool) -> None:
    scheme, host = _origin(url)
    if scheme not in ("http", "https") or not host:
        raise PlatformError("A file is fetched from http and https addresses only.", Reaction.GIVE_UP)
    if not local and _is_private(host):
        raise PlatformError("A file is not fetched from an address of our own network.", Reaction.GIVE_UP)


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def _is_private(host: str) -> bool:
    return host == "localhost" or (is_ip(host) and not ipaddress.ip_address(host).is_global)
