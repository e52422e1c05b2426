"""Draws the two templates of this folder anew: ``python content/forms/make_forms.py``.

Only needed to change the templates that come with the program; whoever has a form of his province
puts that here instead. Fields by 中央组织部组织一局 (25 steps), 党员建档材料规范及参考样式
(2012-08-07) and 中国共产党发展党员工作细则 (2026), see README.md.
"""

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

HERE = Path(__file__).parent
FONT = "SimSun"
# Five and small five (五号, 小五): labels, and records of which many stand on a page.
SIZE, SMALL = Pt(10), Pt(9)
# Widths in centimetres. A day with its year takes 3.3 on one line, with a name before it 4.4.
PAGE, DAY, READ, NAME, LABEL = 18.0, 3.3, 4.4, 1.9, 2.6

# Label, then what stands beside it; an empty one is filled by hand.
BASICS = (
    (("姓名", "{{姓名}}"), ("性别", ""), ("民族", "")),
    (("出生年月", ""), ("文化程度", ""), ("籍贯", "")),
    (("所在支部", "{{上级}}{{支部}}"), ("现阶段", "{{阶段}}"), ("现在城市", "{{现在城市}}")),
    (("递交申请日期", "{{申请日}}"), ("谈话日期", "{{谈话日}}"), ("外出日期", "{{外出日}}")),
    (
        ("列为积极分子日期", "{{积极分子日}}"),
        ("满一年日期", "{{满一年日}}"),
        ("流入地组织", "{{流入地组织}}"),
    ),
)
# By hand: label, and how many centimetres are left for it.
HANDWRITTEN = (
    ("工作单位及职务", 1.0),
    ("本人简历", 3.0),
    ("家庭主要成员和主要社会关系", 3.0),
    ("推荐（群团推优）或党小组意见", 2.4),
    ("支部决定", 2.4),
    ("上级党委备案意见", 2.4),
)
OPINIONS = ("培养联系人意见", "支部意见（盖章）")
OPINION_CM = 3.2
SIGNED = "年　　月　　日　　"
ASPECTS = (
    "政治觉悟和思想表现、理论学习、思想汇报、遵纪守法、工作和技能、群众关系、生活作风、总的进步"
)
# The 25 steps of the flow chart, with the words of the rules of 2026 where they changed.
STEPS = (
    ("申请入党", "1 递交入党申请书", "{{申请日}}", ""),
    ("申请入党", "2 党组织派人谈话", "{{谈话日}}", ""),
    ("积极分子", "3 推荐和确定入党积极分子", "{{积极分子日}}", ""),
    ("积极分子", "4 上级党委备案", "", ""),
    ("积极分子", "5 指定培养联系人", "", "{{培养联系人}}"),
    ("积极分子", "6 培养教育考察", "{{考察日期}}", ""),
    ("发展对象", "7 确定发展对象（公示不少于 5 个工作日）", "{{发展对象日}}", ""),
    ("发展对象", "8 报上级党委同意", "", ""),
    ("发展对象", "9 确定入党介绍人", "", ""),
    ("发展对象", "10 政治审查", "", ""),
    ("发展对象", "11 集中培训", "", ""),
    ("接收", "12 党支部委员会会议审查", "", ""),
    ("接收", "13 上级党委预审", "", ""),
    ("接收", "14 填写入党志愿书", "", ""),
    ("接收", "15 党支部党员大会讨论", "", ""),
    ("接收", "16 上级党委派人谈话", "", ""),
    ("接收", "17 上级党委审批", "", ""),
    ("接收", "18 再上一级组织部门备案", "", ""),
    ("预备期", "19 编入支部和小组", "", ""),
    ("预备期", "20 入党宣誓", "", ""),
    ("预备期", "21 继续教育考察", "", ""),
    ("预备期", "22 提出转正申请", "", ""),
    ("预备期", "23 党支部党员大会讨论", "", ""),
    ("预备期", "24 上级党委审批", "", ""),
    ("预备期", "25 材料归档", "", ""),
)


def document(title: str, under: str = "") -> WordDocument:
    """Return an A4 page with a title, a line under it, and the number of the page below."""
    made = Document()
    style = made.styles["Normal"]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    style.font.size = SIZE
    # Word sets figures apart from Chinese words by itself; a day would not fit into its cell.
    for kind in ("w:autoSpaceDE", "w:autoSpaceDN"):
        apart = OxmlElement(kind)
        apart.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().append(apart)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - PAGE) / 2)
    section.top_margin = section.bottom_margin = Cm(2)
    number_pages(section.footer.paragraphs[0])
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(8)
    run = head.add_run(title)
    run.font.size, run.bold = Pt(18), True
    if under:
        made.add_paragraph(under).paragraph_format.space_after = Pt(4)
    return made


def number_pages(line: Paragraph) -> None:
    """Write the number of the page and of all pages."""
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for before, code, after in (("第 ", "PAGE", " 页，"), ("共 ", "NUMPAGES", " 页")):
        line.add_run(before)
        counted = OxmlElement("w:fldSimple")
        counted.set(qn("w:instr"), code)
        counted.append(OxmlElement("w:r"))
        counted[0].append(OxmlElement("w:t"))
        counted[0][0].text = "1"
        line._p.append(counted)  # noqa: SLF001  # python-docx has no word for it
        line.add_run(after)


def table(made: WordDocument, widths: Sequence[float]) -> Table:
    """Return an empty table with borders, its columns by centimetres; 0 takes what is left."""
    grid = made.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    narrow(grid)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(width or PAGE - sum(widths))
    return grid


def narrow(grid: Table) -> None:
    """Leave a millimetre beside the words of a cell: a day has to fit into its column."""
    sides = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), "57")
        room.set(qn("w:type"), "dxa")
        sides.append(room)
    grid._tbl.tblPr.append(sides)  # noqa: SLF001  # python-docx has no word for it


def add_row(grid: Table, words: Sequence[str], *, bold: bool = False, high: float = 0.8) -> _Row:
    """Add a row with words in its cells, at least so many centimetres high; no page cuts it."""
    row = grid.add_row()
    row.height, row.height_rule = Cm(high), WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001  # see above
    properties.append(OxmlElement("w:cantSplit"))
    if bold:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, text, column in zip(row.cells, words, grid.columns, strict=True):
        cell.width = column.width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        cell.paragraphs[0].add_run(text).bold = bold
    return row


def by_hand(made: WordDocument, rows: Sequence[tuple[str, float]], *, signed: bool) -> None:
    """Add labels with room beside them, and a line for the day below."""
    grid = table(made, (LABEL, 0))
    for label, high in rows:
        cell = add_row(grid, (label, ""), high=high).cells[1]
        if signed:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            cell.paragraphs[0].add_run(SIGNED)
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if signed:
        keep_together(grid)


def keep_together(grid: Table) -> None:
    """Let all rows of a table but the last stay with the next."""
    for row in grid.rows[:-1]:
        for cell in row.cells:
            for line in cell.paragraphs:
                line.paragraph_format.keep_with_next = True


def pairs(made: WordDocument, rows: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Add a table of labels with what stands beside them, three pairs a row."""
    grid = table(made, (LABEL, 0, LABEL, DAY, LABEL, DAY))
    for row in rows:
        add_row(grid, [text for pair in row for text in pair])


def heading(made: WordDocument, title: str) -> None:
    """Add a heading that never stands alone below a page."""
    line = made.add_paragraph()
    line.add_run(title).bold = True
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(10), Pt(3)
    line.paragraph_format.keep_with_next = True


def records(
    made: WordDocument, title: str, columns: Sequence[tuple[str, float, str]], high: float = 0.7
) -> None:
    """Add a heading and a table: its second row is repeated for each record."""
    heading(made, title)
    grid = table(made, [width for _, width, _ in columns])
    add_row(grid, [head for head, _, _ in columns], bold=True, high=0.7)
    for cell in add_row(grid, [name for _, _, name in columns], high=high).cells:
        for run in cell.paragraphs[0].runs:
            run.font.size = SMALL
    keep_together(grid)


def register() -> WordDocument:
    """Return 入党积极分子培养教育考察登记表."""
    made = document("入党积极分子培养教育考察登记表", "制表：{{制表人}}　{{制表日}}")
    pairs(made, BASICS)
    join(made)
    by_hand(made, HANDWRITTEN, signed=False)
    records(made, "培养联系人", (("姓名", 0, "{{联系人.姓名}}"),
            ("起始日期", DAY, "{{联系人.从}}"), ("终止日期", DAY, "{{联系人.到}}")))  # fmt: skip
    records(made, "培养教育（到场的学习和活动）", (("日期", DAY, "{{学习.日期}}"),
            ("内容", 0, "{{学习.内容}}"), ("学时", 1.6, "{{学习.学时}}")))  # fmt: skip
    heading(made, "学时（三种各算各的，不加在一起）")
    pairs(made, ((("到场学时", "{{学时到场}}"), ("答题学时", "{{学时答题}}"),
                  ("自述学时", "{{学时自述}}")),))  # fmt: skip
    records(made, "思想汇报", (("时段", 0, "{{汇报.时段}}"),
            ("提交日期", DAY, "{{汇报.交的日子}}"),
            ("培养联系人审阅", READ, "{{汇报.联系人看过}}"),
            ("支部审阅", READ, "{{汇报.支部看过}}"),
            ("原件收到", DAY, "{{汇报.原件收到}}")))  # fmt: skip
    records(made, "谈话和联系", (("日期", DAY, "{{联系.日期}}"), ("方式", 1.2, "{{联系.方式}}"),
            ("结果", NAME, "{{联系.结果}}"), ("话题", 2.2, "{{联系.话题}}"),
            ("摘要（本人同意才存）", 0, "{{联系.摘要}}"),
            ("登记人", NAME, "{{联系.登记人}}")))  # fmt: skip
    records(made, f"半年考察（{ASPECTS}）", (("考察日期", DAY, "{{考察.日期}}"),
            ("考察情况（手写）", 0, ""),
            ("登记人", NAME, "{{考察.登记人}}")), high=2.4)  # fmt: skip
    join(made, 10)
    by_hand(made, [(label, OPINION_CM) for label in OPINIONS], signed=True)
    return made


def join(made: WordDocument, gap: float = 1) -> None:
    """Set two tables apart, or hardly: without a line between them Word makes them one."""
    line = made.add_paragraph()
    line.paragraph_format.line_spacing = Pt(gap)


def process_log() -> WordDocument:
    """Return 发展党员工作全程纪实表."""
    made = document("发展党员工作全程纪实表")
    pairs(made, (
        (("姓名", "{{姓名}}"), ("现阶段", "{{阶段}}"), ("制表人", "{{制表人}}")),
        (("所在支部", "{{上级}}{{支部}}"), ("预备党员日期", "{{预备党员日}}"),
         ("制表日期", "{{制表日}}")),
    ))  # fmt: skip
    join(made, 6)
    grid = table(made, (1.9, 0, DAY, NAME, 3.6))
    add_row(grid, ("阶段", "步骤", "日期", "经办人", "结论、说明"), bold=True, high=0.7)
    first: _Cell | None = None
    phase = ""
    for name, step, day, note in STEPS:
        cells = add_row(grid, (name if name != phase else "", step, day, "", note), high=0.7).cells
        if name != phase or first is None:
            first, phase = cells[0], name
        else:
            first.merge(cells[0])
    records(made, "流动情况", (("从哪里", 0, "{{流动.从}}"), ("到哪里", 3.2, "{{流动.到}}"),
            ("出发日期", DAY, "{{流动.出发}}"), ("到达日期", DAY, "{{流动.到达}}"),
            ("预计返回", DAY, "{{流动.预计回来}}")))  # fmt: skip
    heading(made, "汇报和联系")
    pairs(made, ((("思想汇报份数", "{{汇报份数}}"), ("联系上次数", "{{联系次数}}"),
                  ("最近联系", "{{最近联系日}}")),))  # fmt: skip
    return made


if __name__ == "__main__":
    register().save(str(HERE / "register.docx"))
    process_log().save(str(HERE / "process-log.docx"))
