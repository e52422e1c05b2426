"""What a reader sees of equal passages: in his own scope the texts, beyond it a number, no name."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from core import crypto
from core.actors import Actor, RoleKind
from core.config import Settings
from core.conversation import Say
from core.database import run_tx
from core.periods import Quarter
from core.texts import current
from models import (
    Person,
    ReadLog,
    ReportClause,
    ReportDraft,
    ReportFingerprint,
    ReportPart,
    ThoughtReport,
    Unit,
)
from models.enums import DraftState, PartKind, ReportState, UnitKind
from plugins.thought_report import fingerprints, hint_views, hints, overlap, pages
from plugins.thought_report.clauses import clauses_of
from plugins.thought_report.parts import Part, Parts
from plugins.thought_report.review import ToRead
from tests.plugins.thought_report.conftest import LESSON, LESSON_TITLE, Village, Wire

READ = date(2026, 12, 21)
SAME = (
    "夜里两点下了班，我们几个在宿舍里说起家乡的路，去年水泥路修到了村口，今年自来水又通到了灶台边，"
    "母亲打电话来说，再也不用挑着水桶上坡了。"
)
EQUAL = (
    4  # clauses of SAME with at least eight letters; 母亲打电话来说 and 夜里两点下了班 are short
)
OWN = "敬爱的党组织：这一季我换到了质检的岗位上，每天要量一百多个零件，眼睛累得直流泪。"
OTHER = "敬爱的党支部：我在工地上给大家做饭烧水，晚上帮工友给家里写信寄钱，心里很踏实。"
OATH = "我志愿加入中国共产党，拥护党的纲领，遵守党的章程，随时准备为党和人民牺牲一切，永不叛党。"
FIVE = "1 通过  2 请补充  3 退回  4 放着  5 看相同处"
FOUR = FIVE.removesuffix("  5 看相同处")
NO_VERDICT = "一样的原因有很多，您看着问问就好。"


async def stored(
    village: Village,
    person: Person,
    text: str,
    *,
    quarter: str = "2026Q4",
    state: ReportState = ReportState.DONE,
    version: int = 1,
) -> ThoughtReport:
    """A report as it lies in the tables, handed in by whatever way."""
    now = village.clock.now()
    draft = await ReportDraft.create(
        uid=uuid4().hex, person=person, quarter=quarter, state=DraftState.SUBMITTED,
        opened_at=now, updated_at=now,
    )  # fmt: skip
    uid = uuid4().hex
    await ReportPart.create(
        uid=uid, draft=draft, position=1, kind=PartKind.TEXT, source_key=uid, added_at=now,
        text_sealed=crypto.seal_text(text, place=pages.text_place(uid)), characters=len(text),
    )  # fmt: skip
    return await ThoughtReport.create(
        uid=uuid4().hex, person=person, draft=draft, quarter=quarter, version=version, state=state,
        pages=1, submitted_at=now,
    )  # fmt: skip


async def index(village: Village) -> int:
    """Run the two jobs once; return how many fingerprints they made."""
    now = village.clock.now()
    return await fingerprints.make_new(now=now) + await fingerprints.make_missing(now=now)


@pytest.fixture
async def waiting(village: Village) -> Village:
    """王建国's report waits for 周德厚; 陈玉梅 and 李强 of the same branch have no mentor yet."""
    await village.person("陈玉梅")
    await village.person("李强")
    village.go(READ, 20, 10)
    await stored(village, village.people["王建国"], OWN + SAME, state=ReportState.WAITING_MENTOR)
    return village


async def opened(village: Village, reader: str = "周德厚") -> str:
    """Let a reader open the first report that waits; return the last two lines."""
    talk = village.talks[reader]
    await talk.says("阅汇报")
    return "\n".join((await talk.says("1")).splitlines()[-2:])


async def test_given_unrelated_reports_when_one_is_read_then_nothing_is_said_of_others(
    waiting: Village,
) -> None:
    await stored(waiting, waiting.people["陈玉梅"], OTHER)
    assert await index(waiting) == 2
    said = await opened(waiting)
    assert said.endswith(f"没看到结尾的话、落款名字、日期，别的都在。\n{FOUR}")


async def test_given_a_report_of_another_mentee_when_passages_are_asked_for_then_both_are_shown(
    waiting: Village,
) -> None:
    await waiting.mentor("陈玉梅", "周德厚")
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    assert (await opened(waiting)).endswith(f"；有 {EQUAL} 句别处也有。\n{FIVE}")
    assert await ReadLog.all().count() == 1
    passage = SAME.removeprefix("夜里两点下了班，").removesuffix("。")
    assert await waiting.talks["周德厚"].says("5") == (
        f"和陈玉梅的四季度汇报，{EQUAL} 句一样：\n这份：「{passage}」\n那份：「{passage}」\n"
        f"{NO_VERDICT}\n{FOUR}"
    )
    look = await ReadLog.get(person_id=waiting.people["陈玉梅"].id)
    assert (look.reader_id, look.reader_role, look.what) == (
        waiting.people["周德厚"].id, "mentor", "report_overlap:2026Q4",
    )  # fmt: skip


async def test_given_passages_of_a_report_that_waits_too_when_one_passes_then_it_is_the_opened_one(
    waiting: Village,
) -> None:
    await waiting.mentor("陈玉梅", "周德厚")
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME, state=ReportState.WAITING_MENTOR)
    await index(waiting)
    await opened(waiting)
    zhou = waiting.talks["周德厚"]
    await zhou.says("5")
    assert (await zhou.says("通过")).startswith("记下了：王建国四季度汇报")


async def test_given_somebody_elses_mentee_in_the_branch_when_passages_are_asked_then_no_name(
    waiting: Village,
) -> None:
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    assert (await opened(waiting)).endswith(f"；有 {EQUAL} 句别处也有。\n{FIVE}")
    said = await waiting.talks["周德厚"].says("5")
    assert said == (f"支部里另一份汇报，{EQUAL} 句一样，是谁的不能给您看。\n{NO_VERDICT}\n{FOUR}")
    assert not await ReadLog.filter(person_id=waiting.people["陈玉梅"].id).exists()


async def test_given_another_branch_when_passages_are_asked_for_then_neither_name_nor_text(
    waiting: Village,
) -> None:
    far = await Unit.create(
        name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=waiting.clock.now()
    )
    for name in ("赵小兰", "孙大勇"):
        await waiting.person(name, unit=far)
    await stored(waiting, waiting.people["赵小兰"], OTHER + SAME)
    await index(waiting)
    await opened(waiting)
    zhou = waiting.talks["周德厚"]
    assert await zhou.says("5") == f"别处一份汇报，{EQUAL} 句一样。\n{NO_VERDICT}\n{FOUR}"
    await stored(waiting, waiting.people["孙大勇"], SAME.replace("母亲", "奶奶"))
    await index(waiting)
    await opened(waiting)
    assert (await zhou.says("5")).startswith(f"别处 2 份汇报，最多的 {EQUAL} 句一样。\n")
    assert {row.person_id for row in await ReadLog.all()} == {waiting.people["王建国"].id}


async def test_given_the_secretary_when_passages_are_asked_for_then_the_whole_branch_is_his(
    waiting: Village,
) -> None:
    report = await ThoughtReport.get(person=waiting.people["王建国"])
    report.state = ReportState.WAITING_SECRETARY
    await report.save()
    below = await Unit.create(
        name="一组", kind=UnitKind.VILLAGE_BRANCH, path="/1/7/", created_at=waiting.clock.now()
    )
    await waiting.person("钱满仓", unit=below)
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await stored(waiting, waiting.people["钱满仓"], SAME, quarter="2024Q3")
    await index(waiting)
    await opened(waiting, "刘长河")
    said = await waiting.talks["刘长河"].says("5")
    assert f"和陈玉梅的四季度汇报，{EQUAL} 句一样：" in said
    assert f"和钱满仓的2024年三季度汇报，{EQUAL} 句一样：" in said
    looks = await ReadLog.filter(what__startswith="report_overlap:").order_by("id")
    assert {(look.person_id, look.reader_role) for look in looks} == {
        (waiting.people["陈玉梅"].id, "secretary"), (waiting.people["钱满仓"].id, "secretary"),
    }  # fmt: skip


async def test_given_ones_own_earlier_report_when_passages_are_asked_for_then_the_quarter_is_said(
    waiting: Village,
) -> None:
    await stored(waiting, waiting.people["王建国"], SAME, quarter="2026Q3")
    await index(waiting)
    await opened(waiting)
    said = await waiting.talks["周德厚"].says("5")
    assert said.startswith(f"和他自己的三季度汇报，{EQUAL} 句一样：\n这份：「我们几个")
    assert await ReadLog.filter(what="report_overlap:2026Q3").count() == 1


async def test_given_a_reader_who_may_not_read_the_author_when_passages_are_asked_then_a_count_only(
    waiting: Village,
) -> None:
    """A deputy reads what waits, not what was said before."""
    await stored(waiting, waiting.people["王建国"], SAME, quarter="2026Q3")
    await stored(waiting, waiting.people["陈玉梅"], SAME)
    await index(waiting)
    wang = waiting.people["王建国"]
    report = await ThoughtReport.get(person=wang, quarter="2026Q4")
    to_read = ToRead(report.uid, wang.name, Quarter(2026, 4), 1, False, None, ())
    deputy = Actor(person_id=waiting.people["李强"].id, name="李强")
    found = await hints.side_by_side(actor=deputy, report=to_read, now=waiting.clock.now())
    assert found.beside == (hints.Beside("", Quarter(2026, 3), EQUAL, ()),)
    assert found.near == (EQUAL,)
    assert await ReadLog.all().count() == 0
    says = hint_views.side_by_side(found, READ)
    assert current().render(says[0]) == f"和他自己的三季度汇报，{EQUAL} 句一样。"


async def test_given_the_oath_and_a_lesson_in_two_reports_when_one_is_read_then_the_piece_is_named(
    village: Village,
) -> None:
    await village.person("陈玉梅")
    village.go(READ, 20, 10)
    text = OWN + OATH + LESSON
    await stored(village, village.people["王建国"], text, state=ReportState.WAITING_MENTOR)
    await stored(village, village.people["陈玉梅"], OTHER + OATH + LESSON)
    await index(village)
    quoted = len(clauses_of(LESSON))
    assert (await opened(village)).endswith(f"；{quoted} 句是课里的。\n{FIVE}")
    left_out = quoted + len(clauses_of(OATH))
    assert await village.talks["周德厚"].says("5") == (
        f"课里的话：《{LESSON_TITLE}》，{quoted} 句。\n"
        f"常说的话和课里的话没比，{left_out} 句。\n{NO_VERDICT}\n{FOUR}"
    )


async def test_given_a_phrase_in_more_than_twenty_reports_when_one_is_read_then_it_is_common(
    waiting: Village,
) -> None:
    for number in range(overlap.COMMON_ABOVE + 1):
        person = await waiting.person(f"工友{number}", bound=False, consents=())
        await stored(waiting, person, SAME)
        await index(waiting)
        said = await opened(waiting)
        assert ("看相同处" in said) is (number < overlap.COMMON_ABOVE), number


async def test_given_two_equal_clauses_when_a_report_is_read_then_it_is_chance(
    waiting: Village,
) -> None:
    two = "，".join(clause.letters for clause in clauses_of(SAME)[:2])
    assert len(clauses_of(two)) == overlap.LEAST_EQUAL - 1
    await stored(waiting, waiting.people["陈玉梅"], OTHER + two)
    await index(waiting)
    assert "看相同处" not in await opened(waiting)


async def test_given_an_erased_report_when_it_is_forgotten_then_no_key_is_left(
    waiting: Village,
) -> None:
    other = await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    await opened(waiting)
    before = await ReportClause.all().count()

    with pytest.raises((IntegrityError, OperationalError)):
        await run_tx(other.delete)

    async def erase() -> None:
        await fingerprints.forget([other.id])
        await other.delete()

    await run_tx(erase)
    assert await ReportFingerprint.filter(report_id=other.id).count() == 0
    left = {fingerprints.report_of(row.id) for row in await ReportClause.all()}
    assert left == {(await ThoughtReport.get(person=waiting.people["王建国"])).id}
    assert await ReportClause.all().count() == before - len(clauses_of(OTHER + SAME))
    assert await index(waiting) == 0
    assert await waiting.talks["周德厚"].says("5") == f"现在没有相同的了。\n{FOUR}"


async def test_given_a_new_version_when_the_job_runs_then_only_the_newest_is_in_the_index(
    waiting: Village,
) -> None:
    first = await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    first.state = ReportState.SUPERSEDED
    await first.save()
    second = await stored(waiting, waiting.people["陈玉梅"], OTHER, version=2)
    assert await index(waiting) == 1
    indexed = {fingerprints.report_of(row.id) for row in await ReportClause.all()}
    assert second.id in indexed
    assert first.id not in indexed
    assert "看相同处" not in await opened(waiting)


async def test_given_the_first_version_still_in_the_index_when_the_next_is_read_then_it_is_itself(
    waiting: Village,
) -> None:
    await index(waiting)
    first = await ThoughtReport.get(person=waiting.people["王建国"])
    first.state = ReportState.SUPERSEDED
    await first.save()
    second = ReportState.WAITING_MENTOR
    await stored(waiting, waiting.people["王建国"], OWN + SAME, state=second, version=2)
    assert "看相同处" not in await opened(waiting)


async def test_given_the_job_when_it_runs_again_then_nothing_changes(waiting: Village) -> None:
    assert await index(waiting) == 1
    before = await ReportClause.all().order_by("id").values_list("id", flat=True)
    assert await index(waiting) == 0
    assert await ReportClause.all().order_by("id").values_list("id", flat=True) == before
    assert len(before) == len(clauses_of(OWN + SAME))


async def test_given_more_reports_than_one_run_takes_when_the_job_runs_then_the_rest_comes_next(
    waiting: Village,
) -> None:
    for name in ("陈玉梅", "李强"):
        await stored(waiting, waiting.people[name], OTHER)
    now = waiting.clock.now()
    assert await fingerprints.make_missing(now=now, most=2) == 2
    assert await fingerprints.make_missing(now=now, most=2) == 1
    assert await fingerprints.make_missing(now=now, most=2) == 0


async def test_given_a_report_handed_in_when_a_minute_is_over_then_it_is_taken_up_in_its_order(
    waiting: Village,
) -> None:
    now = waiting.clock.now()
    later = [await stored(waiting, waiting.people[name], OTHER) for name in ("陈玉梅", "李强")]
    assert await fingerprints.make_new(now=now, most=2) == 2
    assert await ReportFingerprint.filter(report_id=later[1].id).count() == 0
    assert await fingerprints.make_new(now=now, most=2) == 1
    await run_tx(lambda: fingerprints.forget([later[0].id]))
    assert await fingerprints.make_new(now=now) == 0
    assert await fingerprints.make_missing(now=now) == 1


async def test_given_another_key_when_the_job_runs_then_fingerprints_are_made_anew(
    waiting: Village, keys: crypto.KeyRing, settings: Settings
) -> None:
    await waiting.mentor("陈玉梅", "周德厚")
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    before = await _clause_ids()
    crypto.add_key(settings.data_dir)
    assert await index(waiting) == 0
    crypto.use(_without_first(keys))
    assert await index(waiting) == 2
    after = await _clause_ids()
    assert len(after) == len(before)
    assert not before & after


def _without_first(keys: crypto.KeyRing) -> crypto.KeyRing:
    """A ring that opens what ``keys`` sealed, but derives from another oldest key."""
    other = crypto.KeyRing({2: b"2" * 32}, 2)
    other._ciphers |= keys._ciphers
    return other


async def _clause_ids() -> set[int]:
    return {row.id for row in await ReportClause.all()}


async def test_given_a_report_of_photos_when_it_is_read_then_its_words_are_not_guessed(
    village: Village, wire: Wire
) -> None:
    village.go(READ, 9)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says("", wire.photo("1.jpg"), wire.photo("2.jpg"))
    await wang.says("完成")
    assert await index(village) == 1
    assert await index(village) == 0
    assert (await opened(village)) == f"王建国 四季度。供参考：照片里的字我看不了。\n{FOUR}"
    assert await ReportClause.all().count() == 0


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((PartKind.IMAGE, PartKind.FILE), "照片、文件里的字我看不了"),
        ((PartKind.VOICE,), "语音我听不了"),
        ((PartKind.IMAGE, PartKind.VOICE), "照片里的字我看不了；语音我听不了"),
    ],
)
def test_given_pages_that_nobody_can_read_for_us_when_hints_are_said_then_each_is_named(
    texts: object, kinds: tuple[PartKind, ...], said: str
) -> None:
    found = hints.Hints(None, kinds, 0, overlap.Overlap())
    line = hint_views.line(Say("thought_report.part_date"), found)
    assert current().render(line) == f"日期。供参考：{said}；离上次 0 天。"
    whole = Parts(100, frozenset(Part))
    line = hint_views.line(Say("thought_report.part_date"), replace(found, parts=whole))
    assert current().render(line) == "日期。供参考：文字 100 字；该有的都在；离上次 0 天。"


async def test_given_a_report_that_was_answered_meanwhile_when_passages_are_asked_for_then_no_look(
    waiting: Village,
) -> None:
    await waiting.mentor("陈玉梅", "周德厚")
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    await opened(waiting)
    report = await ThoughtReport.get(person=waiting.people["王建国"])
    report.state = ReportState.DONE
    await report.save()
    said = await waiting.talks["周德厚"].says("5")
    assert said == "这份现在不等您看，可能别人刚看过。回「阅汇报」看别的。"
    assert not await ReadLog.filter(person_id=waiting.people["陈玉梅"].id).exists()


async def test_given_two_hashes_with_one_upper_half_when_reports_are_compared_then_all_bits_count(
    waiting: Village,
) -> None:
    other = await stored(waiting, waiting.people["陈玉梅"], OTHER)
    await index(waiting)
    # As if the clauses of the other report had the same upper halves by chance.
    mine = await ReportFingerprint.get(report__person_id=waiting.people["王建国"].id)
    for row in await ReportClause.all():
        if fingerprints.report_of(row.id) == mine.report_id:
            await ReportClause.create(id=fingerprints.first_of(row.id) | other.id)
    assert "看相同处" not in await opened(waiting)


async def test_given_a_township_office_when_roles_are_asked_then_it_opens_no_text(
    waiting: Village,
) -> None:
    """A mentor who is a township clerk besides still reads his mentees' reports only."""
    await waiting.office("周德厚", RoleKind.TOWNSHIP_CLERK)
    await stored(waiting, waiting.people["陈玉梅"], OTHER + SAME)
    await index(waiting)
    await opened(waiting)
    assert "陈玉梅" not in await waiting.talks["周德厚"].says("5")
