"""Random trees, people and offices: every read gives what a naive reading of the rule gives."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import LEARNER_STAGES, Actor, ConsentKind, Grant, RoleKind, Stage
from core.clock import at_local
from core.database import run_tx
from core.errors import Refusal
from core.periods import add_months
from models import (
    AssistanceCase,
    Consent,
    Contact,
    Mentorship,
    Movement,
    Person,
    ReportDraft,
    StudyRecord,
    ThoughtReport,
    Unit,
)
from models.assistance import OPEN_HELP
from models.enums import (
    Channel,
    ConsentDecision,
    DraftState,
    Evidence,
    HelpKind,
    HelpState,
    MovementSource,
    MovementState,
    Outcome,
    ReportState,
    UnitKind,
)
from models.mentoring import REACHED_OUTCOMES
from models.report import owes_report
from plugins.identity.policy import visible_units
from plugins.mentoring import queries as mentoring
from plugins.stats import counts, deadlines, detail_rows, lists, queries, study_hours
from plugins.stats.counts import Area, Figures, People, without_help
from plugins.stats.deadlines import AHEAD, Dated, DeadlineKind, Due
from plugins.stats.detail_rows import PersonRow, UnitRow
from plugins.stats.periods import current_quarter
from plugins.stats.study_hours import Hours
from tests.plugins.mentoring.town import at

TODAY = date(2026, 11, 23)
PERIOD = current_quarter(TODAY)
QUARTER = PERIOD.quarters[0]
NAMED = {
    RoleKind.BRANCH_SECRETARY,
    RoleKind.DEPUTY_SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.LIAISON_OFFICER,
}


@dataclass(frozen=True)
class Someone:
    home: int
    inflow: int | None
    stage: Stage
    activist_on: date | None
    report: ReportState | None
    mentor: int | None
    mentor_until: date | None
    last_on: date | None
    contact_on: date | None
    outcome: Outcome
    withdrawn: bool
    help: HelpState | None
    help_on: date
    journey: MovementState | None
    left_on: date
    evidence: Evidence | None
    agrees: bool
    dated_on: date | None


@dataclass(frozen=True)
class World:
    parents: tuple[int | None, ...]
    people: tuple[Someone, ...]
    grants: tuple[tuple[RoleKind, int], ...]
    word: int | None

    def path(self, number: int | None) -> str:
        if number is None:
            return ""
        parent = self.parents[number]
        return f"{self.path(parent) or '/'}{number + 1}/"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(1, 7))
    parents = tuple(draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(size))
    units = st.integers(0, size - 1)
    days = st.none() | st.dates(TODAY - timedelta(days=200), TODAY)
    someone = st.builds(
        Someone,
        home=units,
        inflow=st.none() | units,
        stage=st.sampled_from(Stage),
        activist_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 3, 1)),
        report=st.none() | st.sampled_from(ReportState),
        mentor=st.none() | st.integers(0, 1),
        mentor_until=st.none() | st.sampled_from([date(2026, 9, 1), date(2027, 1, 1)]),
        last_on=days,
        contact_on=days,
        outcome=st.sampled_from(Outcome),
        withdrawn=st.booleans(),
        help=st.none() | st.sampled_from(HelpState),
        help_on=st.dates(TODAY - timedelta(days=90), TODAY),
        journey=st.none() | st.sampled_from(MovementState),
        left_on=st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=30)),
        evidence=st.none() | st.sampled_from(Evidence),
        agrees=st.booleans(),
        dated_on=st.none() | st.dates(TODAY - timedelta(days=800), TODAY),
    )
    return World(
        parents,
        tuple(draw(st.lists(someone, min_size=2, max_size=8))),
        tuple(draw(st.lists(st.tuples(st.sampled_from(RoleKind), units), max_size=3))),
        draw(st.none() | units),
    )


async def build(world: World) -> None:
    for model in (
        Contact, ThoughtReport, ReportDraft, Mentorship, AssistanceCase, Movement, StudyRecord,
        Consent, Person,
    ):  # fmt: skip
        await model.all().delete()
    for unit in await Unit.all().order_by("-id"):
        await unit.delete()
    now = at(11, 20)
    for number, parent in enumerate(world.parents):
        await Unit.create(
            id=number + 1, name=f"单位{number}", kind=UnitKind.VILLAGE_BRANCH,
            parent_id=None if parent is None else parent + 1, path=world.path(number),
            created_at=now,
        )  # fmt: skip
    for number, one in enumerate(world.people):
        await Person.create(
            id=number + 1, uid=f"p{number}", name=f"人{number}", home_unit_id=one.home + 1,
            inflow_unit_id=None if one.inflow is None else one.inflow + 1, stage=one.stage,
            activist_on=one.activist_on, applied_on=one.dated_on, probation_on=one.dated_on,
            created_at=now,
        )  # fmt: skip
    for number, one in enumerate(world.people):
        await _add(number, one)


async def _add_more(number: int, one: Someone) -> None:
    """Add what lies behind the page: help, a journey, study hours."""
    key, person, now = f"x{number}", number + 1, at(11, 20)
    if one.help:
        moment = at_local(one.help_on, 12)
        await AssistanceCase.create(
            uid=key, person_id=person, kind=HelpKind.WAGES, words_sealed=b"", state=one.help,
            opened_by_id=person, opened_at=moment, source_key=key,
            confirmed_at=moment if one.help is HelpState.CLOSED else None,
        )  # fmt: skip
    if one.journey:
        await Movement.create(
            uid=key, person_id=person, to_city="东莞", leaves_on=one.left_on, state=one.journey,
            source=MovementSource.DEPARTURE, source_key=key, reported_at=now,
            arrived_at=at_local(one.left_on, 12) if one.journey is MovementState.ARRIVED else None,
        )  # fmt: skip
    if one.evidence:
        await StudyRecord.create(
            person_id=person, material=key, evidence=one.evidence, hours_tenths=number + 1,
            earned_at=at_local(one.help_on, 12),
        )  # fmt: skip
    await Consent.create(
        person_id=person, kind=ConsentKind.BASICS, version="1", decided_at=now,
        decision=ConsentDecision.GIVEN if one.agrees else ConsentDecision.WITHDRAWN,
    )  # fmt: skip


async def _add(number: int, one: Someone) -> None:
    now = at(11, 20)
    await _add_more(number, one)
    if one.report:
        draft = await ReportDraft.create(
            uid=f"d{number}", person_id=number + 1, quarter=str(QUARTER),
            state=DraftState.SUBMITTED, opened_at=now, updated_at=now,
        )  # fmt: skip
        await ThoughtReport.create(
            uid=f"r{number}", person_id=number + 1, draft=draft, quarter=str(QUARTER),
            state=one.report, pages=1, submitted_at=now,
        )  # fmt: skip
    if one.mentor is None:
        return
    pair = await Mentorship.create(
        person_id=number + 1, mentor_id=one.mentor + 1, from_on=date(2026, 3, 1),
        until_on=one.mentor_until, last_contact_on=one.last_on, next_contact_on=TODAY,
    )  # fmt: skip
    if one.contact_on:
        await Contact.create(
            uid=f"c{number}", mentorship=pair, person_id=number + 1, entered_by_id=one.mentor + 1,
            contacted_on=one.contact_on, channel=Channel.PHONE, outcome=one.outcome,
            source_key=f"c{number}", entered_at=now, withdrawn_at=now if one.withdrawn else None,
        )  # fmt: skip


class Oracle:
    """The rule read naively: one person after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        totals = {RoleKind.TOWNSHIP_CLERK, RoleKind.COUNTY_CLERK}
        self.names = not any(role in totals for role, _ in world.grants)
        kinds = NAMED if self.names else NAMED | totals
        self.scope = [world.path(unit) for role, unit in world.grants if role in kinds]
        self.named = [world.path(unit) for role, unit in world.grants if role in NAMED]

    def inside(self, one: Someone, roots: list[str]) -> bool:
        return any(
            self.world.path(place).startswith(root)
            for root in roots
            for place in (one.home, one.inflow)
            if place is not None
        )

    def sees_unit(self, number: int) -> bool:
        path = self.world.path(number)
        visible = [one for one in self.world.people if self.inside(one, self.scope)]
        return any(path.startswith(root) for root in self.scope) or any(
            one.inflow == number for one in visible
        )

    def people(self) -> list[tuple[int, Someone]]:
        word = self.world.word
        return [
            (number, one)
            for number, one in enumerate(self.world.people)
            if self.inside(one, self.scope)
            and (word is None or self.inside(one, [self.world.path(word)]))
        ]

    def all_people(self) -> list[tuple[int, Someone]]:
        return [(n, one) for n, one in enumerate(self.world.people) if self.inside(one, self.scope)]

    def due_days(self, one: Someone) -> dict[DeadlineKind, date]:
        """When something is due, read off the calendar."""
        found = {}
        if one.stage is Stage.APPLICANT and one.dated_on:
            found[DeadlineKind.TALK] = add_months(one.dated_on, 1)
        if one.stage in {Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET} and one.activist_on:
            found[DeadlineKind.INSPECTION] = add_months(one.activist_on, 6)
        if one.stage is Stage.ACTIVIST and one.activist_on:
            found[DeadlineKind.YEAR] = add_months(one.activist_on, 12)
        if one.stage is Stage.PROBATIONARY_MEMBER and one.dated_on:
            found[DeadlineKind.PROBATION] = add_months(one.dated_on, 12)
        return found

    def hours(self, people: list[tuple[int, Someone]], kind: Evidence) -> list[int]:
        return [
            number + 1
            for number, one in people
            if one.evidence is kind and one.agrees and one.help_on in PERIOD.span
        ]

    def owes(self, one: Someone) -> bool:
        begun = one.activist_on is None or one.activist_on <= QUARTER.last_day
        return owes_report(one.stage) and begun

    def has_mentor(self, one: Someone, first: date) -> bool:
        until = one.mentor_until
        return (
            one.mentor is not None
            and (until is None or until >= first)
            and (one.stage in LEARNER_STAGES)
        )

    def silent_days(self, one: Someone) -> int:
        talked = one.contact_on if one.outcome in REACHED_OUTCOMES and not one.withdrawn else None
        # The pair's own day counts first; without one, the log; without both, the mentor's first.
        return (TODAY - (one.last_on or talked or date(2026, 3, 1))).days

    def line_in_period(self, one: Someone) -> bool:
        return bool(one.contact_on and not one.withdrawn and one.contact_on >= PERIOD.first)


def actor_of(world: World) -> Actor:
    return Actor(
        account_id=1,
        person_id=1,
        is_mentor=True,
        grants=tuple(Grant(role, unit + 1, world.path(unit)) for role, unit in world.grants),
    )


@pytest.mark.usefixtures("texts", "keys")
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
async def test_given_any_world_when_it_is_read_then_no_row_comes_from_outside_the_scope(
    database: str, world: World
) -> None:
    await run_tx(lambda: build(world))
    oracle, actor = Oracle(world), actor_of(world)
    scope = visible_units(actor)

    await _own_people_agree(oracle, actor)
    if world.word is not None and not oracle.sees_unit(world.word):
        with pytest.raises(Refusal):
            await queries.area_of(scope, f"单位{world.word}")
        return
    area = await queries.area_of(scope, "" if world.word is None else f"单位{world.word}")

    people = oracle.people()
    overview = await queries.overview(scope, area, PERIOD, TODAY)
    await _figures_agree(oracle, people, overview)
    await _blocks_agree(oracle, people, People(scope, area))
    await _rows_add_up(oracle, people, People(scope, area), overview.figures)
    owing = {f"人{n}" for n, one in people if oracle.owes(one) and one.report is None}
    silent = {
        f"人{n}": oracle.silent_days(one)
        for n, one in people
        if oracle.has_mentor(one, TODAY) and oracle.silent_days(one) >= 90
    }
    found = await lists.owing(scope, area, QUARTER)
    quiet = await lists.silent(scope, area, 90, TODAY)
    if oracle.names:
        assert {one.name for one in found} == owing
        assert {one.name: one.days for one in quiet} == silent
    else:
        assert found == quiet == ()
    assert sum(t.people for t in await lists.owing_tally(scope, area, QUARTER)) == len(owing)
    assert sum(t.people for t in await lists.silent_tally(scope, area, 90, TODAY)) == len(silent)
    await _parts_stay_inside(oracle, scope, area)


async def _parts_stay_inside(oracle: Oracle, scope: object, area: Area) -> None:
    parts = await queries.parts(scope, area, PERIOD, TODAY)

    assert all(any(part.path.startswith(root) for root in oracle.scope) for part in parts)


async def _figures_agree(
    oracle: Oracle, people: list[tuple[int, Someone]], overview: queries.Overview
) -> None:
    figures = overview.figures
    learners = [one for _, one in people if one.stage in LEARNER_STAGES]
    owing = [one for one in learners if oracle.owes(one)]
    mentored = [one for one in learners if oracle.has_mentor(one, PERIOD.first)]
    logged = [one for one in mentored if oracle.line_in_period(one)]

    assert sum(figures.stages.values()) == len(learners)
    assert figures.expected == len(owing)
    assert figures.handed_in == sum(one.report is not None for one in owing)
    assert figures.returned == sum(one.report is ReportState.RETURNED for one in owing)
    assert figures.mentored == len(mentored)
    assert figures.logged == len(logged)
    assert figures.reached == sum(one.outcome in REACHED_OUTCOMES for one in logged)
    assert figures.longest_days == max(map(oracle.silent_days, mentored), default=None)
    left = [one for one in learners if one.left_on in PERIOD.span and one.left_on <= TODAY]
    gone = (MovementState.AWAY, MovementState.ARRIVED)
    assert figures.left_home == sum(one.journey in gone for one in left)
    arrived = [one for one in learners if one.journey is MovementState.ARRIVED]
    assert figures.arrived == sum(one.left_on in PERIOD.span for one in arrived)
    asked = [one for _, one in people if one.help_on in PERIOD.span]
    assert figures.help_asked == sum(one.help not in {None, HelpState.CANCELLED} for one in asked)
    assert figures.help_closed == sum(one.help is HelpState.CLOSED for one in asked)
    assert figures.help_open == sum(one.help in OPEN_HELP for _, one in people)


async def _blocks_agree(oracle: Oracle, people: list[tuple[int, Someone]], counted: People) -> None:
    """Deadlines and study hours are those of a naive reading; names only where they are seen."""
    due = {kind: [] for kind in DeadlineKind if kind is not DeadlineKind.REPORT}
    for number, one in people:
        for kind, day in oracle.due_days(one).items():
            if day <= TODAY + AHEAD:
                due[kind].append((day, f"人{number}"))
    found = await deadlines.totals(counted, TODAY)
    for kind, days in due.items():
        expected = Due(sum(day >= TODAY for day, _ in days), sum(day < TODAY for day, _ in days))
        assert found.get(kind, Due()) == expected
        named = await deadlines.named(counted, kind, TODAY)
        assert {(one.due_on, one.name) for one in named} == (set(days) if oracle.names else set())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "BATCH", 2)
        batches = [some async for some in deadlines.all_named(counted, TODAY)]
    assert max((len(some) for some in batches), default=0) <= 2
    at_once = [await deadlines.named(counted, kind, TODAY) for kind in DeadlineKind]
    assert [one for some in batches for one in some] == [one for some in at_once for one in some]
    said = await study_hours.study(counted, PERIOD)
    for kind in Evidence:
        mine = oracle.hours(people, kind)
        rest = len(oracle.hours(oracle.all_people(), kind)) - len(mine)
        is_enough = len(mine) >= 5 and (rest == 0 or rest >= 5)
        if mine and (is_enough or (kind is Evidence.ATTENDED and oracle.names)):
            assert said.kinds[kind] == Hours(sum(mine), len(mine))
        else:
            assert kind not in said.kinds


async def _rows_add_up(
    oracle: Oracle, people: list[tuple[int, Someone]], counted: People, whole: Figures
) -> None:
    """The rows behind the numbers add up to them, by unit and by person."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "UNITS", 2)
        batches = [some async for some in detail_rows.units(counted, PERIOD, TODAY)]
    assert max(map(len, batches), default=0) <= 2
    units = [row for some in batches for row in some]
    assert replace(total(units), pushes=whole.pushes) == whole
    rows = [row async for batch in detail_rows.persons(counted, PERIOD, TODAY) for row in batch]
    named = [one async for some in detail_rows.named_ids(counted, PERIOD, TODAY) for one in some]
    dated = {one.person_id async for one in _all_dated(counted)}
    assert named == sorted({row.person_id for row in rows} | dated)
    names = {f"人{number}" for number, _ in people}
    assert {row.name for row in rows} <= (names if oracle.names else set())
    if oracle.names:
        assert replace(total(rows), pushes=whole.pushes) == without_help(whole)


async def _all_dated(counted: People) -> AsyncIterator[Dated]:
    async for some in deadlines.all_named(counted, TODAY):
        for one in some:
            yield one


def total(rows: Sequence[UnitRow | PersonRow]) -> Figures:
    return sum((row.figures for row in rows), Figures())


async def _own_people_agree(oracle: Oracle, actor: Actor) -> None:
    found = {one.name for one in await mentoring.own_people(actor, TODAY)}
    pairs = [
        (number, one)
        for number, one in enumerate(oracle.world.people)
        if oracle.has_mentor(one, TODAY)
    ]
    # Nobody logs a contact with himself: the actor is the first of all people.
    mine = {f"人{n}" for n, one in pairs if n and one.mentor == 0}
    branch = {f"人{n}" for n, one in pairs if oracle.inside(one, oracle.named)}

    assert found == (mine | branch) - {"人0"}
    assert {one.name for one in await mentoring.mentees(actor, TODAY)} == mine
