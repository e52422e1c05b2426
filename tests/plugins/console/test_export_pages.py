"""Files on the page: asked once more, fetched by the one who asked, rows left behind."""

import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pytest
from docx import Document

from core import progress
from models import AuditLog, Delivery, Person, ReadLog, ReportExport
from models.enums import UnitKind
from plugins.delivery import exports
from plugins.ledgers import making, reading, service
from tests.plugins.console.conftest import Answer, Browser, Pages

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_BAR = re.compile(r'<progress aria-labelledby="bar-1" max="(\d+)" value="(\d+)">')
_FILE = re.compile(r'href="/console(/exports/[0-9a-f]{32}/\d+)"')


async def ask(browser: Browser, kind: str, words: str = "") -> tuple[Answer, dict[str, str]]:
    """Fill the first form; return the page that asks once more, and what it keeps."""
    await browser.get("/exports")
    shown = await browser.post("/exports", csrf=browser.csrf, kind=kind, words=words)
    start = shown.text.find("/exports/confirm")
    return shown, dict(_HIDDEN.findall(shown.text[start:])) if start > 0 else {}


async def take_out(browser: Browser, kind: str, words: str = "") -> Answer:
    """Take out a file; return the file itself."""
    _, kept = await ask(browser, kind, words)
    after = await browser.post("/exports/confirm", **kept)
    found = _FILE.search(after.text)
    assert found, after.text
    return await browser.get(found[1])


async def test_given_a_secretary_when_he_confirms_a_list_then_he_gets_it_and_rows_stay(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    shown, kept = await ask(browser, "contact", "三季度")
    assert "王家村联系台账，2026-07-01 到 2026-09-30，2 个人、2 行" in shown.text
    assert "里面写着您的名字、时间和用途，别转到群里。" in shown.text
    assert await ReportExport.all().count() == 0

    after = await browser.post("/exports/confirm", **kept)
    assert after.url.endswith("/exports?done=ordered")
    found = _FILE.search(after.text)
    assert found
    file = await browser.get(found[1])

    assert file.status == 200
    name = unquote(file.headers["content-disposition"].partition("''")[2])
    assert name == "联系台账-1.xlsx"
    with zipfile.ZipFile(io.BytesIO(file.body)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert "夜校报上名了" in words
    assert "李文斌" not in words
    assert await Delivery.filter(purpose=making.EXPORTED).count() == 0
    assert await AuditLog.filter(action="ledgers.export").count() == 1
    assert {look.what for look in await ReadLog.all()} == {"ledger"}


async def test_given_the_same_form_sent_twice_when_confirmed_then_it_is_one_order(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    _, kept = await ask(browser, "activist")
    for _ in range(2):
        await browser.post("/exports/confirm", **kept)
    assert await ReportExport.all().count() == 1


async def test_given_a_person_when_his_form_is_confirmed_then_it_is_filled(pages: Pages) -> None:
    file = await take_out(await pages.enter("刘长河"), "register", "王建国")
    said = {
        cell.text
        for table in Document(io.BytesIO(file.body)).tables
        for row in table.rows
        for cell in row.cells
    }
    assert {"王建国", "夜校报上名了"} <= said


async def test_given_two_of_a_name_when_a_form_is_asked_for_then_a_button_decides(
    pages: Pages,
) -> None:
    town = pages.county.town
    await town.unit("王家村一组", UnitKind.VILLAGE_BRANCH, "王家村")
    other = await town.person("王建国", "王家村一组", key="王建国二")
    browser = await pages.enter("刘长河")
    shown, _ = await ask(browser, "process", "王建国")
    assert "王建国，王家村一组的" in shown.text
    chosen = await browser.post("/exports", csrf=browser.csrf, kind="process", person=str(other.id))
    assert "王建国的全程纪实表" in chosen.text


@pytest.mark.parametrize("kind", ["activist", "contact", "movement"])
async def test_given_a_clerk_when_she_takes_a_list_out_then_it_holds_numbers_only(
    pages: Pages, kind: str
) -> None:
    await Person.filter(name="王建国").update(left_on=pages.county.town.clock.now().date())
    browser = await pages.enter("孙敏")
    shown, kept = await ask(browser, kind, "本季")
    assert "只有数字，没有姓名" in shown.text
    assert kept
    file = await take_out(browser, kind, "三季度")
    with zipfile.ZipFile(io.BytesIO(file.body)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert "王家村" in words
    assert "王建国" not in words
    assert "石桥" not in words


async def test_given_a_clerk_when_she_wants_a_form_then_she_neither_sees_nor_gets_it(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    assert "登记表" not in re.sub(
        r"<p class=\"soft\".*?</p>", "", (await browser.get("/exports")).text
    )
    shown, _ = await ask(browser, "register", "王建国")
    assert shown.status == 409
    assert "这个我不能给您看" in shown.text
    person = str(pages.county.person("王建国"))
    typed = await browser.post(
        "/exports/confirm", csrf=browser.csrf, order="x", kind="register", person=person
    )
    assert typed.status == 409
    assert await ReportExport.all().count() == 0


async def test_given_ids_of_another_branch_when_they_are_typed_then_nothing_is_owed(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await browser.get("/exports")
    unit = str(pages.county.town.units["李家村"].id)
    person = str(pages.county.person("李文斌"))
    for form in (
        {"kind": "contact", "unit": unit, "days": "2026-01-01 2026-12-31"},
        {"kind": "register", "person": person},
        {"kind": "process", "unit": unit},
        {"kind": "person", "person": person},
        {"kind": "contact", "days": "2026-13-01 x"},
        {"kind": "contact"},
    ):
        answer = await browser.post("/exports/confirm", csrf=browser.csrf, order="x", **form)
        assert answer.status == 409, form
        assert "李文斌" not in answer.text
    assert await ReportExport.all().count() == 0


async def test_given_a_file_of_somebody_else_when_its_address_is_typed_then_it_is_gone(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    _, kept = await ask(browser, "contact")
    after = await browser.post("/exports/confirm", **kept)
    found = _FILE.search(after.text)
    assert found
    for name in ("吴芳", "孙敏", "石支书"):
        answer = await (await pages.enter(name)).get(found[1])
        assert answer.status == 404
        assert "这份拿不到了" in answer.text
    assert (await browser.get(found[1][:-1] + "9")).status == 404
    assert (await browser.get("/exports/nothing/1")).status == 404


async def test_given_an_hour_when_it_is_over_then_the_file_is_gone_everywhere(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    _, kept = await ask(browser, "contact")
    found = _FILE.search((await browser.post("/exports/confirm", **kept)).text)
    assert found
    town = pages.county.town
    town.later(minutes=25)
    assert await exports.clear_sent(making.MAKER, now=town.clock.now()) == 0
    assert (await browser.get(found[1])).status == 200
    town.later(minutes=25)
    assert (await browser.get(found[1])).status == 200
    town.later(minutes=11)
    assert (await browser.get(found[1])).status == 404
    assert await exports.clear_sent(making.MAKER, now=town.clock.now()) == 1
    assert (await ReportExport.get()).blobs == []
    assert timedelta(hours=1) == exports.FETCH_LIFE


async def test_given_a_foreign_form_when_it_confirms_then_nothing_is_made(pages: Pages) -> None:
    browser = await pages.enter("刘长河")
    _, kept = await ask(browser, "contact")
    answer = await browser.post("/exports/confirm", origin="https://evil.example", **kept)
    assert answer.status == 409
    assert await ReportExport.all().count() == 0


@pytest.mark.parametrize(
    ("kind", "words", "said", "name", "inside", "look", "act"),
    [
        ("ledger", "", "四季度汇报台账，3 个人，交了 2 份", "汇报台账-1.xlsx", "王建国", None,
         "thought_report.export"),
        ("person", "王建国", "王建国的汇报 1 份、2 页，做成 Word", "思想汇报-1.docx", "学焊接",
         "export:2026Q4", "thought_report.export"),
        ("person", "四季度", "四季度汇报 2 个人、2 份、4 页，打成压缩包", "思想汇报-1.zip", "",
         "export:2026Q4", "thought_report.export"),
        ("roster", "", "花名册 6 人", "花名册-1.xlsx", "王建国", "roster", "roster.export"),
        ("figures", "四季度", "王家村 四季度的明细，3 个人", "统计明细-1.xlsx", "王建国", "figures",
         "stats.export"),
    ],
)  # fmt: skip
async def test_given_a_file_of_chat_when_taken_out_then_it_leaves_rows(  # noqa: PLR0917  # its case
    pages: Pages, kind: str, words: str, said: str, name: str, inside: str, look: str | None,
    act: str,
) -> None:  # fmt: skip
    browser = await pages.enter("刘长河")
    shown, kept = await ask(browser, kind, words)
    assert said in shown.text
    assert "别转到群里" in shown.text
    assert await ReportExport.all().count() == 0

    after = await browser.post("/exports/confirm", **kept)
    found = _FILE.search(after.text)
    assert found, after.text
    file = await browser.get(found[1])

    assert unquote(file.headers["content-disposition"].partition("''")[2]) == name
    assert 'http-equiv="refresh"' not in after.text
    with zipfile.ZipFile(io.BytesIO(file.body)) as book:
        text = "".join(book.read(one).decode("utf-8", "replace") for one in book.namelist())
    assert inside in text
    assert "李文斌" not in text
    assert await Delivery.filter(target__startswith="account:").count() == 0
    assert await AuditLog.filter(action=act).count() == 1
    assert {one.what for one in await ReadLog.all()} == ({look} if look else set())


async def test_given_a_clerk_when_she_opens_the_page_then_papers_of_a_branch_are_not_hers(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    offered = re.findall(r'name="kind" value="(\w+)"', (await browser.get("/exports")).text)
    assert offered == ["activist", "contact", "movement", "roster", "figures"]
    person = str(pages.county.person("王建国"))
    for form in (
        {"kind": "person", "person": person}, {"kind": "cycle", "quarter": "2026Q4"},
        {"kind": "ledger", "quarter": "2026Q4"}, {"kind": "person", "words": "王建国"},
    ):  # fmt: skip
        for path in ("/exports", "/exports/confirm"):
            answer = await browser.post(path, csrf=browser.csrf, order="x", **form)
            assert answer.status == 409, form
            assert "1 份、2 页" not in answer.text
    foreign = pages.county.town.units["桥头村"].path
    for area, period in (
        (foreign, "quarter:2026-10-01:2026-12-31"),
        ("", "days:0001-01-01:9999-12-31"),
    ):
        answer = await browser.post(
            "/exports/confirm",
            csrf=browser.csrf,
            order="x",
            kind="figures",
            area=area,
            period=period,
        )
        assert answer.status == 409
    file = await take_out(browser, "figures")
    with zipfile.ZipFile(io.BytesIO(file.body)) as book:
        text = "".join(book.read(one).decode() for one in book.namelist())
    assert "王家村" in text
    assert not any(name in text for name in ("王建国", "桥头村"))
    assert await ReportExport.all().count() == 1


async def test_given_words_that_lead_nowhere_when_they_are_sent_then_they_stay_on_the_page(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    for kind, words, said in (
        ("register", "", "培养教育考察登记表要谁的？"),
        ("person", "", "要谁的汇报？"),
        ("ledger", "随便哪期", "没看懂是哪一期。"),
        ("figures", "石桥乡", "您能看的单位里没有这个。"),
    ):
        shown, _ = await ask(browser, kind, words)
        assert shown.status == 409
        assert said in shown.text
        assert f'value="{words}"' in shown.text
        assert f'value="{kind}" required checked' in shown.text


async def test_given_a_file_that_takes_long_when_its_page_is_open_then_a_bar_tells_how_far(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    _, kept = await ask(browser, "register", "全部")
    now = pages.county.town.clock.now()
    actor = await pages.actor("刘长河")
    uid = await service.confirm(
        actor=actor, wanted=reading.wanted({"kind": kept["kind"]}), key="page:1:x", now=now
    )

    begun = (await browser.get("/exports")).text
    progress.note(uid, 3, 10)
    shown = (await browser.get("/exports")).text
    state = (await browser.get(f"/exports/{uid}/state")).text
    other = await (await pages.enter("吴芳")).get(f"/exports/{uid}/state")
    assert await exports.make(uid, making.MAKER)
    after = (await browser.get("/exports")).text

    assert '<progress aria-labelledby="bar-1"></progress>' in begun
    assert _BAR.findall(shown) == [("10", "3")]
    assert "培养教育考察登记表，在做，10 里做好了 3。" in shown
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown
    assert '"sent":3,"total":10' in state
    assert '"moving":true' in state
    assert other.status == 404
    assert "<noscript>" not in after
    assert '"moving":false' in (await browser.get(f"/exports/{uid}/state")).text
    assert progress.of(uid) is None
