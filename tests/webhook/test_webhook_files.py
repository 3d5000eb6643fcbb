"""Photos, videos and voice: kept, logged with the message, and answered once for several in a row."""

import io
import struct
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from webhook_fakes import (
    LI_SI,
    ZHANG_SAN,
    Account,
    Answer,
    FakeBot,
    FakeFiles,
    conversation,
    everything,
    kept_files,
    outbox,
    recorded,
    until,
)

from aftersales.media import LocalMediaStore
from aftersales.models import Message
from aftersales.texts import texts
from bot.client import Reply, Understood
from wechat.errors import PlatformError, Reaction

PICTURE_ADDRESS = "http://mmbiz.qpic.cn/photo/0"
MP4 = struct.pack(">I", 24) + b"ftypmp42" + b"\0" * 4 + b"mp42isom" + b"\0" * 64
AMR = b"#!AMR\n" + b"\x3c" * 64
BUSY = PlatformError("The platform is busy.", Reaction.RETRY, -1)
EXPIRED = PlatformError.from_code(40007, "invalid media_id")


def jpeg(color: str = "steelblue") -> bytes:
    """A real picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(file, "JPEG")
    return file.getvalue()


def photo(account: Account, media_id: str, openid: str = ZHANG_SAN) -> bytes:
    return account.xml("image", f"<PicUrl>{PICTURE_ADDRESS}</PicUrl><MediaId>{media_id}</MediaId>", openid)


def voice(account: Account, recognition: str = "") -> Answer:
    return account.push(account.xml(
        "voice", f"<MediaId>v</MediaId><Format>amr</Format><Recognition><![CDATA[{recognition}]]></Recognition>"))


def sorry(name: str, kind: str) -> str:
    """What the customer reads of a file that was sent at 13 minutes past six."""
    return texts("bridge")[name].format(kind=kind, time="06:13", limit=20)


# --- photos and videos -----------------------------------------------------------------------------------------------

def test_a_photo_is_kept_logged_and_answered_by_the_assistant(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files["m1"] = jpeg()
    bot.answer = lambda intent: [Reply("照片收到了。")]
    assert account.push(photo(account, "m1")).text == "照片收到了。"
    assert bot.commands == [(ZHANG_SAN, "send_media", {"kind": "image"})]
    kept = kept_files()[0]
    content = LocalMediaStore(account.settings.media_dir).get(kept.sha256)
    assert (kept.openid, kept.content_type, kept.size) == (ZHANG_SAN, "image/jpeg", len(content))
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert conversation() == [("in", "image", "[照片]"), ("out", "passive", "照片收到了。")]
    assert everything(Message)[0].media_id == kept.id


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
def test_a_video_is_kept(account: Account, bot: FakeBot, platform: FakeFiles, kind: str) -> None:
    platform.files["m1"] = MP4
    answer = account.push(account.xml(kind, "<MediaId>m1</MediaId><ThumbMediaId>t</ThumbMediaId>"))
    assert answer.text == "您说：send_media"
    assert [each.content_type for each in kept_files()] == ["video/mp4"]
    assert conversation()[0] == ("in", "video", "[视频]")


def test_three_photos_in_a_row_are_three_files_and_one_answer(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files = {f"m{number}": jpeg(color) for number, color in enumerate(("red", "green", "blue"))}
    platform.gate.clear()
    answers = []
    for media_id in platform.files:
        answers.append(account.meanwhile(photo(account, media_id)))
        until(lambda: len(recorded()) == len(answers))
    platform.gate.set()
    assert [answer.result().body for answer in answers[:2]] == ["success"] * 2
    assert answers[2].result().text == "您说：send_media"
    assert bot.commands == [(ZHANG_SAN, "send_media", {"kind": "image"})]
    assert len({file.sha256 for file in kept_files()}) == 3
    assert [(direction, text) for direction, _, text in conversation()] == [
        *[("in", "[照片]")] * 3, ("out", "您说：send_media")]
    assert outbox() == []


def test_a_photo_of_somebody_else_does_not_take_the_answer_away(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files = {"m1": jpeg("red"), "m2": jpeg("green")}
    platform.gate.clear()
    answers = [account.meanwhile(photo(account, *args)) for args in (("m1", ZHANG_SAN), ("m2", LI_SI))]
    until(lambda: len(recorded()) == 2)
    platform.gate.set()
    assert [answer.result().text for answer in answers] == ["您说：send_media"] * 2


def test_two_people_may_send_the_same_picture_at_once(
    account: Account, platform: FakeFiles
) -> None:
    platform.files["meme"] = jpeg()
    platform.gate.clear()
    answers = [account.meanwhile(photo(account, "meme", openid)) for openid in (ZHANG_SAN, LI_SI)]
    until(lambda: platform.asked == ["meme"] * 2)
    platform.gate.set()
    assert [answer.result().text for answer in answers] == ["您说：send_media"] * 2
    assert {file.openid for file in kept_files()} == {ZHANG_SAN, LI_SI}


def test_the_same_file_put_by_many_at_once_lies_there_once(tmp_path: Path) -> None:
    store, content = LocalMediaStore(tmp_path), b"x" * 1_000_000
    name = sha256(content).hexdigest()
    with ThreadPoolExecutor(8) as people:
        for done in [people.submit(store.put, name, content) for _ in range(24)]:
            done.result()
    assert store.get(name) == content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]


# --- what cannot be fetched ------------------------------------------------------------------------------------------

def test_a_photo_that_the_api_does_not_give_is_fetched_from_its_address(
    account: Account, platform: FakeFiles
) -> None:
    platform.files["m1"] = EXPIRED
    platform.pictures[PICTURE_ADDRESS] = jpeg()
    assert account.push(photo(account, "m1")).text == "您说：send_media"
    assert platform.asked == ["m1", PICTURE_ADDRESS]  # an expired file is not asked for twice


def test_a_photo_that_cannot_be_had_is_admitted(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    platform.files["m1"] = platform.pictures[PICTURE_ADDRESS] = BUSY
    assert account.push(photo(account, "m1")).text == sorry("media_failed", "照片")
    assert platform.asked == ["m1", "m1", PICTURE_ADDRESS]
    assert conversation()[0] == ("in", "image", "[照片]")
    assert (bot.commands, kept_files()) == ([], [])


def test_a_video_that_cannot_be_had_is_admitted(account: Account, platform: FakeFiles) -> None:
    platform.files["m1"] = EXPIRED
    answer = account.push(account.xml("video", "<MediaId>m1</MediaId>"))
    assert answer.text == sorry("media_failed", "视频")


def test_a_file_that_is_no_picture_is_refused(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    platform.files["m1"] = b"MZ\x90\x00 a program"
    assert account.push(photo(account, "m1")).text == sorry("media_unusable", "照片")
    assert conversation()[0] == ("in", "image", "[照片]")
    assert (bot.commands, kept_files()) == ([], [])


# --- voice -----------------------------------------------------------------------------------------------------------

def test_a_recognised_voice_is_words_with_a_recording(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    platform.files["v"] = AMR
    bot.understood = Understood("describe_fault", 0.9)
    assert voice(account, "空调不制冷。").text == "您说：空调不制冷。"
    assert bot.said == [(ZHANG_SAN, "空调不制冷。")]
    account.running.answering.close()  # nobody waited for the recording
    asked = everything(Message)[0]
    assert (asked.kind, asked.text, asked.intent) == ("voice", "空调不制冷。", "describe_fault")
    assert [(file.id, file.content_type) for file in kept_files()] == [(asked.media_id, "audio/amr")]


def test_a_voice_without_recognition_is_kept_and_asked_for_in_writing(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files["v"] = AMR
    assert voice(account).text == texts("bridge")["voice"]
    assert conversation()[0] == ("in", "voice", "[语音]")
    assert [file.content_type for file in kept_files()] == ["audio/amr"]
    assert bot.said == []


@pytest.mark.parametrize("lost", [BUSY, b"no recording"])
def test_words_are_answered_though_their_recording_is_lost(
    account: Account, platform: FakeFiles, caplog: pytest.LogCaptureFixture, lost: bytes | PlatformError
) -> None:
    platform.files["v"] = lost
    assert voice(account, "空调不制冷").text == "您说：空调不制冷"
    account.running.answering.close()
    assert kept_files() == []
    assert ZHANG_SAN in caplog.text
