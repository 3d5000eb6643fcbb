"""Pictures, videos and voices made on the fly, so that nobody needs a file at hand."""

import hashlib
import io
import struct

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

SIZE = (720, 960)
CODES = ("E1", "E3", "F2", "P4", "H6", "C5")
SILENT_FRAME = bytes([0x3C]) + bytes(31)  # 20 ms of AMR at 12.2 kbit/s
FRAMES_PER_SECOND = 50


class PictureError(ValueError):
    """The given file is no picture."""


def photo(label: str) -> bytes:
    """A JPEG of an appliance's panel that shows an error code; every label gives another picture.

    The code is the label itself where it is one of CODES.
    """
    seed = hashlib.sha256(label.encode()).digest()
    wall = tuple(170 + byte % 60 for byte in seed[:3])
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 700, *SIZE), fill=tuple(value - 50 for value in wall))
    draw_unit(draw, label if label in CODES else CODES[seed[3] % len(CODES)])
    return jpeg(image)


def draw_unit(draw: ImageDraw.ImageDraw, code: str) -> None:
    """A white unit with a display, three buttons and its air outlet."""
    draw.rounded_rectangle((70, 190, 650, 640), 36, fill="#fbfbf9", outline="#c9c9c4", width=5)
    draw.rounded_rectangle((120, 240, 420, 420), 14, fill="#14201b")
    draw.text((190, 262), code, fill="#ff5a3c", font=ImageFont.load_default(120))
    for left in (470, 520, 570):
        draw.ellipse((left, 310, left + 34, 344), fill="#d5dad7", outline="#a9b0ac", width=3)
    for top in range(490, 600, 24):
        draw.line((120, top, 600, top), fill="#b8bcb9", width=7)


def jpeg(image: Image.Image) -> bytes:
    """The picture's bytes as JPEG."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


def as_jpeg(content: bytes) -> bytes:
    """The picture as the platform passes it on: JPEG as it is, others converted. Raises PictureError."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            return content if image.format == "JPEG" else jpeg(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, OSError) as error:
        raise PictureError("这个文件不是能读取的图片。") from error


def voice(seconds: int) -> bytes:
    """Silence of that length as an AMR file."""
    return b"#!AMR\n" + SILENT_FRAME * (seconds * FRAMES_PER_SECOND)


def spoken_seconds(text: str) -> int:
    """How long saying the text takes, 1 to 60 seconds, at four characters a second."""
    return min(60, max(1, round(len(text) / 4)))


def video(seconds: int = 6) -> bytes:
    """An MP4 file with a header and no track: good for storing and recognising, not for watching."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    times = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000)
    header = times + struct.pack(">IH10x", 0x10000, 0x0100) + matrix + bytes(24) + struct.pack(">I", 1)
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", box(b"mvhd", header)) + box(b"mdat", b"")


def box(name: bytes, content: bytes) -> bytes:
    """One box of an MP4 file."""
    return struct.pack(">I", len(content) + 8) + name + content
