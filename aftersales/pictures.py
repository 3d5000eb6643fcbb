"""Pictures made fit to be kept: upright, without what the camera wrote into them, and with a small copy.

A picture is decoded and written anew, so that nothing of the file survives but what can be seen: no place, time or
device (EXIF, XMP, IPTC, comments), nothing hidden behind the picture's end.
"""

import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence

#: Pillow's name of each type of picture.
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
#: Pixels of all frames together; a phone's camera takes 12 to 50 million. One such picture needs 150 MB while it is read.
MAX_PIXELS = 50_000_000
THUMBNAIL = (320, 320)
#: What of a picture's information belongs to what can be seen.
VISIBLE = ("transparency", "background", "duration", "loop", "disposal")
QUALITY = 90

#: Pictures are large while they are open, so only so many are at a time.
_room = threading.BoundedSemaphore(2)


class UnreadablePicture(ValueError):  # noqa: N818
    """The picture is damaged, or larger than is read; the text says which."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept, and a JPEG of at most THUMBNAIL pixels of it."""

    content: bytes
    thumbnail: bytes


def cleaned(content: bytes, content_type: str) -> Picture:
    """The picture of one of FORMATS, made fit to be kept; animations stay animations.

    Raises:
        UnreadablePicture: when it cannot be decoded to its end or has more than MAX_PIXELS.
    """
    form = FORMATS[content_type]
    with _room:
        try:
            return _cleaned(content, form)
        except UnreadablePicture:
            raise
        except Exception as error:  # a decoder fails on hostile input in every way there is
            raise UnreadablePicture(f"the picture cannot be decoded: {error}") from error


def _cleaned(content: bytes, form: str) -> Picture:
    with Image.open(io.BytesIO(content), formats=[form]) as image:
        frames = getattr(image, "n_frames", 1) if form in ("GIF", "WEBP") else 1
        if image.width * image.height * frames > MAX_PIXELS:
            raise UnreadablePicture(f"a picture may have {MAX_PIXELS} pixels, this one has {image.size}, {frames} times")
        upright = ImageSequence.Iterator(image) if frames > 1 else [ImageOps.exif_transpose(image)]
        pictures = [_stripped(frame) for frame in upright]
        return Picture(_written(pictures, form), _thumbnail(pictures[0]))


def _stripped(image: Image.Image) -> Image.Image:
    bare = image.copy()
    bare.info = {name: value for name, value in image.info.items() if name in VISIBLE}
    return bare


def _written(pictures: list[Image.Image], form: str) -> bytes:
    file, (first, *more) = io.BytesIO(), pictures
    how = {"quality": QUALITY} if form in ("JPEG", "WEBP") else {}
    if more:
        first.save(file, form, save_all=True, append_images=more, **how)
    else:
        first.save(file, form, **how)
    return file.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    small, file = image.copy(), io.BytesIO()
    small.thumbnail(THUMBNAIL)
    if small.mode != "RGB":
        seen = small.convert("RGBA")
        small = Image.new("RGB", seen.size, "white")
        small.paste(seen, mask=seen.getchannel("A"))
    small.save(file, "JPEG", quality=80)
    return file.getvalue()
