"""However a picture is spoilt, it is refused in our words or comes out whole and bare."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.attachments.looking import BrokenPicture, MediaType, OtherKind, TooManyPixels, redraw
from tests import pictures

WHOLE = pictures.talkative()


# Pillow warns of spoilt EXIF and goes on without it.
@pytest.mark.filterwarnings("ignore::UserWarning")
@given(kind=st.sampled_from(MediaType), data=st.data())
def test_spoilt_pictures_never_surprise(kind: MediaType, data: st.DataObject) -> None:
    """Bytes changed, cut and put in anywhere raise nothing but the refusals; no word of the maker comes through."""
    spoilt = bytearray(WHOLE[kind.value])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        match data.draw(st.sampled_from(("change", "cut", "put in"))):
            case "change":
                spoilt[at] = data.draw(st.integers(0, 255))
            case "cut":
                del spoilt[at : at + data.draw(st.integers(1, 64))]
            case _:
                spoilt[at:at] = data.draw(st.binary(min_size=1, max_size=64))
        if not spoilt:
            return
    into = io.BytesIO()
    try:
        seen = redraw(io.BytesIO(bytes(spoilt)), into)
    except (OtherKind, TooManyPixels, BrokenPicture):
        return
    assert pictures.SECRET.encode() not in into.getvalue()
    assert pictures.opened(into.getvalue()).size == (seen.width_pixels, seen.height_pixels)


@given(
    st.binary(max_size=2_000),
    st.sampled_from((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\x00\x00\x00WEBP", b"")),
)
def test_noise_is_no_picture(noise: bytes, beginning: bytes) -> None:
    """Whatever follows a picture's first bytes, nothing else is raised."""
    try:
        redraw(io.BytesIO(beginning + noise), io.BytesIO())
    except (OtherKind, TooManyPixels, BrokenPicture):
        return
