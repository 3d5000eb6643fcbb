"""Twenty thousand requests nobody expects: none makes the server fail, and none gets in that WeChat has not signed.

The same ones every time: the dice are seeded, Hypothesis is derandomised.
"""

import random
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webhook_fakes import Account, FakeBot, recorded, rows_by_table

from wechat.crypto import MessageCipher

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "samples").glob("*.xml"))]
FORGED, CHANGED, SIGNED, INVENTED_FORGED, INVENTED_SIGNED = 14_500, 500, 2_500, 1_500, 1_000
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
OPENID = b"otFpruAK8D-E6EfStSYonYSBZ8_4"

#: What breaks parsers, databases and screens.
NASTY = [
    b"]]>", b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#xD800;", b"\x00", b"\x08", b"\x1b[31m", b"\xff",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"<?xml version='1.0'?>", b"<xml>", b"</xml>", b"<a b='c'/>",
    b"<xml:x xmlns:xml='y'>", b"-->", b"<!--", b"99999999999999999999", b"-1", b"NaN", "١".encode(), "\u202e".encode(),
    b"%00", b"' OR 1=1 --", b"{{7*7}}", b"${jndi:ldap://x}", b"../../etc/passwd", b"/restart", b"[[a|b]]", b"\r\n", "😀".encode(),
]

Query = dict[str, str]


@pytest.fixture
def fuzzed(open_account: Callable[..., Account]) -> Account:
    """The bridge in safe mode, which takes plain pushes too; nobody waits for a second delivery."""
    return open_account(wechat_aes_key=KEY, wechat_tries=1)


# --- bodies ----------------------------------------------------------------------------------------------------------

def broken(dice: random.Random, body: bytes) -> bytes:
    """The body after one to four accidents."""
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(body) + 1)
        end = min(len(body), start + dice.choice((1, 1, 2, 8, 60)))
        body = dice.choice(ACCIDENTS)(dice, body, start, end)
    return body


ACCIDENTS: list[Callable[[random.Random, bytes, int, int], bytes]] = [
    lambda dice, body, start, end: body[:start] + dice.choice(NASTY) + body[start:],
    lambda dice, body, start, end: body[:start] + dice.choice(NASTY) + body[end:],
    lambda dice, body, start, end: body[:start] + body[end:],
    lambda dice, body, start, end: body[:start] + body[start:end] * dice.choice((2, 3, 500)) + body[end:],
    lambda dice, body, start, end: body[:start] + dice.randbytes(end - start) + body[end:],
    lambda dice, body, start, end: body[:start],
    lambda dice, body, start, end: body[:start] + dice.choice(SAMPLES)[start:end] + body[end:],
]


def retyped(dice: random.Random, body: bytes) -> bytes:
    """A well-formed push in which one element has another text, or another name."""
    open_tags = [tag for tag in dice.choice(SAMPLES).split(b"<") if tag[:1].isalpha()]
    name = dice.choice(open_tags).split(b">")[0].strip()
    nasty = dice.choice(NASTY).replace(b"]]>", b"]]]]><![CDATA[>")
    added = b"<" + name + b"><![CDATA[" + nasty * dice.choice((1, 1, 40)) + b"]]></" + name + b">"
    place = body.rindex(b"</xml>") if dice.random() < 0.5 else body.index(b"<ToUserName>")
    return body[:place] + added + body[place:]


def new(dice: random.Random, body: bytes) -> bytes:
    """The push as another message of another customer."""
    return body.replace(OPENID, b"o%027d" % dice.randrange(10**6)).replace(b"1610969440", b"%d" % dice.randrange(10**9, 2 * 10**9))


# --- signatures ------------------------------------------------------------------------------------------------------

def sealed(account: Account, body: bytes) -> tuple[bytes, Query]:
    """The push in safe mode, signed."""
    text = MessageCipher(account.settings.wechat_appid, KEY).seal(body.decode(errors="replace"))
    query = account.signed(body)
    query |= {"encrypt_type": "aes", "msg_signature": account.sign(query["timestamp"], query["nonce"], text)}
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>".encode(), query


def altered(query: Query, name: str, value: str) -> Query:
    return query | {name: value}


#: What makes a signed query a forged one.
FORGERIES: list[Callable[[random.Random, Query], Query]] = [
    lambda dice, query: {},
    lambda dice, query: {name: value for name, value in query.items() if not name.endswith("signature")},
    lambda dice, query: altered(query, dice.choice(("timestamp", "nonce")), ""),
    lambda dice, query: altered(query, "nonce", query["nonce"] + dice.choice("0a \x00中")),
    lambda dice, query: altered(query, "timestamp", str(int(query["timestamp"]) + dice.choice((-1, 1, 10**6)))),
    lambda dice, query: query | {name: "".join(dice.choices("0123456789abcdef", k=40))
                                 for name in ("signature", "msg_signature")},
    lambda dice, query: query | {name: query.get(name, "")[:39] for name in ("signature", "msg_signature")},
    lambda dice, query: query | {name: query.get(name, "").upper() + "z" for name in ("signature", "msg_signature")},
    lambda dice, query: query | {name: dice.choice(("签名", "\ud800", "\x00" * 40, "a" * 9000, "'--"))
                                 for name in ("signature", "msg_signature")},
]


def requests_to(account: Account) -> Callable[[bytes, Query], int]:
    client = account.running.app.test_client()

    def post(body: bytes, query: Query) -> int:
        query = {name: value.encode(errors="replace").decode() for name, value in query.items()}
        return client.post("/wechat", data=body, query_string=query, content_type="text/xml").status_code

    return post


# --- mutated pushes --------------------------------------------------------------------------------------------------

def test_nothing_forged_gets_in(fuzzed: Account, bot: FakeBot) -> None:
    dice, post = random.Random(1), requests_to(fuzzed)
    genuine = [sealed(fuzzed, body) for body in SAMPLES]
    for number in range(FORGED):
        body, query = dice.choice(genuine) if number % 3 == 0 else (push := dice.choice(SAMPLES), fuzzed.signed(push))
        body = broken(dice, body) if number % 2 else body
        assert post(body, dice.choice(FORGERIES)(dice, query)) == 403
    assert (rows_by_table(), bot.said, bot.commands) == ({}, [], [])


def test_a_signed_message_that_was_changed_does_not_get_in(fuzzed: Account, bot: FakeBot) -> None:
    """In safe mode the signature covers the message."""
    dice, post = random.Random(2), requests_to(fuzzed)
    for _ in range(CHANGED):
        body, query = sealed(fuzzed, dice.choice(SAMPLES))
        start = body.index(b"CDATA[") + 6
        place = dice.randrange(start, body.index(b"]]>"))
        other = dice.choice([letter for letter in string.ascii_letters.encode() if letter != body[place]])
        assert post(body[:place] + bytes([other]) + body[place + 1:], query) == 403
    assert (rows_by_table(), bot.said) == ({}, [])


def test_nothing_signed_makes_the_server_fail(fuzzed: Account, bot: FakeBot) -> None:
    dice, post, statuses = random.Random(3), requests_to(fuzzed), []
    for number in range(SIGNED):
        body = new(dice, dice.choice(SAMPLES))
        body = (broken, retyped)[number % 2](dice, body)
        body, query = sealed(fuzzed, body) if number % 3 == 0 else (body, fuzzed.signed(body))
        statuses.append(post(body, query))
    assert set(statuses) <= {200, 413}
    assert len(recorded()) > SIGNED / 4  # many were messages all the same
    assert len(bot.said) > 100


# --- invented requests -----------------------------------------------------------------------------------------------

fuzzing: dict[str, Any] = {
    "derandomize": True, "database": None, "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}
names = st.sampled_from((
    "ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey", "PicUrl", "MediaId", "Encrypt",
    "ScanCodeInfo", "SendLocationInfo", "Location_X", "Label", "OpenID", "bizmsgmenuid", "xml"))
kinds = st.sampled_from(("text", "image", "voice", "video", "location", "link", "file", "event", "TEXT", "", "nothing"))
events = st.sampled_from(("CLICK", "subscribe", "unsubscribe", "SCAN", "LOCATION", "scancode_waitmsg", "user_authorization_revoke"))
words = st.text(max_size=40).map(lambda text: text.encode(errors="replace").decode().replace("]]>", "]]"))
elements = st.lists(st.tuples(names, words), max_size=8)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A push with arbitrary texts in its elements, of a customer who may exist."""
    head = [("ToUserName", "gh_1"), ("FromUserName", "o" + str(draw(st.integers(0, 10**6)))),
            ("CreateTime", str(draw(st.integers(10**9, 2 * 10**9)))), ("MsgType", draw(kinds)), ("Event", draw(events))]
    inside = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in [*head, *draw(elements)])
    return f"<xml>{inside}</xml>".encode()


bodies = st.one_of(st.binary(max_size=200), messages())
queries = st.dictionaries(
    st.sampled_from(("signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "openid")),
    st.one_of(words, st.sampled_from(("aes", "raw", "0" * 40, "1714037059"))), max_size=6)


def test_nothing_invented_gets_in(fuzzed: Account, bot: FakeBot) -> None:
    post = requests_to(fuzzed)

    @settings(max_examples=INVENTED_FORGED, **fuzzing)
    @given(bodies, queries)
    def come(body: bytes, query: Query) -> None:
        assert post(body, query) == 403

    come()
    assert (rows_by_table(), bot.said, bot.commands) == ({}, [], [])


def test_nothing_invented_makes_the_server_fail_though_it_is_signed(fuzzed: Account, bot: FakeBot) -> None:
    post = requests_to(fuzzed)

    @settings(max_examples=INVENTED_SIGNED, **fuzzing)
    @given(bodies)
    def come(body: bytes) -> None:
        assert post(body, fuzzed.signed(body)) == 200

    come()
    assert recorded()
