"""导出 登记表 and 导出 纪实表: filled from what is kept, in the template that lies there."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from docx.table import Table

from core.errors import StartRefused
from models import AuditLog, Consent, Person, ReadLog, ReportExport, StudyRecord
from models.enums import ConsentDecision, Evidence, UnitKind
from plugins.delivery import exports
from plugins.ledgers import form_facts, forms, making, templates
from plugins.ledgers.forms import Facts
from tests.plugins.ledgers.conftest import inspect, journey, log_contact, sent
from tests.plugins.mentoring.town import Town

REFUSED = "这个我不能给您看。看自己的，回「我的数据」。"
MADE = "做好了，这就发您。"


def rows(data: bytes) -> list[list[str]]:
    """All rows of all tables as words."""
    return [
        [cell.text for cell in row.cells]
        for table in Document(io.BytesIO(data)).tables
        for row in table.rows
    ]


def beside(data: bytes, label: str) -> str:
    """What stands in the cell to the right of a label."""
    return next(
        row[number + 1]
        for row in rows(data)
        for number, cell in enumerate(row[:-1])
        if cell == label
    )


async def take_out(town: Town, line: str) -> bytes:
    await town.says("刘长河", line)
    assert await town.says("刘长河", "确认导出") == MADE
    return (await sent())[1]


async def test_given_a_person_when_the_register_is_confirmed_then_it_holds_what_is_known(
    town: Town,
) -> None:
    await inspect(town, "王建国", date(2026, 3, 1))
    await inspect(town, "王建国", date(2026, 9, 1))
    await log_contact(town, "王建国", date(2026, 11, 22), note="孩子上学了")
    await StudyRecord.create(
        person=town.people["王建国"], material="attended:1", evidence=Evidence.ATTENDED,
        hours_tenths=20, earned_at=town.clock.now(), title="七一党课",
        happened_on=date(2026, 7, 1),
    )  # fmt: skip
    assert await town.says("刘长河", "导出 登记表 王建国") == (
        "王建国的培养教育考察登记表，按模板填好，做成 Word。没记过的格子空着。\n"
        "里面写着您的名字、时间和用途，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔，里面的人查得到。\n定了就回「确认导出」。"
    )
    assert await town.says("刘长河", "确认导出") == MADE
    name, data = await sent()
    assert name == "王建国_培养教育考察登记表.docx"
    assert beside(data, "姓名") == "王建国"
    assert beside(data, "所在支部") == "柳河乡王家村"
    assert beside(data, "列为积极分子日期") == "2025年9月1日"
    assert beside(data, "满一年日期") == "2026年9月1日"
    for by_hand in ("性别", "民族", "出生年月", "文化程度", "籍贯"):
        assert beside(data, by_hand) == ""
    found = rows(data)
    assert ["周德厚", "2026年1月1日", ""] in found
    assert ["2026年7月1日", "七一党课", "2"] in found
    assert ["2026年11月22日", "电话", "通了", "工作、生活", "孩子上学了", "周德厚"] in found
    assert [row[0] for row in found if row[-1] == "周德厚" and len(row) == 3] == [
        "2026年3月1日", "2026年9月1日",
    ]  # fmt: skip
    assert "{" not in str(found)
    section = Document(io.BytesIO(data)).sections[0]
    mark = "刘长河 2026-12-18 09:00 导出，培养教育考察登记表，只供支部查看"
    assert section.header.paragraphs[0].text == section.footer.paragraphs[-1].text == mark
    assert f'string="{mark}"' in section.header._element.xml


async def test_given_the_log_of_steps_when_it_is_made_then_only_known_days_are_in_it(
    town: Town,
) -> None:
    await inspect(town, "王建国", date(2026, 3, 1))
    await journey(town, "王建国", date(2026, 11, 25))
    data = await take_out(town, "导出 纪实表 王建国")
    steps = [row for row in rows(data) if row[1][:1].isdigit() and len(row) == 5]
    days = {row[1].split(" ")[0]: row[2] for row in steps if " " in row[1]}
    assert len(days) == 25
    assert {step: day for step, day in days.items() if day} == {
        "1": "2025年3月1日", "2": "2025年3月20日", "3": "2025年9月1日", "6": "2026年3月1日",
    }  # fmt: skip
    assert next(row for row in steps if row[1].startswith("5 "))[4] == "周德厚"
    assert all(row[3] == "" for row in steps)
    assert ["", "南港", "2026年11月25日", "", ""] in rows(data)


async def test_given_a_form_that_was_taken_out_when_rows_are_read_then_who_took_it_stands_there(
    town: Town,
) -> None:
    await take_out(town, "导出 登记表 王建国")
    look = await ReadLog.get()
    wang, liu = town.people["王建国"].id, town.people["刘长河"].id
    assert (look.person_id, look.reader_id, look.what) == (wang, liu, "form")
    audit = await AuditLog.get(action="ledgers.export")
    assert audit.detail == {"kind": "register", "about": wang, "unit": None, "people": 1}


async def test_given_a_branch_when_all_forms_are_confirmed_then_a_zip_lists_every_file(
    town: Town,
) -> None:
    assert (await town.says("刘长河", "导出 登记表 全部")).startswith(
        "王家村3 个人的培养教育考察登记表，一人一份 Word，打成压缩包，附清单。"
    )
    assert await town.says("刘长河", "确认导出") == MADE
    name, data = await sent()
    assert name == "培养教育考察登记表.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = json.loads(archive.read("manifest.json"))
        assert listed["made_by"] == "刘长河"
        assert [entry["person"] for entry in listed["files"]] == ["王建国", "陈玉梅", "李强"]
        for entry in listed["files"]:
            content = archive.read(entry["path"])
            assert entry["sha256"] == hashlib.sha256(content).hexdigest()
            assert beside(content, "姓名") == entry["person"]
    assert await ReadLog.filter(what="form").count() == 3


async def test_given_many_people_when_their_forms_are_made_then_they_come_in_several_parcels(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_FORMS", 2)
    await take_out(town, "导出 纪实表 王家村")
    assert (await sent())[0] == "全程纪实表-2.zip"


@pytest.mark.parametrize("who", ["周德厚", "王建国", "孙敏"])
@pytest.mark.parametrize("line", ["导出 登记表 王建国", "导出 纪实表 全部"])
async def test_given_somebody_else_when_he_wants_a_form_then_he_gets_none(
    town: Town, who: str, line: str
) -> None:
    assert await town.says(who, line) == REFUSED
    assert await ReportExport.all().count() == 0


@pytest.mark.parametrize("name", ["赵小红", "查无此人", "赵家村", "驻东莞"])
async def test_given_somebody_of_another_branch_when_he_is_named_then_the_words_are_the_same(
    town: Town, name: str
) -> None:
    await town.mentor("刘长河", "赵小红")  # his own mentee, of another branch: read, not taken out
    assert await town.says("刘长河", f"导出 登记表 {name}") == REFUSED


async def test_given_two_of_a_name_when_a_form_is_asked_for_then_the_village_decides(
    town: Town,
) -> None:
    await town.unit("王家村一组", UnitKind.VILLAGE_BRANCH, "王家村")
    await town.person("王建国", "王家村一组", key="王建国二")
    assert await town.says("刘长河", "导出 登记表 王建国") == (
        "有两位王建国：\n1 王家村的  2 王家村一组的"
    )
    assert (await town.says("刘长河", "2")).startswith("王建国的培养教育考察登记表")
    assert await town.says("刘长河", "确认导出") == MADE
    assert beside((await sent())[1], "所在支部") == "王家村王家村一组"


async def test_given_no_name_when_a_form_is_asked_for_then_the_name_may_come_alone(
    town: Town,
) -> None:
    assert (await town.says("刘长河", "导出 登记表")).startswith("谁的培养教育考察登记表？")
    assert (await town.says("刘长河", "陈玉梅")).startswith("陈玉梅的培养教育考察登记表")


async def test_given_no_consent_to_words_when_the_register_is_made_then_notes_stay_sealed(
    town: Town,
) -> None:
    await log_contact(town, "王建国", date(2026, 11, 22), note="孩子上学了")
    await Consent.create(
        person=town.people["王建国"], kind="reports", version="1", decided_at=town.clock.now(),
        decision=ConsentDecision.WITHDRAWN,
    )  # fmt: skip
    data = await take_out(town, "导出 登记表 王建国")
    assert ["2026年11月22日", "电话", "通了", "工作、生活", "", "周德厚"] in rows(data)


NASTY = (
    "{{姓名}}", "{% for x in y %}", "{{ ''.__class__ }}", "a&<w:p/>\x0b\x01", "=cmd|' /C calc'!A0",
    "｛｛联系.摘要｝｝", "{{联系.摘要}}", "{#", "第一行\n第二行",
)  # fmt: skip


@pytest.mark.parametrize("words", NASTY)
async def test_given_braces_and_marks_in_somebodys_words_when_filled_then_they_stay_words(
    town: Town, words: str
) -> None:
    await Person.filter(name="王建国").update(city=words[:32])
    await log_contact(town, "王建国", date(2026, 11, 22), note=words)
    data = await take_out(town, "导出 登记表 王建国")
    plain = words.replace("\x0b", "").replace("\x01", "").replace("\n", " ")
    assert beside(data, "现在城市") == plain
    assert ["2026年11月22日", "电话", "通了", "工作、生活", plain, "周德厚"] in rows(data)


def template(paragraphs: Sequence[Sequence[str]], table: Sequence[str] = ()) -> bytes:
    """A template whose words are cut into runs as given."""
    document = Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    if table:
        grid: Table = document.add_table(rows=1, cols=len(table))
        for cell, words in zip(grid.rows[0].cells, table, strict=True):
            cell.text = words
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


FACTS = Facts(
    {"姓名": "王建国", "支部": "{{姓名}}"},
    {"汇报": ({"时段": "三季度"}, {"时段": "{{姓名}}"}), "考察": ()},
)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (["{{姓名}}"], "王建国"),
        (["{", "{姓", "名}", "} 好"], "王建国 好"),
        (["甲{{ 姓 名 }}乙{{支部}}"], "甲王建国乙{{姓名}}"),
        (["｛｛姓名｝｝"], "王建国"),
        (["甲{{姓", "名}}乙{{支", "部}}丙"], "甲王建国乙{{姓名}}丙"),
        (["{{没有}}空"], "空"),
        (["{姓名}"], "{姓名}"),
        (["{{汇报.时段}}"], "三季度；{{姓名}}"),
    ],
)
def test_given_names_cut_by_word_when_filled_then_each_is_replaced_once(
    runs: list[str], said: str
) -> None:
    data = forms.fill(template([runs]), FACTS, mark="刘长河", title="表", file="x.docx")
    assert Document(io.BytesIO(data)).paragraphs[0].text == said


def test_given_a_row_of_records_when_filled_then_it_is_repeated_or_left_empty() -> None:
    data = forms.fill(
        template([], ["{{汇报。时段}}", "{{姓名}}"]), FACTS, mark="", title="", file="x"
    )
    assert rows(data) == [["三季度", "王建国"], ["{{姓名}}", "王建国"]]
    none = forms.fill(template([], ["{{考察.日期}}", "手写"]), FACTS, mark="", title="", file="x")
    assert rows(none) == [["", "手写"]]


def test_given_a_template_with_headers_and_sections_when_filled_then_every_page_is_marked() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{支部}} 党支部"
    document.sections[0].different_first_page_header_footer = True
    document.add_section().header.is_linked_to_previous = False
    held = io.BytesIO()
    document.save(held)
    data = forms.fill(held.getvalue(), FACTS, mark="甲", title="", file="x")
    first, second = Document(io.BytesIO(data)).sections
    assert [one.text for one in first.header.paragraphs] == ["{{姓名}} 党支部", "甲"]
    for part in (first.first_page_header, first.first_page_footer, second.header):
        assert part.paragraphs[-1].text == "甲"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    (tmp_path / "process-log.docx").write_bytes(template([["{{姓名}}"]]))
    return tmp_path


async def test_given_a_name_nobody_knows_when_checked_and_exported_then_it_is_said(
    town: Town, folder: Path
) -> None:
    own = template([["{{姓名}}，{{性别}}"]], ["{{考察.日期}}", "{{考察.评语}}"])
    (folder / "register.docx").write_bytes(own)
    first, total = await templates.check((), town.clock.now())
    assert first.startswith(
        "提醒：content/forms/register.docx（培养教育考察登记表）的正文里有认不得"
    )
    assert "{{性别}}、{{考察.评语}}" in first
    assert total == "模板看过 2 份。"
    said = await town.says("刘长河", "导出 登记表 王建国")
    assert "模板里有我认不得的名字：性别、考察.评语，这些格子会空着。" in said
    assert await town.says("刘长河", "确认导出") == MADE
    assert Document(io.BytesIO((await sent())[1])).paragraphs[0].text == "王建国，"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "少了模板 register.docx"), (b"not a file", "register.docx 打不开"),
     (b"PK\x03\x04broken", "register.docx 打不开")],
)  # fmt: skip
async def test_given_a_template_that_cannot_be_read_when_exported_then_its_name_is_said(
    town: Town, folder: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / "register.docx").write_bytes(content)
    assert words in await town.says("刘长河", "导出 登记表 王建国")
    with pytest.raises(StartRefused):
        await templates.check((), town.clock.now())


async def test_given_the_shipped_templates_when_checked_then_every_name_is_known(
    texts: object,
) -> None:
    for kind in making.FORMS:
        data, unknown = await templates.load(kind)
        assert unknown == ()
        assert len(data) < 100_000
    readme = (templates.FOLDER / "README.md").read_text("utf-8")
    assert [name for name in form_facts.NAMES.single if f"{{{{{name}}}}}" not in readme] == []
    columns = [f"{{{{{table}.{column}}}}}" for table, column in form_facts.NAMES.columns]
    assert [name for name in columns if name not in readme] == []


async def test_given_a_slow_file_when_two_seconds_are_over_then_progress_is_said_and_it_comes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PROGRESS_AFTER_S", 0.0)
    await town.says("刘长河", "导出 登记表 全部")
    assert await town.says("刘长河", "确认导出") == "在做，大约 1 分钟，好了发您。"
    for task in list(exports._making):
        await task
    assert (await sent())[0] == "培养教育考察登记表.zip"
    row = await ReportExport.get()
    assert row.made_at is not None
    assert row.made_at - row.confirmed_at < timedelta(minutes=1)
