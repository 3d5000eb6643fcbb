"""What is kept of a picture: what can be seen, upright, and nothing else."""

import hashlib
import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from aftersales import media, pictures
from aftersales.media import LocalMediaStore, UnusableFile, prepared, thumbnail_name
from aftersales.store import transaction

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
SECRETS = (b"Huawei", b"22.93", b"GPS", b"Exif", b"http://ns.adobe.com", b"secret", b"hidden")


def drawn(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """A grey picture whose upper left corner is red."""
    image = Image.new(mode, (width, height), "grey" if mode != "P" else 0)
    ImageDraw.Draw(image).rectangle((0, 0, width // 3, height // 3), fill="red" if mode == "RGB" else 1)
    return image


def written(image: Image.Image, form: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **how)
    return file.getvalue()


def read(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def photo(orientation: int = 1) -> bytes:
    """As a phone writes it: with its make, a place, a comment and a text in other people's words."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "Huawei secret"
    exif[GPS] = {1: "N", 2: (22.0, 55.0, 48.0), 3: "E", 4: (113.0, 12.0, 36.0)}
    return written(drawn(), "JPEG", exif=exif, comment=b"secret", xmp=b"http://ns.adobe.com/xap/1.0/ secret", quality=95)


def test_a_photo_loses_what_the_camera_wrote_into_it() -> None:
    sent = photo()
    assert read(sent).getexif().get_ifd(GPS)  # it was there
    file = prepared(sent + b"hidden behind the end")
    kept = read(file.content)
    assert file.content_type == "image/jpeg"
    assert kept.size == (60, 40)
    assert dict(kept.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & set(kept.info)
    for secret in SECRETS:
        assert secret not in file.content
        assert secret not in (file.thumbnail or b"")


@pytest.mark.parametrize(("orientation", "size", "corner"), [
    (1, (60, 40), (3, 3)), (3, (60, 40), (56, 36)), (6, (40, 60), (36, 3)), (8, (40, 60), (3, 56)),
])
def test_a_photo_is_kept_upright(orientation: int, size: tuple[int, int], corner: tuple[int, int]) -> None:
    file = prepared(photo(orientation))
    kept = read(file.content).convert("RGB")
    assert kept.size == size
    red, green, _ = kept.getpixel(corner)
    assert red > 200 > 100 > green
    assert file.thumbnail is not None
    assert read(file.thumbnail).size == size


def test_the_same_picture_is_the_same_file() -> None:
    assert prepared(photo()) == prepared(photo())


def test_a_large_picture_has_a_small_copy() -> None:
    file = prepared(written(drawn(1600, 900), "JPEG"))
    assert read(file.content).size == (1600, 900)
    assert file.thumbnail is not None
    small = read(file.thumbnail)
    assert (small.format, small.size) == ("JPEG", (320, 180))
    assert len(file.thumbnail) < len(file.content)


def test_a_png_keeps_what_is_transparent_and_loses_its_texts() -> None:
    image, texts = Image.new("RGBA", (20, 20), (0, 0, 255, 0)), PngImagePlugin.PngInfo()
    texts.add_text("Author", "secret")
    texts.add_itxt("XML:com.adobe.xmp", "http://ns.adobe.com secret")
    file = prepared(written(image, "PNG", pnginfo=texts))
    kept = read(file.content)
    assert (kept.mode, kept.getpixel((5, 5))[3]) == ("RGBA", 0)
    assert b"secret" not in file.content
    assert file.thumbnail is not None
    assert read(file.thumbnail).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_an_animation_stays_one(form: str) -> None:
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "green", "blue")]
    sent = written(frames[0], form, save_all=True, append_images=frames[1:], duration=100, loop=0, **(
        {"comment": b"secret"} if form == "GIF" else {}))
    file = prepared(sent)
    kept = read(file.content)
    assert (kept.format, kept.n_frames) == (form, 3)
    assert b"secret" not in file.content


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "LA", "RGBA", "1", "I;16"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    file = prepared(written(Image.new(mode, (30, 20)), form))
    assert read(file.content).size == (30, 20)
    assert file.thumbnail is not None


# --- what is refused -------------------------------------------------------------------------------------------------


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that promises a picture of that size."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7_100, 7_100), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_unread(size: tuple[int, int]) -> None:
    with pytest.raises(UnusableFile):
        prepared(png_header(*size))


def test_many_frames_are_a_bomb_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 2_500)
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "green", "blue")]
    one, many = written(frames[0], "GIF"), written(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert prepared(one).thumbnail is not None
    with pytest.raises(UnusableFile, match="pixels"):
        prepared(many)


def test_a_picture_that_breaks_off_is_refused() -> None:
    whole = written(drawn(400, 400), "JPEG")
    with pytest.raises(UnusableFile, match="cannot be decoded"):
        prepared(whole[: len(whole) // 2])


@pytest.mark.parametrize("content", [
    b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n" + bytes(64), b"GIF89a" + bytes(20), b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20),
    b"\xff\xd8\xff\xe1" + b"\xff" * 500,
])
def test_a_picture_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(UnusableFile):
        prepared(content)


@pytest.mark.parametrize("content", [b"", "照片.jpg".encode(), b"<svg onload=alert(1)>", b"%PDF-1.7", b"PK\x03\x04" + bytes(60)])
def test_the_content_says_what_a_file_is(content: bytes) -> None:
    with pytest.raises(UnusableFile, match="only pictures"):
        prepared(content)


def test_videos_and_recordings_are_kept_as_they_are() -> None:
    amr = b"#!AMR\n" + b"\x3c" * 64
    assert prepared(amr) == media.File(amr, "audio/amr")


# --- where it lies ---------------------------------------------------------------------------------------------------


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_small_copy_lies_beside_the_picture_and_goes_with_it(database: str, tmp_path: Path, now: datetime) -> None:
    store, file = LocalMediaStore(tmp_path / "media"), prepared(photo())
    for openid in ("oZhangSan", "oLiSi"):
        with transaction() as session:
            kept = media.keep(session, store, openid, file, now)
    name = hashlib.sha256(file.content).hexdigest()
    assert (kept.sha256, kept.size) == (name, len(file.content))
    assert files(store.folder) == [name, thumbnail_name(name)]  # once for both
    store.delete(name)
    assert files(store.folder) == []
