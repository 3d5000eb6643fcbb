import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from requests import PreparedRequest
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from wechat.client import OFFICIAL_BASE_URL, Platform, PlatformError, Reaction
from wechat.menu import BUTTONS

BASE = "https://api.weixin.qq.com/cgi-bin/"
OK = {"errcode": 0, "errmsg": "ok"}
SECRET = "s3cret-of-the-account"
ZHANGSAN = "o-zhangsan"


@pytest.fixture
def transport() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as transport:
        yield transport


class Tokens:
    """The platform's stable_token: token1, token2, …; a new one for each call, or only when forced."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.number = 0
        self.stubborn = False

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert isinstance(request.body, bytes)
        self.asked.append(json.loads(request.body))
        if not (self.stubborn and self.number) or self.asked[-1]["force_refresh"]:
            self.number += 1
        return 200, {}, json.dumps({"access_token": f"token{self.number}", "expires_in": 7200})


@pytest.fixture
def tokens(transport: responses.RequestsMock) -> Tokens:
    tokens = Tokens()
    transport.add_callback(responses.POST, BASE + "stable_token", tokens)
    return tokens


@pytest.fixture
def platform(tokens: Tokens) -> Platform:
    return Platform("wx1", SECRET)


@pytest.fixture
def answer(transport: responses.RequestsMock) -> Callable[..., responses.BaseResponse]:
    return lambda endpoint, **how: transport.add(responses.POST, BASE + endpoint, **how)


def sent(transport: responses.RequestsMock, endpoint: str) -> list[tuple[str, dict[str, Any]]]:
    """(access token, body) of each call of an endpoint."""
    calls = [call.request for call in transport.calls if urlsplit(call.request.url or "").path.endswith(endpoint)]
    return [(parse_qs(urlsplit(call.url).query)["access_token"][0], json.loads(call.body)) for call in calls]


# --- what is sent ----------------------------------------------------------------------------------------------


def test_a_text_is_sent_with_real_characters(
    platform: Platform, transport: responses.RequestsMock, tokens: Tokens, answer: Callable[..., Any]
) -> None:
    answer("message/custom/send", json=OK)
    platform.send_text(ZHANGSAN, '师傅已出发 😀\n<a href="https://x">详情</a>\x00')
    request = transport.calls[-1].request
    text = '师傅已出发 😀\n<a href="https://x">详情</a>'
    body = {"touser": ZHANGSAN, "msgtype": "text", "text": {"content": text}}
    assert sent(transport, "custom/send") == [("token1", body)]
    assert "师傅已出发 😀".encode() in request.body
    assert b"\\u" not in request.body
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


def test_the_token_is_stable_and_asked_for_once(platform: Platform, tokens: Tokens, answer: Callable[..., Any]) -> None:
    answer("message/custom/send", json=OK)
    platform.send_text(ZHANGSAN, "一")
    platform.send_text(ZHANGSAN, "二")
    assert tokens.asked == [
        {"grant_type": "client_credential", "appid": "wx1", "secret": SECRET, "force_refresh": False}
    ]


def test_the_token_request_carries_no_token(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]
) -> None:
    answer("message/custom/send", json=OK)
    platform.send_text(ZHANGSAN, "一")
    assert transport.calls[0].request.url == BASE + "stable_token"


def test_a_template_message_is_sent_and_its_id_returned(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]
) -> None:
    answer("message/template/send", json={**OK, "msgid": 3487542469355618313})
    data = {"thing1": "空调维修", "time2": "2026年11月22日 15:01"}
    assert platform.send_template(ZHANGSAN, "T1", data, "https://x", "job-7") == "3487542469355618313"
    assert platform.send_template(ZHANGSAN, "T1", {"thing1": "完成"}) == "3487542469355618313"
    values = {"thing1": {"value": "空调维修"}, "time2": {"value": "2026年11月22日 15:01"}}
    full = {"touser": ZHANGSAN, "template_id": "T1", "data": values, "url": "https://x", "client_msg_id": "job-7"}
    bare = {"touser": ZHANGSAN, "template_id": "T1", "data": {"thing1": {"value": "完成"}}}
    assert [body for _, body in sent(transport, "template/send")] == [full, bare]


def test_the_menu_is_created(platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]) -> None:
    answer("menu/create", json=OK)
    platform.create_menu(BUTTONS)
    assert sent(transport, "menu/create") == [("token1", {"button": BUTTONS})]


def test_qr_codes_are_permanent_or_expire(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]
) -> None:
    answer("qrcode/create", json={"ticket": "t", "url": "http://weixin.qq.com/q/abc"})
    assert platform.create_qrcode("product:空调:美的:KFR-35GW") == "http://weixin.qq.com/q/abc"
    platform.create_qrcode("x", 60)
    scene = {"scene": {"scene_str": "product:空调:美的:KFR-35GW"}}
    assert [body for _, body in sent(transport, "qrcode/create")] == [
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene},
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "x"}}, "expire_seconds": 60},
    ]


@pytest.mark.parametrize("scene", ["", "a" * 65])
def test_an_impossible_scene_is_refused_before_the_call(platform: Platform, scene: str) -> None:
    with pytest.raises(ValueError, match="1 to 64"):
        platform.create_qrcode(scene)


def test_the_agents_who_are_online_are_known_by_their_accounts(
    platform: Platform, transport: responses.RequestsMock, tokens: Tokens
) -> None:
    online = {"kf_online_list": [{"kf_account": "test1@test", "status": 1}, {"kf_account": "test2@test", "status": 1}]}
    transport.get(BASE + "customservice/getonlinekflist", json=online)
    transport.get(BASE + "customservice/getonlinekflist", json={"kf_online_list": []})
    assert platform.online_agents() == {"test1@test", "test2@test"}
    assert platform.online_agents() == set()


@pytest.mark.parametrize(("session", "agent"), [
    ({"createtime": 123456789, "kf_account": "test1@test"}, "test1@test"), ({"createtime": 0, "kf_account": ""}, ""),
])
def test_a_session_is_looked_up_beside_the_other_calls(
    platform: Platform, transport: responses.RequestsMock, tokens: Tokens, session: dict[str, Any], agent: str
) -> None:
    transport.get("https://api.weixin.qq.com/customservice/kfsession/getsession", json=session)
    assert platform.agent_of(ZHANGSAN) == agent
    asked = parse_qs(urlsplit(transport.calls[-1].request.url or "").query)
    assert asked == {"access_token": ["token1"], "openid": [ZHANGSAN]}


# --- refused tokens --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_token_is_replaced_and_the_call_made_again(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any], errcode: int
) -> None:
    answer("message/custom/send", json={"errcode": errcode, "errmsg": "invalid credential rid: 1"})
    answer("message/custom/send", json=OK)
    platform.send_text(ZHANGSAN, "一")
    assert [token for token, _ in sent(transport, "custom/send")] == ["token1", "token2"]


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_persistent_refusal_is_retried_once_and_never_burns_the_quota(
    platform: Platform,
    transport: responses.RequestsMock,
    tokens: Tokens,
    answer: Callable[..., Any],
    stubborn: bool,
) -> None:
    tokens.stubborn = stubborn
    answer("message/custom/send", json={"errcode": 40001, "errmsg": "invalid credential rid: 1"})
    with pytest.raises(PlatformError) as caught:
        platform.send_text(ZHANGSAN, "一")
    assert (caught.value.errcode, caught.value.reaction) == (40001, Reaction.REFRESH_TOKEN)
    assert [token for token, _ in sent(transport, "custom/send")] == ["token1", "token2"]
    assert [wish["force_refresh"] for wish in tokens.asked] == [False, False, True][: 2 + stubborn]


def test_other_refusals_are_not_retried(
    platform: Platform, transport: responses.RequestsMock, tokens: Tokens, answer: Callable[..., Any]
) -> None:
    answer("message/custom/send", json={"errcode": 45047, "errmsg": "out of response count limit rid: 2"})
    with pytest.raises(PlatformError, match="out of response count limit rid: 2") as caught:
        platform.send_text(ZHANGSAN, "一")
    assert (caught.value.errcode, caught.value.reaction) == (45047, Reaction.SWITCH_CHANNEL)
    assert (len(sent(transport, "custom/send")), len(tokens.asked)) == (1, 1)


@pytest.mark.parametrize("errcode", [40001, 40125, 40164])
def test_wrong_credentials_are_an_alarm(transport: responses.RequestsMock, errcode: int) -> None:
    transport.add(responses.POST, BASE + "stable_token", json={"errcode": errcode, "errmsg": "invalid"})
    with pytest.raises(PlatformError) as caught:
        Platform("wx1", SECRET).send_text(ZHANGSAN, "一")
    assert (caught.value.reaction, caught.value.errcode) == (Reaction.ALARM, errcode)
    assert len(transport.calls) == 1


@pytest.mark.parametrize("grant", [{}, {"access_token": "", "expires_in": 7200}, {"access_token": "t"}])
def test_an_answer_without_token_is_an_error(transport: responses.RequestsMock, grant: dict[str, Any]) -> None:
    transport.add(responses.POST, BASE + "stable_token", json=grant)
    with pytest.raises(PlatformError, match="without an access token"):
        Platform("wx1", SECRET).send_text(ZHANGSAN, "一")


# --- no proper answer ------------------------------------------------------------------------------------------


def refused_connection() -> requests.ConnectionError:
    pool = HTTPConnectionPool("api.weixin.qq.com")
    reason = NewConnectionError(pool, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(pool, "/?access_token=token1", reason))


@pytest.mark.parametrize(
    ("how", "reaction", "maybe_delivered"),
    [
        ({"status": 502, "body": "<html>Bad Gateway"}, Reaction.RETRY, True),
        ({"status": 429}, Reaction.RETRY, True),
        ({"status": 404}, Reaction.ALARM, False),
        ({"status": 302, "headers": {"Location": "https://elsewhere/"}}, Reaction.RETRY, True),
        ({"body": "<html>maintenance"}, Reaction.RETRY, True),
        ({"body": "[]"}, Reaction.RETRY, True),
        ({"json": {"errcode": "?"}}, Reaction.RETRY, True),
        ({"body": requests.ReadTimeout("access_token=token1")}, Reaction.RETRY, True),
        ({"body": requests.ConnectionError("access_token=token1")}, Reaction.RETRY, True),
        ({"body": requests.ConnectTimeout("access_token=token1")}, Reaction.RETRY, False),
        ({"body": refused_connection()}, Reaction.RETRY, False),
    ],
)
def test_every_way_to_fail_has_a_reaction(
    platform: Platform, answer: Callable[..., Any], how: dict[str, Any], reaction: Reaction, maybe_delivered: bool
) -> None:
    answer("message/custom/send", **how)
    with pytest.raises(PlatformError) as caught:
        platform.send_text(ZHANGSAN, "一")
    error = caught.value
    assert (error.errcode, error.reaction, error.maybe_delivered) == (None, reaction, maybe_delivered)
    assert "token1" not in "".join(traceback.format_exception(error))


def test_nothing_logged_holds_token_or_secret(
    platform: Platform, answer: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    answer("message/custom/send", json={"errcode": 40001, "errmsg": "invalid"})
    with caplog.at_level(logging.DEBUG), pytest.raises(PlatformError):
        platform.send_text(ZHANGSAN, "一")
    http = logging.getLogger("urllib3.connectionpool")
    with caplog.at_level(logging.DEBUG):
        http.debug('%s "POST %s"', "https://api", "/cgi-bin/x?access_token=token1&media_id=m")
    assert 'https://api "POST /cgi-bin/x?access_token=…&media_id=m"' in caplog.text
    assert "token1" not in caplog.text
    assert SECRET not in caplog.text


# --- typing ----------------------------------------------------------------------------------------------------


def test_typing_is_shown(platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]) -> None:
    answer("message/custom/typing", json=OK)
    platform.typing(ZHANGSAN)
    assert sent(transport, "typing") == [("token1", {"touser": ZHANGSAN, "command": "Typing"})]


@pytest.mark.parametrize(("errcode", "calls"), [(45081, 2), (45080, 2), (40200, 1), (48001, 1)])
def test_typing_that_is_not_possible_is_no_error(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any], errcode: int, calls: int
) -> None:
    answer("message/custom/typing", json={"errcode": errcode, "errmsg": "no"})
    platform.typing(ZHANGSAN)
    platform.typing(ZHANGSAN)
    assert len(sent(transport, "typing")) == calls


def test_typing_reports_other_errors(platform: Platform, answer: Callable[..., Any]) -> None:
    answer("message/custom/typing", json={"errcode": 45009, "errmsg": "limit"})
    with pytest.raises(PlatformError, match="45009"):
        platform.typing(ZHANGSAN)


# --- where the API is ------------------------------------------------------------------------------------------


def test_every_call_goes_to_the_configured_address(transport: responses.RequestsMock) -> None:
    base = "http://127.0.0.1:8001"
    transport.add(responses.POST, f"{base}/cgi-bin/stable_token", json={"access_token": "t", "expires_in": 7200})
    transport.add(responses.POST, f"{base}/cgi-bin/message/custom/send", json=OK)
    transport.add(responses.GET, f"{base}/cgi-bin/media/get", body=b"\xff\xd8\xff\xe0rest")
    platform = Platform("wx1", SECRET, base + "/")
    platform.send_text(ZHANGSAN, "一")
    platform.download("m")
    assert len(transport.calls) == 3


@pytest.mark.parametrize(
    ("base_url", "trusts"),
    [
        ("http://127.0.0.1:8001", False),
        ("http://localhost:8001", False),
        ("http://[::1]:8001", False),
        (OFFICIAL_BASE_URL, True),
    ],
)
def test_proxies_of_the_environment_are_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, base_url: str, trusts: bool
) -> None:
    seen: list[dict[str, Any]] = []

    def send(_: object, request: PreparedRequest, **options: Any) -> requests.Response:
        seen.append(options)
        raise requests.ConnectionError("stop")

    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with pytest.raises(PlatformError):
        Platform("wx1", SECRET, base_url, (1, 2)).send_text(ZHANGSAN, "一")
    assert [(bool(options["proxies"]), options["timeout"]) for options in seen] == [(trusts, (1, 2))]


def test_a_bad_address_names_its_variable() -> None:
    with pytest.raises(ValueError, match="WECHAT_API_BASE_URL"):
        Platform("wx1", SECRET, "api.weixin.qq.com")


def test_the_token_does_not_follow_a_redirect(
    platform: Platform, transport: responses.RequestsMock, answer: Callable[..., Any]
) -> None:
    elsewhere = transport.add(responses.GET, "https://elsewhere/", json=OK)
    answer("message/custom/send", status=302, headers={"Location": "https://elsewhere/"})
    with pytest.raises(PlatformError, match="something else than JSON"):
        platform.send_text(ZHANGSAN, "一")
    assert elsewhere.call_count == 0
