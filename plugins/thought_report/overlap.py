"""Finds the reports that share clauses with one report, as far as its reader may know of them.

Only keyed hashes are compared; no text is opened here. The method is described in docs/overlap.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.actors import Actor
from core.periods import Quarter
from models import Mentorship, ReportFingerprint, ThoughtReport
from plugins.identity import reach, statements
from plugins.thought_report import fingerprints, quotable
from plugins.thought_report.clauses import Clause, hash_of, unpacked

# Fewer equal clauses than this are chance (measured on pairs: unrelated reports share none).
LEAST_EQUAL = 3
# A clause that stands in more reports than this is a way of speaking, whoever began with it.
COMMON_ABOVE = 20
# So many of those that share most are looked at more closely.
MOST_CANDIDATES = 20

_AT_ONCE = 32
_ONE_RANGE = "SELECT id FROM (SELECT id FROM report_clause WHERE id BETWEEN ${} AND ${} LIMIT {})"
_RANGES = " UNION ALL ".join(
    _ONE_RANGE.format(2 * place + 1, 2 * place + 2, COMMON_ABOVE + 2) + f" AS r{place}"
    for place in range(_AT_ONCE)
)


class Reach(StrEnum):
    """What a reader may know of another report that shares clauses with the one in hand."""

    OWN = "own"  # of the same author: which quarter
    READABLE = "readable"  # of somebody whose reports he may read: whose, and all of it
    NEAR = "near"  # of the same branch, or below: that there is one
    ELSEWHERE = "elsewhere"  # of another branch: that there is one


@dataclass(frozen=True, slots=True)
class Match:
    """Another report with equal clauses. ``author`` is empty unless its reach is READABLE.

    ``is_open`` says whether the reader may see its text. One of the same author is closed to who
    reads for the mentor only: he sees what waits, not what was said before (dialogues 3.11).
    """

    reach: Reach
    is_open: bool
    count: int
    report_id: int
    person_id: int
    quarter: Quarter
    author: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a report shares. ``same`` clauses stand in other reports too, each counted once.

    ``lessons`` are titles of pieces with how many clauses were taken from each, most first.
    ``left_out`` are clauses that were not compared: common ones, formulae, those of lessons.
    """

    same: int = 0
    matches: tuple[Match, ...] = ()
    lessons: tuple[tuple[str, int], ...] = ()
    left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.matches and not self.lessons


async def find(
    actor: Actor, report: ThoughtReport, clauses: Sequence[Clause], day: date
) -> Overlap:
    """Return what ``report`` with these clauses shares with others, for this reader on ``day``.

    The caller has made sure that the actor may read ``report``.
    """
    free = quotable.current()
    letters = {clause.letters for clause in clauses}
    own = frozenset(hash_of(one, key=fingerprints.key()) for one in letters if one not in free)
    holders = await _holders(own)
    common = {
        number for number, reports in holders.items() if len(reports - {report.id}) > COMMON_ABOVE
    }
    wanted = own - common
    matches, same = await _matches(actor, report, wanted, _ranked(holders, wanted, report.id), day)
    return Overlap(
        same=same,
        matches=matches,
        lessons=_lessons(free.titles[one] for one in letters if one in free.titles),
        left_out=len(letters) - len(wanted),
    )


def _lessons(titles: Iterable[str]) -> tuple[tuple[str, int], ...]:
    found = Counter(titles).most_common()
    return tuple((title, count) for title, count in found if count >= LEAST_EQUAL)


async def _holders(hashes: frozenset[int]) -> Mapping[int, set[int]]:
    """Return which reports hold each hash (as far as its upper half tells), a few of many."""
    found: dict[int, set[int]] = {number: set() for number in hashes}
    by_range = {fingerprints.first_of(number): number for number in hashes}
    ordered = sorted(hashes)
    for start in range(0, len(ordered), _AT_ONCE):
        batch = ordered[start : start + _AT_ONCE]
        batch += batch[-1:] * (_AT_ONCE - len(batch))  # one statement for any number of clauses
        bounds = [
            edge
            for number in batch
            for edge in (fingerprints.first_of(number), fingerprints.last_of(number))
        ]
        for row in await statements.rows(_RANGES, *bounds):
            clause_id = int(row["id"])
            number = by_range[fingerprints.first_of(clause_id)]
            found[number].add(fingerprints.report_of(clause_id))
    return found


def _ranked(holders: Mapping[int, set[int]], wanted: frozenset[int], own_id: int) -> list[int]:
    """Return the reports that seem to share enough, those that share most first."""
    counts = Counter(report for number in sorted(wanted) for report in sorted(holders[number]))
    counts.pop(own_id, None)
    enough = [report for report, count in counts.most_common() if count >= LEAST_EQUAL]
    return enough[:MOST_CANDIDATES]


async def _matches(
    actor: Actor,
    report: ThoughtReport,
    wanted: frozenset[int],
    candidates: Sequence[int],
    day: date,
) -> tuple[tuple[Match, ...], int]:
    """Compare whole hashes with the candidates; return the matches and how many clauses differ."""
    if not candidates:
        return (), 0
    rows = await ReportFingerprint.filter(
        report_id__in=list(candidates), edition=fingerprints.edition()
    ).prefetch_related("report__person__home_unit")
    mentees = await _mentees(actor, {row.report.person_id for row in rows}, day)
    near = await _near_paths(actor, report)
    matches: list[Match] = []
    shared: set[int] = set()
    for row in rows:
        equal = wanted.intersection(unpacked(row.hashes))
        other = row.report
        is_itself = other.person_id == report.person_id and other.quarter == report.quarter
        if len(equal) < LEAST_EQUAL or is_itself:
            continue
        shared |= equal
        may_read = other.person_id in mentees or _is_within(other, reach.branch_paths(actor))
        how_near = _reach(report, other, may_read=may_read, near=near)
        matches.append(
            Match(
                reach=how_near,
                is_open=may_read,
                count=len(equal),
                report_id=other.id,
                person_id=other.person_id,
                quarter=Quarter.parse(other.quarter),
                author=other.person.name if how_near is Reach.READABLE else "",
            )
        )
    return tuple(sorted(matches, key=lambda match: -match.count)), len(shared)


async def _mentees(actor: Actor, people: set[int], day: date) -> set[int]:
    rows = Mentorship.filter(
        reach.in_force(day), mentor_id=actor.person_id or 0, person_id__in=sorted(people)
    )
    return {int(str(person)) for person in await rows.values_list("person_id", flat=True)}


async def _near_paths(actor: Actor, report: ThoughtReport) -> tuple[str, ...]:
    """Return the subtrees that the reader counts as his own: the author's branch and his."""
    author = await report.person
    unit = await author.home_unit
    return (unit.path, *reach.branch_paths(actor))


def _reach(
    report: ThoughtReport, other: ThoughtReport, *, may_read: bool, near: Sequence[str]
) -> Reach:
    if other.person_id == report.person_id:
        return Reach.OWN
    if may_read:
        return Reach.READABLE
    return Reach.NEAR if _is_within(other, near) else Reach.ELSEWHERE


def _is_within(report: ThoughtReport, paths: Sequence[str]) -> bool:
    """Whether the author of ``report`` belongs to one of the subtrees; his unit is loaded."""
    return any(map(report.person.home_unit.path.startswith, paths))
