"""What is taken for a picture, what is refused and why, and that nothing but pixels comes out."""

import io
from typing import Any

import pytest
from PIL import Image

from models.messages.report import Position
from models.vocabulary import CoordinateSystem
from streams.attachments.looking import (
    MAX_PIXELS,
    BrokenPicture,
    MediaType,
    OtherKind,
    Picture,
    TooManyPixels,
    redraw,
)
from tests import pictures

# What Pillow tells of every WebP.
ANIMATION = ("loop", "background", "timestamp", "duration")
HERE = Position(lon=pictures.LON, lat=pictures.LAT, crs=CoordinateSystem.WGS84)


def redrawn(original: bytes) -> tuple[Picture, bytes]:
    into = io.BytesIO()
    return redraw(io.BytesIO(original), into), into.getvalue()


@pytest.mark.parametrize("kind", MediaType)
def test_nothing_but_pixels_comes_out(kind: MediaType) -> None:
    """EXIF, XMP, IPTC, profile, comment and maker's note are gone, by the bytes and by reading again."""
    original = pictures.talkative()[kind.value]
    assert pictures.SECRET.encode() in original
    seen, bare = redrawn(original)
    assert seen == Picture(kind, 96, 64, HERE)
    for trace in (pictures.SECRET.encode(), b"Exif", b"xmpmeta", b"8BIM", b"ICC", b"iCCP", b"eXIf", b"tEXt"):
        assert trace not in bare
    image = pictures.opened(bare)
    assert (dict(image.getexif()), image.format) == ({}, kind.name)
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", *ANIMATION}


@pytest.mark.parametrize("kind", MediaType)
def test_what_is_bare_stays_as_it_is(kind: MediaType) -> None:
    """Written again it looks the same, to within a shade, and says no position."""
    _, once = redrawn(pictures.talkative()[kind.value])
    seen, twice = redrawn(once)
    assert seen.position is None
    before, after = pictures.opened(once).convert("RGB"), pictures.opened(twice).convert("RGB")
    for spot in ((10, 10), (80, 10), (40, 50)):
        near = zip(before.getpixel(spot), after.getpixel(spot), strict=True)  # type: ignore[arg-type] # RGB
        assert all(abs(one - other) <= 2 for one, other in near)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_written_upright(orientation: int) -> None:
    """However the camera was held, what was at the upper left is there, and nothing says to turn it again."""
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's numbers of the turn that undoes each
    upright = pictures.colours()
    lying = upright if orientation == 1 else upright.transpose(Image.Transpose(turns[orientation]))
    seen, bare = redrawn(pictures.jpeg(lying, exif=pictures.exif(orientation)))
    assert (seen.width_pixels, seen.height_pixels) == (96, 64)
    image = pictures.opened(bare)
    assert dict(image.getexif()) == {}
    for spot, colour in (((10, 10), 0), ((80, 10), 1), ((40, 50), 2)):
        red_green_blue = image.getpixel(spot)
        assert isinstance(red_green_blue, tuple)
        assert red_green_blue[colour] == max(red_green_blue) > 150


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"GPSLatitudeRef": "S", "GPSLongitudeRef": "W"}, (-pictures.LON, -pictures.LAT)),
        ({"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0)}, None),
        ({"GPSLatitude": (91.0, 0.0, 0.0)}, None),
        ({"GPSLatitude": (29.0, 31.0)}, None),
    ],
    ids=["south-west", "no fix", "beyond the pole", "too few parts"],
)
def test_a_position_is_offered_only_where_there_is_one(
    changes: dict[str, Any], expected: tuple[float, float] | None
) -> None:
    """Both hemispheres; zeros, what lies nowhere and what is no number are no position."""
    seen, _ = redrawn(pictures.jpeg(exif=pictures.exif(1, **changes)))
    found = None if seen.position is None else (seen.position.lon, seen.position.lat)
    assert found == expected


@pytest.mark.parametrize("kind", MediaType)
@pytest.mark.parametrize("tail", [pictures.HTML, pictures.archive()], ids=["page", "archive"])
def test_what_hangs_on_behind_is_lost(kind: MediaType, tail: bytes) -> None:
    """A picture that is a web page or an archive as well is only a picture afterwards."""
    whole = {MediaType.JPEG: pictures.jpeg, MediaType.PNG: pictures.png, MediaType.WEBP: pictures.webp}[
        kind
    ]()
    _, bare = redrawn(whole + tail)
    assert tail[-30:] not in bare
    assert b"PK\x03\x04" not in bare


REFUSED = {
    "nothing": (b"", OtherKind, "no picture"),
    "words": ("三楼起火".encode(), OtherKind, "no picture"),
    "a page": (pictures.HTML, OtherKind, "no picture"),
    "SVG": (pictures.SVG, OtherKind, "no picture"),
    "GIF": (pictures.GIF, OtherKind, "no picture"),
    "an archive": (pictures.archive(), OtherKind, "no picture"),
    "HEIC": (pictures.HEIC, OtherKind, "HEIC is not taken in"),
    "AVIF": (pictures.AVIF, OtherKind, "AVIF is not taken in"),
    "a JPEG cut short": (pictures.jpeg()[:-200], BrokenPicture, "not whole"),
    "a PNG cut short": (pictures.png()[:-60], BrokenPicture, "not whole"),
    "a WebP cut short": (pictures.webp()[:-60], BrokenPicture, "not whole"),
    "a JPEG's beginning alone": (b"\xff\xd8\xff", BrokenPicture, "not whole"),
    "a PNG's beginning alone": (b"\x89PNG\r\n\x1a\n", BrokenPicture, "not whole"),
    "a WebP's beginning alone": (b"RIFF\x08\x00\x00\x00WEBP", BrokenPicture, "not whole"),
    "a PNG bomb": (pictures.png_claiming(30_000, 30_000), TooManyPixels, "30000 x 30000"),
    "a JPEG bomb": (pictures.jpeg_claiming(65_500, 65_500), TooManyPixels, "65500 x 65500"),
    "a WebP bomb": (pictures.webp_claiming(16_000, 16_000), TooManyPixels, "16000 x 16000"),
    "one pixel row too many": (pictures.png_claiming(8_192, 6_145), TooManyPixels, str(MAX_PIXELS)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_picture_is_refused_with_its_reason(case: str) -> None:
    """By its bytes, whatever its sender calls it, and before more than its header is decoded."""
    content, refusal, words = REFUSED[case]
    with pytest.raises(refusal, match=words):
        redrawn(content)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_colour_of_png_stays(mode: str) -> None:
    """A drawing, a scan and a picture with clear parts come out in the colours in which they came."""
    image = (
        pictures.colours().convert("L").convert(mode) if mode == "I;16" else pictures.colours().convert(mode)
    )
    _, bare = redrawn(pictures.png(image))
    assert pictures.opened(bare).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_clear_parts_of_a_drawing_stay_clear() -> None:
    """The one thing beside the pixels that belongs to them."""
    image = pictures.colours().convert("P")
    _, bare = redrawn(pictures.png(image, transparency=0))
    assert pictures.opened(bare).info["transparency"] is not None


def test_a_print_picture_comes_out_as_a_screen_picture() -> None:
    """CMYK, which no browser shows alike, becomes RGB."""
    _, bare = redrawn(pictures.jpeg(pictures.colours().convert("CMYK"), subsampling=-1))
    assert pictures.opened(bare).mode == "RGB"
