import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from wechat.client import Platform, PlatformError, Reaction
from wechat.media import Downloaded, FileTooLargeError

BASE = "https://api.weixin.qq.com/cgi-bin/"
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(20)
AMR = b"#!AMR\n" + bytes(20)
PICTURE = "http://mmbiz.qpic.cn/x/0"


@pytest.fixture
def transport() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as transport:
        for number in (1, 2):
            grant = {"access_token": f"token{number}", "expires_in": 7200}
            transport.add(responses.POST, BASE + "stable_token", json=grant)
        yield transport


@pytest.fixture
def platform() -> Platform:
    return Platform("wx1", "secret", media_limit=1000)


def media(transport: responses.RequestsMock, **how: Any) -> None:
    transport.add(responses.GET, BASE + "media/get", **how)


# --- by media id -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "declared", "content_type"),
    [
        (JPEG, "image/jpeg", "image/jpeg"),
        (JPEG, "text/plain", "image/jpeg"),
        (AMR, "voice/amr", "audio/amr"),
        (b"something else", "Image/X-New; q=1", "image/x-new"),
        (b"{ not json", "application/octet-stream", "application/octet-stream"),
    ],
)
def test_a_file_is_downloaded(
    transport: responses.RequestsMock, platform: Platform, content: bytes, declared: str, content_type: str
) -> None:
    media(transport, body=content, content_type=declared)
    assert platform.download("m/1=") == Downloaded(content, content_type)
    assert transport.calls[-1].request.params == {"access_token": "token1", "media_id": "m/1="}


def test_a_video_is_fetched_where_the_platform_says(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, json={"video_url": "http://vweixinp.tc.qq.com/1?sha=2"})
    transport.add(responses.GET, "http://vweixinp.tc.qq.com/1?sha=2", body=MP4, content_type="video/mp4")
    assert platform.download("v") == Downloaded(MP4, "video/mp4")
    assert "token" not in (transport.calls[-1].request.url or "")


def test_an_error_comes_with_status_200(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, body='{"errcode":40007,"errmsg":"invalid media_id rid: 1"}', content_type="text/plain")
    with pytest.raises(PlatformError, match="invalid media_id rid: 1") as caught:
        platform.download("m")
    assert (caught.value.errcode, caught.value.reaction) == (40007, Reaction.GIVE_UP)


def test_a_refused_token_is_replaced_once(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, json={"errcode": 42001, "errmsg": "expired"})
    media(transport, body=JPEG, content_type="image/jpeg")
    assert platform.download("m").content == JPEG
    assert transport.calls[-1].request.params["access_token"] == "token2"


def test_a_persistently_refused_token_is_tried_twice(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, json={"errcode": 40001, "errmsg": "invalid"})
    with pytest.raises(PlatformError, match="40001"):
        platform.download("m")
    assert len([call for call in transport.calls if "media/get" in (call.request.url or "")]) == 2


@pytest.mark.parametrize(
    ("how", "reaction"),
    [
        ({"body": b"x" * 1001}, Reaction.GIVE_UP),
        ({"body": b""}, Reaction.RETRY),
        ({"json": {"neither": "nor"}}, Reaction.RETRY),
        ({"status": 500}, Reaction.RETRY),
        ({"status": 404}, Reaction.ALARM),
        ({"body": requests.ReadTimeout("access_token=token1")}, Reaction.RETRY),
        ({"json": {"video_url": "file:///etc/passwd"}}, Reaction.GIVE_UP),
        ({"json": {"video_url": "http://169.254.169.254/latest"}}, Reaction.GIVE_UP),
    ],
)
def test_what_is_not_a_file_is_an_error(
    transport: responses.RequestsMock, platform: Platform, how: dict[str, Any], reaction: Reaction
) -> None:
    media(transport, **how)
    with pytest.raises(PlatformError) as caught:
        platform.download("m")
    assert caught.value.reaction is reaction
    assert "token1" not in "".join(traceback.format_exception(caught.value))


def test_a_file_at_the_limit_is_accepted(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, body=b"x" * 1000)
    assert len(platform.download("m").content) == 1000


def test_a_file_over_the_limit_is_told_apart(transport: responses.RequestsMock, platform: Platform) -> None:
    media(transport, body=b"x" * 1001)
    with pytest.raises(FileTooLargeError) as caught:
        platform.download("m")
    assert (caught.value.reaction, caught.value.shown) == (Reaction.GIVE_UP, "文件过大")


def test_a_file_that_trickles_is_given_up(
    transport: responses.RequestsMock, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 61.0])
    media(transport, body=JPEG)
    monkeypatch.setattr("wechat.media.time.monotonic", lambda: next(times))
    with pytest.raises(PlatformError, match="60 seconds"):
        platform.download("m")


# --- by address ------------------------------------------------------------------------------------------------


def test_a_picture_is_fetched_without_token(transport: responses.RequestsMock, platform: Platform) -> None:
    transport.add(responses.GET, PICTURE, body=JPEG, content_type="application/octet-stream")
    assert platform.fetch_picture(PICTURE) == Downloaded(JPEG, "image/jpeg")
    assert [call.request.url for call in transport.calls] == [PICTURE]


def test_a_page_in_place_of_a_picture_is_refused(transport: responses.RequestsMock, platform: Platform) -> None:
    transport.add(responses.GET, PICTURE, body="<html>此图片来自微信公众平台", content_type="text/html")
    with pytest.raises(PlatformError, match="no picture"):
        platform.fetch_picture(PICTURE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://mmbiz.qpic.cn/x",
        "//mmbiz.qpic.cn/x",
        "http://",
        "http://[::1/x",
        "http://127.0.0.1:5005/model",
        "http://localhost/x",
        "http://10.0.0.7/x",
        "http://[::ffff:127.0.0.1]/x",
    ],
)
def test_other_addresses_are_never_called(transport: responses.RequestsMock, platform: Platform, url: str) -> None:
    with pytest.raises(PlatformError) as caught:
        platform.fetch_picture(url)
    assert caught.value.reaction is Reaction.GIVE_UP
    assert len(transport.calls) == 0


def test_the_simulators_pictures_are_on_this_machine(transport: responses.RequestsMock) -> None:
    url = "http://127.0.0.1:8001/mmbiz/1/0"
    transport.add(responses.GET, url, body=JPEG)
    assert Platform("wx1", "secret", "http://127.0.0.1:8001").fetch_picture(url).content_type == "image/jpeg"


def test_a_redirect_is_followed_within_the_same_rules(transport: responses.RequestsMock, platform: Platform) -> None:
    transport.add(responses.GET, PICTURE, status=302, headers={"Location": "/y/0"})
    transport.add(responses.GET, "http://mmbiz.qpic.cn/y/0", status=302, headers={"Location": "http://127.0.0.1/"})
    with pytest.raises(PlatformError, match="our own network"):
        platform.fetch_picture(PICTURE)
    assert len(transport.calls) == 2


def test_redirects_in_a_circle_end(transport: responses.RequestsMock, platform: Platform) -> None:
    transport.add(responses.GET, PICTURE, status=301, headers={"Location": PICTURE})
    with pytest.raises(PlatformError, match="too often"):
        platform.fetch_picture(PICTURE)
    assert len(transport.calls) == 4
