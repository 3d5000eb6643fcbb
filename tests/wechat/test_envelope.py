import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import xmltodict

from wechat.crypto import MessageCipher
from wechat.envelope import BadSignature, Envelope, StaleTimestamp, Undecryptable
from wechat.messages import parse
from wechat.payload import MalformedMessage

# The platform's published examples.
ALL_A = "A" * 43
DEMO_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

SAFE_QUERY = {
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "timestamp": "1714112445",
    "nonce": "415670741",
    "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    "encrypt_type": "aes",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}
SAFE_BODY = (
    "<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><Encrypt><![CDATA["
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XG"
    "T740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf"
    "8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
    "]]></Encrypt></xml>"
)
SAFE_MESSAGE = (
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)

DEMO_QUERY = {
    "signature": "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a",
    "timestamp": "1409735669",
    "nonce": "1320562132",
    "encrypt_type": "aes",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}
DEMO_PLAIN = (
    "<ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]>"
    "</FromUserName><CreateTime>1409735668</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[abcdteT]]></Content><MsgId>6054768590064713728</MsgId>"
)
DEMO_ENCRYPT = (
    "<Encrypt><![CDATA["
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh"
    "0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRj"
    "pA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6"
    "OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
    "]]></Encrypt>"
)
COMPATIBLE_BODY = f"<xml>{DEMO_PLAIN}{DEMO_ENCRYPT}</xml>".encode()

ENTERPRISE_QUERY = {
    "timestamp": "1409659813",
    "nonce": "1372623149",
    "encrypt_type": "aes",
    "msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6",
}
ENTERPRISE_ENCRYPT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q=="
)

DEMO = ("spamtest", "wx2c2769f8efd9abc2", DEMO_KEY)


def signed(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


def encrypted_query(token: str, sealed: str, **more: str) -> dict[str, str]:
    query = {"timestamp": "1", "nonce": "2", "encrypt_type": "aes", **more}
    return query | {"msg_signature": signed(token, "1", "2", sealed)}


def encrypted_body(sealed: str) -> bytes:
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()


@pytest.fixture
def fixed_random(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda value: monkeypatch.setattr(MessageCipher, "get_random_string", lambda _: value)


# --- the published examples ------------------------------------------------------------------------------------


def test_example_of_the_url_check() -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }
    assert Envelope("AAAAA", "wx1").verify_url(query) == "4375120948345356249"
    assert Envelope("AAAAA", "wx1", ALL_A).verify_url(query) == "4375120948345356249"


def test_example_of_a_plain_push() -> None:
    query = {
        "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
        "timestamp": "1714037059",
        "nonce": "486452656",
    }
    opened = Envelope("AAAAA", "wx1").open(query, b"<xml/>")
    assert (opened.message_xml, opened.encrypted) == (b"<xml/>", False)


def test_example_of_safe_mode() -> None:
    opened = Envelope("AAAAA", "wxba5fad812f8e6fb9", ALL_A).open(SAFE_QUERY, SAFE_BODY.encode())
    assert (opened.message_xml.decode(), opened.encrypted) == (SAFE_MESSAGE, True)


def test_example_of_an_encrypted_reply(fixed_random: Callable[[str], None]) -> None:
    fixed_random("707722b803182950")
    opened = Envelope("AAAAA", "wxba5fad812f8e6fb9", ALL_A).open(SAFE_QUERY, SAFE_BODY.encode())
    reply = opened.seal('{"demo_resp":"good luck"}', datetime.fromtimestamp(1713424427, tz=timezone.utc))
    assert xmltodict.parse(reply)["xml"] == {
        "Encrypt": "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": "1713424427",
        "Nonce": "415670741",
    }


def test_example_of_compatible_mode() -> None:
    opened = Envelope(*DEMO).open(DEMO_QUERY, COMPATIBLE_BODY)
    message = parse(opened.message_xml)
    assert (message.text, message.message_id, opened.encrypted) == ("abcdteT", "6054768590064713728", True)


def test_example_with_chinese(fixed_random: Callable[[str], None]) -> None:
    fixed_random("aaaabbbbccccdddd")
    cipher = MessageCipher("wxb11529c136998cb6", DEMO_KEY)
    sealed = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    assert cipher.seal("我是中文abcd123") == sealed
    assert cipher.unseal(sealed).decode() == "我是中文abcd123"


def test_example_of_an_enterprise_account() -> None:
    envelope = Envelope("QDG6eK", "wx5823bf96d3bd56c7", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
    message = parse(envelope.open(ENTERPRISE_QUERY, encrypted_body(ENTERPRISE_ENCRYPT)).message_xml)
    assert (message.text, message.openid, message.message_id) == ("hello", "mycreate", "4561255354251345929")
    assert message.raw["AgentID"] == "218"


# --- signatures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"signature": "0" * 40}, {"nonce": "3"}, {"timestamp": ""}, {"signature": "签名"}])
def test_a_wrong_signature_is_refused(changed: dict[str, str]) -> None:
    query = {"timestamp": "1", "nonce": "2", "signature": signed("spamtest", "1", "2"), "echostr": "x", **changed}
    with pytest.raises(BadSignature):
        Envelope(*DEMO).verify_url(query)
    with pytest.raises(BadSignature):
        Envelope(*DEMO).open(query, b"<xml/>")


def test_a_query_without_signature_is_refused() -> None:
    with pytest.raises(BadSignature, match="lacks signature"):
        Envelope(*DEMO).verify_url({})


def test_in_safe_mode_the_plain_signature_says_nothing() -> None:
    query = {"timestamp": "1", "nonce": "2", "encrypt_type": "aes", "signature": signed("spamtest", "1", "2")}
    with pytest.raises(BadSignature, match="lacks msg_signature"):
        Envelope(*DEMO).open(query, COMPATIBLE_BODY)
    with pytest.raises(BadSignature, match="msg_signature does not match"):
        Envelope(*DEMO).open({**query, "msg_signature": query["signature"]}, COMPATIBLE_BODY)


def test_a_changed_message_is_refused() -> None:
    with pytest.raises(BadSignature):
        Envelope(*DEMO).open(DEMO_QUERY, COMPATIBLE_BODY.replace(b"hyzAe4Oz", b"hyzAe4Ox"))


def test_a_plain_message_is_accepted_with_a_key_and_answered_plainly() -> None:
    query = {"timestamp": "1", "nonce": "2", "signature": signed("spamtest", "1", "2"), "encrypt_type": "raw"}
    opened = Envelope(*DEMO).open(query, b"<xml><a/></xml>")
    assert (opened.message_xml, opened.seal("<xml>x</xml>")) == (b"<xml><a/></xml>", "<xml>x</xml>")


# --- encryption ------------------------------------------------------------------------------------------------


def test_a_reply_is_encrypted_iff_the_message_was() -> None:
    opened = Envelope(*DEMO).open(DEMO_QUERY, COMPATIBLE_BODY)
    reply: dict[str, Any] = xmltodict.parse(opened.seal("<xml>好的 😀</xml>"))["xml"]
    assert reply["Nonce"] == "1320562132"
    assert reply["MsgSignature"] == signed("spamtest", reply["TimeStamp"], reply["Nonce"], reply["Encrypt"])
    assert MessageCipher(DEMO[1], DEMO_KEY).unseal(reply["Encrypt"]).decode() == "<xml>好的 😀</xml>"


@pytest.mark.parametrize("answer", ["success", ""])
def test_success_is_never_encrypted(answer: str) -> None:
    assert Envelope(*DEMO).open(DEMO_QUERY, COMPATIBLE_BODY).seal(answer) == answer


def test_two_encryptions_of_the_same_text_differ() -> None:
    cipher = MessageCipher("wx1", ALL_A)
    assert cipher.seal("同样") != cipher.seal("同样")


@pytest.mark.parametrize("length", range(70))
def test_every_length_survives_the_padding(length: int) -> None:
    cipher = MessageCipher("wx1", ALL_A)
    assert cipher.unseal(cipher.seal("a" * length)) == b"a" * length


def test_without_key_the_plain_half_of_a_compatible_message_is_read() -> None:
    opened = Envelope("spamtest", "wx2c2769f8efd9abc2").open(DEMO_QUERY, COMPATIBLE_BODY)
    assert parse(opened.message_xml).text == "abcdteT"
    assert opened.seal("<xml>x</xml>") == "<xml>x</xml>"


def test_without_key_a_safe_message_asks_for_the_key() -> None:
    with pytest.raises(Undecryptable, match="WECHAT_AES_KEY"):
        Envelope("spamtest", "wx2c2769f8efd9abc2").open(DEMO_QUERY, f"<xml>{DEMO_ENCRYPT}</xml>".encode())


def test_without_key_a_forged_compatible_message_is_refused() -> None:
    with pytest.raises(BadSignature):
        Envelope("another", "wx2c2769f8efd9abc2").open(DEMO_QUERY, COMPATIBLE_BODY)


@pytest.mark.parametrize("number", range(50))
def test_another_key_is_undecryptable_and_nothing_else(number: int) -> None:
    other = hashlib.sha256(str(number).encode()).hexdigest()[:43]
    with pytest.raises(Undecryptable):
        Envelope("spamtest", "wx2c2769f8efd9abc2", other).open(DEMO_QUERY, COMPATIBLE_BODY)


def test_another_accounts_message_is_undecryptable() -> None:
    with pytest.raises(Undecryptable, match="WECHAT_APPID"):
        Envelope("spamtest", "wx0000000000000000", DEMO_KEY).open(DEMO_QUERY, COMPATIBLE_BODY)


@pytest.mark.parametrize("sealed", ["", "???", "abc", base64.b64encode(b"short").decode()])
def test_signed_rubbish_is_undecryptable(sealed: str) -> None:
    with pytest.raises(Undecryptable):
        Envelope("t0k", "wx1", ALL_A).open(encrypted_query("t0k", sealed), encrypted_body(sealed))


def test_an_encrypted_push_that_is_not_xml_is_malformed() -> None:
    with pytest.raises(MalformedMessage):
        Envelope(*DEMO).open(DEMO_QUERY, b"{}")


# --- keys that are being changed -------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["new", "old"])
@pytest.mark.parametrize("key", [ALL_A, DEMO_KEY])
def test_old_and_new_keys_open_and_answer_with_the_ones_used(token: str, key: str) -> None:
    envelope = Envelope("new", "wx1", ALL_A, previous_token="old", previous_aes_key=DEMO_KEY)
    sealed = MessageCipher("wx1", key).seal("<xml><a>你好</a></xml>")
    opened = envelope.open(encrypted_query(token, sealed), encrypted_body(sealed))
    assert opened.message_xml.decode() == "<xml><a>你好</a></xml>"
    reply: dict[str, Any] = xmltodict.parse(opened.seal("<xml>好的</xml>"))["xml"]
    assert reply["MsgSignature"] == signed(token, reply["TimeStamp"], reply["Nonce"], reply["Encrypt"])
    assert MessageCipher("wx1", key).unseal(reply["Encrypt"]).decode() == "<xml>好的</xml>"


@pytest.mark.parametrize("number", range(30))
def test_a_third_key_opens_nothing(number: int) -> None:
    other = hashlib.sha256(str(number).encode()).hexdigest()[:43]
    sealed = MessageCipher("wx1", other).seal("<xml><a>你好</a></xml>")
    envelope = Envelope("new", "wx1", ALL_A, previous_token="old", previous_aes_key=DEMO_KEY)
    with pytest.raises(Undecryptable):
        envelope.open(encrypted_query("new", sealed), encrypted_body(sealed))
    with pytest.raises(BadSignature):
        envelope.open(encrypted_query("older", sealed), encrypted_body(sealed))


def test_a_bad_previous_key_names_its_variable() -> None:
    with pytest.raises(ValueError, match="WECHAT_AES_KEY_PREVIOUS"):
        Envelope("token", "wx1", ALL_A, previous_aes_key="short")


# --- age -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (599, True), (-599, True), (601, False), (-601, False)])
def test_the_age_of_a_push_is_limited(encrypted: bool, seconds: int, taken: bool) -> None:
    now = datetime.fromtimestamp(1_700_000_000, tz=timezone.utc)
    envelope = Envelope("t0k", "wx1", ALL_A, tolerance=timedelta(minutes=10))
    stamp, sealed = str(1_700_000_000 - seconds), MessageCipher("wx1", ALL_A).seal("<xml><a/></xml>")
    query = {"timestamp": stamp, "nonce": "2", "signature": signed("t0k", stamp, "2")}
    if encrypted:
        query |= {"encrypt_type": "aes", "msg_signature": signed("t0k", stamp, "2", sealed)}
    body = encrypted_body(sealed)
    if taken:
        assert envelope.open(query, body, now).encrypted is encrypted
    else:
        with pytest.raises(StaleTimestamp, match="clock"):
            envelope.open(query, body, now)


def test_the_check_of_the_address_has_no_age() -> None:
    query = {"timestamp": "1", "nonce": "2", "signature": signed("t0k", "1", "2"), "echostr": "x"}
    assert Envelope("t0k", "wx1", tolerance=timedelta(minutes=10)).verify_url(query) == "x"


def test_an_unsigned_envelope_that_is_not_xml_is_refused() -> None:
    with pytest.raises(BadSignature):
        Envelope(*DEMO).open(DEMO_QUERY | {"signature": "0" * 40}, b"{}")


# --- configuration ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["short", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\n"])
def test_a_bad_key_names_its_variable(key: str) -> None:
    with pytest.raises(ValueError, match="WECHAT_AES_KEY"):
        Envelope("token", "wx1", key)


def test_an_empty_key_means_none() -> None:
    assert (
        Envelope("token", "wx1", "").verify_url(
            {"timestamp": "1", "nonce": "2", "signature": signed("token", "1", "2"), "echostr": "回声"}
        )
        == "回声"
    )


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(ValueError, match="WECHAT_TOKEN"):
        Envelope("", "wx1")


def test_a_key_without_account_is_refused() -> None:
    with pytest.raises(ValueError, match="WECHAT_APPID"):
        Envelope("token", "", ALL_A)
