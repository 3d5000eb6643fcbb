"""Calls of the platform's API over wechatpy, with every way to fail turned into a `PlatformError`."""

import ipaddress
import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from requests import RequestException, Response
from requests.exceptions import ConnectTimeout, InvalidURL, SSLError
from urllib3.exceptions import NewConnectionError
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from wechat.errors import Consequence, Effect, PlatformError, Reaction

T = TypeVar("T")
Timeout = tuple[float, float]
"""Seconds to connect, and seconds to wait for an answer."""

_TOKEN_IN_ADDRESS = re.compile(r"(access_token=)[^&\s\"']+")
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_TRANSIENT_STATUS = (408, 429)


class ApiClient(WeChatClient):  # type: ignore[misc]
    """wechatpy's client against any base URL, with timeouts everywhere and without its endless retry."""

    def __init__(self, appid: str, secret: str, base_url: str, timeout: Timeout) -> None:
        super().__init__(appid, secret, timeout=timeout, auto_retry=False)
        self.API_BASE_URL = f"{base_url}/cgi-bin/"
        self._http.trust_env = not is_loopback(base_url)

    def call(self, method: str, endpoint: str, token: str | None, **options: Any) -> dict[str, Any]:
        """The JSON object that a call is answered with.

        :raises PlatformError: when it is not answered, or answered with an error or something else.
        """
        options["params"] = {**options.get("params", {}), "access_token": token}  # requests leaves None out
        headers = _JSON if "data" in options else {}
        answer = checked(lambda: self._request(method, endpoint, headers=headers, allow_redirects=False, **options))
        if not isinstance(answer, dict):
            raise PlatformError("The platform answered something else than JSON.", Reaction.RETRY, maybe_delivered=True)
        return answer

    def fetch(self, endpoint: str, token: str, **params: str) -> Response:
        """A streamed GET whose content may be anything; the caller reads and closes it."""
        response: Response = checked(
            lambda: self._http.get(
                self.API_BASE_URL + endpoint,
                params={**params, "access_token": token},
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            )
        )
        return response

    def stable_token(self, force: bool) -> tuple[str, int]:
        """The account's token and its remaining lifetime in seconds, from stable_token.

        :raises PlatformError: when there is none; wrong credentials are an alarm here, not a token to be refreshed.
        """
        wish = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": force}
        try:
            answer = self.call("post", "stable_token", None, data=wish)
        except PlatformError as error:
            if error.reaction is not Reaction.REFRESH_TOKEN:
                raise
            raise PlatformError(
                f"WECHAT_SECRET is refused (errcode {error.errcode}).", Reaction.ALARM, error.errcode, shown="公众号密钥不正确",
                then=Consequence(Effect.STOP, alarm=True, todo="在公众平台核对后修改 WECHAT_SECRET 并重启"), rid=error.rid) from None
        return _grant(answer)


def _grant(answer: dict[str, Any]) -> tuple[str, int]:
    token, lifetime = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(lifetime, int) or lifetime <= 0:
        raise PlatformError("The platform answered without an access token.", Reaction.RETRY)
    return token, lifetime


def checked(call: Callable[[], T]) -> T:
    """The call's result, or a `PlatformError` that carries no address, because addresses carry the token."""
    try:
        return call()
    except WeChatClientException as error:
        failure = _refusal(error)
    except RequestException as error:
        failure = no_answer(error)
    except ValueError:
        failure = PlatformError("The platform's answer cannot be read.", Reaction.RETRY, maybe_delivered=True)
    raise failure


def _refusal(error: WeChatClientException) -> PlatformError:
    if error.errcode is not None:
        return PlatformError.from_code(error.errcode, str(error.errmsg))
    return bad_status(error.response.status_code)


def bad_status(status: int) -> PlatformError:
    """The error for an HTTP status that the platform itself never gives: a gateway, or a wrong address."""
    if status >= 500 or status in _TRANSIENT_STATUS:
        return PlatformError(f"The platform answered HTTP {status}.", Reaction.RETRY, maybe_delivered=True)
    return PlatformError(
        f"The platform answered HTTP {status}; check WECHAT_API_BASE_URL.", Reaction.ALARM, shown=f"微信接口返回 HTTP {status}",
        then=Consequence(Effect.STOP, alarm=True, todo="检查 WECHAT_API_BASE_URL"))


def no_answer(error: RequestException) -> PlatformError:
    """The error for a connection that failed or timed out."""
    if isinstance(error, InvalidURL):
        return PlatformError("The address is not valid.", Reaction.FIX)
    kind = type(error).__name__
    return PlatformError(
        f"The platform cannot be reached or did not answer in time ({kind}).",
        Reaction.RETRY,
        maybe_delivered=not _never_sent(error),
    )


def _never_sent(error: RequestException) -> bool:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, ConnectTimeout | SSLError) or isinstance(reason, NewConnectionError)


def is_loopback(url: str) -> bool:
    """Whether an address stays on this machine, where no proxy of the environment is wanted."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or (is_ip(host) and ipaddress.ip_address(host).is_loopback)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _without_token(record: logging.LogRecord) -> bool:
    record.msg = _TOKEN_IN_ADDRESS.sub(r"\1…", record.getMessage())
    record.args = ()
    return True


# urllib3 logs whole addresses at level DEBUG, and ours carry the token.
logging.getLogger("urllib3.connectionpool").addFilter(_without_token)
