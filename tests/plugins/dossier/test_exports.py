"""导出 汇报 and 导出 汇报台账: the word it needs, what is in the file, and what is left behind."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from core import files, parcels, spreadsheets
from core.actors import RoleKind
from core.config import Settings
from core.messages import Blob, Chat, ChatKind
from models import AuditLog, Delivery, Message, Person, ReadLog, ReportExport, ReportPart, Role
from models.enums import DeliveryState, PartKind, UnitKind
from plugins.delivery import bodies, exports
from plugins.identity.queries import who_is
from plugins.thought_report import (
    documents,
    export_reading,
    exporting,
    jobs,
    pages,
)
from plugins.thought_report.export_reading import Source
from plugins.thought_report.pages import NewPage
from plugins.thought_report.trail import Trail
from tests.plugins.mentoring.town import Town, at

LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
FIRST = "先说导出什么，比如「导出 联系台账」。"
MADE = "做好了，这就发您。"


def photo(shade: int = 200) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (600, 1200), (shade, shade, shade)).save(held, "JPEG")
    return held.getvalue()


async def test_given_a_page_that_is_a_word_file_when_packed_then_both_word_files_are_there(
    town: Town,
) -> None:
    town.go(at(12, 18))
    await town.says("王建国", "交汇报")
    await town.says("王建国", LONG)
    actor = (await who_is(_chat("王建国"), "王建国", town.clock.now())).actor
    draft = await pages.ReportDraft.get(open_key__isnull=False)
    stored = await files.put(b"PK word", suffix="docx")
    page = NewPage("k", PartKind.FILE, stored=stored)
    await pages.add_pages(actor=actor, draft_uid=draft.uid, pages=[page], now=town.clock.now())
    await town.says("王建国", "删第1页")
    await town.says("王建国", "完成")
    await town.says("刘长河", "导出 汇报 王建国")
    assert await town.says("刘长河", "确认导出") == MADE
    with zipfile.ZipFile(io.BytesIO((await sent())[1])) as archive:
        assert archive.read("001_王建国/2026Q4_v1_p01.docx") == b"PK word"
        assert archive.read("001_王建国/2026Q4_v1_p01-01.docx").startswith(b"PK\x03\x04")


async def write(town: Town, name: str = "王建国", *, photos: int = 2, pdf: bool = False) -> None:
    """Hand in a report of words and of pages that came as files."""
    town.go(at(12, 18))
    await town.says(name, "交汇报")
    await town.says(name, LONG)
    actor = (await who_is(_chat(name), name, town.clock.now())).actor
    draft = await pages.ReportDraft.get(person=town.people[name], open_key__isnull=False)
    fresh = [
        NewPage(f"k{number}", PartKind.IMAGE, stored=await files.put(photo(number), suffix="jpg"))
        for number in range(photos)
    ]
    if pdf:
        stored = await files.put(b"%PDF-1.4 startxref", suffix="pdf")
        fresh.append(NewPage("pdf", PartKind.FILE, stored=stored))
    if fresh:
        await pages.add_pages(actor=actor, draft_uid=draft.uid, pages=fresh, now=town.clock.now())
    await town.says(name, "完成")


def _chat(name: str) -> Chat:
    return Chat("onebot11", "10001", ChatKind.PRIVATE, name)


async def sent(number: int = 0) -> tuple[Blob, bytes]:
    """The file that is owed, by its place among those owed."""
    rows = await Delivery.filter(purpose=exporting.EXPORTED).order_by("id")
    message = await Message.get(id=rows[number].message_id)
    (part,) = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert isinstance(part, Blob)
    return part, await files.read(part.blob_id)


async def test_given_a_person_when_it_is_confirmed_then_a_word_file_with_pictures_comes(
    town: Town,
) -> None:
    await write(town)
    await town.says("周德厚", "下一份")
    await town.says("周德厚", "请补充 写两句打算")
    assert await town.says("刘长河", "导出 汇报 王建国") == (
        "王建国的汇报 1 份、3 页，做成 Word，照片在里面。\n"
        "里面写着您的名字和时间，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔，本人查得到。\n定了就回「确认导出」。"
    )
    assert await ReportExport.all().count() == 0
    assert await town.says("刘长河", "确认导出") == MADE
    blob, data = await sent()
    assert blob.name == "王建国的汇报.docx"
    word = Document(io.BytesIO(data))
    said = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "王建国，王家村，2026年四季度第 1 版" in said
    assert LONG in said
    assert "2026年12月18日 周德厚想请补一点：「写两句打算」" in said
    assert len(word.inline_shapes) == 2
    assert all(shape.height <= documents._HEIGHT for shape in word.inline_shapes)
    mark = "刘长河 2026-12-18 09:00 导出，只供支部查看"
    section = word.sections[0]
    assert section.header.paragraphs[0].text == section.footer.paragraphs[0].text == mark
    assert f'string="{mark}"' in section.header._element.xml


async def test_given_a_file_that_was_made_when_rows_are_read_then_who_took_it_stands_there(
    town: Town,
) -> None:
    await write(town)
    await town.says("刘长河", "导出 汇报 王建国")
    await town.says("刘长河", "确认导出")
    look = await ReadLog.get()
    liu, wang = town.people["刘长河"].id, town.people["王建国"].id
    assert (look.reader_id, look.person_id, look.reader_role, look.what) == (
        liu, wang, "secretary", "export:2026Q4",
    )  # fmt: skip
    row = await AuditLog.get(action="thought_report.export")
    assert row.actor_id == liu
    assert row.detail == {"kind": "person", "about": wang, "quarter": None}
    delivery = await Delivery.get(purpose=exporting.EXPORTED)
    assert delivery.target.startswith("account:")
    assert delivery.expires_at == town.clock.now() + timedelta(days=1)


@pytest.mark.parametrize("who", ["周德厚", "王建国", "孙敏"])
@pytest.mark.parametrize("what", ["导出 汇报 王建国", "导出 汇报台账 四季度", "确认导出"])
async def test_given_somebody_else_when_he_wants_a_file_then_he_gets_none(
    town: Town, who: str, what: str
) -> None:
    await write(town)
    refused = "这个我不能给您看。看自己的，回「我的数据」。"
    # The clerk of the township confirms lists of numbers by the same word.
    asks_first = (who, what) == ("孙敏", "确认导出")
    assert await town.says(who, what) == (FIRST if asks_first else refused)
    assert await ReportExport.all().count() == 0


@pytest.mark.parametrize("name", ["赵小红", "查无此人", "陈玉梅二"])
async def test_given_somebody_of_another_branch_when_he_is_named_then_the_words_are_the_same(
    town: Town, name: str
) -> None:
    await town.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.person("赵小红", "赵家村")
    await town.mentor("刘长河", "赵小红")  # his own mentee, of another branch: read, not taken out
    await write(town, "赵小红", photos=0)
    assert await town.says("刘长河", f"导出 汇报 {name}") == (
        "这个我不能给您看。看自己的，回「我的数据」。"
    )
    assert "赵小红" not in await town.says("刘长河", "导出 汇报 四季度")


async def test_given_nothing_asked_about_when_the_word_is_said_then_nothing_is_made(
    town: Town,
) -> None:
    await write(town)
    assert await town.says("刘长河", "确认导出") == FIRST
    await town.says("刘长河", "导出 汇报 王建国")
    await town.says("刘长河", "阅汇报 王建国")
    assert await town.says("刘长河", "确认导出") in {FIRST, MADE}
    assert await town.says("刘长河", "导出 汇报 陈玉梅") == ("这里面还没有汇报，没什么可导出的。")
    assert (await town.says("刘长河", "导出 汇报")).startswith("导出谁的？")


async def test_given_a_quarter_when_it_is_confirmed_then_the_archive_lists_every_file(
    town: Town,
) -> None:
    await write(town, pdf=True)
    await write(town, "陈玉梅", photos=1)
    assert (await town.says("刘长河", "导出 汇报 四季度")).startswith(
        "四季度汇报 2 个人、2 份、6 页，打成压缩包，附清单。"
    )
    assert await town.says("刘长河", "确认导出") == MADE
    blob, data = await sent()
    assert blob.name == "2026年四季度汇报.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        listed = json.loads(archive.read("manifest.json"))
        assert listed["made_by"] == "刘长河"
        assert listed["mark"].startswith("刘长河 2026-12-18")
        named = {entry["path"]: entry for entry in listed["files"]}
        assert set(named) | {"manifest.json"} == set(archive.namelist())
        for path, entry in named.items():
            content = archive.read(path)
            assert entry["bytes"] == len(content)
            assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert archive.read("001_王建国/2026Q4_v1_p01.txt").decode() == LONG
        assert archive.read("001_王建国/2026Q4_v1_p02.jpg") == photo(0)
        assert archive.read("001_王建国/2026Q4_v1_p04.pdf") == b"%PDF-1.4 startxref"
        assert "002_陈玉梅/2026Q4_v1_p01-02.docx" in named
        word = Document(io.BytesIO(archive.read("001_王建国/2026Q4_v1_p01-04.docx")))
    assert "（文件，见压缩包里同号的文件）" in [item.text for item in word.paragraphs]
    people = {row.person_id for row in await ReadLog.all()}
    assert people == {town.people["王建国"].id, town.people["陈玉梅"].id}


async def test_given_a_pdf_among_the_pages_when_one_person_is_taken_out_then_it_is_packed(
    town: Town,
) -> None:
    await write(town, pdf=True)
    assert "打成压缩包" in await town.says("刘长河", "导出 汇报 王建国")


async def test_given_two_versions_when_the_archive_is_asked_for_then_both_are_in_it(
    town: Town,
) -> None:
    await write(town, photos=0)
    await town.says("王建国", "补汇报")
    await town.says("王建国", LONG + "打算年底学会焊接，考下证来。")
    await town.says("王建国", "完成")
    assert (await town.says("刘长河", "导出 汇报 王建国 压缩包")).startswith(
        "王建国的汇报 2 份、3 页，连同原样的文件打成压缩包，附清单。"
    )
    await town.says("刘长河", "确认导出")
    _, data = await sent()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        versions = {
            entry["version"] for entry in json.loads(archive.read("manifest.json"))["files"]
        }
    assert versions == {1, 2}


NAMES = ("=cmd|' /C calc'!A0", "+1", "-2+3", "@x", "\t=1", "＝1", "https://example.org", "'=1")


async def test_given_names_like_formulas_when_the_list_is_made_then_they_are_words(
    town: Town,
) -> None:
    for number, name in enumerate(NAMES):
        await Person.create(
            uid=f"f{number}", name=name, home_unit=town.units["王家村"],
            stage=town.people["王建国"].stage, created_at=town.clock.now(),
        )  # fmt: skip
    await write(town, photos=0)
    await town.says("周德厚", "下一份")
    await town.says("周德厚", "通过")
    await town.says("刘长河", "原件已收 王建国 四季度")
    assert await town.says("刘长河", "导出 汇报台账 四季度") == (
        "四季度汇报台账，11 个人，交了 1 份，做成表格。\n"
        "里面写着您的名字和时间，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔。\n定了就回「确认导出」。"
    )
    assert await town.says("刘长河", "确认导出") == MADE
    blob, data = await sent()
    assert blob.name == "2026年四季度汇报台账.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
        names = book.namelist()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert not any("externalLink" in name for name in names)
    for name in ("=cmd|' /C calc'!A0", "+1", "@x", "＝1", "https://example.org"):
        assert f">{name}<" in words, name
    strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", words, re.DOTALL)
    row = next(line for line in re.findall(r"<row .*?</row>", sheet)[2:] if 't="s"' in line)
    cells = re.findall(r'<c r="[A-Z]+\d+" s="\d+" t="s"><v>(\d+)</v>', row)
    assert [strings[int(cell)] for cell in cells][:4] == [
        "王建国", "王家村", "入党积极分子", "等支部看",
    ]  # fmt: skip
    assert strings[0] == "刘长河 2026-12-18 09:00 导出，只供支部查看"
    assert await ReadLog.filter(what__startswith="export").count() == 0


async def test_given_a_slow_file_when_two_seconds_are_over_then_progress_is_said_and_it_comes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(town)
    monkeypatch.setattr(exports, "PROGRESS_AFTER_S", 0.0)
    await town.says("刘长河", "导出 汇报 王建国")
    assert await town.says("刘长河", "确认导出") == "在做，大约 1 分钟，好了发您。"
    for task in list(exports._making):
        await task
    blob, _ = await sent()
    assert blob.name == "王建国的汇报.docx"


async def test_given_an_order_that_was_not_made_when_the_clock_ticks_then_it_is_made_once(
    town: Town,
) -> None:
    await write(town)
    uid = await order(town)
    assert await Delivery.filter(purpose=exporting.EXPORTED).count() == 0
    assert await exporting.make_waiting(now=town.clock.now()) == 1
    assert await exporting.make_waiting(now=town.clock.now()) == 0
    assert not await exporting.make(uid)
    assert await Delivery.filter(purpose=exporting.EXPORTED).count() == 1


async def order(town: Town) -> str:
    """Confirm a file as the room does, and make nothing yet."""
    now = town.clock.now()
    actor = (await who_is(_chat("刘长河"), "刘长河", now)).actor
    wanted = exporting.Wanted(exporting.ExportKind.PERSON, town.people["王建国"].id)
    first = await exporting.confirm(actor=actor, wanted=wanted, key="k", now=now)
    assert await exporting.confirm(actor=actor, wanted=wanted, key="k", now=now) == first
    return first


async def test_given_an_office_that_ended_when_the_file_is_made_then_it_holds_nothing(
    town: Town,
) -> None:
    await write(town)
    await order(town)
    await Role.filter(person=town.people["刘长河"]).delete()
    await exporting.make_waiting(now=town.clock.now())
    (row,) = await Delivery.filter(purpose=exporting.EXPORTED)
    message = await Message.get(id=row.message_id)
    (part,) = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert not isinstance(part, Blob)


async def test_given_what_cannot_be_made_when_it_was_tried_thrice_then_the_asker_hears_it(
    town: Town, settings: Settings
) -> None:
    await write(town)
    uid = await order(town)
    part = await ReportPart.filter(blob_id__isnull=False).first()
    assert part is not None
    assert part.blob_id is not None
    await files.delete(part.blob_id)
    for _ in range(exporting.MOST_TRIES):
        with pytest.raises(exporting.Fault):
            await exporting.make(uid)
    await exporting.make_waiting(now=town.clock.now())
    (row,) = await Delivery.filter(purpose=exporting.EXPORTED)
    assert row.occasion == f"{uid}:none"
    assert (await ReportExport.get()).made_at == town.clock.now()


def on_disk(settings: Settings, name: str) -> list[Path]:
    return [path for path in settings.data_dir.rglob(name) if path.is_file()]


async def test_given_a_file_that_left_when_the_clock_ticks_then_nothing_of_it_is_on_the_disk(
    town: Town, settings: Settings
) -> None:
    await write(town)
    await town.says("刘长河", "导出 汇报 王建国")
    await town.says("刘长河", "确认导出")
    blob, data = await sent()
    assert await exporting.clear_sent(now=town.clock.now()) == 0
    assert not [path for path in on_disk(settings, "*") if data[:64] in path.read_bytes()]
    await Delivery.filter(purpose=exporting.EXPORTED).update(state=DeliveryState.SENT)
    assert await exporting.clear_sent(now=town.clock.now()) == 1
    assert not on_disk(settings, blob.blob_id)
    assert (await ReportExport.get()).blobs == []


async def test_given_a_file_in_doubt_when_two_days_are_over_then_it_is_removed_all_the_same(
    town: Town, settings: Settings
) -> None:
    await write(town)
    await town.says("刘长河", "导出 汇报 王建国")
    await town.says("刘长河", "确认导出")
    blob, _ = await sent()
    await Delivery.filter(purpose=exporting.EXPORTED).update(state=DeliveryState.UNKNOWN)
    town.later(days=2, seconds=1)
    assert await exporting.clear_sent(now=town.clock.now()) == 1
    assert not on_disk(settings, blob.blob_id)


def source(*sizes: int) -> Source:
    parts = tuple(
        ReportPart(uid=f"u{n}", position=n, kind=PartKind.IMAGE, size_bytes=size)
        for n, size in enumerate(sizes)
    )
    quarter = exporting.Quarter(2026, 4)
    return Source(
        1, "王建国", "王家村", quarter, 1, False, at(12, 18), Trail("王建国", quarter, (), None),
        parts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ((3, 3, 3), [[3, 3], [3]]),
        ((9, 1), [[9], [1]]),
        ((1, 9, 1), [[1], [9], [1]]),
        ((2, 2, 2, 2), [[2, 2, 2], [2]]),
        ((7,), [[7]]),
    ],
)
def test_given_many_pages_when_they_are_cut_then_no_file_is_larger_and_no_page_is_lost(
    sizes: tuple[int, ...], cut: list[list[int]]
) -> None:
    volumes = list(export_reading.volumes([source(*sizes)], most=7))
    assert [[part.size_bytes for one in volume for part in one.parts] for volume in volumes] == cut
    firsts = [one.first for volume in volumes for one in volume]
    assert firsts == [1 + sum(len(part) for part in cut[:n]) for n in range(len(cut))]


def test_given_two_reports_when_they_are_cut_then_small_ones_share_a_file() -> None:
    volumes = list(export_reading.volumes([source(2, 2), source(2), source(5)], most=7))
    assert [[len(one.parts) for one in volume] for volume in volumes] == [[2, 1], [1]]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\\b:c*?", ".hidden", "", "王\x00建", "名" * 80]
)
def test_given_a_strange_name_when_a_file_is_called_by_it_then_it_is_no_path(name: str) -> None:
    safe = parcels.safe_name(name)
    assert 0 < len(safe) <= 40
    assert not set(safe) & set("/\\:*?\x00.")


def test_given_characters_that_xml_forbids_when_a_document_is_built_then_they_are_left_out() -> (
    None
):
    leaf = documents.Leaf(
        "一\x0b", text="甲\x00乙\ufffe\n<w:p>&amp;", picture=b"no picture", note="注"
    )
    data = documents.build("题\x01", '"><x', [documents.Sheaf("题", ("行\x1f",), (leaf,))])
    said = [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]
    assert said == ["题", "行", "一", "甲乙", "<w:p>&amp;", "注"]


def test_given_a_mark_with_codes_when_a_sheet_is_built_then_they_are_said_as_they_are() -> None:
    data = spreadsheets.build("表", "甲&D乙", ["列"], [["值"], [3]])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "&amp;&amp;D" in book.read("xl/worksheets/sheet1.xml").decode()


def test_given_the_jobs_when_they_are_listed_then_what_was_confirmed_is_made_by_the_clock() -> None:
    assert jobs.make_exports in [job.run for job in jobs.JOBS]


async def test_given_a_secretary_and_mentor_when_roles_are_compared_then_only_offices_count(
    town: Town,
) -> None:
    await town.office("周德厚", RoleKind.ORGANIZATION_COMMISSIONER, "王家村")
    await write(town, photos=0)
    assert (await town.says("周德厚", "导出 汇报 王建国")).startswith("王建国的汇报 1 份、1 页")
