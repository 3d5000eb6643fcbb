"""/wechat lets in what WeChat has signed, and nothing else."""

import io
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import waitress
from webhook_fakes import ACCOUNT, ZHANG_SAN, Account, Answer, FakeBot, rows_by_table
from werkzeug.test import create_environ, run_wsgi_app

from aftersales.texts import texts
from bot.client import Reply
from webhook.inbound import MAX_BODY

#: The platform's own examples: a check of the address, a signature, a message in safe mode (there with JSON inside).
CHECK = {"timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249",
         "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696"}
SIGNED = {"timestamp": "1714037059", "nonce": "486452656", "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78"}
SAFE = {
    "wechat_token": "AAAAA", "wechat_aes_key": "A" * 43, "wechat_appid": "wxba5fad812f8e6fb9"}
SAFE_QUERY = {
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d", "timestamp": "1714112445", "nonce": "415670741",
    "encrypt_type": "aes", "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"}
SAFE_ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
    "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
    "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=")
#: The classic example of a text in compatible mode: 「abcdteT」 from oyORnuP8q7ou2gfYjqLzSIWZf0rs.
CLASSIC = {
    "wechat_token": "spamtest", "wechat_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wechat_appid": "wx2c2769f8efd9abc2"}
CLASSIC_QUERY = {
    "timestamp": "1409735669", "nonce": "1320562132", "encrypt_type": "aes",
    "signature": "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa"}
CLASSIC_ENCRYPT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh"
    "0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRj"
    "pA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6"
    "OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=")
#: The examples are old; how old a push may be is tested below.
FOR_EVER = {"wechat_clock_tolerance": timedelta(days=36500)}
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"


def encrypted(content: str) -> bytes:
    return f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{content}]]></Encrypt></xml>".encode()


def check(account: Account, query: dict[str, str]) -> tuple[int, str]:
    answer = account.running.app.test_client().get("/wechat", query_string=query)
    return answer.status_code, answer.text


def test_the_address_is_confirmed_by_its_echo(open_account: Callable[..., Account]) -> None:
    assert check(open_account(wechat_token="AAAAA"), CHECK) == (200, CHECK["echostr"])


@pytest.mark.parametrize("wrong", [{"signature": "0" * 40}, {"nonce": "1"}, {"timestamp": ""}, {"signature": ""}])
def test_a_check_by_somebody_else_is_refused(open_account: Callable[..., Account], wrong: dict[str, str]) -> None:
    status, body = check(open_account(wechat_token="AAAAA"), CHECK | wrong)
    assert status == 403
    assert CHECK["echostr"] not in body


def test_the_official_signature_lets_a_message_in(open_account: Callable[..., Account], bot: FakeBot) -> None:
    account = open_account(wechat_token="AAAAA", **FOR_EVER)
    assert account.post(account.text_xml("你好"), SIGNED).text == "您说：你好"


@pytest.mark.parametrize("wrong", [{"signature": "0" * 40}, {"nonce": "1"}, {"signature": ""}, {"encrypt_type": "aes"}])
def test_a_forged_message_is_refused_and_leaves_no_trace(
    open_account: Callable[..., Account], bot: FakeBot, wrong: dict[str, str]
) -> None:
    account = open_account(wechat_token="AAAAA", wechat_aes_key=KEY, **FOR_EVER)
    assert account.post(account.text_xml("你好"), SIGNED | wrong).status == 403
    assert rows_by_table() == {}
    assert bot.said == []


def test_an_encrypted_message_of_the_platform_is_read_and_answered_encrypted(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    account = open_account(**CLASSIC, **FOR_EVER)
    answer = account.post(encrypted(CLASSIC_ENCRYPT), CLASSIC_QUERY)
    assert bot.said == [("oyORnuP8q7ou2gfYjqLzSIWZf0rs", "abcdteT")]
    assert set(answer.fields) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert answer.fields["Nonce"] == CLASSIC_QUERY["nonce"]


def test_a_message_in_safe_mode_goes_round(open_account: Callable[..., Account]) -> None:
    account = open_account(wechat_aes_key=KEY)
    answer = account.push_encrypted(account.text_xml("空调不制冷😀"))
    assert (answer.fields["ToUserName"], answer.text) == (ZHANG_SAN, "您说：空调不制冷😀")


def test_nothing_to_say_is_said_in_the_clear(open_account: Callable[..., Account], caplog: pytest.LogCaptureFixture) -> None:
    answer = open_account(**SAFE, **FOR_EVER).post(encrypted(SAFE_ENCRYPT), SAFE_QUERY)  # JSON is no message of an account
    assert answer.silent
    assert "a push was not understood" in caplog.text
    assert rows_by_table() == {}


def test_a_message_for_another_key_is_let_go(
    open_account: Callable[..., Account], caplog: pytest.LogCaptureFixture
) -> None:
    answer = open_account(**SAFE | FOR_EVER | {"wechat_aes_key": KEY}).post(encrypted(SAFE_ENCRYPT), SAFE_QUERY)
    assert answer.silent
    assert "a push could not be opened" in caplog.text
    assert rows_by_table() == {}


def test_an_altered_message_is_refused(open_account: Callable[..., Account]) -> None:
    altered = SAFE_ENCRYPT.replace("+qdx1", "+qdx2")
    assert open_account(**SAFE, **FOR_EVER).post(encrypted(altered), SAFE_QUERY).status == 403


@pytest.mark.parametrize("body", [
    b"", b"hello", b"<xml></xml>", b"<xml><MsgType>text</MsgType></xml>", b"\xff\xfe",
    b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
])
def test_what_is_no_message_is_let_go_and_logged(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert account.push(body).silent
    assert "a push was not understood" in caplog.text
    assert rows_by_table() == {}


def test_a_kind_of_message_that_nobody_knows_is_answered_with_a_hint_and_logged(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    assert account.push(account.xml("hologram")).text == texts("bridge")["unsupported"]
    assert "hologram" in caplog.text
    assert bot.said == []


# --- size ------------------------------------------------------------------------------------------------------------

def test_too_large_a_push_is_refused_unread(account: Account) -> None:
    refused: Answer = account.text("长" * MAX_BODY)
    assert refused.status == 413
    assert rows_by_table() == {}


def test_a_push_of_the_largest_size_is_read(account: Account) -> None:
    room = MAX_BODY - len(account.text_xml(""))
    assert account.push(account.xml("video", f"<MediaId>m</MediaId><X>{'x' * (room - 200)}</X>")).status == 200


class Endless(io.RawIOBase):
    """A body that never ends; counts what is read of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_a_body_of_no_announced_length_is_read_no_further_than_allowed(account: Account) -> None:
    body = Endless()
    environ = create_environ("/wechat", method="POST", query_string=account.signed())
    environ |= {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    _, status, _ = run_wsgi_app(account.running.app, environ)
    assert status.startswith("413")
    assert 0 < body.taken <= 2 * MAX_BODY


@pytest.mark.parametrize(("chunks", "status"), [(1, b"200"), (40, b"413")])
def test_a_body_in_chunks_is_measured_by_the_server_too(account: Account, chunks: int, status: bytes) -> None:
    push = account.text_xml("你好")
    server = waitress.create_server(account.running.app, host="127.0.0.1", port=0)
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    try:
        with socket.create_connection(("127.0.0.1", server.effective_port), timeout=20) as line:
            line.sendall(
                f"POST /wechat?{urlencode(account.signed(push))} HTTP/1.1\r\nHost: x\r\n"
                "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode())
            for part in [push] if chunks == 1 else [b"x" * 10_000] * chunks:
                line.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            line.sendall(b"0\r\n\r\n")
            assert line.makefile("rb").read().split(b" ")[1] == status
    finally:
        server.close()
        serving.join(10)


# --- age and replay --------------------------------------------------------------------------------------------------

def stamped(account: Account, push: bytes, seconds: float, **more: str) -> dict[str, str]:
    """The query of a push that was signed so many seconds before now."""
    stamp = {"timestamp": str(int(time.time() - seconds)), "nonce": "7"}
    return stamp | {"signature": account.sign(*stamp.values())} | more


@pytest.mark.parametrize(("seconds", "status"), [(15, 200), (580, 200), (-580, 200), (620, 403), (-620, 403), (10**9, 403)])
def test_a_push_signed_long_ago_or_in_the_future_is_refused(
    account: Account, bot: FakeBot, seconds: float, status: int
) -> None:
    push = account.text_xml("你好")
    assert account.post(push, stamped(account, push, seconds)).status == status
    assert len(bot.said) == (status == 200)
    assert bool(rows_by_table()) is (status == 200)


@pytest.mark.parametrize("stamp", ["soon", "1e9", "١٧١٤٠٣٧٠٥٩", "-1", "9" * 30])
def test_a_time_that_is_none_is_refused(account: Account, stamp: str) -> None:
    query = {"timestamp": stamp, "nonce": "7", "signature": account.sign(stamp, "7")}
    assert account.post(account.text_xml("你好"), query).status == 403
    assert rows_by_table() == {}


def test_a_signature_does_not_let_in_another_message(
    account: Account, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    push, other = account.text_xml("你好"), account.text_xml("取消工单")
    query = account.signed(push)
    assert account.post(push, query).text == "您说：你好"
    assert account.post(other, query).status == 403
    assert "this is a replay" in caplog.text
    assert account.post(push, query).text == "您说：你好"  # a redelivery under the same signature
    assert account.post(push, stamped(account, push, 1)).text == "您说：你好"  # and under a fresh one
    assert [words for _, words in bot.said] == ["你好"]


def test_a_signature_seen_in_safe_mode_does_not_let_in_a_plain_message(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    account = open_account(wechat_aes_key=KEY)
    push = account.text_xml("你好")
    assert account.push_encrypted(push).text == "您说：你好"
    assert account.post(account.text_xml("取消工单"), account.signed(push)).status == 403
    assert [words for _, words in bot.said] == ["你好"]


def test_an_encrypted_message_kept_and_sent_again_is_a_redelivery(
    open_account: Callable[..., Account], bot: FakeBot
) -> None:
    account = open_account(wechat_aes_key=KEY)
    push = account.text_xml("你好")
    assert account.push_encrypted(push).text == account.push_encrypted(push).text == "您说：你好"
    assert len(bot.said) == 1


# --- keys that are being changed -------------------------------------------------------------------------------------

def test_while_the_keys_change_both_are_known(open_account: Callable[..., Account], bot: FakeBot) -> None:
    before = open_account(wechat_token="OLD", wechat_aes_key=KEY)
    after = open_account(
        wechat_token="NEW", wechat_aes_key="B" * 43, wechat_token_previous="OLD", wechat_aes_key_previous=KEY)
    pushes = [before.text_xml(words) for words in ("旧的", "新的", "明文")]
    old_mail, new_mail = (Account(after.running, each.settings) for each in (before, after))
    try:
        assert old_mail.push_encrypted(pushes[0]).text == "您说：旧的"  # answered with the old keys, or it could not be read
        assert new_mail.push_encrypted(pushes[1]).text == "您说：新的"
        assert old_mail.push(pushes[2]).text == "您说：明文"
    finally:
        old_mail.close()
        new_mail.close()


# --- what must not do harm -------------------------------------------------------------------------------------------

BILLION = "<!DOCTYPE xml [<!ENTITY a '你好'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"


def body(account: Account, prolog: str = "", elements: str = "<Content>你好</Content>") -> bytes:
    return prolog.encode() + account.xml("text", elements)


@pytest.mark.parametrize(("prolog", "elements"), [
    (BILLION, "<Content>&i;</Content>"),
    ('<!DOCTYPE xml SYSTEM "file:///etc/passwd">', "<Content>你好</Content>"),
    ('<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>', "<Content>你好</Content>"),
    ("", "<Content>&i;</Content>"),
    ("", "<Content>&#0;</Content>"),
    ("", "<Content>&#xD800;</Content>"),
    ("", "<a>" * 20_000 + "</a>" * 20_000),
    ("", "<a>" * 9 + "</a>" * 9),
    ("", "<Content>" + "<b/>" * 40_000),
    ("<?xml version='1.0' encoding='UTF-16'?>" * 2, "<Content>你好</Content>"),
])
def test_bombs_do_not_go_off(account: Account, bot: FakeBot, prolog: str, elements: str) -> None:
    started = time.monotonic()
    assert account.push(body(account, prolog, elements)).silent
    assert time.monotonic() - started < 5
    assert (rows_by_table(), bot.said) == ({}, [])


@pytest.mark.parametrize(("sent", "read"), [
    (b"<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
    (b"<![CDATA[\x00\x01\x08a\x0b\x0c\x1fb\x7f]]>", "ab"),
    (b"<![CDATA[a\xed\xa0\x80b]]>", "a\ufffd\ufffd\ufffdb"),  # a lone surrogate as bytes
    (b"<![CDATA[a\xff\xfeb]]>", "a\ufffd\ufffdb"),
    (b"<![CDATA[a\xf0\x9f\x98]]>", "a\ufffd"),
    ("<![CDATA[a\u202eb\ufffe]]>".encode(), "a\u202eb"),
])
def test_odd_characters_come_in_harmless(account: Account, bot: FakeBot, sent: bytes, read: str) -> None:
    answer = account.push(account.xml("text", "<Content>WORDS</Content>").replace(b"WORDS", sent))
    assert bot.said == [(ZHANG_SAN, read)]
    assert answer.text.startswith("您说：a")


@pytest.mark.parametrize(("said", "shown"), [
    ("a]]>b", "a]]>b"), ("]]", "]]"), ("a\x00\x08b", "ab"), ("a\ud83db", "ab"), ("\udc00a", "a"), ("a\u202eb", "ab"),
    ("</Content></xml>", "＜/Content>＜/xml>"),
])
def test_odd_characters_go_out_harmless(account: Account, bot: FakeBot, said: str, shown: str) -> None:
    bot.answer = lambda words: [Reply(said)]
    answer = account.text("你好")
    assert (answer.text, set(answer.fields)) == (
        shown, {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"})
