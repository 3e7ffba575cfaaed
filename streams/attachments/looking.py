"""Looking: what a picture is by its bytes, where it was taken, and the same picture written anew and bare.

What the sender calls it counts for nothing. The pixels are decoded and encoded again, so that EXIF, XMP, IPTC, colour
profiles, comments, thumbnails and whatever was hung on behind are not removed but never written: a file that is a web
page or an archive as well loses that half. A JPEG keeps its own quantisation tables and a PNG every bit, so that a
second writing costs next to nothing.

Pillow blocks, and needs 400 MB for the largest picture on its side: `taking_in` lets few threads at it.
Never in here: where pictures are kept, and HTTP.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from PIL import ExifTags, Image, JpegImagePlugin

from models.messages.report import Position
from models.vocabulary import CoordinateSystem

MAX_PIXELS = (
    8_192 * 6_144
)  # the largest that phones of today take at full resolution; 4 bytes each while decoded
_HEAD_BYTES = 32
_JPEG_QUALITY = 92  # for the few whose own tables cannot be taken over
_WEBP_QUALITY = 90
# We ask before a pixel is decoded, and answer in our own words; Pillow's own bound would only warn.
Image.MAX_IMAGE_PIXELS = None
# What Pillow raises on bytes that begin like a picture and are none. XXX Found by trying: tests/property tries on.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError)
_UPRIGHT: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BRANDS: Mapping[bytes, str] = dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "HEIC") | {
    b"avif": "AVIF",
    b"avis": "AVIF",
}


class MediaType(StrEnum):
    """The kinds of picture that are taken in; every browser shows all of them."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


class OtherKind(Exception):
    """These bytes are no picture of a kind that is taken in. Tell the sender which are."""


class TooManyPixels(Exception):
    """The picture is larger than can be decoded safely. Tell the sender to shrink it."""


class BrokenPicture(Exception):
    """The picture begins as one and cannot be decoded to its end. Tell the sender to take or send it again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What was seen: its kind, its size upright, and where it was taken if it says so."""

    media_type: MediaType
    width_pixels: int
    height_pixels: int
    position: Position | None


def kind_of(head: bytes) -> MediaType:
    """The kind of picture that begins with these 32 bytes. Raises OtherKind, with its name where it has one."""
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head[4:8] == b"ftyp" and (name := _BRANDS.get(head[8:12])) is not None:
        raise OtherKind(f"{name} is not taken in: send JPEG, PNG or WebP (cameras call it most compatible)")
    raise OtherKind("this is no picture that is taken in: send JPEG, PNG or WebP")


def redraw(source: BinaryIO, into: BinaryIO) -> Picture:
    """Write the picture anew, upright and bare, into an empty file. Blocks.

    Raises OtherKind, TooManyPixels or BrokenPicture; what stands in `into` is worth nothing then.
    """
    source.seek(0)
    head = source.read(_HEAD_BYTES)
    media_type = kind_of(head)
    source.seek(0)
    try:
        with Image.open(source, formats=[media_type.name]) as image:
            _require_few_pixels(image)
            image.load()
            said = _metadata(image)
            bare = _bare(image, said.get(ExifTags.Base.Orientation))
            bare.save(into, media_type.name, **_as_it_was(image, bare, head))
            return Picture(media_type, bare.width, bare.height, _position(said))
    except _BROKEN as broken:
        raise BrokenPicture("the picture is damaged or not whole") from broken


def _require_few_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        size = f"{image.width} x {image.height}"
        raise TooManyPixels(f"{size} pixels are more than {MAX_PIXELS}: send it smaller")


def _metadata(image: Image.Image) -> Image.Exif:
    """What the picture says of itself; nothing where that cannot be read, since only the pixels count."""
    try:
        return image.getexif()
    except _BROKEN:
        return Image.Exif()


def _bare(image: Image.Image, orientation: object) -> Image.Image:
    """The pixels upright, in colours that the format knows, and nothing else."""
    bare = image.convert("RGB") if image.mode == "CMYK" else image
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    if turn is not None:
        bare = bare.transpose(turn)
    # What stays in here some formats write again. Which colour is the clear one belongs to the pixels.
    bare.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return bare


def _as_it_was(image: Image.Image, bare: Image.Image, head: bytes) -> dict[str, Any]:
    """How to encode it so that it looks as it did."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        tables = image.quantization
        fits = bare.mode == image.mode and all(max(table) <= 255 for table in tables.values())  # noqa: PLR2004 - a byte
        if not (tables and fits):
            return {"quality": _JPEG_QUALITY}
        return {"qtables": tables, "subsampling": JpegImagePlugin.get_sampling(image)}
    if image.format == MediaType.WEBP.name:
        return {"lossless": True} if head[12:16] == b"VP8L" else {"quality": _WEBP_QUALITY}
    return {}


def _position(said: Image.Exif) -> Position | None:
    """Where it was taken, WGS84 as EXIF has it; cameras without a fix write zeros or nothing that is a number."""
    try:
        gps = said.get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
        lon = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    except (*_BROKEN, ArithmeticError):
        return None
    if lat is None or lon is None or lat == lon == 0:
        return None
    return Position(lon=lon, lat=lat, crs=CoordinateSystem.WGS84)


def _degrees(gps: Mapping[int, Any], tag: int, side: int, negative: str, most: int) -> float | None:
    said = gps.get(tag)
    if not isinstance(said, tuple):
        return None
    whole, minutes, seconds = (float(part) for part in said)
    degrees = whole + minutes / 60 + seconds / 3_600
    if not (math.isfinite(degrees) and 0 <= degrees <= most):
        return None
    return round(-degrees if gps.get(side) == negative else degrees, 7)
