"""Check a photo by decoding it, and bring it into the studio's own form. No Django inside."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

# The limits that the maker of the effects states for photos.
MAX_BYTES = 10 * 1024 * 1024
MIN_SIDE = 300
MAX_RATIO = 2.5
# Above any phone's camera, below what would fill the memory when it is decoded.
MAX_PIXELS = 64_000_000
# A progressive JPEG has about ten scans; thousands of them keep a decoder busy for hours.
JPEG_START, JPEG_SCAN, MAX_SCANS = b"\xff\xd8", b"\xff\xda", 120
LONGEST_SIDE = 2160
THUMBNAIL = (360, 480)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


class Fault(Enum):
    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    NOT_A_PHOTO = "not_a_photo"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_LONG = "too_long"


class BadPhoto(Exception):
    """The file cannot serve as a portrait; `fault` says why, `width` and `height` in pixels where they are known."""

    def __init__(self, fault: Fault, width: int = 0, height: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.width, self.height = fault, width, height


@dataclass(frozen=True)
class Photo:
    """A photo that passed: upright sRGB JPEG without metadata, its thumbnail, and the SHA-256 of the JPEG."""

    jpeg: bytes
    thumbnail: bytes
    digest: str
    width: int
    height: int


def check_photo(file: BinaryIO, size: int) -> Photo:
    """Decode an upload of `size` bytes and return it normalised; BadPhoto if it breaks a limit."""
    if size == 0:
        raise BadPhoto(Fault.EMPTY)
    if size > MAX_BYTES:
        raise BadPhoto(Fault.TOO_HEAVY)
    picture = _open(file)
    _check_size(*picture.size)
    upright = _decode(picture)
    jpeg = _encode(upright, "JPEG", quality=92, optimize=True)
    thumbnail = ImageOps.fit(upright, THUMBNAIL, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
    return Photo(
        jpeg=jpeg,
        thumbnail=_encode(thumbnail, "WEBP", quality=80, method=4),
        digest=hashlib.sha256(jpeg).hexdigest(),
        width=upright.width,
        height=upright.height,
    )


def encode_webp(picture: Image.Image, quality: int = 82) -> bytes:
    return _encode(picture, "WEBP", quality=quality, method=4)


def _open(file: BinaryIO) -> Image.Image:
    """Read the header alone. Only the named decoders are tried, whatever the file's name says."""
    content = file.read()
    if content.startswith(JPEG_START) and content.count(JPEG_SCAN) > MAX_SCANS:
        raise BadPhoto(Fault.BROKEN)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise BadPhoto(Fault.TOO_MANY_PIXELS) from error
        except Exception as error:  # decoders raise whatever a hostile file makes them raise
            raise BadPhoto(Fault.NOT_A_PHOTO) from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BadPhoto(Fault.TOO_MANY_PIXELS, width, height)
    if min(width, height) < MIN_SIDE:
        raise BadPhoto(Fault.TOO_SMALL, width, height)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise BadPhoto(Fault.TOO_LONG, width, height)


def _decode(picture: Image.Image) -> Image.Image:
    """Return the first frame, upright, in sRGB and no larger than needed, holding few full-size copies on the way."""
    longest = (LONGEST_SIDE, LONGEST_SIDE)
    try:
        picture.draft("RGB", longest)
        picture.load()
        if picture.mode in ("RGB", "L", "CMYK"):
            picture.thumbnail(longest, Image.Resampling.LANCZOS)
        picture = _in_srgb(picture)
        picture.thumbnail(longest, Image.Resampling.LANCZOS)
        return _without_info(ImageOps.exif_transpose(picture))
    except Exception as error:
        raise BadPhoto(Fault.BROKEN) from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = _on_white(picture.convert("RGBA"))
    elif picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        picture = _from_profile(picture, profile)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")


def _from_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Convert by the embedded profile; a profile that is itself broken is not a reason to lose the photo."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted or picture


def _without_info(picture: Image.Image) -> Image.Image:
    picture.info = {}
    return picture


def _encode(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
