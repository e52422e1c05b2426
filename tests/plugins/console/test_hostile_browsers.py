"""Who means harm, or clicks twice: moved offices, two tabs, replays, odd addresses, HTML."""

import asyncio

from core import crypto
from models import (
    Account,
    AuditLog,
    Delivery,
    LocalMaterial,
    Person,
    ReadLog,
    ReportPart,
    ReportReview,
    Role,
    ThoughtReport,
)
from models.enums import ReportState
from plugins.thought_report.pages import text_place
from tests.plugins.console.conftest import Pages

SCRIPT = "<script>alert(1)</script>"


async def test_given_a_session_when_its_owner_moves_branch_then_only_the_new_one_is_seen(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    assert "王建国" in (await browser.get("/people")).text
    units = pages.county.town.units
    await Role.filter(person__name="刘长河").update(unit_id=units["桥头村"].id)
    uid = pages.county.reports["王建国"]

    shown = (await browser.get("/people")).text

    assert "石远山" in shown
    assert "王建国" not in shown
    assert (await browser.get(f"/reports/{uid}")).status == 404
    posted = await browser.post(f"/reports/{uid}", csrf=browser.csrf, decision="pass")
    assert posted.status == 409
    assert (await ThoughtReport.get(uid=uid)).state is ReportState.WAITING_SECRETARY


async def test_given_a_session_when_the_account_is_unbound_in_chat_then_the_next_click_is_out(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await Account.filter(account_id="刘长河").update(person_id=None, bound_at=None)

    assert (await browser.get("/")).status == 401
    answer = await browser.post(
        f"/reports/{pages.county.reports['王建国']}", csrf=browser.csrf, decision="pass"
    )
    assert answer.status == 401
    assert not await ReportReview.all().exists()


async def test_given_a_report_in_two_tabs_when_both_answer_then_the_second_hears_it_is_done(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    path = f"/reports/{pages.county.reports['王建国']}"
    await browser.get(path)

    answers = await asyncio.gather(
        browser.post(path, csrf=browser.csrf, decision="pass"),
        browser.post(path, csrf=browser.csrf, decision="return", reason="看不清"),
    )

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert "四季度汇报" in "".join(one.text for one in answers if one.status == 409)
    assert await ReportReview.all().count() == 1
    assert await Delivery.filter(purpose="thought_report.reviewed").count() == 1


async def test_given_forms_that_were_sent_when_they_come_again_then_nothing_is_done_twice(
    pages: Pages,
) -> None:
    clerk, county = await pages.enter("孙敏"), await pages.enter("郑海燕")
    await clerk.get("/")
    await county.get("/")
    number = (await Delivery.filter(purpose="study.push").first()).message_id
    order, push = f"/approvals/{pages.county.order}", f"/pushes/{number}"
    forms = (
        (county, order, {"do": "approve"}), (clerk, order, {"do": "confirm"}),
        (clerk, "/pieces/piece1", {"do": "pass"}), (county, push, {"do": "pause"}),
        (county, f"{push}/recall", {}),
    )  # fmt: skip
    for browser, path, form in forms:
        first = await browser.post(path, csrf=browser.csrf, **form)
        rows = await _everything_done()
        again = await browser.post(path, csrf=browser.csrf, **form)

        assert (first.status, again.status) == (200, 409), path
        assert await _everything_done() == rows, path


async def _everything_done() -> tuple[int, ...]:
    return (
        await AuditLog.all().count(),
        await Delivery.all().count(),
        await ReadLog.all().count(),
        await LocalMaterial.all().count(),
    )


async def test_given_ids_of_others_when_they_are_typed_then_the_page_is_that_of_an_unknown_one(
    pages: Pages,
) -> None:
    browser = await pages.enter("李国民")
    message = (await Delivery.filter(purpose="study.push").first()).message_id
    await Delivery.filter(target=f"group:{pages.county.groups['李家村群'].id}").delete()
    others = (
        (f"/reports/{pages.county.reports['石远山']}", "/reports/none"),
        (f"/reports/{pages.county.reports['石远山']}/pages/2", "/reports/none/pages/2"),
        (f"/people/{pages.county.person('石远山')}", "/people/99999"),
        (f"/pushes/{message}", "/pushes/99999"),
        (f"/pushes/{message}/recall", "/pushes/99999/recall"),
        (f"/approvals/{pages.county.order}", "/approvals/none"),
        (f"/units?unit={pages.county.town.units['桥头村'].path}", "/units?unit=/9/9/"),
    )
    for theirs, unknown in others:
        one, other = await browser.get(theirs), await browser.get(unknown)
        assert (one.status, other.status) == (404, 404), theirs
        assert one.text == other.text, theirs


async def test_given_paths_that_climb_when_they_are_asked_for_then_no_file_comes(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    climbing = (
        "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%2e%2e%2f%2e%2e%2fconfig.toml",
        "/static//etc/passwd", "/static/..%5capp.py", "/reports/..%2f..%2fkeys/pages/1",
        "/pieces/..%2fpiece1/files/1", "/static/%00",
    )  # fmt: skip
    for path in climbing:
        answer = await browser.get(path)
        assert answer.status == 404, path
        assert "import" not in answer.text
        assert "root:" not in answer.text


async def test_given_endless_questions_in_addresses_when_they_come_then_the_page_stays_calm(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    for query in ("page=" + "9" * 8_000, "unit=" + "/1" * 4_000, "&".join(["page=2"] * 2_000)):
        for path in ("/people", "/units", "/log", "/pushes"):
            answer = await browser.get(f"{path}?{query}")
            assert answer.status in {200, 404}, path
    many = "&".join(f"a{number}=1" for number in range(500))
    assert (await browser.get(f"/people?{many}")).status == 200


async def test_given_html_in_names_reports_and_pieces_when_they_are_shown_then_it_stays_words(
    pages: Pages,
) -> None:
    await Person.filter(name="王建国").update(name=f"王{SCRIPT}")
    await LocalMaterial.all().update(
        title=f'">{SCRIPT}', source=SCRIPT, link=f"javascript:{SCRIPT}"
    )
    for part in await ReportPart.filter(text_sealed__isnull=False):
        part.text_sealed = crypto.seal_text(f"'\"{SCRIPT}{{{{7*7}}}}", place=text_place(part.uid))
        await part.save()
    browser = await pages.enter("刘长河")

    pages_shown = [
        (await browser.get(path)).text
        for path in (
            "/", "/people", "/reports", f"/reports/{pages.county.reports['王建国']}",
            f"/people/{pages.county.person('王建国')}", "/approvals", "/pieces/piece1", "/units",
        )
    ]  # fmt: skip

    for shown in pages_shown:
        assert "<script>alert" not in shown
        assert 'href="javascript:' not in shown
    assert sum("&lt;script&gt;" in shown for shown in pages_shown) >= 7
    assert "{{7*7}}" in pages_shown[3]
