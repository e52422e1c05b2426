"""Photos that are hard to read or there twice, documents with words, and the sheet under 看看."""

import io

import pytest
from PIL import Image

from core import files
from core.config import Settings
from core.messages import MediaKind
from models import ReportDraft, ReportPart
from models.enums import PartKind
from plugins.thought_report import pages, sheets
from tests.core import handwriting, hostile
from tests.plugins.thought_report.conftest import Village, Wire, kept_files
from tests.plugins.thought_report.script import EVENING, LONG
from tests.plugins.thought_report.talk import Talk

SMALL = (600, 800)


def sharp(seed: int) -> bytes:
    return handwriting.photo(handwriting.page(seed, size=SMALL, pen=2))


def soft(seed: int) -> bytes:
    return handwriting.photo(handwriting.blurred(handwriting.page(seed, size=SMALL, pen=2), 4))


@pytest.fixture
async def wang(village: Village, strict_wire: Wire) -> Talk:
    """王建国 with an open draft of one text."""
    village.go(EVENING, 22)
    talk = village.talks["王建国"]
    await talk.says("交汇报")
    await talk.says(LONG)
    return talk


async def kinds() -> list[PartKind]:
    live = await pages.live_pages((await ReportDraft.get()).id)
    return [part.kind for part in live]


async def test_given_a_blurred_photo_when_it_is_taken_again_then_the_new_one_stands_in_its_place(
    wang: Talk, strict_wire: Wire
) -> None:
    assert await wang.says("", strict_wire.photo("1.jpg", soft(1))) == (
        "第 2 页有点糊，光亮些、放平了拍会好。\n1 重拍换上  2 就用这张"
    )
    assert await wang.says("1") == "好，把新的第 2 页发来，来了就换上。"
    assert await wang.says("", strict_wire.photo("2.jpg", sharp(1))) == "第 2 页换上了，共 2 页。"
    assert await kinds() == [PartKind.TEXT, PartKind.IMAGE]


async def test_given_a_blurred_photo_when_it_is_good_enough_then_it_stays(
    wang: Talk, strict_wire: Wire
) -> None:
    await wang.says("", strict_wire.photo("1.jpg", soft(1)))
    assert await wang.says("2") == "好，就用这张。"
    assert await kinds() == [PartKind.TEXT, PartKind.IMAGE]


async def test_given_a_blurred_photo_when_it_is_taken_out_then_there_is_nothing_to_replace(
    wang: Talk, strict_wire: Wire
) -> None:
    await wang.says("", strict_wire.photo("1.jpg", soft(1)))
    await wang.says("删第2页")
    assert await wang.says("1") == "那一页已经不在了，不用换。"


async def test_given_several_blurred_photos_when_they_come_then_one_answer_names_them(
    wang: Talk, strict_wire: Wire
) -> None:
    photos = [strict_wire.photo(f"{n}.jpg", soft(n)) for n in (1, 2)]
    assert await wang.says("", *photos) == (
        "第 2、3 页看不大清，光亮些、放平了拍会好。\n要重拍，回「换第2页」；就用这张，不用管。"
    )


async def test_given_held_words_when_a_blurred_photo_comes_then_the_words_are_not_forgotten(
    wang: Talk, strict_wire: Wire
) -> None:
    await wang.says("今天很累")
    answer = await wang.says("", strict_wire.photo("1.jpg", soft(1)))
    assert answer.endswith("要重拍，回「换第2页」；就用这张，不用管。")
    assert await wang.says("1") == "写进去了，是第 3 页。"


async def test_given_the_same_photo_when_it_comes_again_packed_anew_then_it_is_pointed_out(
    wang: Talk, strict_wire: Wire
) -> None:
    again = Image.open(io.BytesIO(sharp(1))).resize((500, 666))
    packed = io.BytesIO()
    again.save(packed, "JPEG", quality=70)
    await wang.says("", strict_wire.photo("1.jpg", sharp(1)))
    assert await wang.says("", strict_wire.photo("2.jpg", sharp(2))) == ""
    assert await wang.says("", strict_wire.photo("3.jpg", packed.getvalue())) == (
        "第 4 页和第 2 页像是同一张。不要了回「删第4页」，要留不用管。"
    )
    assert len(await kinds()) == 4


async def test_given_a_word_file_when_it_is_taken_then_its_words_are_kept_sealed_beside_it(
    wang: Talk, strict_wire: Wire
) -> None:
    data = hostile.word("敬爱的党组织：", "这阵子在南港学手艺。")
    await wang.says("", strict_wire.media("汇报.docx", data, MediaKind.FILE))
    part = await ReportPart.get(kind=PartKind.FILE)
    assert pages.extract_of(part) == "敬爱的党组织：\n这阵子在南港学手艺。"
    assert "南港".encode() not in bytes(part.extract_sealed or b"")
    assert await files.read(str(part.blob_id)) == data
    assert pages.text_of(part) == ""


async def test_given_a_version_handed_in_when_it_is_supplemented_then_words_and_look_go_along(
    wang: Talk, strict_wire: Wire
) -> None:
    data = hostile.word("敬爱的党组织：")
    await wang.says("", strict_wire.media("汇报.docx", data, MediaKind.FILE))
    await wang.says("", strict_wire.photo("1.jpg", sharp(1)))
    await wang.says("完成")
    await wang.says("补汇报")
    copied = await pages.live_pages((await ReportDraft.get(open_key__isnull=False)).id)
    assert pages.extract_of(copied[1]) == "敬爱的党组织："
    assert len(copied[2].look) == 64


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (hostile.zip_bomb(60), "打不开"),
        (hostile.entity_bomb(), "打不开"),
        (hostile.pdf_loop(), "打不开"),
        (hostile.pdf_of_many(), "页数太多"),
        (hostile.packed({"a.txt": b"x"}), "我不收"),
        (hostile.png_header(60_000, 60_000), "太大"),
        (hostile.heic(), "HEIC"),
    ],
)
async def test_given_a_hostile_file_when_it_comes_between_pages_then_a_sentence_and_nothing_else(
    wang: Talk, strict_wire: Wire, settings: Settings, data: bytes, said: str
) -> None:
    both = (
        strict_wire.media("../../etc/a.jpg", data, MediaKind.FILE),
        strict_wire.photo("1.jpg", sharp(1)),
    )
    answer = await wang.says("", *both)
    assert said in answer
    assert "\n" not in answer.replace("\n对着照片截个屏", "")
    assert await kinds() == [PartKind.TEXT, PartKind.IMAGE]
    assert len(kept_files(settings)) == 1


async def test_given_pages_when_they_are_looked_at_then_one_sheet_shows_them_all(
    wang: Talk, strict_wire: Wire, settings: Settings
) -> None:
    for seed in (1, 2, 3):
        await wang.says("", strict_wire.photo(f"{seed}.jpg", sharp(seed)))
    await wang.says("看看")
    (blob,) = wang.blobs
    assert blob.name == "汇报缩略图.jpg"
    with Image.open(io.BytesIO(await files.read(blob.blob_id))) as sheet:
        assert (sheet.format, sheet.width) == ("JPEG", 1080)
        badges = [sheet.getpixel((30 + 352 * (n % 3), 30 + 472 * (n // 3))) for n in range(4)]
    assert all(red > green + 40 for red, green, _ in badges)
    await wang.says("看看")
    assert wang.blobs == (blob,)
    await wang.says("删第2页")
    await wang.says("看看")
    (new,) = wang.blobs
    assert new.blob_id != blob.blob_id
    with pytest.raises(Exception, match="no file"):
        await files.read(blob.blob_id)
    await wang.says("完成")
    assert len(kept_files(settings)) == 2


async def test_given_a_draft_that_changes_while_its_sheet_is_drawn_then_none_is_kept(
    wang: Talk, strict_wire: Wire, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wang.says("", strict_wire.photo("1.jpg", sharp(1)))
    put = files.put

    async def meanwhile(data: bytes, *, suffix: str) -> files.Stored:
        await ReportDraft.all().update(revision=99)
        return await put(data, suffix=suffix)

    monkeypatch.setattr(sheets.files, "put", meanwhile)
    answer = await wang.says("看看")
    assert "第 2 页照片" in answer
    assert (await ReportDraft.get()).sheet_blob_id is None
    assert len(kept_files(settings)) == 1
