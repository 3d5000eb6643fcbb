"""/wechat lets in what WeChat has signed, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from webhook_fakes import ACCOUNT, ZHANG_SAN, Account, Answer, FakeBot, rows_by_table

from aftersales.texts import texts
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


def test_too_large_a_push_is_refused_unread(account: Account) -> None:
    refused: Answer = account.text("长" * MAX_BODY)
    assert refused.status == 413
    assert rows_by_table() == {}
