"""Photos, videos and voice: kept, logged with the message, and answered once for several in a row."""

import io
import struct
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import update
from webhook_fakes import (
    LI_SI,
    ZHANG_SAN,
    Account,
    Answer,
    FakeBot,
    FakeFiles,
    conversation,
    everything,
    jpeg,
    kept_files,
    outbox,
    recorded,
    until,
)

from aftersales import inbox
from aftersales.media import LocalMediaStore, thumbnail_name
from aftersales.models import InboundMessage, InboundState, Message
from aftersales.store import transaction
from aftersales.texts import texts
from aftersales.times import utc_now
from bot.client import Reply, Understood
from webhook import answering, files
from wechat.errors import PlatformError, Reaction
from wechat.media import Downloaded, FileTooLargeError
from wechat.messages import parse

PICTURE_ADDRESS = "http://mmbiz.qpic.cn/photo/0"
MP4 = struct.pack(">I", 24) + b"ftypmp42" + b"\0" * 4 + b"mp42isom" + b"\0" * 64
AMR = b"#!AMR\n" + b"\x3c" * 64
BUSY = PlatformError("The platform is busy.", Reaction.RETRY, -1)
EXPIRED = PlatformError.from_code(40007, "invalid media_id")


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


def test_a_file_that_is_too_large_is_named_with_what_to_do(account: Account, platform: FakeFiles) -> None:
    platform.files["m1"] = FileTooLargeError(20 * 1024 * 1024)
    platform.pictures[PICTURE_ADDRESS] = jpeg()
    assert account.push(account.xml("video", "<MediaId>m1</MediaId>")).text == sorry("media_too_large", "视频")
    assert account.push(photo(account, "m1")).text == sorry("media_too_large", "照片")
    assert platform.asked == ["m1", "m1"]  # what is too large is not fetched twice
    assert (kept_files(), outbox()) == ([], [])


@pytest.mark.parametrize("content", [
    "这是照片.jpg".encode(), jpeg()[:300], b"\x89PNG\r\n\x1a\n" + bytes(64), b"<html>404</html>",
])
def test_a_file_that_is_damaged_or_only_named_a_picture_is_refused(
    account: Account, bot: FakeBot, platform: FakeFiles, content: bytes
) -> None:
    platform.files["m1"] = content
    assert account.push(photo(account, "m1")).text == sorry("media_unusable", "照片")
    assert (kept_files(), bot.commands) == ([], [])
    assert list(account.settings.media_dir.rglob("*")) == []


def test_a_platform_that_recovers_is_asked_again_after_pauses(
    account: Account, platform: FakeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    fails = iter([True, True, False])
    monkeypatch.setattr(files, "MEDIA_PAUSES", (0.01, 0.02))
    monkeypatch.setattr(files.time, "sleep", paused.append)
    given = jpeg()

    def download(media_id: str) -> Downloaded:
        if next(fails):
            raise BUSY
        return Downloaded(given, "")

    monkeypatch.setattr(platform, "download", download)
    assert account.push(photo(account, "m1")).text == "您说：send_media"
    assert paused[:3] == [0.0, 0.01, 0.02]


# --- what a picture tells besides ------------------------------------------------------------------------------------

def test_where_a_photo_was_taken_is_not_kept(account: Account, platform: FakeFiles) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = 6, "Huawei"  # lying on its side, by whom
    exif[0x8825] = {1: "N", 2: (22.0, 55.0, 48.0)}
    Image.new("RGB", (64, 48), "steelblue").save(file, "JPEG", exif=exif)
    platform.files["m1"] = file.getvalue()
    account.push(photo(account, "m1"))
    store, [kept] = LocalMediaStore(account.settings.media_dir), kept_files()
    picture = Image.open(io.BytesIO(store.get(kept.sha256)))
    assert (picture.size, dict(picture.getexif())) == ((48, 64), {})
    assert Image.open(io.BytesIO(store.get(thumbnail_name(kept.sha256)))).format == "JPEG"


def test_the_same_photo_sent_twice_lies_there_once(account: Account, platform: FakeFiles) -> None:
    platform.files = {"m1": jpeg(), "m2": jpeg()}
    for media_id in platform.files:
        account.push(photo(account, media_id))
    assert len(kept_files()) == 1
    assert [line.media_id for line in everything(Message) if line.direction == "in"] == [kept_files()[0].id] * 2
    assert len([path for path in account.settings.media_dir.rglob("*") if path.is_file()]) == 2  # it and its small copy


# --- photos among other messages -------------------------------------------------------------------------------------

def in_a_row(account: Account, platform: FakeFiles, *pushes: bytes) -> list[str]:
    """What is answered to messages that are all there before the first is worked on."""
    platform.gate.clear()
    answers = []
    for push in pushes:
        answers.append(account.meanwhile(push))
        until(lambda: len(recorded()) == len(answers))
    platform.gate.set()
    return [answer.result().text for answer in answers]


def test_words_between_photos_keep_their_place(account: Account, bot: FakeBot, platform: FakeFiles) -> None:
    platform.files = {f"m{number}": jpeg(color) for number, color in enumerate(("red", "green", "blue"))}
    answers = in_a_row(
        account, platform, photo(account, "m0"), account.text_xml("面板是这样的"), photo(account, "m1"), photo(account, "m2"))
    assert answers == ["您说：send_media", "您说：面板是这样的", "", "您说：send_media"]
    assert [text for direction, _, text in conversation() if direction == "in"] == [
        "[照片]", "面板是这样的", "[照片]", "[照片]"]
    assert len({file.sha256 for file in kept_files()}) == 3


def test_of_a_row_whose_last_photo_is_lost_the_others_are_acknowledged(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files = {"m0": jpeg("red"), "m1": EXPIRED}
    platform.pictures[PICTURE_ADDRESS] = EXPIRED
    answers = in_a_row(account, platform, photo(account, "m0"), photo(account, "m1"))
    assert answers == ["", f"{sorry('media_failed', '照片')}\n\n您说：send_media"]
    assert bot.commands == [(ZHANG_SAN, "send_media", {"kind": "image"})]


def test_photos_left_by_a_dead_process_are_one_turn_before_what_comes_now(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files = {"m0": jpeg("red"), "m1": jpeg("green")}
    then = utc_now() - timedelta(seconds=40)
    for media_id in platform.files:
        message = parse(photo(account, media_id))
        with transaction() as session:
            inbox.record(session, inbox.Delivery(message.key, ZHANG_SAN, "image", answering.packed(message)), then)
    assert account.text("好了吗").text == "您说：send_media\n\n您说：好了吗"
    assert bot.commands == [(ZHANG_SAN, "send_media", {"kind": "image"})]
    assert len(kept_files()) == 2
    assert outbox() == [(ZHANG_SAN, "您说：send_media")]


def test_a_photo_that_was_kept_before_the_process_died_is_not_fetched_again(
    account: Account, bot: FakeBot, platform: FakeFiles
) -> None:
    platform.files["m"] = jpeg()
    push = photo(account, "m")
    account.push(push)
    platform.files["m"] = EXPIRED
    with transaction() as session:
        session.execute(update(InboundMessage).values(
            state=InboundState.ANSWERING, reply=None, claimed_until=utc_now() - timedelta(seconds=1),
            waiting_until=utc_now() + timedelta(minutes=1)))
    assert account.push(push).text == "您说：send_media"
    assert platform.asked == ["m"]
    assert [again for _, again in bot.asked] == [False, True]
    assert len(kept_files()) == 1


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
