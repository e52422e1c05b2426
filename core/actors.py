"""Who is asking, as a value: made once per message by identity, passed down to every read."""

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Where a person stands on the way (发展党员工作细则, five phases)."""

    APPLICANT = "applicant"
    ACTIVIST = "activist"
    DEVELOPMENT_TARGET = "development_target"
    PROBATIONARY_MEMBER = "probationary_member"
    FULL_MEMBER = "full_member"


# Those the house exists for: they study and report. A full member is here as mentor or secretary.
LEARNER_STAGES = frozenset(Stage) - {Stage.FULL_MEMBER}


class RoleKind(StrEnum):
    """An office held in a unit."""

    BRANCH_SECRETARY = "branch_secretary"
    DEPUTY_SECRETARY = "deputy_secretary"
    ORGANIZATION_COMMISSIONER = "organization_commissioner"
    TOWNSHIP_CLERK = "township_clerk"
    COUNTY_CLERK = "county_clerk"
    LIAISON_OFFICER = "liaison_officer"
    OPERATOR = "operator"


class Who(StrEnum):
    """For whom a command is (the letters of the catalogue: A M S T I O, and anyone)."""

    ANYONE = "anyone"
    WORKER = "worker"
    MENTOR = "mentor"
    SECRETARY = "secretary"
    TOWNSHIP = "township"
    INFLOW = "inflow"
    OPERATOR = "operator"


ROLE_WHO: dict[RoleKind, Who] = {
    RoleKind.BRANCH_SECRETARY: Who.SECRETARY,
    RoleKind.DEPUTY_SECRETARY: Who.SECRETARY,
    RoleKind.ORGANIZATION_COMMISSIONER: Who.SECRETARY,
    RoleKind.TOWNSHIP_CLERK: Who.TOWNSHIP,
    RoleKind.COUNTY_CLERK: Who.TOWNSHIP,
    RoleKind.LIAISON_OFFICER: Who.INFLOW,
    RoleKind.OPERATOR: Who.OPERATOR,
}


class ConsentKind(StrEnum):
    """The two separate consents (PIPL art. 29)."""

    BASICS = "basics"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Grant:
    """One office of one person. ``unit_path`` is the tree path, ``/1/4/`` with both slashes."""

    role: RoleKind
    unit_id: int
    unit_path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an account at this moment, or a stranger (``person_id`` is None).

    ``home_path`` and ``inflow_path`` are tree paths of the units that look after the person.
    ``consents`` are those in force now.
    """

    account_id: int | None = None
    person_id: int | None = None
    name: str = ""
    stage: Stage | None = None
    home_unit_id: int | None = None
    home_path: str = ""
    inflow_path: str = ""
    is_mentor: bool = False
    grants: tuple[Grant, ...] = ()
    consents: frozenset[ConsentKind] = field(default_factory=frozenset)

    @property
    def is_bound(self) -> bool:
        """Whether the account belongs to a known person."""
        return self.person_id is not None

    @property
    def roles(self) -> frozenset[Who]:
        """All the kinds of user this person is."""
        found = {Who.ANYONE} | {ROLE_WHO[grant.role] for grant in self.grants}
        if self.stage in LEARNER_STAGES and self.stage is not None:
            found.add(Who.WORKER)
        if self.is_mentor:
            found.add(Who.MENTOR)
        return frozenset(found)


STRANGER = Actor()


@dataclass(frozen=True, slots=True)
class UnitScope:
    """The subtrees somebody may see: tree paths, each covering everything below it.

    ``names`` says whether names may be shown, or only totals (township and above see totals).
    """

    paths: tuple[str, ...]
    names: bool = True

    def covers(self, path: str) -> bool:
        """Whether the unit with tree path ``path`` lies in the scope."""
        return any(path.startswith(root) for root in self.paths)
