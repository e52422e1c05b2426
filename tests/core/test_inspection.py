"""Files from outside: what is taken, what is refused before anything opens it."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image

from core import inspection, picture_child
from core.errors import Refusal
from core.messages import MediaKind

pytestmark = pytest.mark.usefixtures("settings")


def picture(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def header_only(width: int, height: int) -> bytes:
    """Return a PNG that announces a size and holds nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def packed(parts: dict[str, bytes], **options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF"


async def refusal(data: bytes, name: str = "a.jpg") -> str:
    with pytest.raises(Refusal) as refused:
        await inspection.inspect(data, name=name)
    return refused.value.key


async def cleaned(data: bytes) -> Image.Image:
    found = await inspection.inspect(data, name="IMG_1.jpg")
    assert (found.kind, found.suffix) == (MediaKind.IMAGE, "jpg")
    return Image.open(io.BytesIO(found.data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
async def test_given_a_picture_when_inspected_then_it_comes_back_as_jpeg(form: str) -> None:
    result = await cleaned(picture(Image.new("RGB", (40, 30), "red"), form))
    assert (result.format, result.size) == ("JPEG", (40, 30))
    red, green, blue = result.getpixel((20, 15))
    assert (red > 240, green < 20, blue < 20) == (True, True, True)


async def test_given_a_phones_photo_when_inspected_then_place_and_device_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = 6  # turned by the camera
    exif.get_ifd(0x8825)[2] = (29.0, 33.0, 0.0)
    data = picture(
        Image.new("RGB", (3000, 1500), "blue"), "JPEG", exif=exif, comment=b"canary-comment"
    )
    assert b"Maker" in data
    found = await inspection.inspect(data, name="a.jpg")
    result = Image.open(io.BytesIO(found.data))
    assert (result.size, dict(result.getexif())) == ((1000, 2000), {})
    assert not {"exif", "comment", "icc_profile"} & set(result.info)
    assert b"Maker" not in found.data
    assert b"canary" not in found.data


async def test_given_a_see_through_picture_when_inspected_then_its_ground_is_white() -> None:
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert (await cleaned(picture(clear, "PNG"))).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(12_000, 12_000), (60_000, 60_000), (40_000_001, 1)])
async def test_given_a_bomb_of_pixels_when_inspected_then_it_is_refused_by_its_header(
    size: tuple[int, int],
) -> None:
    begin = time.perf_counter()
    assert await refusal(header_only(*size)) == "file.too_big"
    assert time.perf_counter() - begin < 2


async def test_given_damaged_pictures_when_inspected_then_they_are_refused() -> None:
    whole = picture(Image.effect_noise((300, 300), 50), "JPEG")
    assert await refusal(whole[: len(whole) // 3]) == "file.broken"
    assert await refusal(header_only(100, 100)) == "file.broken"
    assert await refusal(b"\xff\xd8\xff" + b"\0" * 400) == "file.broken"


async def test_given_a_child_that_dies_when_inspecting_then_it_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inspection.sys, "executable", "/bin/false")
    assert await refusal(picture(Image.new("L", (9, 9)), "PNG")) == "file.broken"


async def test_given_a_child_that_hangs_when_inspecting_then_the_wall_clock_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = tmp_path_factory.mktemp("hang") / "hang.py"
    script.write_text("import threading; threading.Event().wait()")
    monkeypatch.setattr(picture_child, "__file__", str(script))
    monkeypatch.setattr(inspection, "_WALL_S", 0.3)
    assert await refusal(picture(Image.new("L", (9, 9)), "PNG")) == "file.broken"


async def test_given_the_child_when_it_begins_then_memory_and_files_are_limited(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = tmp_path_factory.mktemp("limits") / "limits.py"
    script.write_text(
        "import runpy, sys\n"
        f"child = runpy.run_path({picture_child.__file__!r})\n"
        "child['limit']()\n"
        "good = 0\n"
        "try: bytearray(900 * 1024 * 1024)\n"
        "except MemoryError: good += 1\n"
        f"try: open({str(script.parent / 'x')!r}, 'wb', buffering=0).write(b'x')\n"
        "except OSError: good += 1\n"
        "sys.stdout.buffer.write(b'\\xff\\xd8' + str(good).encode())\n"
    )
    monkeypatch.setattr(picture_child, "__file__", str(script))
    found = await inspection.inspect(picture(Image.new("L", (9, 9)), "PNG"), name="a.png")
    assert found.data == b"\xff\xd82"


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"#!AMR\n" + b"\0" * 40, "amr"),
        (b"\x02#!SILK_V3" + b"\0" * 40, "silk"),
        (b"ID3\x03" + b"\0" * 40, "mp3"),
        (b"OggS" + b"\0" * 40, "ogg"),
        (b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 40, "wav"),
    ],
)
async def test_given_voice_when_inspected_then_it_is_kept_as_it_is(
    data: bytes, suffix: str
) -> None:
    assert await inspection.inspect(data, name="x") == inspection.Inspected(
        MediaKind.VOICE, suffix, data
    )


async def test_given_word_and_pdf_when_inspected_then_they_are_kept_unopened() -> None:
    for data, suffix in ((packed(WORD), "docx"), (PDF, "pdf")):
        found = await inspection.inspect(data, name=f"汇报.{suffix}")
        assert found == inspection.Inspected(MediaKind.FILE, suffix, data)


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        (b"MZ" + b"\0" * 600, "photo.jpg", "file.unknown_kind"),
        (b"\x7fELF" + b"\0" * 600, "photo.jpg", "file.unknown_kind"),
        (b"#!/bin/sh\nrm", "a.txt", "file.unknown_kind"),
        (b"<svg onload=x>", "a.svg", "file.unknown_kind"),
        ("我的汇报".encode(), "a.txt", "file.unknown_kind"),
        (b"Rar!\x1a\x07\x00" + b"\0" * 90, "a.rar", "file.unknown_kind"),
        (PDF, "photo.pdf.EXE. ", "file.unknown_kind"),
        (PDF.replace(b"<<>>", b"<</S/JavaScript>>"), "a.pdf", "file.unknown_kind"),
        (PDF.replace(b"startxref", b""), "a.pdf", "file.broken"),
        (packed({"a.txt": b"x"}), "a.zip", "file.unknown_kind"),
        (packed({"AndroidManifest.xml": b"x"}), "a.docx", "file.unknown_kind"),
        (packed({**WORD, "word/vbaProject.bin": b"x"}), "a.docx", "file.unknown_kind"),
        (packed(WORD)[:-30], "a.docx", "file.broken"),
        (packed(WORD) + b"trailing", "a.docx", "file.broken"),
        (packed(WORD)[:-2] + b"\x01\x00", "a.docx", "file.broken"),
        (b"PK\x03\x04", "a.docx", "file.broken"),
        (b"", "a.jpg", "file.broken"),
    ],
)
async def test_given_what_is_not_taken_when_inspected_then_it_is_refused(
    data: bytes, name: str, key: str
) -> None:
    assert await refusal(data, name) == key


async def test_given_zip_bombs_when_inspected_then_they_are_refused_by_their_directory() -> None:
    deflated = {"compression": zipfile.ZIP_DEFLATED}
    large = packed({**WORD, "word/media/x": b"\0" * 51 * 1024 * 1024}, **deflated)
    many = packed({**WORD, **{f"word/media/{n}": b"" for n in range(2000)}})
    crowded = packed({**WORD, **{f"word/media/{n:060}": b"" for n in range(9000)}})
    begin = time.perf_counter()
    for data in (large, many, crowded):
        assert await refusal(data, "a.docx") == "file.broken"
    assert time.perf_counter() - begin < 1


async def test_given_a_huge_directory_when_inspected_then_it_is_not_even_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowded = packed({**WORD, **{f"word/media/{n:060}": b"" for n in range(9000)}})
    monkeypatch.setattr(inspection.zipfile, "ZipFile", None)
    assert await refusal(crowded, "a.docx") == "file.broken"


async def test_given_more_than_the_limit_when_inspected_then_it_is_refused_unread() -> None:
    assert await refusal(b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024)) == "file.too_big"
