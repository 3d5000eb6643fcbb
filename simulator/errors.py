"""Error codes of the platform's API. An error is an ordinary HTTP 200 answer with `errcode` and `errmsg`."""

import secrets

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40010: "invalid voice size",
    40011: "invalid video size",
    40012: "invalid thumb size",
    40013: "invalid appid",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40066: "invalid url",
    40125: "invalid appsecret",
    40200: "invalid account type",
    40213: "invalid href",
    40214: "invalid link text",
    41001: "access_token missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "missing media_id",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article count out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "require user message within 30 seconds",
    45081: "already typing",
    45098: "menu list too long",
    45099: "menu item content too long",
    45162: "message type does not match its body",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
}


class RefusedError(ValueError):
    """A request to the control interface cannot be carried out; the text says why and what to give instead."""


class ApiError(Exception):
    """The call is refused with `code`; `detail` follows the usual wording and names the field."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        wording = MESSAGES.get(code, "error")
        super().__init__(f"{wording} {detail}" if detail else wording)

    def body(self) -> dict[str, int | str]:
        """What the caller reads, with a fresh request id at the end as on the platform."""
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        return {"errcode": self.code, "errmsg": f"{self} rid: {rid}"}
