"""A table written into a real database: once, twice, and not at all."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from core.actors import RoleKind, Stage
from core.clock import FrozenClock, local_day
from core.errors import Refusal
from models import AuditLog, Invitation, Mentorship, Person, Role, Unit
from models.enums import UnitKind
from plugins.roster import importing, service
from plugins.roster.service import ImportResult

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")

HEAD = "姓名,单位,阶段,申请日期,联系人,职务,城市,流入单位\n"
ZHOU = "周德厚,柳河乡/王家村,正式党员\n"
LI = "李秀兰,柳河乡/王家村,正式党员\n"
CHEN = "陈秀英,柳河乡/王家村,正式党员\n"
WANG = "王建国,柳河乡/王家村,积极分子,2025-02-07,周德厚,,南港,驻南港\n"
COUNTY = "郑海燕,平川县,正式党员,,,县干事\n"
TOWNSHIP = "孙敏,平川县/柳河乡,正式党员,,,乡镇干事\n"


async def take(clock: FrozenClock, *lines: str) -> ImportResult:
    table = importing.read((HEAD + "".join(lines)).encode(), today=local_day(clock.now()))
    return await service.import_roster(table.rows, now=clock.now(), actor=None)


async def refused(clock: FrozenClock, *lines: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await take(clock, *lines)
    return caught.value


async def counts() -> tuple[int, ...]:
    tables: Sequence[type] = (Unit, Person, Role, Mentorship, Invitation, AuditLog)
    return tuple([await table.all().count() for table in tables])  # type: ignore[attr-defined]


async def test_given_an_empty_database_when_a_table_comes_in_then_units_are_made_by_level(
    clock: FrozenClock,
) -> None:
    result = await take(clock, COUNTY, TOWNSHIP, ZHOU, WANG)
    assert (result.added, result.units) == (4, 4)
    kinds = {unit.name: (unit.kind, unit.city) for unit in await Unit.all()}
    assert kinds == {
        "平川县": (UnitKind.COUNTY, None),
        "柳河乡": (UnitKind.TOWNSHIP, None),
        "王家村": (UnitKind.VILLAGE_BRANCH, None),
        "驻南港": (UnitKind.LIAISON_OFFICE, "南港"),
    }
    units = {unit.name: unit for unit in await Unit.all()}
    assert units["王家村"].path == (
        f"/{units['平川县'].id}/{units['柳河乡'].id}/{units['王家村'].id}/"
    )
    assert units["驻南港"].parent_id == units["平川县"].id
    wang = await Person.get(name="王建国")
    assert (wang.stage, wang.applied_on, wang.city) == (Stage.ACTIVIST, date(2025, 2, 7), "南港")
    assert wang.inflow_unit_id == units["驻南港"].id


async def test_given_new_people_when_they_come_in_then_each_has_a_code_and_nobody_can_read_it(
    clock: FrozenClock,
) -> None:
    result = await take(clock, ZHOU, WANG)
    assert [(item.name, item.unit, len(item.code)) for item in result.invited] == [
        ("周德厚", "王家村", 8),
        ("王建国", "王家村", 8),
    ]
    hashes = [row.code_hash for row in await Invitation.all()]
    assert not any(item.code in digest for item in result.invited for digest in hashes)


async def test_given_a_table_when_it_comes_in_again_then_nobody_is_added_and_nothing_changes(
    clock: FrozenClock,
) -> None:
    lines = (COUNTY, TOWNSHIP, ZHOU, WANG)
    await take(clock, *lines)
    before = await counts()
    clock.advance_to(clock.now() + timedelta(days=3))
    result = await take(clock, *lines)
    assert (result.added, result.updated, result.unchanged, result.invited) == (0, 0, 4, ())
    assert (await counts())[:-1] == before[:-1]


async def test_given_a_table_that_changed_when_it_comes_in_then_people_change_and_blanks_stay(
    clock: FrozenClock,
) -> None:
    await take(clock, COUNTY, ZHOU, LI, WANG)
    clock.advance_to(clock.now() + timedelta(days=1))
    changed = "王建国,王家村,发展对象,,李秀兰,,苏州,\n"
    result = await take(clock, changed)
    assert (result.added, result.updated) == (0, 1)
    wang = await Person.get(name="王建国").prefetch_related("inflow_unit")
    assert (wang.stage, wang.applied_on, wang.city) == (
        Stage.DEVELOPMENT_TARGET,
        date(2025, 2, 7),
        "苏州",
    )
    assert wang.inflow_unit is not None
    row = await AuditLog.filter(action="roster.update").first()
    assert row is not None
    assert row.detail["stage_before"] == "activist"
    assert "王" not in str(row.detail)
    mentors = {m.mentor_id: m.until_on for m in await Mentorship.filter(person_id=wang.id)}
    zhou, li = await Person.get(name="周德厚"), await Person.get(name="李秀兰")
    assert mentors == {zhou.id: local_day(clock.now()) - timedelta(days=1), li.id: None}


async def test_given_mentors_swapped_and_swapped_back_when_on_one_day_then_there_is_one_pair(
    clock: FrozenClock,
) -> None:
    await take(clock, COUNTY, ZHOU, LI, WANG)
    await take(clock, WANG.replace("周德厚", "李秀兰"))
    await take(clock, WANG)
    rows = await Mentorship.filter(until_on__isnull=True).prefetch_related("mentor")
    assert [row.mentor.name for row in rows] == ["周德厚"]


async def test_given_a_new_mentor_when_he_is_named_then_the_first_talk_is_due_within_a_week(
    clock: FrozenClock,
) -> None:
    await take(clock, ZHOU, WANG)
    pair = await Mentorship.get()
    assert pair.from_on == local_day(clock.now())
    assert pair.next_contact_on == local_day(clock.now()) + timedelta(days=7)


async def test_given_offices_when_they_come_in_then_each_lies_at_its_level(
    clock: FrozenClock,
) -> None:
    await take(
        clock,
        COUNTY,
        "孙敏,平川县/柳河乡/王家村,正式党员,,,乡镇干事\n",
        "刘长河,王家村,正式党员,,,支部书记、组织委员\n",
        "何志远,王家村,正式党员,,,联络员,南港,驻南港\n",
    )
    held = {(row.kind, row.unit.name) for row in await Role.all().prefetch_related("unit")}
    assert held == {
        (RoleKind.COUNTY_CLERK, "平川县"),
        (RoleKind.TOWNSHIP_CLERK, "柳河乡"),
        (RoleKind.BRANCH_SECRETARY, "王家村"),
        (RoleKind.ORGANIZATION_COMMISSIONER, "王家村"),
        (RoleKind.LIAISON_OFFICER, "驻南港"),
    }


async def test_given_an_office_that_ended_when_the_row_names_another_then_the_old_one_closes(
    clock: FrozenClock,
) -> None:
    await take(clock, "刘长河,柳河乡/王家村,正式党员,,,支部书记\n")
    clock.advance_to(clock.now() + timedelta(days=30))
    await take(clock, "刘长河,柳河乡/王家村,正式党员,,,副书记\n")
    open_now = await Role.filter(until_on__isnull=True)
    assert [row.kind for row in open_now] == [RoleKind.DEPUTY_SECRETARY]
    await take(clock, "刘长河,柳河乡/王家村,正式党员\n")
    assert await Role.filter(until_on__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("lines", "key", "line"),
    [
        ((WANG,), "roster.row_mentor_unknown", 2),
        ((ZHOU.replace("正式党员", "预备党员"), WANG), "roster.row_mentor_stage", 3),
        ((ZHOU, WANG.replace("周德厚", "王建国")), "roster.row_mentor_self", 3),
        ((ZHOU.replace("王家村", "李家村"), ZHOU.replace("王家村", "赵家村"), WANG),
         "roster.row_mentor_twice", 4),
        (("郑海燕,柳河乡,正式党员,,,县干事\n",), "roster.row_office_unit", 2),
        (("何志远,柳河乡,正式党员,,,联络员\n",), "roster.row_office_unit", 2),
        (("王建国,柳河乡/王家村/一组,申请人\n",), "roster.row_unit_deep", 2),
        (("王建国,柳河乡/王家村,申请人\n", "王建国,王家村,申请人\n"), "roster.row_same_person", 3),
        (("甲一,柳河乡/王家村,申请人\n", "乙二,河东乡/王家村,申请人\n", "丙三,王家村,申请人\n"),
         "roster.row_unit_twice", 4),
    ],
)  # fmt: skip
async def test_given_a_row_that_does_not_fit_when_it_comes_in_then_nothing_at_all_is_written(
    lines: tuple[str, ...], key: str, line: int, clock: FrozenClock
) -> None:
    caught = await refused(clock, *lines)
    assert (caught.key, caught.fields["line"]) == (key, line)
    assert await counts() == (0, 0, 0, 0, 0, 0)


async def test_given_a_mentor_below_his_people_in_the_table_when_it_comes_in_then_he_is_found(
    clock: FrozenClock,
) -> None:
    assert (await take(clock, WANG, ZHOU)).added == 2
    assert await Mentorship.all().count() == 1


async def test_given_a_namesake_elsewhere_when_a_mentor_is_named_then_the_nearest_is_meant(
    clock: FrozenClock,
) -> None:
    await take(clock, COUNTY, ZHOU, ZHOU.replace("王家村", "李家村"), WANG)
    pair = await Mentorship.get().prefetch_related("mentor__home_unit")
    assert pair.mentor.home_unit.name == "王家村"


async def test_given_a_village_alone_when_a_county_is_there_then_its_township_is_still_needed(
    clock: FrozenClock,
) -> None:
    await take(clock, COUNTY, ZHOU)
    await take(clock, "王建国,河东镇/东村,申请人\n")
    unit = await Unit.get(name="河东镇").prefetch_related("parent")
    assert unit.parent is not None
    assert unit.parent.name == "平川县"


people = st.lists(
    st.tuples(
        st.sampled_from(["王一", "王二", "王三"]),
        st.sampled_from(["柳河乡/王家村", "柳河乡/李家村", "平川县/柳河乡/王家村"]),
        st.sampled_from(["申请人", "积极分子", "正式党员"]),
        st.sampled_from(["", "周德厚", "李秀兰", "周德厚、李秀兰"]),
    ),
    min_size=1,
    max_size=5,
)


@given(tables=st.lists(people, min_size=1, max_size=4))
@given_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_given_any_tables_in_a_row_when_they_come_in_then_nobody_is_twice_or_over_mentored(
    tables: list[list[tuple[str, str, str, str]]], clock: FrozenClock
) -> None:
    for table in tables:
        lines = [f"{name},{unit},{stage},,{mentors}\n" for name, unit, stage, mentors in table]
        try:
            await take(clock, COUNTY, ZHOU, LI, *lines)
        except Refusal:
            continue
        clock.advance_to(clock.now() + timedelta(days=1))
    rows = await Person.all().values_list("name", "home_unit_id")
    assert len(rows) == len(set(rows))
    assert await Unit.filter(name="王家村").count() <= 1
    pairs = await Mentorship.filter(until_on__isnull=True).values_list("person_id", flat=True)
    assert all(list(pairs).count(person) <= 2 for person in pairs)
