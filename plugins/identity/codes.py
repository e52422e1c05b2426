"""Invitation codes: drawn at random, kept as a keyed hash only, issued to many at once."""

import hashlib
import hmac
import secrets as random_source
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import secrets
from core.config import settings
from core.database import require_tx
from core.errors import Fault
from models import AuditLog, Invitation

# Values asked for by one statement; SQLite takes 32,766 parameters.
_BATCH = 500


def draw() -> str:
    """Draw eight digits."""
    return f"{random_source.randbelow(10**8):08d}"


def draw_many(count: int) -> list[str]:
    """Draw so many codes, no two alike."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw()] = None
    return list(found)


def hash_of(code: str) -> str:
    """Return what is kept of a code."""
    return _hashed(code, _key())


def _key() -> bytes:
    return secrets.secret("invitation_key").encode()


def _hashed(code: str, key: bytes) -> str:
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Drawn:
    """Codes for many people who never had one, and their rows but for whose they are."""

    codes: tuple[str, ...]
    rows: tuple[Invitation, ...]
    audits: tuple[AuditLog, ...]


def draw_first(count: int, *, issued_by: int | None, now: datetime) -> Drawn:
    """Draw so many codes and make their rows; nothing is written. Takes a while: in a thread."""
    codes, key = draw_many(count), _key()
    ends = now + timedelta(days=settings().privacy.invitation_days)
    rows = [
        Invitation(
            code_hash=_hashed(code, key),
            person_id=0,
            issued_by_id=issued_by,
            issued_at=now,
            expires_at=ends,
        )
        for code in codes
    ]
    return Drawn(tuple(codes), tuple(rows), tuple(_audit(issued_by, now) for _ in codes))


async def issue_first(drawn: Drawn, person_ids: Sequence[int]) -> list[int]:
    """Give people who never had a code theirs, in order; return the ids of the invitations.

    Inside the caller's transaction, which has made the people. Fault for a code that is in use.
    """
    require_tx()
    for row, audit, person_id in zip(drawn.rows, drawn.audits, person_ids, strict=True):
        row.person_id = audit.subject_id = person_id
    listed = [row.code_hash for row in drawn.rows]
    pieces = [listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH)]
    for some in pieces:
        if await Invitation.filter(code_hash__in=some).exists():
            raise Fault("an invitation code was drawn twice")
    await Invitation.bulk_create(drawn.rows, batch_size=_BATCH)
    await AuditLog.bulk_create(drawn.audits, _BATCH)
    found: list[int] = []
    for some in pieces:
        ids = Invitation.filter(code_hash__in=some).order_by("id").values_list("id", flat=True)
        found += [int(str(number)) for number in await ids]
    return found


def _audit(issued_by: int | None, now: datetime) -> AuditLog:
    return AuditLog(
        at=now,
        actor_id=issued_by,
        action="identity.invite",
        subject_kind="person",
        subject_id=0,
        detail={},
    )
