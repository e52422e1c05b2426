"""Totals of study for those in charge (学时 汇总): by kind of evidence, never by person, never few.

What somebody did in private is his own (学时 says so): a total of quizzes or of what people
declared is said only of five people and more, with the rest of the scope nobody or five as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actors import UnitScope
from core.config import settings
from core.messages import Chat
from core.periods import Span
from models import Group, Unit
from models.enums import Evidence
from plugins.identity import queries as identity
from plugins.identity import statements
from plugins.study import library
from plugins.study.library import Material
from plugins.study.words import LIST_MARK

# The newest decision about the first consent is yes.
_CONSENTED = """
EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.kind = 'basics'
  AND c.decision = 'given' AND NOT EXISTS (SELECT 1 FROM consent l
  WHERE l.person_id = c.person_id AND l.kind = c.kind AND l.id > c.id))
"""
_PEOPLE = """
JOIN person p ON p.id = {rows}.person_id JOIN unit h ON h.id = p.home_unit_id
LEFT JOIN unit i ON i.id = p.inflow_unit_id
"""
_HOURS = """
SELECT r.evidence AS evidence, SUM(r.hours_tenths) AS tenths,
  COUNT(DISTINCT r.person_id) AS people
FROM study_record r {joined}
WHERE ((r.happened_on >= $1 AND r.happened_on <= $2)
  OR (r.happened_on IS NULL AND r.earned_at >= $3 AND r.earned_at < $4))
  AND {consented} AND ({area})
GROUP BY r.evidence
"""
_ASKED = """
SELECT a.material AS material, COUNT(DISTINCT a.person_id) AS people, MAX(a.id) AS newest
FROM quiz_answer a {joined}
WHERE a.answered_at >= $1 AND a.answered_at < $2 AND {consented} AND ({area})
GROUP BY a.material ORDER BY newest DESC
"""
# How people answered the first time: later tries say nothing about what is hard.
_FIRST_TRIES = """
SELECT a.question AS question, COUNT(*) AS people,
  SUM(CASE WHEN a.is_right THEN 0 ELSE 1 END) AS wrong
FROM quiz_answer a
JOIN (SELECT MIN(id) AS id FROM quiz_answer WHERE material = $1 GROUP BY person_id, question) f
  ON f.id = a.id
{joined}
WHERE {consented} AND ({area})
GROUP BY a.question ORDER BY a.question
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or a whole scope whose people are counted together; ``paths`` are tree paths."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """Tenths of hours of one kind of evidence, and of how many people."""

    tenths: int
    people: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What may be said of a place. ``withheld`` says that a kind is of too few people."""

    kinds: Mapping[Evidence, Total]
    withheld: bool

    @property
    def is_empty(self) -> bool:
        """Whether nobody has any hours at all."""
        return not self.kinds and not self.withheld


@dataclass(frozen=True, slots=True)
class Question:
    """How a question went the first time; ``wrong`` is None where too few would be told apart."""

    number: int
    people: int
    wrong: int | None


async def place_of(scope: UnitScope, word: str) -> Place:
    """Return the unit that ``word`` names in ``scope``, all of the scope without a word.

    Raises Refusal ``identity.unit_unknown``, the same words whether it exists or not.
    """
    if word:
        unit = await identity.unit_by_name(scope, word)
        return Place(unit.name, (unit.path,))
    roots = await Unit.filter(path__in=list(scope.paths)).order_by("path")
    return Place(LIST_MARK.join(unit.name for unit in roots), scope.paths)


async def place_of_group(scope: UnitScope, chat: Chat) -> Place | None:
    """Return the unit of a group in charge; None for one that is not bound, or somebody else's."""
    group = await (
        Group.filter(platform=chat.platform, chat_id=chat.chat_id, is_active=True)
        .prefetch_related("unit")
        .first()
    )
    if group is None or not scope.covers(group.unit.path):
        return None
    return Place(group.unit.name, (group.unit.path,))


async def hours(scope: UnitScope, place: Place, span: Span, *, with_few: bool) -> Totals:
    """Return the hours of the people of ``place`` within ``span``, by kind of evidence.

    Only kinds of enough people; ``with_few`` is for whoever enters what people attended, and so
    knows it already.
    """
    found = await _hours(place.paths, span)
    whole = found if place.paths == scope.paths else await _hours(scope.paths, span)
    kinds = {
        kind: total
        for kind, total in found.items()
        if _is_enough(total.people, whole[kind].people - total.people)
        or (kind is Evidence.ATTENDED and with_few)
    }
    return Totals(kinds, withheld=len(kinds) < len(found))


def _is_enough(people: int, rest: int) -> bool:
    least = settings().privacy.group_total_min
    return people >= least and (rest == 0 or rest >= least)


async def _hours(paths: Sequence[str], span: Span) -> dict[Evidence, Total]:
    moments = (span.first, span.last, span.first_moment, span.end_moment)
    rows = await _rows(_HOURS, "r", paths, *moments)
    return {
        Evidence(row["evidence"]): Total(int(row["tenths"]), int(row["people"])) for row in rows
    }


async def quizzes(scope: UnitScope, place: Place, span: Span) -> tuple[Material, ...]:
    """Return the pieces whose questions enough people of ``place`` answered, the newest first."""
    bounds = (span.first_moment, span.end_moment)
    found = await _rows(_ASKED, "a", place.paths, *bounds)
    whole = {
        row["material"]: row["people"] for row in await _rows(_ASKED, "a", scope.paths, *bounds)
    }
    pieces = (
        library.current().find(row["material"])
        for row in found
        if _is_enough(row["people"], whole.get(row["material"], 0) - row["people"])
    )
    return tuple(piece for piece in pieces if piece is not None)


async def questions(place: Place, piece: Material) -> tuple[Question, ...]:
    """Return how each question of ``piece`` went, as far as nobody can be told apart by it.

    Those who were wrong, and those who were right, are each nobody or five people and more.
    """
    least = settings().privacy.group_total_min
    found = []
    for row in await _rows(_FIRST_TRIES, "a", place.paths, piece.slug):
        people, wrong = int(row["people"]), int(row["wrong"])
        if people < least:
            continue
        tells = all(count == 0 or count >= least for count in (wrong, people - wrong))
        found.append(Question(int(row["question"]) + 1, people, wrong if tells else None))
    return tuple(found)


async def _rows(
    statement: str, rows: str, paths: Sequence[str], *values: Any
) -> Sequence[Mapping[str, Any]]:
    if not paths:
        return ()
    numbers = range(len(values) + 1, len(values) + len(paths) + 1)
    area = " OR ".join(f"h.path LIKE ${n} OR i.path LIKE ${n}" for n in numbers)
    asked = statement.format(joined=_PEOPLE.format(rows=rows), consented=_CONSENTED, area=area)
    return await statements.rows(asked, *values, *(f"{path}%" for path in paths))
