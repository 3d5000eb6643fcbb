"""The calls of the platform's API that the product makes."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar
from urllib.parse import urlsplit

from wechat.characters import printable
from wechat.errors import PlatformError, Reaction
from wechat.media import MAX_BYTES, Downloaded, fetch_public, json_object, received
from wechat.templates import template_data
from wechat.tokens import TokenKeeper, TokenStore, storage
from wechat.transport import ApiClient, Timeout, is_loopback

__all__ = ["OFFICIAL_BASE_URL", "Downloaded", "Platform", "PlatformError", "Reaction"]

OFFICIAL_BASE_URL = "https://api.weixin.qq.com"
_SCENE_LIMIT = 64
_TYPING_NOT_GRANTED = (40200, 48001)  # an account without the permission is answered so for ever
_T = TypeVar("_T")


class Platform:
    """One official account at the platform. Every method may be called from several threads.

    Every method raises `PlatformError` when the platform cannot be reached or refuses. A refused access token is
    replaced and the call made once more, never oftener.

    :param base_url: where the API is (WECHAT_API_BASE_URL), without `/cgi-bin`.
    :param redis_url: keeps the access token in Redis for all processes.
    :param tokens: keeps it elsewhere where there is no Redis; without both each process has its own.
    :param media_limit: the largest file that is fetched, in bytes.
    """

    def __init__(
        self,
        appid: str,
        secret: str,
        base_url: str = OFFICIAL_BASE_URL,
        timeout: Timeout = (3, 8),
        *,
        redis_url: str | None = None,
        tokens: TokenStore | None = None,
        media_limit: int = MAX_BYTES,
    ) -> None:
        if urlsplit(base_url).scheme not in ("http", "https"):
            raise ValueError("WECHAT_API_BASE_URL must begin with http:// or https://.")
        self._api = ApiClient(appid, secret, base_url.rstrip("/"), timeout)
        store = tokens if tokens and not redis_url else storage(redis_url)
        self._tokens = TokenKeeper(self._api.stable_token, store, f"{appid}:stable_token")
        self._root = f"{base_url.rstrip('/')}/"  # the sessions of customer service are not below /cgi-bin
        self._timeout = timeout
        self._media_limit = media_limit
        self._local = is_loopback(base_url)
        self._can_type = True

    def send_text(self, openid: str, text: str) -> None:
        """Sends a customer-service message; it costs one of the customer's budget."""
        content = {"content": printable(text)}
        self._post("message/custom/send", {"touser": openid, "msgtype": "text", "text": content})

    def send_template(
        self, openid: str, template_id: str, data: dict[str, str], url: str = "", client_msg_id: str = ""
    ) -> str:
        """Sends a template message and returns its id, which comes back as MsgID in TEMPLATESENDJOBFINISH.

        :param data: field name → text; texts are shortened to what their field accepts.
        :param url: opened on a tap; without it the message cannot be tapped.
        :param client_msg_id: the platform sends two calls with the same id only once.
        """
        message: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": template_data(data)}
        optional = {"url": url, "client_msg_id": client_msg_id}
        answer = self._post("message/template/send", message | {key: value for key, value in optional.items() if value})
        return str(answer.get("msgid", ""))

    def typing(self, openid: str) -> None:
        """Shows the customer that we are writing, where the account may and the moment allows it."""
        if not self._can_type:
            return
        try:
            self._post("message/custom/typing", {"touser": openid, "command": "Typing"})
        except PlatformError as error:
            if error.errcode in _TYPING_NOT_GRANTED:
                self._can_type = False
            elif error.reaction is not Reaction.IGNORE:
                raise

    def download(self, media_id: str) -> Downloaded:
        """The file behind a media id, which is valid for three days; of a video, the video itself."""
        return self._with_token(lambda token: self._download(media_id, token))

    def fetch_picture(self, url: str) -> Downloaded:
        """The picture at a PicUrl, which needs no token."""
        picture = fetch_public(url, self._timeout, self._media_limit, local=self._local)
        if not picture.content_type.startswith("image/"):
            raise PlatformError("The address holds no picture.", Reaction.GIVE_UP, shown="图片已失效")
        return picture

    def create_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replaces the account's menu; clients show the new one within five minutes."""
        self._post("menu/create", {"button": list(buttons)})

    def create_qrcode(self, scene: str, expire_seconds: int | None = None) -> str:
        """The address to draw as a QR code, which reports `scene` when scanned; permanent without `expire_seconds`.

        :raises ValueError: when the scene does not have 1 to 64 characters.
        """
        if not 1 <= len(scene) <= _SCENE_LIMIT:
            raise ValueError(f"The scene of a QR code must have 1 to {_SCENE_LIMIT} characters.")
        code: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        if expire_seconds is not None:
            code |= {"action_name": "QR_STR_SCENE", "expire_seconds": expire_seconds}
        return str(self._post("qrcode/create", code)["url"])

    def online_agents(self) -> set[str]:
        """The accounts (name@account) of WeChat's customer service that are online."""
        answer = self._with_token(lambda token: self._api.call("get", "customservice/getonlinekflist", token))
        return {str(agent.get("kf_account")) for agent in answer.get("kf_online_list") or []}

    def agent_of(self, openid: str) -> str:
        """The agent of WeChat's customer service who has a session with the customer; '' where nobody has."""
        answer = self._with_token(lambda token: self._api.call(
            "get", "customservice/kfsession/getsession", token, api_base_url=self._root, params={"openid": openid}))
        return str(answer.get("kf_account") or "")

    def _post(self, endpoint: str, data: dict[str, Any]) -> dict[str, Any]:
        return self._with_token(lambda token: self._api.call("post", endpoint, token, data=data))

    def _with_token(self, call: Callable[[str], _T]) -> _T:
        token = self._tokens.current()
        try:
            return call(token)
        except PlatformError as error:
            if error.reaction is not Reaction.REFRESH_TOKEN:
                raise
        return call(self._tokens.replace(token))

    def _download(self, media_id: str, token: str) -> Downloaded:
        with closing(self._api.fetch("media/get", token, media_id=media_id)) as response:
            file = received(response, self._media_limit)
        answer = json_object(file)
        if answer is None:
            return file
        if answer.get("errcode"):
            raise PlatformError.from_code(int(answer["errcode"]), str(answer.get("errmsg", "")))
        if not answer.get("video_url"):
            raise PlatformError("The platform answered neither a file nor its address.", Reaction.RETRY)
        return fetch_public(str(answer["video_url"]), self._timeout, self._media_limit, local=self._local)
