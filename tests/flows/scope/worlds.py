"""Who asks, over a random tree: the levels, and what of the world is none of the asker's business.

The tree and the people are those of the statistics' test, read by its oracle and by that of the
console's; here an asker of one level is put into it, and every unit gets a secretary.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from hypothesis import assume
from hypothesis import strategies as st

from core.actors import RoleKind, Stage
from models.enums import Outcome, ReportState
from tests.flows.scope import tokens
from tests.plugins.console.test_console_scope import Rights
from tests.plugins.stats.test_scope import TODAY, Someone, World, worlds


class Level(StrEnum):
    """Who asks."""

    PERSON = "person"
    MENTOR = "mentor"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    TOWNSHIP = "township"
    COUNTY = "county"
    INFLOW = "inflow"
    STRANGER = "stranger"


OFFICES = {
    Level.SECRETARY: RoleKind.BRANCH_SECRETARY,
    Level.TOWNSHIP: RoleKind.TOWNSHIP_CLERK,
    Level.COUNTY: RoleKind.COUNTY_CLERK,
    Level.INFLOW: RoleKind.LIAISON_OFFICER,
}
# The asker, and the other of the two mentors that a world has.
ME, OTHER = 0, 1
_MOST_PEOPLE, _FEWEST = 5, 2


@dataclass(frozen=True)
class Case:
    """A world with its asker, whose office, if he has one, is in unit ``seat``."""

    level: Level
    world: World
    seat: int

    @cached_property
    def rights(self) -> Rights:
        return Rights(self.world)

    def officer(self, unit: int) -> int:
        """The number of the person who answers for a unit."""
        return len(self.world.people) + unit

    @cached_property
    def homes(self) -> dict[int, tuple[int, ...]]:
        """Where everybody belongs, at home and away."""
        people = {
            number: tuple(place for place in (one.home, one.inflow) if place is not None)
            for number, one in enumerate(self.world.people)
        }
        return people | {self.officer(unit): (unit,) for unit in range(len(self.world.parents))}

    @cached_property
    def mine(self) -> frozenset[int]:
        """Whom the asker looks after: by his office, as a mentor, or standing in for one."""
        if self.level is Level.STRANGER:
            return frozenset()
        roots = [*self.rights.oracle.scope, *self.rights.oracle.named]
        looked_after = {
            number
            for number, places in self.homes.items()
            if any(self.world.path(place).startswith(root) for place in places for root in roots)
        }
        return frozenset(looked_after | self.mentees | self.stood_for | {ME})

    @cached_property
    def mentees(self) -> frozenset[int]:
        people = enumerate(self.world.people)
        return frozenset(number for number, one in people if number and self.rights.is_mentee(one))

    @cached_property
    def stood_for(self) -> frozenset[int]:
        """The people of the mentor for whom the asker stands in."""
        if self.level is not Level.DEPUTY:
            return frozenset()
        people = enumerate(self.world.people)
        return frozenset(number for number, one in people if one.mentor == OTHER and _is_today(one))

    @cached_property
    def near(self) -> frozenset[int]:
        """Everybody with whom the asker has to do: his own, their mentors, those above them."""
        if self.level is Level.STRANGER:
            return frozenset()
        mentors = {
            mentor
            for number in self.mine
            if number < len(self.world.people)
            and (mentor := self.world.people[number].mentor) is not None
        }
        above = {
            self.officer(unit)
            for unit in range(len(self.world.parents))
            for number in self.mine
            for place in self.homes[number]
            if self.world.path(place).startswith(self.world.path(unit))
        }
        stood_in = {OTHER} if self.level is Level.DEPUTY else set()
        return frozenset(self.mine | mentors | above | stood_in)

    @cached_property
    def units(self) -> frozenset[int]:
        """Units of the asker's business: what he answers for, and where those near him belong."""
        roots = [*self.rights.oracle.scope, *self.rights.oracle.named]
        paths = {place: self.world.path(place) for place in range(len(self.world.parents))}
        homes = {place for number in self.near for place in self.homes[number]}
        return frozenset(
            unit
            for unit, path in paths.items()
            if any(path.startswith(root) for root in roots)
            or any(paths[home].startswith(path) for home in homes)
        )

    @property
    def one(self) -> int:
        """Somebody with everything, of whom the asker has something to do if he does of anybody."""
        return len(self.world.people) - 2

    @property
    def far(self) -> int:
        """Somebody with everything in the other tree, who is nobody's here."""
        return len(self.world.people) - 1

    @property
    def elsewhere(self) -> int:
        """The unit of the other tree."""
        return len(self.world.parents) - 1

    @cached_property
    def outside(self) -> frozenset[int]:
        """Everybody with whom the asker has nothing to do."""
        return frozenset(self.homes) - self.near

    @cached_property
    def words(self) -> dict[str, str]:
        """What stands in the examples: somebody and something of the asker's, and of others."""
        return {
            "one": tokens.of_person(tokens.NAME, self.one),
            "far": tokens.of_person(tokens.NAME, self.far),
            "unit": tokens.of_unit(tokens.UNIT, self.seat),
            "other": tokens.of_unit(tokens.UNIT, self.elsewhere),
            "far_group": tokens.of_unit(tokens.GROUP, self.elsewhere),
            "far_piece": tokens.of_unit(tokens.PIECE, self.elsewhere),
            "push": tokens.of_unit(tokens.PUSH, self.seat),
            "far_push": tokens.of_unit(tokens.PUSH, self.elsewhere),
        }


@st.composite
def cases(draw: st.DrawFn, level: Level) -> Case:
    """Put somebody of that level into a random world, beside a tree of which he is no part."""
    world = draw(worlds())
    assume(len(world.parents) > _FEWEST and len(world.people) > _FEWEST)
    seat = 0 if level is Level.COUNTY else draw(st.integers(0, len(world.parents) - 1))
    people = list(world.people[:_MOST_PEOPLE])
    for number in (ME, OTHER):
        stage = Stage.ACTIVIST if level is Level.PERSON and number == ME else Stage.FULL_MEMBER
        people[number] = replace(people[number], stage=stage, home=seat, inflow=None, mentor=None)
    if level is Level.PERSON:
        people[ME] = replace(people[ME], mentor=OTHER, mentor_until=None, report=None)
    if level not in {Level.MENTOR, *OFFICES}:
        people = [_given_to_other(one) for one in people]
    # Whose mentor one was stays in the copy of one's own data, so that nobody is.
    people = [one if _is_today(one) else _given_to_other(one) for one in people]
    elsewhere = len(world.parents)
    people += [_learner(seat, elsewhere if level is Level.INFLOW else None, level), _far(elsewhere)]
    if level is Level.INFLOW:
        people[-2] = replace(people[-2], home=elsewhere, inflow=seat)
    grants = ((OFFICES[level], seat),) if level in OFFICES else ()
    return Case(level, World((*world.parents, None), tuple(people), grants, None), seat)


def _given_to_other(one: Someone) -> Someone:
    return replace(one, mentor=OTHER if one.mentor == ME else one.mentor)


def _is_today(one: Someone) -> bool:
    return one.mentor_until is None or one.mentor_until >= TODAY


def _learner(home: int, inflow: int | None, level: Level) -> Someone:
    """Somebody with everything, of whom every level but a person's has something to do."""
    return Someone(
        home=home, inflow=inflow, stage=Stage.ACTIVIST, activist_on=None,
        report=ReportState.WAITING_SECRETARY if level in OFFICES else ReportState.WAITING_MENTOR,
        mentor=ME if level is Level.MENTOR else OTHER, mentor_until=None,
        last_on=TODAY - timedelta(days=120), contact_on=TODAY - timedelta(days=120),
        outcome=Outcome.REACHED, withdrawn=False, help=None, help_on=TODAY, journey=None,
        left_on=TODAY, evidence=None, agrees=True, dated_on=None,
    )  # fmt: skip


def _far(home: int) -> Someone:
    """Somebody of the other tree with everything, who is nobody's here."""
    return replace(_learner(home, None, Level.SECRETARY), mentor=None)
