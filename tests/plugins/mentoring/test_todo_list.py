"""待办 beside contacts: inspections, what fits, whose list it is, and a number that acts."""

from datetime import date, timedelta

import pytest

from core.actors import RoleKind, Stage
from core.clock import at_local
from core.conversation import Say
from core.scheduling import Tick
from core.todo import TodoItem
from models import Delivery, Inspection, Mentorship, Person, ThoughtReport
from models.enums import ReportState, UnitKind
from plugins import mentoring
from plugins.mentoring import half_years, jobs
from tests.plugins.mentoring.owed import opens, words_to
from tests.plugins.mentoring.test_weekly_list import waiting_report
from tests.plugins.mentoring.town import Town, at

AHEAD = timedelta(days=30)
NOTHING = "眼下没有要办的，您歇着。有事下周一告诉您。"


@pytest.fixture
async def quiet(town: Town) -> Town:
    """Nobody is to be talked to for a year; 王建国 became an activist on 1 July."""
    await Mentorship.all().update(next_contact_on=date(2027, 12, 1))
    await Person.filter(name="王建国").update(activist_on=date(2026, 7, 1))
    return town


async def monday(town: Town, day: date) -> None:
    moment = at_local(day, 9)
    town.go(moment)
    await jobs.owe_weekly_lists(Tick(now=moment, fire_at=moment))


@pytest.mark.parametrize(
    ("begun", "today", "due"),
    [
        (date(2026, 7, 1), date(2026, 7, 1), date(2027, 1, 1)),
        (date(2026, 7, 1), date(2027, 1, 20), date(2027, 1, 1)),
        (date(2026, 7, 1), date(2027, 5, 31), date(2027, 1, 1)),
        (date(2026, 7, 1), date(2027, 6, 1), date(2027, 7, 1)),
        (date(2024, 8, 31), date(2026, 11, 23), date(2026, 8, 31)),
        (date(2024, 8, 31), date(2027, 2, 1), date(2027, 2, 28)),
    ],
)
def test_given_a_beginning_when_half_years_pass_then_one_counts_until_the_next_begins(
    begun: date, today: date, due: date
) -> None:
    assert half_years.mark(begun, today, AHEAD) == due


async def test_given_an_inspection_when_its_month_comes_then_it_waits_and_its_number_acts(
    quiet: Town,
) -> None:
    quiet.go(at(12, 1))
    assert await quiet.says("周德厚", "待办") == NOTHING

    quiet.go(at(12, 2))
    assert await quiet.says("周德厚", "待办") == (
        "这周 1 件事：\n1 写王建国的半年考察（2027年1月1日前）\n回数字就办，办完不提醒。"
    )
    assert (await quiet.hear("周德厚", "1"))[-1].startswith("王建国的考察素材")
    assert await quiet.says("刘长河", "待办") == NOTHING

    await quiet.says("周德厚", "考察已写 王建国")
    assert await quiet.says("周德厚", "待办") == NOTHING


@pytest.mark.parametrize("state", [ReportState.WAITING_SECRETARY, ReportState.WAITING_MENTOR])
async def test_given_somebody_from_elsewhere_when_his_report_waits_then_only_his_own_branch_has_it(
    quiet: Town, state: ReportState
) -> None:
    await quiet.unit("驻南港支部", UnitKind.MOBILE_PARTY_ORG, "柳河乡")
    await quiet.person("何志远", "驻南港支部", Stage.FULL_MEMBER)
    await quiet.office("何志远", RoleKind.BRANCH_SECRETARY, "驻南港支部")
    here = quiet.units["驻南港支部"]
    await Person.filter(name="陈玉梅").update(inflow_unit_id=here.id)
    await waiting_report(quiet, "陈玉梅")
    await ThoughtReport.all().update(state=state, submitted_at=at(11, 1))

    assert await quiet.says("何志远", "待办") == NOTHING
    assert (await quiet.says("刘长河", "待办")).startswith("这周 1 件事：\n1 看陈玉梅的汇报")


async def test_given_an_inspection_over_due_when_the_secretary_asks_then_it_waits_for_him_too(
    quiet: Town,
) -> None:
    quiet.go(at(1, 1, year=2027))
    assert await quiet.says("刘长河", "待办") == NOTHING

    quiet.go(at(1, 2, year=2027))
    for reader in ("刘长河", "周德厚"):
        assert await quiet.says(reader, "待办") == (
            "这周 1 件事：\n1 补王建国的半年考察（1月1日那份）\n回数字就办，办完不提醒。"
        )
    assert (await quiet.hear("刘长河", "1"))[-1].startswith("王建国的考察素材")
    assert await quiet.says("孙敏", "待办") == NOTHING
    await quiet.says("刘长河", "考察已写 王建国 昨天")
    assert await quiet.says("周德厚", "待办") == NOTHING


async def test_given_a_day_before_he_was_entered_here_when_asked_then_it_is_the_papers_business(
    quiet: Town,
) -> None:
    await Person.filter(name="王建国").update(activist_on=date(2024, 5, 10))
    assert await quiet.says("刘长河", "待办") == NOTHING

    quiet.go(at(4, 10, year=2027))
    assert "写王建国的半年考察（5月10日前）" in await quiet.says("周德厚", "待办")


async def test_given_mondays_when_only_an_inspection_waits_then_lists_follow_it(
    quiet: Town,
) -> None:
    for day in (date(2026, 11, 30), date(2026, 12, 7), date(2027, 1, 4)):
        await monday(quiet, day)

    assert [words.splitlines()[1] for words in await words_to("周德厚")] == [
        "1 写王建国的半年考察（2027年1月1日前）",
        "1 补王建国的半年考察（1月1日那份）",
    ]
    assert len(await words_to("刘长河")) == 1
    reference = (await Delivery.filter().order_by("-id").first()).reference
    assert await jobs.still_due(reference)
    await quiet.says("刘长河", "考察已写 王建国")
    assert not await jobs.still_due(reference)


async def test_given_more_of_everything_than_fits_when_listed_then_every_kind_has_its_place(
    town: Town,
) -> None:
    async def help_and_pieces(*_: object) -> tuple[TodoItem, ...]:
        return (
            TodoItem(Say("assistance.todo", count=2), run="受理", count=2),
            TodoItem(Say("study.todo_locals", count=3), run="审材料", count=3, can_wait=True),
        )

    mentoring.use_todo((help_and_pieces,))
    for number in range(4):
        await town.person(f"周{number}民")
        await town.mentor("周德厚", f"周{number}民", due=date(2026, 11, 1))
        await waiting_report(town, f"周{number}民")
    await Person.filter(name="王建国").update(activist_on=date(2026, 6, 1))

    assert (await town.says("周德厚", "待办")).splitlines() == [
        "这周 16 件事：",
        (
            "1 接 2 件求助  2 联系周0民（还没联系过）  3 联系周1民（还没联系过）  4 看 4 份汇报  "
            "5 写王建国的半年考察（12月1日前）  6 看 3 件新加的材料"
        ),
        "另有 4 件，前面的办了回「待办」。回数字就办，办完不提醒。",
    ]


async def test_given_many_inspections_when_asked_without_a_name_then_they_are_listed(
    quiet: Town,
) -> None:
    for number in range(7):
        person = await quiet.person(f"周{number}民")
        await quiet.mentor("周德厚", f"周{number}民")
        await Inspection.create(
            person=person, inspected_on=date(2026, 5, 24), entered_by=quiet.people["周德厚"],
            entered_at=at(5, 24), source_key=f"i{number}",
        )  # fmt: skip
        await Person.filter(id=person.id).update(activist_on=date(2025, 5, 24))

    assert "1 看 7 份半年考察" in await quiet.says("周德厚", "待办")
    listed = await quiet.says("周德厚", "1")
    assert listed.startswith("7 份半年考察要写。回数字，我把素材给您。\n")
    assert "另有 1 份，前面的写了再回「考察」。" in listed
    assert (await quiet.hear("周德厚", "2"))[-1].startswith("周1民的考察素材")
    assert await quiet.says("刘长河", "考察") == "这样说：「考察 王建国」。"


async def test_given_mondays_list_when_a_number_is_answered_then_the_same_thing_is_opened(
    quiet: Town,
) -> None:
    await monday(quiet, date(2026, 12, 7))
    await opens(quiet, "周德厚", "mentoring.weekly")

    assert (await quiet.hear("周德厚", "1"))[-1].startswith("王建国的考察素材")
