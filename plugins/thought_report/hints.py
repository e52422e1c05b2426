"""What a reader is told beside a report: its parts, its length, what it shares with others.

Hints, never verdicts, and only to somebody who may read the report, in private. Every look into
another report leaves a row for its author.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.clock import local_day
from core.database import transactional
from core.errors import Refusal
from core.periods import Quarter
from models import ReportPart, ThoughtReport
from models.enums import PartKind
from plugins.identity import looks
from plugins.identity.looks import Office
from plugins.thought_report import fingerprints, overlap, pages, passages, readers
from plugins.thought_report.clauses import clauses_of
from plugins.thought_report.overlap import Match, Overlap
from plugins.thought_report.parts import Parts, parts_of
from plugins.thought_report.passages import Passage
from plugins.thought_report.review import ToRead

# Passages in one message, and other reports that are opened for them.
MOST_PASSAGES = 5
MOST_OPENED = 3


@dataclass(frozen=True, slots=True)
class Hints:
    """What is said beside a report. ``unread`` are the kinds of pages whose words we cannot read.

    ``parts`` is None when no page is readable; ``since_last`` are days.
    """

    parts: Parts | None
    unread: tuple[PartKind, ...]
    since_last: int | None
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Beside:
    """Another report that the reader may know of, with its passages as far as he may see them.

    ``author`` is empty when it is the same one.
    """

    author: str
    quarter: Quarter
    count: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What a report shares, opened as far as the reader may see it.

    ``near`` and ``elsewhere`` are the clause counts of reports that stay closed, most first;
    ``left_out`` counts the clauses that were not compared.
    """

    beside: tuple[Beside, ...]
    near: tuple[int, ...]
    elsewhere: tuple[int, ...]
    lessons: tuple[tuple[str, int], ...]
    left_out: int


async def for_reader(*, actor: Actor, report: ToRead, now: datetime) -> Hints:
    """Return the hints to a report that the actor has just opened. Writes nothing."""
    row, parts = await _opened(report.uid)
    texts = [fingerprints.text_on(part) for part in parts]
    found = await overlap.find(actor, row, clauses_of(fingerprints.text_of(parts)), local_day(now))
    silent = {part.kind for part, text in zip(parts, texts, strict=True) if not text}
    return Hints(
        parts=parts_of(texts, author=report.author),
        unread=tuple(kind for kind in PartKind if kind in silent),
        since_last=report.since_last,
        overlap=found,
    )


async def _opened(uid: str) -> tuple[ThoughtReport, Sequence[ReportPart]]:
    row = await ThoughtReport.filter(uid=uid).first()
    if row is None:
        raise Refusal("thought_report.not_waiting")
    return row, await pages.live_pages(row.draft_id)


@transactional
async def side_by_side(*, actor: Actor, report: ToRead, now: datetime) -> SideBySide:
    """Open the passages that ``report``, just opened by the actor, shares with others.

    Commits a read row for the author of every other report that is opened. Raises Refusal
    ``thought_report.not_waiting``.
    """
    row, parts = await _opened(report.uid)
    here = fingerprints.text_of(parts)
    today = local_day(now)
    found = await overlap.find(actor, row, clauses_of(here), today)
    opened = [match for match in found.matches if match.is_open][:MOST_OPENED]
    beside = await _beside(here, opened)
    for match in opened:
        await _leave_row(actor, match, now)
    return SideBySide(
        beside=(*beside, *_closed(found.matches)),
        near=_counts(found.matches, overlap.Reach.NEAR),
        elsewhere=_counts(found.matches, overlap.Reach.ELSEWHERE),
        lessons=found.lessons,
        left_out=found.left_out,
    )


def _closed(matches: Sequence[Match]) -> list[Beside]:
    return [
        Beside("", match.quarter, match.count, ())
        for match in matches
        if match.reach is overlap.Reach.OWN and not match.is_open
    ][:MOST_OPENED]


def _counts(matches: Sequence[Match], reach: overlap.Reach) -> tuple[int, ...]:
    return tuple(match.count for match in matches if match.reach is reach)


async def _beside(here: str, opened: Sequence[Match]) -> tuple[Beside, ...]:
    """Return the longest passages of each opened report, all of them together at most five."""
    found: list[Beside] = []
    left = MOST_PASSAGES
    for place, match in enumerate(opened):
        there = await _text(match.report_id)
        # Each of those that follow is to have a passage too.
        share = left - (len(opened) - place - 1)
        shown = passages.shared(here, there, most=share)
        left -= len(shown)
        if shown:
            found.append(Beside(match.author, match.quarter, match.count, shown))
    return tuple(found)


async def _text(report_id: int) -> str:
    row = await ThoughtReport.get(id=report_id)
    return fingerprints.text_of(await pages.live_pages(row.draft_id))


async def _leave_row(actor: Actor, match: Match, now: datetime) -> None:
    mentors = await readers.mentors_of(match.person_id, local_day(now))
    is_mentor = any(mentor.person_id == actor.person_id for mentor in mentors)
    await looks.note(
        reader=actor,
        person_id=match.person_id,
        office=Office.MENTOR if is_mentor else Office.SECRETARY,
        what=looks.at_overlap(match.quarter),
        now=now,
    )
