"""名单导入 on the page: the file, its columns, the dry run, writing, codes, and taking it back."""

import io
import re

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from core import files, progress
from models import Person, RosterImport
from plugins.console import uploads
from plugins.roster import import_work
from tests.plugins.console.conftest import Answer, Browser, Pages
from tests.plugins.roster.town_hall import workbook

HEAD = ("姓名", "所在支部", "类别", "申请时间", "手机号", "备注")
GOOD = (("赵小勇", "王家村", "积极分子", "2025.2.7", "13800138000", "南港"),
        ("陈大立", "李家村", "申请人", "2026年1月", "13900139000", ""))  # fmt: skip


async def brought(browser: Browser, data: bytes) -> Answer:
    await browser.get("/imports")
    return await browser.upload("/imports", data, csrf=browser.csrf)


def here(answer: Answer) -> str:
    return answer.url.partition("/console")[2].partition("?")[0]


async def test_given_a_clerk_when_she_brings_a_roster_in_then_it_is_previewed_and_written(
    pages: Pages,
) -> None:
    browser, kept = await pages.enter("孙敏"), await files.all_ids()
    shown = await brought(browser, workbook(HEAD, *GOOD))
    assert shown.status == 200
    assert re.search(r"<option selected>申请日期</option>", shown.text)
    assert "这几列我不收，没读也没存：手机号。" in shown.text
    assert "查过了，还没写：新加 2 人，改 0 人，没变 0 人。" in shown.text
    assert "1 行的日子只写了年月" in shown.text
    assert not any(number in shown.text for number in ("13800138", "13900139"))
    assert not await Person.filter(name="赵小勇").exists()

    # Another column: it is tried out again before anything is written.
    form = {f"column-{place}": meaning for place, meaning in
            enumerate(("姓名", "单位", "阶段", "申请日期", "", "城市"))}  # fmt: skip
    again = await browser.post(here(shown), csrf=browser.csrf, do="import", **form)
    assert not await Person.filter(name="赵小勇").exists()
    assert "查过了" in again.text
    done = await browser.post(here(shown), csrf=browser.csrf, do="import", **form)

    assert done.url.endswith("?done=imported")
    assert "名册导好了：新加 2 人" in done.text
    assert (await Person.get(name="赵小勇")).city == "南港"
    table = await browser.get(f"{here(done)}/files/1")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(table.body)).get_sheet_by_index(0)
    assert [row[0] for row in sheet.to_python()[2:]] == ["赵小勇", "陈大立"]
    slips = await browser.get(f"{here(done)}/files/2")
    assert "赵小勇（王家村）" in Document(io.BytesIO(slips.body)).tables[0].rows[0].cells[0].text
    assert (await browser.get(f"{here(done)}/files/3")).status == 404

    undone = await browser.post(here(done), csrf=browser.csrf, do="undo")
    assert "撤掉了，名册和导入前一样。" in undone.text
    assert not await Person.filter(name__in=["赵小勇", "陈大立"]).exists()
    assert (await browser.get(f"{here(done)}/files/1")).status == 404
    assert await files.all_ids() == kept


async def test_given_rows_that_do_not_fit_when_previewed_then_each_is_said_and_none_is_written(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    bad = [("王2", "王家村", "积极分子", "", "", ""),
           ("李强", "石桥乡/桥头村", "积极分子", "", "", ""),
           ("李强", "王家村", "积极分子", "2026.13.1", "", "")]  # fmt: skip
    shown = await brought(browser, workbook(HEAD, *GOOD, *bad))
    assert "有 3 处要改，一行都没写进去，改好再传：" in shown.text
    for line in ("第 4 行的姓名看不懂。", "第 5 行的单位不在您管的里面。",
                 "第 6 行的日期看不懂：2026.13.1。"):  # fmt: skip
        assert f"<li>{line}</li>" in shown.text
    assert 'value="import"' not in shown.text
    forced = await browser.post(here(shown), csrf=browser.csrf, do="import", **{
        f"column-{place}": meaning
        for place, meaning in enumerate(("姓名", "单位", "阶段", "申请日期", "", ""))
    })  # fmt: skip
    assert forced.status == 409
    assert not await Person.filter(name="赵小勇").exists()


async def test_given_a_table_without_stages_when_one_is_chosen_then_it_holds_for_all(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    shown = await brought(browser, workbook(("姓名", "申请时间"), ("赵小勇", 45998)))
    assert "还缺：阶段。" in shown.text
    assert "单位：都算王家村" in shown.text
    form = {"column-0": "姓名", "column-1": "申请日期", "stage": "applicant"}
    again = await browser.post(here(shown), csrf=browser.csrf, do="columns", **form)
    assert "新加 1 人" in again.text
    await browser.post(here(shown), csrf=browser.csrf, do="import", **form)
    assert str((await Person.get(name="赵小勇")).applied_on) == "2025-12-07"


async def test_given_a_foreign_form_when_it_brings_a_file_then_nothing_is_kept(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    await browser.get("/imports")
    data = workbook(HEAD, *GOOD)
    wrong = await browser.upload("/imports", data, csrf="0" * 64)
    foreign = await browser.upload(
        "/imports", data, csrf=browser.csrf, origin="http://evil.example"
    )
    stranger = await pages.browser().upload("/imports", data, csrf=browser.csrf)
    assert (wrong.status, foreign.status, stranger.status) == (409, 409, 401)
    assert not await RosterImport.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "没收到文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "这个文件我读不出表格"),
        (bytes(9 * 1024 * 1024), "超过 8 兆"),
        ("姓名,单位,阶段,备注\n王建国,王家村,申请人,13800138000\n".encode(), "第 2 行里像有证件号"),
    ],
)
async def test_given_what_is_no_roster_when_it_is_brought_then_the_page_says_so(
    data: bytes, said: str, pages: Pages
) -> None:
    browser = await pages.enter("孙敏")
    shown = await brought(browser, data)
    assert shown.status == 409
    assert said in shown.text
    assert not await RosterImport.exists()


async def test_given_an_import_of_somebody_else_when_it_is_asked_for_then_it_is_not_there(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    path = here(await brought(browser, workbook(HEAD, *GOOD)))
    other = await pages.enter("郑海燕")
    assert (await other.get(path)).status == 404
    assert (await other.get(f"{path}/state")).status == 404
    assert (await other.post(path, csrf=other.csrf, do="drop")).status == 409
    assert (await browser.get(path)).status == 200
    dropped = await browser.post(path, csrf=browser.csrf, do="drop")
    assert "好，不导了，什么都没写。" in dropped.text
    assert (await browser.get(path)).status == 404


async def test_given_an_import_under_way_when_its_page_is_asked_for_then_a_bar_is_there(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    path = here(await brought(browser, workbook(HEAD, *GOOD)))
    row = await RosterImport.get()
    row.confirmed_at = pages.county.town.clock.now()
    await row.save()
    shown = await browser.get(path)
    assert f'data-state="/console{path}/state"' in shown.text
    assert '"moving":true' in (await browser.get(f"{path}/state")).text
    assert '<progress aria-labelledby="bar-1"></progress>' in shown.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown.text
    listed = (await browser.get("/imports")).text
    assert f'href="/console{path}"' in listed
    assert "传的，接着看" in listed
    progress.note(row.uid, 1, 2)
    assert "在导，2 行里备好了 1 行。" in (await browser.get(path)).text
    assert '"sent":1,"total":2' in (await browser.get(f"{path}/state")).text
    assert await import_work.carry_out_waiting() == 1
    assert '"moving":false' in (await browser.get(f"{path}/state")).text
    assert "名册导好了" in (await browser.get(path)).text
    assert progress.of(row.uid) is None
    assert "接着看" not in (await browser.get("/imports")).text


def test_given_any_body_when_it_is_taken_apart_then_only_whole_parts_count() -> None:
    inside = b'\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n'
    file = b'\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\x00\r\n--Y\xff\r\n'
    assert uploads.parts_of(b"--X" + inside + b"--X" + file + b"--X--\r\n", b"X") == (
        {"csrf": "abc"}, b"\x00\r\n--Y\xff",
    )  # fmt: skip
    assert uploads.parts_of(b"--X" + inside, b"X") == ({}, b"")
    assert uploads.parts_of(b"", b"X") == ({}, b"")
