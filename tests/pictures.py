"""Pictures for tests: real ones with everything that cameras write beside them, and files that only look like some."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

# Nan'an in Chongqing, as a camera has it: 29° 31' 24.6" N, 106° 34' 12" E.
LAT, LON = 29.5235, 106.57
SECRET = "secret-of-the-maker"


def colours(width: int = 96, height: int = 64) -> Image.Image:
    """A picture in which a turn shows: red at the upper left, green at the upper right, blue below."""
    image = Image.new("RGB", (width, height), (0, 0, 200))
    image.paste((200, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 200, 0), (width // 2, 0, width, height // 2))
    return image


def exif(orientation: int = 1, **gps: Any) -> Image.Exif:
    """EXIF with a position, a maker's note and a comment; `gps` changes the position's fields by their names."""
    said = Image.Exif()
    said[ExifTags.Base.Orientation] = orientation
    said[ExifTags.Base.Make] = SECRET
    said.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = SECRET.encode()
    place: dict[str, Any] = {
        "GPSLatitudeRef": "N",
        "GPSLatitude": (29.0, 31.0, 24.6),
        "GPSLongitudeRef": "E",
        "GPSLongitude": (106.0, 34.0, 12.0),
    }
    ifd = said.get_ifd(ExifTags.IFD.GPSInfo)
    for name, value in (place | gps).items():
        ifd[ExifTags.GPS[name]] = value
    return said


def jpeg(image: Image.Image | None = None, **how: Any) -> bytes:
    return _written(image or colours(), "JPEG", {"quality": 90, "subsampling": 0} | how)


def png(image: Image.Image | None = None, **how: Any) -> bytes:
    return _written(image or colours(), "PNG", how)


def webp(image: Image.Image | None = None, **how: Any) -> bytes:
    return _written(image or colours(), "WEBP", {"quality": 90} | how)


def talkative() -> dict[str, bytes]:
    """One of each kind with everything beside the picture that Pillow can write."""
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    profile = SECRET.encode() * 8
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET)
    words.add_itxt("XML:com.adobe.xmp", xmp.decode())
    iptc = _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + SECRET.encode())
    whole = jpeg(exif=exif(), xmp=xmp, icc_profile=profile, comment=SECRET)
    return {
        "image/jpeg": whole[:2] + iptc + whole[2:],
        "image/png": png(exif=exif(), pnginfo=words, icc_profile=profile),
        "image/webp": webp(exif=exif(), xmp=xmp, icc_profile=profile),
    }


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small picture whose header says that it is of this size."""
    whole = bytearray(jpeg())
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def webp_claiming(width: int, height: int) -> bytes:
    """The same for WebP, whose lossless header has 14 bits for each side."""
    whole = bytearray(webp(lossless=True))
    at = whole.index(b"VP8L") + 9
    rest = int.from_bytes(whole[at : at + 4], "little") >> 28 << 28
    whole[at : at + 4] = (rest | (height - 1) << 14 | (width - 1)).to_bytes(4, "little")
    return bytes(whole)


def archive() -> bytes:
    """A zip, to hang on behind a picture."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("evil.html", f"<script>alert('{SECRET}')</script>")
    return packed.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = f"<html><script>alert('{SECRET}')</script></html>".encode()
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
AVIF = b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif" + bytes(64)
GIF = b"GIF89a\x01\x00\x01\x00" + bytes(32)


def opened(content: bytes) -> Image.Image:
    """The picture in these bytes, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def _written(image: Image.Image, kind: str, how: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **how)
    return content.getvalue()


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
