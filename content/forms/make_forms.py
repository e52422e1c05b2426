"""Draws the two templates of this folder anew: ``python content/forms/make_forms.py``.

Only needed to change the templates that come with the program; whoever has a form of his province
puts that here instead. Fields by 中央组织部组织一局 (25 steps), 党员建档材料规范及参考样式
(2012-08-07) and 中国共产党发展党员工作细则 (2026), see README.md.
"""

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

HERE = Path(__file__).parent
FONT = "SimSun"
WIDTH = Cm(16.6)
SHORT, NARROW, WIDE = 3, 1.2, 2.0

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
HANDWRITTEN = (
    ("本人简历", 3),
    ("家庭主要成员和主要社会关系", 3),
    ("推荐（群团推优）或党小组意见", 2),
    ("支部决定", 2),
    ("上级党委备案意见", 2),
)
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


def document(title: str, under: str) -> WordDocument:
    """Return an A4 page with a title and a line under it."""
    made = Document()
    for name in ("Normal", "Title"):
        style = made.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(kind), FONT)
    made.styles["Normal"].font.size = Pt(10.5)
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(title)
    run.font.size, run.bold = Pt(18), True
    made.add_paragraph(under)
    return made


def table(made: WordDocument, widths: tuple[float, ...]) -> Table:
    """Return an empty table with borders, its columns by their share of the page."""
    grid = made.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, share in zip(grid.columns, widths, strict=True):
        column.width = int(WIDTH * share / sum(widths))
    return grid


def add_row(grid: Table, words: tuple[str, ...], *, bold: bool = False) -> tuple[_Cell, ...]:
    """Add a row with words in its cells."""
    cells = grid.add_row().cells
    for cell, text, column in zip(cells, words, grid.columns, strict=True):
        cell.width = column.width
        cell.paragraphs[0].add_run(text).bold = bold
    return cells


def section(made: WordDocument, title: str, heads: tuple[str, ...], cells: tuple[str, ...]) -> None:
    """Add a heading and a table of records: its second row is repeated for each of them."""
    made.add_paragraph().add_run(title).bold = True
    grid = table(made, tuple(WIDE if len(head) > SHORT else NARROW for head in heads))
    add_row(grid, heads, bold=True)
    add_row(grid, cells)


def register() -> WordDocument:
    """Return 入党积极分子培养教育考察登记表."""
    made = document("入党积极分子培养教育考察登记表", "制表：{{制表人}}　{{制表日}}")
    grid = table(made, (1.5, 2, 1.3, 1.6, 1.3, 1.6))
    for row in BASICS:
        add_row(grid, tuple(text for pair in row for text in pair))
    by_hand = table(made, (1.5, 7.8))
    for label, lines in HANDWRITTEN:
        add_row(by_hand, (label, "\n" * lines))
    section(made, "培养联系人", ("姓名", "从哪天起", "到哪天止"),
            ("{{联系人.姓名}}", "{{联系人.从}}", "{{联系人.到}}"))  # fmt: skip
    section(made, "培养教育（到场的学习和活动）", ("日期", "内容", "学时"),
            ("{{学习.日期}}", "{{学习.内容}}", "{{学习.学时}}"))  # fmt: skip
    made.add_paragraph("另有答题学时 {{学时答题}}，自述学时 {{学时自述}}，各算各的。")
    section(made, "思想汇报", ("时段", "交的日子", "培养联系人看过", "支部看过", "原件收到"),
            ("{{汇报.时段}}", "{{汇报.交的日子}}", "{{汇报.联系人看过}}", "{{汇报.支部看过}}",
             "{{汇报.原件收到}}"))  # fmt: skip
    section(made, "谈话和联系", ("日期", "方式", "结果", "话题", "摘要（本人同意才存）", "登记人"),
            ("{{联系.日期}}", "{{联系.方式}}", "{{联系.结果}}", "{{联系.话题}}", "{{联系.摘要}}",
             "{{联系.登记人}}"))  # fmt: skip
    section(made, f"半年考察（{ASPECTS}）", ("考察日期", "考察情况（手写）", "登记人"),
            ("{{考察.日期}}", "\n\n", "{{考察.登记人}}"))  # fmt: skip
    made.add_paragraph()
    by_hand = table(made, (1.5, 7.8))
    for label in ("培养联系人意见", "支部意见（盖章）"):
        add_row(by_hand, (label, "\n\n\n　　　　　　　　　　　　　年　　月　　日"))
    return made


def process_log() -> WordDocument:
    """Return 发展党员工作全程纪实表."""
    made = document(
        "发展党员工作全程纪实表",
        "姓名：{{姓名}}　　支部：{{上级}}{{支部}}　　现阶段：{{阶段}}　　"
        "预备党员日期：{{预备党员日}}　　制表：{{制表人}} {{制表日}}",
    )
    grid = table(made, (1.2, 3.2, 1.8, 1.6, 2.4))
    add_row(grid, ("阶段", "步骤", "日期", "经办人", "结论、说明"), bold=True)
    first: _Cell | None = None
    phase = ""
    for name, step, day, note in STEPS:
        cells = add_row(grid, (name if name != phase else "", step, day, "", note))
        if name != phase or first is None:
            first, phase = cells[0], name
        else:
            first.merge(cells[0])
    section(made, "流动情况", ("从哪里", "到哪里", "出发", "到达", "预计回来"),
            ("{{流动.从}}", "{{流动.到}}", "{{流动.出发}}", "{{流动.到达}}",
             "{{流动.预计回来}}"))  # fmt: skip
    made.add_paragraph(
        "思想汇报 {{汇报份数}} 份，联系上 {{联系次数}} 次，最近一次 {{最近联系日}}。"
    )
    return made


if __name__ == "__main__":
    register().save(str(HERE / "register.docx"))
    process_log().save(str(HERE / "process-log.docx"))
