"""One HTTP request to the webhook, cut off after a limit that holds for the whole of it."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*", "Connection": "close"}
LARGEST = 1024 * 1024
PIECE = 64 * 1024


class NoAnswerError(Exception):
    """There is no answer; the text says why."""


class LateError(NoAnswerError):
    """The limit passed."""


@dataclass(frozen=True)
class Answer:
    """What the webhook gave back."""

    status: int
    body: bytes


def request(method: str, url: str, query: Mapping[str, str], body: bytes, limit: float) -> Answer:
    """The answer of the webhook, read to its end within `limit` seconds. Raises LateError or NoAnswerError."""
    until = time.monotonic() + limit
    try:
        answer = exchange(method, url, query, body, until)
    except TimeoutError as error:
        raise LateError(f"{limit:g} 秒内没有回答。") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"连接失败（{type(error).__name__}）。") from error
    if time.monotonic() > until:
        raise LateError(f"回答超过了 {limit:g} 秒。")
    return answer


def exchange(method: str, url: str, query: Mapping[str, str], body: bytes, until: float) -> Answer:
    """Send and read, no longer than `until`. Raises what sockets and HTTP raise."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=left(until))
    try:
        connection.request(method, address(parts.path, parts.query, query), body or None, HEADERS)
        socket = connection.sock
        socket.settimeout(left(until))
        response = connection.getresponse()
        pieces = bytearray()
        while not response.isclosed() and len(pieces) < LARGEST:
            socket.settimeout(left(until))
            piece = response.read1(PIECE)
            if not piece:
                break
            pieces += piece
        if response.length:
            raise http.client.IncompleteRead(bytes(pieces), response.length)
        return Answer(response.status, bytes(pieces))
    finally:
        connection.close()


def address(path: str, present: str, query: Mapping[str, str]) -> str:
    """The path with the query, behind one that the webhook's address may have already."""
    return f"{path or '/'}?{'&'.join(part for part in (present, urlencode(query)) if part)}"


def left(until: float) -> float:
    """Seconds left. Raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
