"""Signatures and encryption against published examples."""

import base64
import json

import pytest

from simulator.crypto import Cipher, CipherError, sign

KEY_A = "A" * 43
KEY_DEMO = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECURE = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8"
    "XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32I"
    "Ijdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("parts", "signature"),
    [
        (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("AAAAA", "1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (("AAAAA", "1714112445", "415670741", SECURE), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        (("spamtest", "1409735669", "1320562132"), "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"),
    ],
)
def test_signatures_are_the_published_ones(parts: tuple[str, ...], signature: str) -> None:
    assert sign(*parts) == signature


def test_a_published_push_is_decrypted() -> None:
    message = json.loads(Cipher(KEY_A, "wxba5fad812f8e6fb9").decrypt(SECURE))

    assert message["FromUserName"] == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    assert message["debug_str"] == "hello world"


def test_a_published_reply_is_encrypted_byte_for_byte() -> None:
    encrypted = Cipher(KEY_A, "wxba5fad812f8e6fb9").encrypt(b'{"demo_resp":"good luck"}', b"707722b803182950")

    assert encrypted == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert sign("AAAAA", "1713424427", "415670741", encrypted) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_a_published_chinese_text_is_encrypted_byte_for_byte() -> None:
    encrypted = Cipher(KEY_DEMO, "wxb11529c136998cb6").encrypt("我是中文abcd123".encode(), b"aaaabbbbccccdddd")

    assert encrypted == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="


@pytest.mark.parametrize(
    "text",
    ["", "nicht base64!", base64.b64encode(b"7 bytes").decode(), base64.b64encode(bytes(32)).decode()],
)
def test_damaged_texts_are_refused(text: str) -> None:
    with pytest.raises(CipherError):
        Cipher(KEY_DEMO, "wx1").decrypt(text)


def test_another_account_cannot_read_a_text() -> None:
    with pytest.raises(CipherError, match="appid"):
        Cipher(KEY_DEMO, "wx2").decrypt(Cipher(KEY_DEMO, "wx1").encrypt(b"hello"))
