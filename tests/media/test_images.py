"""What a portrait must be."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from effects.media.images import MAX_BYTES, BadPhoto, Fault, Photo, check_photo
from tests.photos import photo_bytes, picture

GPS = 0x8825


def check(content: bytes) -> Photo:
    return check_photo(io.BytesIO(content), len(content))


def fault_of(content: bytes) -> Fault:
    with pytest.raises(BadPhoto) as bad:
        check(content)
    return bad.value.fault


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_photos_of_every_accepted_form_become_the_same_kind_of_jpeg(form: str) -> None:
    photo = check(photo_bytes(form=form))
    stored = Image.open(io.BytesIO(photo.jpeg))
    assert (stored.format, stored.mode, stored.size) == ("JPEG", "RGB", (480, 640))
    assert (photo.width, photo.height) == (480, 640)


def test_a_photo_is_turned_upright_by_its_orientation() -> None:
    lying = picture(640, 480)
    lying.paste("red", (0, 0, 640, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees
    buffer = io.BytesIO()
    lying.save(buffer, "JPEG", exif=exif, quality=95)
    photo = check(buffer.getvalue())
    assert (photo.width, photo.height) == (480, 640)
    red, green, _ = Image.open(io.BytesIO(photo.jpeg)).getpixel((475, 320))
    assert red > 200 > 60 > green


def test_where_and_with_what_it_was_taken_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A secret camera"
    exif.get_ifd(GPS)[1] = "N"
    content = photo_bytes(exif=exif, comment=b"a secret comment")
    assert b"secret" in content
    photo = check(content)
    for stored in (photo.jpeg, photo.thumbnail):
        assert b"secret" not in stored
        assert not dict(Image.open(io.BytesIO(stored)).getexif())


def test_the_same_picture_has_the_same_digest_whatever_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Another camera"
    assert check(photo_bytes()).digest == check(photo_bytes(exif=exif)).digest
    assert check(photo_bytes()).digest != check(photo_bytes(seed=2)).digest


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    buffer = io.BytesIO()
    clear.save(buffer, "PNG")
    assert min(Image.open(io.BytesIO(check(buffer.getvalue()).jpeg)).getpixel((200, 200))) > 250


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "I;16", "LA", "1"])
def test_unusual_kinds_of_pixels_are_converted(mode: str) -> None:
    odd = Image.new("I;16", (400, 400), 30000) if mode == "I;16" else picture(400, 400).convert(mode)
    buffer = io.BytesIO()
    odd.save(buffer, "TIFF" if mode == "CMYK" else "PNG") if mode != "CMYK" else odd.save(buffer, "JPEG")
    assert Image.open(io.BytesIO(check(buffer.getvalue()).jpeg)).mode == "RGB"


def test_a_huge_photo_is_kept_smaller_in_its_proportions() -> None:
    photo = check(photo_bytes(4000, 3000))
    assert (photo.width, photo.height) == (2160, 1620)


@pytest.mark.parametrize(
    ("width", "height", "fault"),
    [(299, 600, Fault.TOO_SMALL), (600, 299, Fault.TOO_SMALL), (300, 751, Fault.TOO_LONG), (751, 300, Fault.TOO_LONG)],
)
def test_sides_beyond_the_limits_are_refused(width: int, height: int, fault: Fault) -> None:
    assert fault_of(photo_bytes(width, height)) is fault


@pytest.mark.parametrize(("width", "height"), [(300, 300), (300, 750), (750, 300)])
def test_sides_at_the_limits_pass(width: int, height: int) -> None:
    assert check(photo_bytes(width, height)).width == width


def test_an_empty_file_is_refused() -> None:
    assert fault_of(b"") is Fault.EMPTY


def test_a_file_above_ten_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadPhoto) as bad:
        check_photo(io.BytesIO(), MAX_BYTES + 1)
    assert bad.value.fault is Fault.TOO_HEAVY


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(100), b"%PDF-1.7", b"\xff\xd8\xff", b"MZ" * 400],
)
def test_what_is_no_photo_is_refused_whatever_it_claims(content: bytes) -> None:
    assert fault_of(content) is Fault.NOT_A_PHOTO


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_short_is_refused(form: str) -> None:
    content = photo_bytes(form=form)
    assert fault_of(content[: len(content) // 2]) in (Fault.BROKEN, Fault.NOT_A_PHOTO)


def test_a_decompression_bomb_is_refused_without_being_unpacked() -> None:
    buffer = io.BytesIO()
    Image.new("1", (30000, 30000)).save(buffer, "PNG")
    assert len(buffer.getvalue()) < 1_000_000
    assert fault_of(buffer.getvalue()) is Fault.TOO_MANY_PIXELS


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_a_damaged_photo_either_passes_or_is_refused_in_our_words(place: int, noise: bytes, form: str) -> None:
    content = bytearray(photo_bytes(320, 320, form=form))
    content[place : place + len(noise)] = noise
    try:
        assert check(bytes(content)).width >= 300
    except BadPhoto as bad:
        assert bad.fault in Fault


def test_a_jpeg_of_thousands_of_scans_is_refused_before_they_keep_the_machine_busy() -> None:
    content = photo_bytes(progressive=True)
    last_scan = content[content.rfind(b"\xff\xda") : -2]
    assert fault_of(content[:-2] + last_scan * 200 + content[-2:]) is Fault.BROKEN
    assert check(content).width == 480
