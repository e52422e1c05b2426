"""Who has read a piece of the library and let it go out (审材料): decided for a unit and below.

A review is of the words as they stand: their hash is part of it, a changed text needs a new one.
What the front matter says (``reviewed_by``, ``reviewed_on``) counts everywhere. Whoever holds a
piece back holds it back for everything below, whatever was said there.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from core import crypto
from core.actors import Actor
from core.database import require_tx, transactional
from core.errors import Refusal
from models import AuditLog, MaterialReview, Person
from models.enums import MaterialDecision, UnitKind
from plugins.study import library, officers
from plugins.study.library import Library, Material

REASON_MOST = 200
# Whose word counts for somebody who belongs to no unit: the offices that look after a whole area.
_OF_STRANGERS = (UnitKind.COUNTY, UnitKind.TOWNSHIP)


@lru_cache(maxsize=8192)
def fingerprint(piece: Material) -> str:
    """Return the hash of what people read of a piece: title, source, push, sections, questions."""
    asked = [[one.ask, *one.options, str(one.answer), one.explain] for one in piece.quiz]
    source = [piece.source, piece.source_date.isoformat()]
    words = [piece.title, *source, piece.push, piece.sections, asked]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def line_of(path: str) -> tuple[int, ...]:
    """Return the units of a tree path, from the root down to the unit itself."""
    return tuple(int(piece) for piece in path.split("/") if piece)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided where: ids of units by slug, for the words as they stand now.

    ``later`` are those who put a piece off; it is no decision. ``units`` are all who decided.
    """

    passed: Mapping[str, frozenset[int]]
    held: Mapping[str, frozenset[int]]
    later: Mapping[str, frozenset[int]]
    units: frozenset[int]

    def is_decided(self, piece: Material, line: Collection[int]) -> bool:
        """Whether anybody on ``line`` has decided about a piece, or its front matter has."""
        said = (self.passed.get(piece.slug, _NOBODY), self.held.get(piece.slug, _NOBODY))
        return piece.is_reviewed or any(not units.isdisjoint(line) for units in said)

    def allows(self, piece: Material, line: Collection[int]) -> bool:
        """Whether a piece may go out to the last unit of ``line``, the ids of its tree path."""
        if not self.held.get(piece.slug, _NOBODY).isdisjoint(line):
            return False
        return piece.is_reviewed or not self.passed.get(piece.slug, _NOBODY).isdisjoint(line)


_NOBODY: frozenset[int] = frozenset()


async def read(units: Collection[int] | None = None) -> Verdicts:
    """Read what ``units`` decided about the library as it is, or everybody when it is None."""
    rows = MaterialReview.all()
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    return await _verdicts(rows.values_list("slug", "sha256", "decision", "unit_id"))


async def read_for_strangers() -> Verdicts:
    """Read what townships and counties decided: what somebody who belongs nowhere may see."""
    rows = MaterialReview.filter(unit__kind__in=list(_OF_STRANGERS))
    return await _verdicts(rows.values_list("slug", "sha256", "decision", "unit_id"))


async def _verdicts(rows: object) -> Verdicts:
    found: dict[MaterialDecision, dict[str, set[int]]] = {
        decision: defaultdict(set) for decision in MaterialDecision
    }
    known = {piece.slug: fingerprint(piece) for piece in library.current().all}
    for slug, sha256, decision, unit in await rows:  # type: ignore[misc]  # a query of Tortoise
        if known.get(slug) == sha256:
            found[MaterialDecision(decision)][slug].add(unit)
    frozen = {
        decision: {slug: frozenset(units) for slug, units in by_slug.items()}
        for decision, by_slug in found.items()
    }
    passed, held = frozen[MaterialDecision.PASS], frozen[MaterialDecision.HOLD]
    units = _NOBODY.union(*passed.values(), *held.values())
    return Verdicts(passed, held, frozen[MaterialDecision.LATER], units)


def waiting(
    verdicts: Verdicts, line: Sequence[int], today: date, series: str = ""
) -> tuple[Material, ...]:
    """Return the pieces nobody on ``line`` decided about, in teaching order; not expired ones.

    Those the unit itself put off come last, so that the list goes on where one stopped.
    """
    known = [
        piece
        for piece in library.current().all
        if piece.effective_until >= today and (not series or piece.series == series)
    ]
    left = [piece for piece in known if not verdicts.is_decided(piece, line)]
    own = frozenset(line[-1:])
    left.sort(key=lambda piece: not verdicts.later.get(piece.slug, _NOBODY).isdisjoint(own))
    return tuple(left)


def of_series(words: str) -> str:
    """Return the series that ``words`` name, or nothing: 工钱 names 工钱和合同."""
    names = dict.fromkeys(piece.series for piece in library.current().all)
    found = [name for name in names if words and words in name]
    return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit has said about a piece, for those who look at it again."""

    name: str
    at: datetime
    decision: MaterialDecision
    reason: str


async def said_about(actor: Actor, piece: Material) -> Said | None:
    """Return the newest decision about a piece on the actor's line, if there is one."""
    row = await (
        MaterialReview.filter(
            slug=piece.slug,
            sha256=fingerprint(piece),
            unit_id__in=line_of(officers.office(actor).unit_path),
        )
        .exclude(decision=MaterialDecision.LATER)
        .order_by("-reviewed_at", "-id")
        .first()
    )
    if row is None:
        return None
    reviewer = await Person.get_or_none(id=row.reviewer_id)
    sealed = row.reason_sealed
    reason = crypto.unseal_text(sealed, place=_place(row)) if sealed else ""
    return Said(reviewer.name if reviewer else "", row.reviewed_at, row.decision, reason)


@transactional
async def decide(
    *, actor: Actor, slug: str, sha256: str, decision: MaterialDecision, now: datetime
) -> Material:
    """Take a decision about the words with hash ``sha256``, for the actor's unit and below.

    Deciding again replaces the unit's own word; putting off never does. Raises Refusal
    ``study.review_changed`` when the words are others by now. Commits the row and an audit row.
    """
    return await enter(actor, slug, sha256, decision, now)


async def enter(
    actor: Actor, slug: str, sha256: str, decision: MaterialDecision, now: datetime
) -> Material:
    """Write what ``decide`` commits, inside the caller's transaction."""
    require_tx()
    unit = officers.office(actor).unit_id
    piece = library.current().find(slug)
    if piece is None or fingerprint(piece) != sha256:
        raise Refusal("study.review_changed")
    mine = MaterialReview(
        unit_id=unit, slug=slug, sha256=sha256, decision=decision,
        reviewer_id=actor.person_id or 0, reviewed_at=now,
    )  # fmt: skip
    if decision is MaterialDecision.LATER:
        await MaterialReview.bulk_create([mine], ignore_conflicts=True)
        return piece
    await MaterialReview.bulk_create(
        [mine],
        on_conflict=["unit_id", "slug", "sha256"],
        update_fields=["decision", "reviewer_id", "reviewed_at", "reason_sealed"],
    )
    row = await MaterialReview.get(unit_id=unit, slug=slug, sha256=sha256)
    await _audit(actor, row, now)
    return piece


@transactional
async def give_reason(*, actor: Actor, slug: str, sha256: str, reason: str, now: datetime) -> None:
    """Keep why the actor's unit holds a piece back. Raises Refusal ``study.review_reason_long``."""
    if len(reason) > REASON_MOST:
        raise Refusal("study.review_reason_long", most=REASON_MOST)
    unit = officers.office(actor).unit_id
    row = await MaterialReview.get_or_none(
        unit_id=unit, slug=slug, sha256=sha256, decision=MaterialDecision.HOLD
    )
    if row is None:
        raise Refusal("study.review_changed")
    row.reason_sealed = crypto.seal_text(reason, place=_place(row))
    row.reviewed_at = now
    await row.save(update_fields=["reason_sealed", "reviewed_at"])


def _place(row: MaterialReview) -> str:
    return f"material_review.reason:{row.unit_id}:{row.slug}:{row.sha256}"


async def _audit(actor: Actor, row: MaterialReview, now: datetime) -> None:
    require_tx()
    await AuditLog.create(
        at=now, actor_id=actor.person_id, action=f"study.review_{row.decision.value}",
        subject_kind="material_review", subject_id=row.id, detail={"slug": row.slug},
    )  # fmt: skip


def allowed(verdicts: Verdicts, line: Collection[int], base: Library) -> frozenset[str]:
    """Return the slugs of ``base`` that may go out to the last unit of ``line``."""
    return frozenset(piece.slug for piece in base.all if verdicts.allows(piece, line))


def allowed_to_strangers(verdicts: Verdicts, base: Library) -> frozenset[str]:
    """Return the slugs that some township or county let go and none of them holds back."""
    return frozenset(
        piece.slug
        for piece in base.all
        if not verdicts.held.get(piece.slug)
        and (piece.is_reviewed or verdicts.passed.get(piece.slug))
    )
