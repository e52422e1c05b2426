"""Files from outside: what is taken, what is refused before anything opens it."""

import asyncio
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from core import document_child, inspection, picture_child
from core.errors import Refusal
from core.inspection import Flaw
from core.messages import MediaKind
from tests.core import handwriting, hostile

pytestmark = pytest.mark.usefixtures("settings")


def picture(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


WORD = hostile.parts_of(hostile.word("x"))
PDF = hostile.pdf_of("My report")
header_only, packed = hostile.png_header, hostile.packed


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
        "head = child['HEAD'].pack(child['MARK'], 0, b'')\n"
        "sys.stdout.buffer.write(head + b'\\xff\\xd8' + str(good).encode())\n"
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


async def test_given_word_and_pdf_when_inspected_then_they_are_kept_with_their_words() -> None:
    written = hostile.word("敬爱的党组织：", "这阵子在南港。", table=("学了什么", "有什么难处"))
    words = "敬爱的党组织：\n这阵子在南港。\n学了什么\n有什么难处"
    printed = hostile.pdf_of("My report", "Page two")
    for data, suffix, said in (
        (written, "docx", words),
        (printed, "pdf", "My report\nPage two"),
        (hostile.pdf_of(""), "pdf", ""),
    ):
        found = await inspection.inspect(data, name=f"汇报.{suffix}")
        assert found == inspection.Inspected(MediaKind.FILE, suffix, data, words=said)


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
        (PDF.replace(b"/Catalog", b"/Catalog/S/JavaScript"), "a.pdf", "file.unknown_kind"),
        (PDF.replace(b"startxref", b""), "a.pdf", "file.broken"),
        (packed({"a.txt": b"x"}), "a.zip", "file.unknown_kind"),
        (packed({"AndroidManifest.xml": b"x"}), "a.docx", "file.unknown_kind"),
        (packed({**WORD, "word/vbaProject.bin": b"x"}), "a.docx", "file.unknown_kind"),
        (packed(WORD)[:-30], "a.docx", "file.broken"),
        (packed(WORD) + b"trailing", "a.docx", "file.broken"),
        (packed(WORD)[:-2] + b"\x01\x00", "a.docx", "file.broken"),
        (b"PK\x03\x04", "a.docx", "file.broken"),
        (b"", "a.jpg", "file.broken"),
        (packed({**WORD, "word/document.xml": b"<w:document/>"}), "a.docx", "file.broken"),
        (PDF + packed({"a.txt": b"x"}), "a.pdf", "file.unknown_kind"),
        (PDF[:-30] + packed({"a.txt": b"x"}) + PDF[-30:], "a.pdf", "file.unknown_kind"),
        (b"ID3\x03" + b"\0" * 40 + packed({"a.txt": b"x"}), "a.mp3", "file.unknown_kind"),
        (packed({"a.txt": b"x"}), "a.jpg", "file.unknown_kind"),
        (hostile.heic(), "IMG_1.HEIC", "file.heic"),
        (hostile.mp4(), "a.mp4", "file.unknown_kind"),
        (hostile.fetching_template(), "a.docx", "file.unknown_kind"),
        (hostile.entity_bomb(), "a.docx", "file.broken"),
        (hostile.lying_bomb(20), "a.docx", "file.broken"),
        (hostile.pdf_loop(), "a.pdf", "file.broken"),
        (hostile.pdf_of_many(), "a.pdf", "file.too_many_pages"),
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


async def test_given_a_motion_photo_when_inspected_then_only_the_photo_is_kept() -> None:
    page = handwriting.photo(handwriting.page(1))
    behind = page + hostile.mp4() + hostile.packed({"secret.txt": b"x"})
    with_film, alone = await inspection.inspect(behind, name="MV.jpg"), await inspection.inspect(
        page, name="a.jpg"
    )  # fmt: skip
    assert with_film == alone
    assert b"ftyp" not in with_film.data
    assert with_film.data.endswith(b"\xff\xd9")


async def test_given_a_file_of_several_photos_when_inspected_then_the_first_is_kept() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    red, _, blue = (await cleaned(out.getvalue())).getpixel((20, 15))
    assert (red > 240, blue < 20) == (True, True)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.jpg", "C:\\a\\..\\b.jpg", "a\0b.jpg", "x" * 9000]
)
async def test_given_a_path_for_a_name_when_inspected_then_the_name_goes_nowhere(name: str) -> None:
    found = await inspection.inspect(picture(Image.new("L", (9, 9)), "PNG"), name=name)
    assert found.suffix == "jpg"


async def test_given_paths_inside_a_word_file_when_inspected_then_nothing_is_unpacked(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("inner") / "deep"
    folder.mkdir()
    monkeypatch.chdir(folder)
    data = packed({**WORD, "../evil.txt": b"x", "/evil.txt": b"x"})
    assert (await inspection.inspect(data, name="a.docx")).words == "x"
    assert [path for path in folder.parent.rglob("*") if path != folder] == []


async def test_given_a_word_file_that_names_a_file_of_ours_when_inspected_then_it_is_not_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    secret = tmp_path_factory.mktemp("xxe") / "secret.txt"
    secret.write_text("canary")
    found = await inspection.inspect(hostile.outside_entity(secret.as_uri()), name="a.docx")
    assert "canary" not in found.words


async def test_given_a_document_when_it_is_read_then_only_so_much_of_it() -> None:
    most = document_child.MOST_CHARACTERS
    found = await inspection.inspect(hostile.word(*["字" * 5000] * 50), name="a.docx")
    assert most - 100 <= len(found.words) <= most + 100


@pytest.mark.parametrize(("pen", "ink"), [(3, 40), (5, 120), (8, 170)])
async def test_given_handwriting_when_it_is_in_focus_then_nothing_is_said_and_else_it_is(
    pen: int, ink: int
) -> None:
    page = handwriting.page(1, pen=pen, ink=ink)
    flaws = [
        (await inspection.inspect(handwriting.photo(shot), name="a.jpg")).flaw
        for shot in (page, handwriting.blurred(page, 1), handwriting.blurred(page, 4))
    ]
    assert flaws[:2] == [None, None]
    assert flaws[2] in {Flaw.BLURRED, Flaw.EMPTY}


async def test_given_a_shaken_a_dark_and_a_bare_page_when_inspected_then_each_is_pointed_out() -> (
    None
):
    page = handwriting.page(2)
    for shot, flaw in (
        (handwriting.shaken(page, 10), Flaw.BLURRED),
        (handwriting.shaken(page, 10, down=True), Flaw.BLURRED),
        (handwriting.page(2, ink=5, paper=40), Flaw.DARK),
        (Image.new("RGB", (1500, 2000), (220, 220, 220)), Flaw.EMPTY),
    ):
        assert (await inspection.inspect(handwriting.photo(shot), name="a.jpg")).flaw is flaw


async def test_given_a_photo_packed_again_when_inspected_then_it_looks_the_same() -> None:
    shots = (
        handwriting.photo(handwriting.page(3)),
        handwriting.photo(handwriting.page(3).resize((900, 1200)), quality=35),
        handwriting.photo(handwriting.page(4)),
    )
    found = [await inspection.inspect(shot, name="a.jpg") for shot in shots]
    first, again, other = (int(one.look, 16) for one in found)
    assert (first ^ again).bit_count() <= inspection.SAME_LOOK
    assert (first ^ other).bit_count() > 3 * inspection.SAME_LOOK


@pytest.mark.parametrize("size", [60, pytest.param(1500, marks=pytest.mark.slow)])
async def test_given_bombs_when_inspected_then_the_bot_itself_stays_small(size: int) -> None:
    """A process of its own, so that what makes the bombs does not count."""
    script = (
        "import asyncio, resource, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from core import config, inspection\n"
        "from core.errors import Refusal\n"
        "config.use(config.Settings(data_dir=Path(sys.argv[2])))\n"
        "async def main():\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    for path in sorted(Path(sys.argv[2]).iterdir()):\n"
        "        try: await inspection.inspect(path.read_bytes(), name='a.jpg')\n"
        "        except Refusal: pass\n"
        "        else: print('taken', path.name)\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        "asyncio.run(main())\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        bombs = (hostile.zip_bomb(size), hostile.lying_bomb(size // 3), hostile.entity_bomb(),
                 *([hostile.pdf_bomb(size)] if size > 1000 else []),
                 hostile.png_header(60_000, 60_000), hostile.pdf_calling_itself())  # fmt: skip
        for number, data in enumerate(bombs):
            (Path(folder) / str(number)).write_bytes(data)
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", script, str(Path(inspection.__file__).parents[1]), folder],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    grown_kib = int(done.stdout)
    assert grown_kib < 50 * 1024
