"""The shipped templates on paper: what is cut, what is repeated, what a hand is to fill."""

import io
import re

import pytest
from docx import Document
from docx.shared import Cm

from models.enums import ExportKind
from plugins.ledgers import making, templates
from tests.plugins.ledgers.test_forms import beside, rows, take_out
from tests.plugins.mentoring.town import Town


@pytest.mark.parametrize("kind", sorted(making.FORMS))
async def test_given_a_shipped_template_when_printed_then_no_row_is_cut_and_heads_come_again(
    kind: ExportKind, texts: object
) -> None:
    document = Document(io.BytesIO((await templates.load(kind))[0]))
    narrow = []
    for table in document.tables:
        for number, row in enumerate(table.rows):
            look = row._tr.xml
            assert "w:cantSplit" in look
            if number + 1 < len(table.rows) and ".日期}}" in table.rows[number + 1].cells[0].text:
                assert "w:tblHeader" in look
            narrow += [
                cell.text
                for cell in row.cells
                if re.search(r"日\}\}|日期\}\}|\.(从|到|出发|到达|预计回来)\}\}", cell.text)
                and not re.search(r"流动\.[从到]\}", cell.text)
                and (cell.width or 0) < Cm(3.2)
            ]
    # A day with its year stands on one line.
    assert narrow == []
    assert "NUMPAGES" in document.sections[0].footer._element.xml
    # A value inside a sentence leaves a hole there when nothing is known.
    assert [p.text for p in document.paragraphs if "{{" in p.text and "制表" not in p.text] == []


async def test_given_somebody_of_whom_little_is_known_when_the_register_is_made_then_it_is_whole(
    town: Town,
) -> None:
    data = await take_out(town, "导出 登记表 李强")
    document = Document(io.BytesIO(data))
    assert "{" not in document.element.xml.split("<w:body>")[1].replace("{http", "")
    assert beside(data, "姓名") == "李强"
    for label in ("递交申请日期", "到场学时", "答题学时", "自述学时", "现在城市"):
        assert beside(data, label) == ""
    assert ["", "", "", "", "", ""] in rows(data)
    assert {"培养联系人意见", "支部意见（盖章）"} <= {row[0] for row in rows(data)}
