"""导出 花名册, and the round trip: what goes out comes back as the same people."""

import io
from datetime import date

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.actors import Actor, Grant, RoleKind, Stage
from core.clock import FrozenClock, local_day
from models import (
    Account,
    AuditLog,
    Consent,
    Dialogue,
    Invitation,
    Mentorship,
    Person,
    ReadLog,
    Role,
    RosterImport,
    Unit,
)
from models.enums import UnitKind
from plugins.roster import import_work, imports, listing, service
from plugins.roster.imports import Settled
from plugins.roster.plans import Reach
from plugins.roster.tables import open_table
from tests.plugins.roster.town_hall import Hall, owed, plant, workbook


@pytest_asyncio.fixture
async def hall(database: str, keys: object, texts: object, clock: FrozenClock) -> Hall:
    made = Hall(clock)
    await plant(made)
    return made


def rows_of(data: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return list(book.get_sheet_by_index(0).to_python())


async def test_given_a_clerk_when_the_roster_is_confirmed_then_it_comes_marked_and_noted(
    hall: Hall,
) -> None:
    assert await hall.says("孙敏", "导出花名册") == (
        "花名册 3 人：姓名、单位、阶段、日子、联系人、职务、城市都在里面。\n"
        "表上印着您的姓名和时间，您导出过，他们查得到。别转到群里。\n"
        "要的话，回「确认导出」。"
    )
    assert await owed(listing.EXPORTED) == []
    assert await hall.says("孙敏", "确认导出", key="once") == "做好了，这就发您。"
    await hall.says("孙敏", "导出花名册")
    await hall.says("孙敏", "确认导出", key="once")

    ((blob, data),) = await owed(listing.EXPORTED)
    assert blob.name == "花名册.xlsx"
    rows = rows_of(data)
    assert str(rows[0][0]).startswith("花名册，孙敏 于 2026-11-23 09:00 导出。")
    assert [row[0] for row in rows[2:]] == ["孙敏", "刘长河", "周德厚"]
    assert rows[3][1] == "平川县/柳河乡/王家村"
    looks = await ReadLog.all().order_by("person_id")
    assert {(row.reader_role, row.what) for row in looks} == {("township", "roster")}
    assert [row.person_id for row in looks] == [hall.people[n].id for n in ("刘长河", "周德厚")]
    assert await AuditLog.filter(action="roster.export").count() == 1


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("刘长河", {"刘长河", "周德厚"}),
        ("东支书", {"东支书"}),
        # A county has those in office by name, and nobody else (docs/adr/0022).
        ("郑海燕", {"刘长河", "孙敏", "东支书", "郑海燕"}),
    ],
)
async def test_given_any_officer_when_the_roster_goes_out_then_only_his_own_units_are_in_it(
    name: str, people: set[str], hall: Hall
) -> None:
    said = await hall.says(name, "导出 花名册")
    assert ("县里的只列有职务的人" in said) is (name == "郑海燕")
    await hall.says(name, "确认导出")
    ((_, data),) = await owed(listing.EXPORTED)
    found = {str(row[0]) for row in rows_of(data)[2:]}
    assert found == people
    looks = await ReadLog.all()
    assert len({row.person_id for row in looks}) == len(people - {name})


async def test_given_names_like_formulas_when_the_roster_goes_out_then_they_stay_words(
    hall: Hall,
) -> None:
    await hall.person("=cmd()", "王家村")
    await hall.says("刘长河", "导出 花名册")
    await hall.says("刘长河", "确认导出")
    ((_, data),) = await owed(listing.EXPORTED)
    assert "=cmd()" in {row[0] for row in rows_of(data)}
    assert (await open_table(data)).rows[0][1][0] == "=cmd()"


# What is cleared, the ones that point at others first.
EVERYTHING = (
    RosterImport, Dialogue, ReadLog, AuditLog, Invitation, Mentorship, Role, Consent, Account,
    Person,
)  # fmt: skip


async def clear() -> None:
    for model in EVERYTHING:
        await model.all().delete()
    for unit in await Unit.all().order_by("-path"):
        await unit.delete()


async def snapshot() -> list[tuple[object, ...]]:
    """Everybody with what the roster knows of him, by words alone."""
    names = {unit.id: unit for unit in await Unit.all()}
    found = []
    for person in await Person.all().order_by("name", "home_unit__path", "applied_on"):
        pairs = Mentorship.filter(person_id=person.id, until_on__isnull=True)
        mentors = [
            (pair.mentor.name, pair.mentor.applied_on)
            for pair in await pairs.prefetch_related("mentor")
        ]
        roles = await Role.filter(person_id=person.id, until_on__isnull=True)
        offices = {(role.kind, names[role.unit_id].name) for role in roles}
        inflow = names[person.inflow_unit_id].name if person.inflow_unit_id else ""
        found.append((
            person.name, names[person.home_unit_id].name, person.stage, person.applied_on,
            person.talk_on, person.activist_on, person.target_on, person.probation_on, person.city,
            person.left_on, inflow, sorted(mentors, key=str), sorted(offices),
        ))  # fmt: skip
    return sorted(found, key=str)


async def exported(clock: FrozenClock) -> bytes:
    actor = Actor(person_id=0, grants=(Grant(RoleKind.OPERATOR, 0, "/"),))
    people = await (await listing._people(actor, clock.now().date()))
    return await listing.sheet(people, mark="x", today=local_day(clock.now()))


async def brought_back(data: bytes, clock: FrozenClock) -> None:
    table = await open_table(data)
    found = imports.importing.people(table, table.meanings, today=local_day(clock.now()))
    assert found.problems == ()
    await service.import_roster(found.rows, now=clock.now(), actor=None)


days = st.none() | st.dates(date(2019, 1, 1), date(2026, 11, 1))
people = st.lists(
    st.tuples(
        st.text(alphabet="王李赵建国强玉梅·", min_size=2, max_size=4).filter(
            lambda name: not name.startswith("·") and not name.endswith("·") and "··" not in name
        ),
        st.sampled_from(["平川县/柳河乡/王家村", "平川县/柳河乡/李家村", "平川县/河东镇/王家村"]),
        st.sampled_from(Stage),
        st.lists(st.dates(date(2019, 1, 1), date(2026, 11, 1)), min_size=5, max_size=5).map(sorted),
        st.lists(st.booleans(), min_size=5, max_size=5),
        st.sampled_from([None, "南港", "东莞市", "内蒙古自治区鄂尔多斯市"]),
        days,
        st.sampled_from([None, "驻南港"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda person: (person[0], person[1]),
)


@pytest.mark.usefixtures("keys", "texts")
@given(people=people, picks=st.lists(st.integers(0, 99), min_size=8, max_size=8))
@given_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_given_any_people_when_they_go_out_and_come_back_then_they_are_the_same(
    database: str, clock: FrozenClock, people: list[tuple[object, ...]], picks: list[int]
) -> None:
    await clear()
    await _build(people, picks, clock)
    before = await snapshot()
    data = await exported(clock)
    await clear()

    await brought_back(data, clock)

    assert await snapshot() == before
    assert sorted(rows_of(await exported(clock)), key=str) == sorted(rows_of(data), key=str)


async def _build(people: list[tuple[object, ...]], picks: list[int], clock: FrozenClock) -> None:
    lines = [
        "姓名,单位,阶段",
        "周德厚,平川县/柳河乡/王家村,正式党员",
        "周德厚,平川县/河东镇/王家村,正式党员",
    ]
    lines += ["何志远,平川县/驻南港,正式党员"]
    await brought_back("\n".join(lines).encode(), clock)
    units = {"/".join(names): unit for unit, names in await _paths()}
    mentors = await Person.filter(name__in=["周德厚", "何志远"]).order_by("id")
    for number, one in enumerate(people):
        name, unit, stage, dates, shown, city, left, inflow = one
        fields = ("applied_on", "talk_on", "activist_on", "target_on", "probation_on")
        known = dict(zip(fields, dates, strict=True))  # type: ignore[call-overload]
        kept = {f: d for (f, d), on in zip(known.items(), shown, strict=True) if on}  # type: ignore[call-overload]
        home = units.get(str(unit)) or await _village(str(unit), units)
        row = await Person.create(
            uid=f"r{number}", name=name, home_unit=home, stage=stage, city=city, left_on=left,
            inflow_unit=units["平川县/驻南港"] if inflow else None, created_at=clock.now(), **kept,
        )  # fmt: skip
        if picks[number] % 3:
            await Mentorship.create(
                person=row, mentor=mentors[picks[number] % len(mentors)], from_on=date(2026, 1, 1),
                next_contact_on=date(2027, 1, 1),
            )  # fmt: skip
        if picks[number] % 5 == 0:
            await Role.create(
                person=row, unit=home, kind=RoleKind.BRANCH_SECRETARY, from_on=date(2026, 1, 1)
            )


async def _paths() -> list[tuple[Unit, list[str]]]:
    by_id = {unit.id: unit for unit in await Unit.all()}
    return [
        (unit, [by_id[int(number)].name for number in unit.path.strip("/").split("/")])
        for unit in by_id.values()
    ]


async def _village(path: str, units: dict[str, Unit]) -> Unit:
    parent, name = path.rsplit("/", 1)
    above = units[parent]
    made = await Unit.create(
        name=name, kind=UnitKind.VILLAGE_BRANCH, parent=above, path=f"{above.path}x/",
        created_at=above.created_at,
    )  # fmt: skip
    made.path = f"{above.path}{made.id}/"
    await made.save()
    units[path] = made
    return made


async def test_given_the_exported_file_when_a_clerk_sends_it_back_then_nothing_changes(
    hall: Hall,
) -> None:
    head = ("姓名", "单位", "阶段", "申请日期", "联系人", "城市", "流入单位")
    await hall.says("孙敏", "导入名单")
    await hall.sends(
        "孙敏",
        workbook(
            head,
            ("王建国", "王家村", "积极分子", date(2025, 2, 7), "周德厚", "南港", "驻南港"),
            ("王建国", "王家村", "申请人", date(2026, 2, 7), "周德厚、孙敏", "", ""),
            ("孙敏", "柳河乡", "正式党员", "", "", "", ""),
        ),
    )
    await hall.says("孙敏", "1")
    assert (await hall.says("孙敏", "1")).startswith("名册导好了：新加 2 人")
    await hall.says("孙敏", "导出 花名册")
    await hall.says("孙敏", "确认导出")
    ((_, data),) = await owed(listing.EXPORTED)

    await hall.says("孙敏", "导入名单")
    shown = await hall.sends("孙敏", data)
    assert "用不上" not in shown
    assert "新加 0 人，改 0 人，没变 5 人。" in await hall.says("孙敏", "1")
    assert await owed(import_work.CODES)
    assert Settled({}).lacking
    assert Reach().scope is None
