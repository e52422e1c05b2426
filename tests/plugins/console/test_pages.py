"""What the pages show and do, in the eyes of a secretary, a township clerk and others."""

import re
from datetime import date

import pytest

from core.clock import at_local
from models import AuditLog, Delivery, Inspection, Person, ReadLog, ReportReview, ThoughtReport
from models.enums import ReportState, ReviewDecision
from plugins.console import labels
from plugins.identity import looks
from tests.plugins.console.conftest import Pages


async def test_given_a_secretary_when_he_opens_the_first_page_then_it_says_what_waits(
    pages: Pages,
) -> None:
    shown = (await (await pages.enter("刘长河")).get("/")).text

    assert "1 份汇报等您看" not in shown  # his own mentee's and the one after the mentor: two
    assert "2 份汇报等您看" in shown
    assert "王建国，四季度，2 页" in shown
    assert "1 位该联系了" in shown
    assert "王家村群" in shown
    assert "发没发出去不确定" in shown
    assert "石远山" not in shown


async def test_given_a_report_when_it_is_opened_then_text_photo_and_hints_stand_there(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    uid = pages.county.reports["王建国"]

    shown = await browser.get(f"/reports/{uid}")
    photo = await browser.get(f"/reports/{uid}/pages/2")

    assert "王建国的汇报：到南港这阵子" in shown.text
    assert 'alt="第 2 页的照片"' in shown.text
    assert "这是他的第一份。" in shown.text
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.body.startswith(b"\xff\xd8")
    looks = await ReadLog.all()
    assert [(look.reader_role, look.what) for look in looks] == [
        ("secretary", "thought_report:2026Q4")
    ]


async def test_given_a_photo_when_it_is_opened_alone_then_that_is_a_look_too(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    address = f"/reports/{pages.county.reports['王建国']}/pages/2"

    for _ in range(3):
        assert (await browser.get(address)).status == 200
    assert await ReadLog.all().count() == 1
    for _ in range(4):
        pages.county.town.later(minutes=29)
        await browser.get("/approvals")
    pages.county.town.later(minutes=29)
    await browser.get(address)

    assert await ReadLog.all().count() == 2


async def test_given_a_report_when_it_is_passed_then_it_is_done_as_in_chat(pages: Pages) -> None:
    browser = await pages.enter("刘长河")
    uid = pages.county.reports["王建国"]
    await browser.get(f"/reports/{uid}")

    after = await browser.post(f"/reports/{uid}", csrf=browser.csrf, decision="pass", reason="")

    assert after.url.endswith("/reports?done=passed")
    assert "记下了，您看过，没有要补的。" in after.text
    assert (await ThoughtReport.get(uid=uid)).state is ReportState.DONE
    assert await Delivery.filter(purpose="thought_report.reviewed").count() == 1


async def test_given_a_return_without_words_when_it_is_sent_then_the_page_asks_for_them(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    uid = pages.county.reports["王建国"]
    await browser.get(f"/reports/{uid}")

    asked = await browser.post(f"/reports/{uid}", csrf=browser.csrf, decision="return", reason=" ")
    told = await browser.post(
        f"/reports/{uid}", csrf=browser.csrf, decision="supplement", reason="落款少个日期<b>"
    )

    assert asked.status == 409
    assert "写一句要补什么就行" in asked.text
    assert "王建国的汇报" in asked.text
    assert "原话转给他了" in told.text
    review = await ReportReview.get()
    assert review.decision is ReviewDecision.SUPPLEMENT
    assert await ReadLog.all().count() == 1


async def test_given_reports_of_others_when_their_address_is_typed_then_nothing_is_shown(
    pages: Pages,
) -> None:
    for name, of in (("孙敏", "王建国"), ("李国民", "王建国"), ("石支书", "王建国")):
        browser = await pages.enter(name)
        uid = pages.county.reports[of]
        for path in (f"/reports/{uid}", f"/reports/{uid}/pages/2", "/reports/nothing"):
            answer = await browser.get(path)
            assert answer.status == 404
            assert "这份现在不等您看" in answer.text
            assert of not in answer.text
    assert await ReadLog.all().count() == 0


async def test_given_a_time_line_when_it_is_opened_then_it_is_whole_and_leaves_a_row(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await Inspection.create(
        person_id=pages.county.person("王建国"), inspected_on=date(2026, 10, 30),
        entered_by_id=pages.county.person("周德厚"), source_key="i",
        entered_at=pages.county.town.clock.now(),
    )  # fmt: skip

    shown = (await browser.get(f"/people/{pages.county.person('王建国')}")).text

    assert "写了半年考察，周德厚记的" in shown
    assert "周德厚联系：电话，通了" in shown
    assert "夜校报上名了" in shown
    assert "交了四季度汇报，第 1 版，2 页" in shown
    assert "四季度汇报等您看" in shown
    assert shown.index("2026年11月20日") < shown.index("2026年8月20日")
    look = await ReadLog.get()
    assert (look.person_id, look.reader_id) == (
        pages.county.person("王建国"),
        pages.county.person("刘长河"),
    )
    assert (look.reader_role, look.what) == ("secretary", "dossier")


async def test_given_a_name_when_it_is_looked_for_then_it_stands_in_no_address(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    assert "您看得到的 6 人" in (await browser.get("/people")).text

    found = await browser.post("/people", csrf=browser.csrf, name="玉梅")

    assert found.url.endswith("/console/people")
    assert "您看得到的 1 人" in found.text
    assert "陈玉梅" in found.text
    assert "王建国" not in found.text


async def test_given_more_people_than_a_page_when_it_is_turned_then_nobody_is_left_out(
    pages: Pages,
) -> None:
    for number in range(60):
        await pages.county.town.person(f"学员{number:02d}", "李家村")
    browser = await pages.enter("李国民")

    first, second = (await browser.get("/people")).text, (await browser.get("/people?page=2")).text
    asked = await browser.post("/people", csrf=browser.csrf, name="学员", page="2")

    both = set(re.findall(r"学员\d\d", first)) | set(re.findall(r"学员\d\d", second))
    assert len(both) == 60
    assert "第 2 页，共 2 页" in second
    assert "第 2 页，共 2 页" in asked.text


async def test_given_two_people_of_one_name_when_one_is_opened_then_only_his_report_is_offered(
    pages: Pages,
) -> None:
    twin = await pages.county.town.person("王建国", "王家村", key="另一个王建国")
    browser = await pages.enter("刘长河")

    shown = (await browser.get(f"/people/{twin.id}")).text

    assert "汇报等您看" not in shown


async def test_given_people_of_another_branch_when_their_page_is_typed_then_it_is_nobodys(
    pages: Pages,
) -> None:
    for name in ("孙敏", "郑海燕", "李国民"):
        browser = await pages.enter(name)
        for number in (pages.county.person("王建国"), 99_999):
            answer = await browser.get(f"/people/{number}")
            assert answer.status == 404
            assert "您能看的人里没有这一位。" in answer.text
        found = await browser.post("/people", csrf=browser.csrf, name="王建国")
        assert "没有找到。" in found.text
    assert await ReadLog.all().count() == 0


async def test_given_a_township_clerk_when_she_looks_at_numbers_then_there_are_no_names(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")

    whole = (await browser.get("/units")).text
    path = pages.county.town.units["王家村"].path
    village = (await browser.get(f"/units?unit={path}")).text

    assert "柳河乡，四季度" in whole
    assert "王家村：3 份交了 2 份" in whole
    assert "<svg" in whole
    assert "王家村，四季度" in village
    for page in (whole, village):
        assert not any(name in page for name in ("王建国", "陈玉梅", "李强", "桥头村"))
        assert "姓名在支部那里，这里只看数。" in page


async def test_given_a_unit_out_of_scope_when_its_address_is_typed_then_it_is_unknown(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    for path in (pages.county.town.units["桥头村"].path, "/9/9/", "%25"):
        answer = await browser.get(f"/units?unit={path}")
        assert answer.status == 404
        assert "您能看的单位里没有这个。" in answer.text


async def test_given_a_period_when_it_is_chosen_then_the_numbers_are_of_it(pages: Pages) -> None:
    browser = await pages.enter("刘长河")

    shown = (await browser.get("/units?period=quarter:2026-07-01:2026-09-30")).text
    odd = (await browser.get("/units?period=nonsense:1:2")).text

    assert "王家村，三季度" in shown
    assert "王家村，四季度" in odd


async def test_given_acts_and_looks_when_they_are_listed_then_only_those_of_the_scope(
    pages: Pages,
) -> None:
    secretary, clerk = await pages.enter("刘长河"), await pages.enter("孙敏")
    await secretary.get(f"/people/{pages.county.person('王建国')}")

    acts, looks = (await secretary.get("/log")).text, (await secretary.get("/log/looks")).text
    above, no_looks = (await clerk.get("/log")).text, (await clerk.get("/log/looks")).text

    assert "打开了网页" in acts
    assert "刘长河" in acts
    assert "王建国，经过" in looks
    assert "支部" in looks
    assert "石支书" not in acts + above
    assert "发了邀请码" not in acts + above
    assert "王建国" not in above + no_looks
    assert "王家村" in above
    assert await AuditLog.filter(action="identity.invite").count() == 1


@pytest.mark.usefixtures("texts")
def test_given_every_kind_of_look_when_it_is_named_then_it_has_words_of_its_own() -> None:
    plain = {value for name, value in vars(looks).items() if name.isupper() and name[0] != "_"}
    kinds = {f"{one}2026Q3" if one.endswith(":") else one for one in plain}

    said = {labels.look_words(kind, date(2026, 11, 23)) for kind in kinds}

    assert len(said) == len(kinds) >= 11
    assert labels.look_words("nothing of ours", date(2026, 11, 23)) not in said
    assert labels.look_words("figures", date(2026, 11, 23)) == "统计明细里的一行"
    assert labels.look_words("thought_report:202610", date(2027, 1, 5)) == "2026年10月汇报"


async def test_given_words_with_marks_when_they_are_shown_then_they_stay_words(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")

    await browser.get("/people")
    shown = (
        await browser.post("/people", csrf=browser.csrf, name='"><script>alert(1)</script>')
    ).text

    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


async def test_given_an_unknown_address_when_it_is_opened_then_the_page_says_so(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")

    answer = await browser.get("/nothing/here")

    assert answer.status == 404
    assert "没有这一页" in answer.text


async def test_given_odd_addresses_when_they_are_typed_then_the_page_stays_calm(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    odd = (
        "/people/99999999999999999999", "/pushes/99999999999", "/reports/%00", "/people?page=-1",
        "/people?page=99999999999", "/log?page=9999", "/log/looks?page=9999", "/units?unit=%00/",
        "/units?period=quarter:0001-01-01:0001-03-31", "/units?period=days:0001-01-01:9999-12-31",
        "/units?period=days:2026-03-01:2026-01-01", "/units?period=year:9999-01-01:9999-12-31",
        "/approvals/%F0%9F%98%80", "/in/%00", "/reports/../../people", "/static/../app.py",
        "/?done=nonsense", f"/approvals/{'a' * 300}", f"/reports/{'a' * 33}",
        "/units?unit=" + "9/" * 300,
    )  # fmt: skip
    for path in odd:
        answer = await browser.get(path)
        assert answer.status in {200, 404, 410}, path[:60]
        assert "PageHandler" not in answer.text

    for number in ("99999999999999", "0"):
        answer = await browser.post(f"/deliveries/{number}", csrf=browser.csrf, do="again")
        assert answer.status == 409


async def test_given_an_inspection_over_due_when_the_first_page_is_opened_then_it_stands_there(
    pages: Pages,
) -> None:
    person = pages.county.person("王建国")
    await Person.filter(id=person).update(
        activist_on=date(2026, 5, 10), created_at=at_local(date(2026, 5, 10), 9)
    )

    shown = (await (await pages.enter("刘长河")).get("/")).text

    assert "1 份半年考察要写" in shown
    assert "2026年11月10日那份还没记" in shown
    assert "半年考察要写" not in (await (await pages.enter("孙敏")).get("/")).text
