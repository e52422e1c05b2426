"""A form of the clerk's own province: what he may write where, and what check says of a slip."""

import contextlib
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from core.errors import Refusal, StartRefused
from plugins.ledgers import form_facts, forms, template_reading, templates
from plugins.ledgers.forms import Facts
from tests.plugins.mentoring.town import Town

FACTS = Facts(
    {"姓名": "王建国", "支部": "王家村"},
    {"汇报": ({"时段": "三季度"}, {"时段": "四季度"}), "联系": ({"日期": "2026年1月2日"},)},
)
BOX = (
    f"<w:p {nsdecls('w')}><w:r><w:pict xmlns:v='urn:schemas-microsoft-com:vml'><v:shape>"
    "<v:textbox><w:txbxContent><w:p><w:r><w:t>{{姓</w:t></w:r><w:r><w:t>名}}{{血型}}</w:t></w:r>"
    "</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)


def saved(document: WordDocument) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def filled(document: WordDocument) -> WordDocument:
    data = forms.fill(saved(document), FACTS, mark="刘长河", title="表", file="register.docx")
    return Document(io.BytesIO(data))


def odd(document: WordDocument) -> list[tuple[str, str, str]]:
    found = template_reading.oddities(saved(document), form_facts.NAMES, "register.docx")
    return [(one.slip.value, one.place.value, one.words) for one in found]


def test_given_names_in_header_footer_box_and_inner_table_when_filled_then_all_are_replaced() -> (
    None
):
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{姓名}}页眉"
    grid = document.sections[0].footer.add_table(1, 1, document.sections[0].page_width)
    for piece in ("{", "{支", "部}}页脚"):
        grid.rows[0].cells[0].paragraphs[0].add_run(piece)
    document.element.body.insert(0, parse_xml(BOX))
    outer = document.add_table(rows=1, cols=2)
    outer.rows[0].cells[0].text = "{{姓名}}"
    inner = outer.rows[0].cells[1].add_table(rows=1, cols=1)
    inner.rows[0].cells[0].text = "{{汇报.时段}}"
    assert odd(document) == [("unknown", "box", "血型")]

    made = filled(document)

    assert made.sections[0].header.paragraphs[0].text == "王建国页眉"
    assert made.sections[0].footer.tables[0].rows[0].cells[0].text == "王家村页脚"
    (box,) = made.element.body.iter(qn("w:txbxContent"))
    assert "".join(piece.text or "" for piece in box.iter(qn("w:t"))) == "王建国"
    cell, nest = made.tables[0].rows[0].cells
    assert cell.text == "王建国"
    assert [row.cells[0].text for row in nest.tables[0].rows] == ["三季度", "四季度"]


def _header(document: WordDocument) -> None:
    document.sections[0].header.paragraphs[0].text = "{{性别}}"


def _footer(document: WordDocument) -> None:
    document.sections[0].footer.paragraphs[0].text = "{{性别}}"


def _two_lines(document: WordDocument) -> None:
    document.add_paragraph("{{姓")
    document.add_paragraph("名}}")


def _one_brace(document: WordDocument) -> None:
    document.add_paragraph("姓名：{姓名}")


def _mixed(document: WordDocument) -> None:
    row = document.add_table(rows=1, cols=2).rows[0]
    row.cells[0].text, row.cells[1].text = "{{汇报.时段}}", "{{联系.日期}}"


def _unused_header(document: WordDocument) -> None:
    document.sections[0].first_page_header.paragraphs[0].text = "{{姓名}}"


@pytest.mark.parametrize(
    ("slip", "found"),
    [
        (_header, [("unknown", "header", "性别")]),
        (_footer, [("unknown", "footer", "性别")]),
        (_two_lines, [("loose", "body", "{{姓"), ("loose", "body", "名}}")]),
        (_one_brace, [("loose", "body", "姓名：{姓名}")]),
        (_mixed, [("mixed", "body", "联系")]),
        (_unused_header, [("unfilled", "elsewhere", "姓名")]),
    ],
)
def test_given_a_slip_in_a_template_when_looked_at_then_it_is_found_where_it_is(
    slip: Callable[[WordDocument], None], found: list[tuple[str, str, str]]
) -> None:
    document = Document()
    document.add_paragraph("{{姓名}}")
    slip(document)
    assert odd(document) == found


def test_given_names_cut_by_word_when_looked_at_then_nothing_is_odd() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ 姓", " 名", "}", "}"):
        run = paragraph.add_run(piece)
        run.bold = len(piece) > 1
        paragraph._p.append(OxmlElement("w:proofErr"))
    assert odd(document) == []
    assert filled(document).paragraphs[0].text == "王建国"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    for kind in templates._FILES:
        templates.path_of(kind).write_bytes(saved(Document()))
    return tmp_path


def _with_macros() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(Document()))) as old, zipfile.ZipFile(held, "w") as new:
        for part in old.namelist():
            kinds = old.read(part).replace(
                b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"
            )
            new.writestr(part, kinds)
    return held.getvalue()


def _bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", b"<Types/>")
        new.writestr("word/document.xml", b" " * 60_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "旧的 .doc（光改名字不行）"),
        (b"{\\rtf1 hello}", "打不开"),
        (saved(Document())[:-900], "打不开"),
        (b"", "打不开"),
        (_with_macros(), "带宏"),
        (_bomb(), "太大"),
    ],
    ids=["doc", "rtf", "cut", "empty", "macros", "bomb"],
)
async def test_given_a_file_that_is_no_form_when_checked_then_it_is_said_which_and_why(
    texts: object, folder: Path, data: bytes, words: str
) -> None:
    (folder / "register.docx").write_bytes(data)
    own = Document()
    _one_brace(own)
    (folder / "process-log.docx").write_bytes(saved(own))
    (folder / "登记表.docx").write_bytes(saved(own))
    with pytest.raises(StartRefused) as refused:
        await templates.check((), None)  # type: ignore[arg-type]  # it asks for no time
    first, second, third = str(refused.value.fields["lines"]).split("\n")
    assert "content/forms 里的模板 register.docx" in first
    assert words in first
    assert "process-log.docx（全程纪实表）的正文里花括号没配成对" in second
    assert "登记表.docx 没用上" in third


async def test_given_a_clerk_with_a_broken_form_when_a_secretary_exports_then_she_hears_why(
    town: Town, folder: Path
) -> None:
    (folder / "register.docx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(500))
    said = await town.says("刘长河", "导出 登记表 王建国")
    assert "旧的 .doc" in said


def test_given_a_template_damaged_anywhere_when_opened_then_it_opens_or_is_refused() -> None:
    whole = bytearray((templates.FOLDER / "process-log.docx").read_bytes())
    dice = random.Random(20261128)  # noqa: S311  # no secret
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 20))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = bytes(data[: dice.choice((len(data), dice.randrange(len(data))))])
        with contextlib.suppress(Refusal):
            template_reading.oddities(cut, form_facts.NAMES, "register.docx")
