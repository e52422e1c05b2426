"""导出 积极分子台账, 联系台账, 流动台账: whom they show to whom, and what is left behind."""

import io
import zipfile
from datetime import date, datetime

import pytest

from core.actors import RoleKind, Stage
from models import AuditLog, Consent, Delivery, Person, ReadLog, ReportExport, Role
from models.enums import ConsentDecision, DeliveryState, ExportKind, Outcome
from plugins.delivery import exports
from plugins.ledgers import jobs, labels, making
from tests.plugins.ledgers.conftest import cells, inspect, journey, log_contact, sent
from tests.plugins.mentoring.town import Town

REFUSED = "这个我不能给您看。看自己的，回「我的数据」。"
MADE = "做好了，这就发您。"
LISTS = ("导出 积极分子台账", "导出 联系台账", "导出 流动台账")


async def take_out(town: Town, who: str, line: str) -> list[list[str]]:
    await town.says(who, line)
    assert await town.says(who, "确认导出") == MADE
    return cells((await sent())[1])


async def test_given_a_branch_when_the_contacts_are_confirmed_then_lines_and_gaps_stand_there(
    town: Town,
) -> None:
    await log_contact(town, "王建国", date(2026, 11, 22), note="厂里忙，孩子上学了")
    await log_contact(town, "李强", date(2026, 11, 18), outcome=Outcome.NO_ANSWER)
    await log_contact(town, "李强", date(2026, 9, 2), key="old")
    assert await town.says("刘长河", "导出 联系台账") == (
        "王家村联系台账，2026-10-01 到 2026-12-31，3 个人、3 行，做成表格。\n"
        "里面写着您的名字、时间和用途，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔，里面的人查得到。\n定了就回「确认导出」。"
    )
    assert await ReportExport.all().count() == 0
    assert await town.says("刘长河", "确认导出") == MADE
    name, data = await sent()
    assert name == "王家村联系台账_20261001-20261231.xlsx"
    (mark, *_), head, *lines = cells(data)
    assert mark == (
        "刘长河 2026-12-18 09:00 导出，王家村联系台账，只供支部查看　2026-10-01 到 2026-12-31"
    )
    assert len(head) == 14
    assert lines[0] == [
        "1", "王建国", "王家村", "入党积极分子", "周德厚", "2026-11-22", "电话", "联系人", "通了",
        "工作、生活", "厂里忙，孩子上学了", "", "周德厚", "2026-12-18",
    ]  # fmt: skip
    assert lines[1][1:3] + lines[1][8:9] == ["李强", "王家村", "没人接"]
    assert lines[2][1] == "陈玉梅"
    assert lines[2][8] == "这段时间没有记录"
    assert len(lines) == 3


async def test_given_a_list_that_was_taken_out_when_rows_are_read_then_each_person_can_ask_for_it(
    town: Town,
) -> None:
    await take_out(town, "刘长河", "导出 积极分子台账 全部")
    liu = town.people["刘长河"].id
    looks = await ReadLog.all().order_by("person_id")
    assert {(look.reader_id, look.reader_role, look.what) for look in looks} == {
        (liu, "secretary", "ledger")
    }
    assert [look.person_id for look in looks] == [
        town.people[name].id for name in ("王建国", "陈玉梅", "李强")
    ]
    row = await AuditLog.get(action="ledgers.export")
    assert row.actor_id == liu
    assert row.detail == {"kind": "activist", "about": None, "unit": None, "people": 3}


async def test_given_dates_and_inspections_when_activists_are_listed_then_days_are_counted(
    town: Town,
) -> None:
    await inspect(town, "王建国", date(2026, 3, 1))
    await log_contact(town, "王建国", date(2026, 11, 22))
    lines = await take_out(town, "刘长河", "导出 积极分子台账 四季度")
    assert lines[2] == [
        "1", "王建国", "王家村", "入党积极分子", "2025-03-01", "2025-03-20", "2025-09-01",
        "2026-09-01", "", "周德厚", "1", "2026-03-01", "2026-09-01", "0", "1", "2026-11-22",
        "", "", "", "南港",
    ]  # fmt: skip


async def test_given_a_report_on_paper_alone_when_activists_are_listed_then_it_counts_as_in(
    town: Town,
) -> None:
    await town.says("刘长河", "原件已收 王建国 四季度")
    lines = await take_out(town, "刘长河", "导出 积极分子台账 四季度")
    assert lines[2][13] == "1"


async def test_given_no_consent_to_words_when_contacts_are_listed_then_the_note_stays_sealed(
    town: Town,
) -> None:
    await log_contact(town, "王建国", date(2026, 11, 22), note="厂里忙")
    await Consent.create(
        person=town.people["王建国"], kind="reports", version="1", decided_at=town.clock.now(),
        decision=ConsentDecision.WITHDRAWN,
    )  # fmt: skip
    lines = await take_out(town, "刘长河", "导出 联系台账")
    assert lines[2][1] == "王建国"
    assert "厂里忙" not in str(lines)


async def test_given_journeys_when_movement_is_listed_then_who_is_away_stands_there_too(
    town: Town,
) -> None:
    await journey(town, "王建国", date(2026, 11, 25), return_on=date(2027, 1, 28))
    await journey(town, "李强", date(2026, 5, 1))
    await Person.filter(name="李强").update(inflow_unit_id=town.units["驻东莞"].id, city="东莞")
    _, _, *lines = await take_out(town, "刘长河", "导出 流动台账 本季")
    assert [line[1] for line in lines] == ["王建国", "李强"]
    assert lines[0][4:9] == ["", "南港", "2026-11-25", "2027-01-28", "在路上"]
    assert lines[1][12:14] == ["东莞", "驻东莞"]
    _, _, *away = await take_out(town, "刘长河", "导出 流动台账 只看驻东莞")
    assert [line[1] for line in away] == ["李强"]


@pytest.mark.parametrize("line", LISTS)
async def test_given_a_clerk_of_the_township_when_he_takes_a_list_then_it_holds_no_name(
    town: Town, line: str
) -> None:
    await journey(town, "王建国", date(2026, 11, 25))
    await log_contact(town, "王建国", date(2026, 11, 22), note="厂里忙")
    said = await town.says("孙敏", line)
    assert "只有数字，没有姓名" in said
    assert "会记一笔。" in said
    found = await take_out(town, "孙敏", line)
    flat = {cell for row in found[1:] for cell in row}
    assert flat.isdisjoint(town.people)
    assert "王家村" in flat
    assert await ReadLog.all().count() == 0
    assert len(found[1]) == len(found[2])


async def test_given_two_villages_when_the_township_counts_then_the_sums_stand_below(
    town: Town,
) -> None:
    await log_contact(town, "王建国", date(2026, 11, 22))
    await log_contact(town, "王建国", date(2026, 11, 23))
    _, _, *lines = await take_out(town, "孙敏", "导出 积极分子台账")
    assert lines == [
        ["1", "王家村", "3", "0", "3", "1", "0", "1"],
        ["2", "赵家村", "1", "0", "0", "0", "0", "0"],
        ["", "合计", "4", "0", "3", "1", "0", "1"],
    ]
    _, _, *lines = await take_out(town, "孙敏", "导出 联系台账 王家村")
    assert lines == [["1", "王家村", "3", "1", "1"]]


@pytest.mark.parametrize("who", ["周德厚", "王建国", "陌生人"])
@pytest.mark.parametrize("line", LISTS)
async def test_given_somebody_without_an_office_when_he_wants_a_list_then_he_gets_none(
    town: Town, who: str, line: str
) -> None:
    heard = await town.says(who, line)
    assert heard == REFUSED or "邀请码" in heard
    assert await ReportExport.all().count() == 0


@pytest.mark.parametrize("unit", ["赵家村", "柳河乡", "天上村"])
async def test_given_a_unit_out_of_reach_when_it_is_named_then_the_words_are_the_same(
    town: Town, unit: str
) -> None:
    said = await town.says("刘长河", f"导出 联系台账 {unit}")
    assert said.startswith("您能看的单位里没有这个。")
    assert await town.says("刘长河", "确认导出") == "先说导出什么，比如「导出 联系台账」。"


async def test_given_an_office_that_ended_when_the_list_is_made_then_it_holds_nothing(
    town: Town,
) -> None:
    await town.says("刘长河", "导出 联系台账")
    await Role.all().delete()
    assert await town.says("刘长河", "确认导出") == REFUSED
    await town.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    uid = await order(town)
    await Role.all().delete()
    await exports.make_waiting(making.MAKER, now=town.clock.now())
    row = await Delivery.get(purpose=making.EXPORTED)
    assert row.occasion == f"{uid}:none"


async def order(town: Town) -> str:
    """An order that was confirmed and not begun."""
    row = await ReportExport.create(
        uid="order", asked_by=town.people["刘长河"], kind=ExportKind.CONTACTS, source_key="k",
        account_id=(await town.people["刘长河"].accounts.all())[0].id,
        first_on=date(2026, 10, 1), last_on=date(2026, 12, 31), confirmed_at=town.clock.now(),
    )  # fmt: skip
    return row.uid


async def test_given_an_order_when_the_clock_ticks_then_it_is_made_once_and_cleared_when_sent(
    town: Town,
) -> None:
    await order(town)
    tick: object = type("Tick", (), {"now": town.clock.now()})()
    await jobs.make_exports(tick)  # type: ignore[arg-type]
    await jobs.make_exports(tick)  # type: ignore[arg-type]
    assert await Delivery.filter(purpose=making.EXPORTED).count() == 1
    assert (await ReportExport.get()).blobs
    await Delivery.all().update(state=DeliveryState.SENT)
    await jobs.make_exports(tick)  # type: ignore[arg-type]
    assert (await ReportExport.get()).blobs == []


async def test_given_the_same_message_twice_when_confirmed_then_one_file_is_owed(
    town: Town,
) -> None:
    await town.says("刘长河", "导出 联系台账")
    await town.says("刘长河", "确认导出", key="same")
    assert (await town.says("刘长河", "确认导出", key="other")).startswith("先说导出什么")
    assert await ReportExport.all().count() == 1
    assert await AuditLog.filter(action="ledgers.export").count() == 1


async def test_given_a_question_about_a_list_when_something_else_is_said_then_the_word_is_told(
    town: Town,
) -> None:
    await town.says("刘长河", "导出 流动台账 2026年")
    assert (await town.says("刘长河", "1")) in {
        "定了就回「确认导出」。", "这个数字对不上现在的事，什么都没动。回 0 看菜单。",
    }  # fmt: skip


NASTY = ("=cmd|' /C calc'!A0", "+1", "-2+3", "@x", "\t=1", "＝1", "https://example.org", "a&<b>")


async def test_given_names_and_words_like_formulas_when_listed_then_they_are_words(
    town: Town,
) -> None:
    for number, name in enumerate(NASTY):
        person = await town.person(name, stage=Stage.ACTIVIST, key=f"n{number}")
        await Person.filter(id=person.id).update(city=name[:20], left_on=date(2026, 10, 2))
        await town.mentor("周德厚", f"n{number}")
        await log_contact(town, f"n{number}", date(2026, 11, 3), note=f"{name}{{{{姓名}}}}")
    for line in LISTS:
        await town.says("刘长河", line)
        await town.says("刘长河", "确认导出")
        _, data = await sent()
        said = {cell for row in cells(data) for cell in row}
        assert set(NASTY) <= said, line
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()
        assert 's="3" t="s"' in sheet
        if line == LISTS[1]:
            assert "=cmd|' /C calc'!A0{{姓名}}" in said


@pytest.mark.parametrize("kind", sorted(making.LISTS))
@pytest.mark.parametrize("names", [True, False])
async def test_given_the_heads_when_a_clerk_renames_them_then_their_number_has_to_fit(
    town: Town, kind: ExportKind, names: bool
) -> None:
    await journey(town, "王建国", date(2026, 11, 25))
    who = "刘长河" if names else "孙敏"
    line = {"activist": LISTS[0], "contact": LISTS[1], "movement": LISTS[2]}[kind.value]
    _, head, first, *_ = await take_out(town, who, line)
    assert len(head) == len(first)
    assert len(set(head)) == len(head)


def test_given_a_moment_when_the_mark_is_made_then_it_says_who_when_and_what_for(
    texts: object,
) -> None:
    at = datetime.fromisoformat("2026-12-18T01:00:00+00:00")
    assert labels.mark("刘长河", at, ExportKind.REGISTER) == (
        "刘长河 2026-12-18 09:00 导出，培养教育考察登记表，只供支部查看"
    )
