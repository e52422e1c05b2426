"""What a unit keeps to (联系规矩): its own row, else that of the unit above, else config.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.actors import ROLE_WHO, Actor, Who
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from models import AuditLog, MentoringRule, Unit
from models.enums import EscalationLevel
from plugins.mentoring.cadence import Rhythm

COLUMNS = (
    "cadence_months",
    "close_months",
    "people_most",
    "branch_days",
    "township_days",
    "county_days",
)
# Column, least and most: the same bounds as in config.toml.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "cadence_months": (1, 12),
    "close_months": (1, 12),
    "people_most": (1, 50),
    "branch_days": (0, 60),
    "township_days": (0, 60),
    "county_days": (0, 60),
}


@dataclass(frozen=True, slots=True)
class UnitRule:
    """What holds in one unit, inherited values included. Days are working days, 0 is never."""

    cadence_months: int
    close_months: int
    people_most: int
    branch_days: int
    township_days: int
    county_days: int

    @property
    def rhythm(self) -> Rhythm:
        """The months and days the next contact is counted with."""
        return Rhythm(self.cadence_months, self.close_months, settings().mentoring.close_days)

    def days_to(self, level: EscalationLevel) -> int:
        """Return after how many working days an office is asked; 0 when it never is."""
        days = {
            EscalationLevel.SECRETARY: self.branch_days,
            EscalationLevel.TOWNSHIP: self.township_days,
            EscalationLevel.COUNTY: self.county_days,
        }
        return days.get(level, 0)


class RuleBook:
    """The rules of all units, read once."""

    def __init__(self, rows: Sequence[tuple[str, MentoringRule]]) -> None:
        self._rows = dict(rows)
        self._known: dict[str, UnitRule] = {}

    @classmethod
    async def load(cls) -> "RuleBook":
        """Read every unit's own row: one statement."""
        rows = await MentoringRule.all().select_related("unit")
        return cls([(row.unit.path, row) for row in rows])

    def of(self, path: str) -> UnitRule:
        """Return what holds in the unit with tree path ``path``, the nearest row deciding."""
        if path not in self._known:
            self._known[path] = UnitRule(**{name: self._value(path, name) for name in COLUMNS})
        return self._known[path]

    def _value(self, path: str, name: str) -> int:
        steps = path.strip("/").split("/")
        for size in range(len(steps), 0, -1):
            row = self._rows.get("/" + "/".join(steps[:size]) + "/")
            if row is not None and (value := getattr(row, name)) is not None:
                return int(value)
        return int(getattr(settings().mentoring, name))


@transactional
async def set_rule(
    *, actor: Actor, unit_id: int, changes: Mapping[str, int], now: datetime
) -> UnitRule:
    """Write what a unit of the actor's keeps to; return what holds there now.

    Township and county set the rules, whoever is asked under them does not. Raises Refusal
    ``mentoring.rule_bounds`` for a number out of bounds, ``mentoring.rule_not_yours`` for a unit
    outside the actor's offices. Commits the row and its audit row.
    """
    unit = await Unit.get(id=unit_id)
    offices = [grant for grant in actor.grants if ROLE_WHO[grant.role] is Who.TOWNSHIP]
    if not any(unit.path.startswith(grant.unit_path) for grant in offices):
        raise Refusal("mentoring.rule_not_yours")
    for name, value in changes.items():
        least, most = BOUNDS[name]
        if not least <= value <= most:
            raise Refusal("mentoring.rule_bounds", least=least, most=most)
    row = await MentoringRule.get_or_none(unit_id=unit_id) or MentoringRule(unit_id=unit_id)
    row.update_from_dict(dict(changes))
    await row.save()
    detail: dict[str, Any] = dict(changes)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="mentoring.rule_set",
        subject_kind="unit",
        subject_id=unit_id,
        detail=detail,
    )
    return (await RuleBook.load()).of(unit.path)
