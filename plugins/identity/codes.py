"""Invitation codes: drawn at random, kept as a keyed hash only, issued to many at once."""

import hashlib
import hmac
import secrets as random_source
from collections.abc import Mapping, Sequence
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


def hashes_of(codes: Sequence[str]) -> list[str]:
    """Return what is kept of many codes, in their order. Takes a while: call it in a thread."""
    key = _key()
    return [_hashed(code, key) for code in codes]


async def issue_first(
    kept: Mapping[int, str], *, issued_by: int | None, now: datetime
) -> list[int]:
    """Give people who never had a code theirs; return the ids of the invitations.

    ``kept`` is what ``hashes_of`` returned, by person id. Inside the caller's transaction, which
    has made the people. Fault for a code that is in use.
    """
    require_tx()
    hashes = {one: person_id for person_id, one in kept.items()}
    ends = now + timedelta(days=settings().privacy.invitation_days)
    rows = [
        Invitation(
            code_hash=one, person_id=person, issued_by_id=issued_by, issued_at=now, expires_at=ends
        )
        for one, person in hashes.items()
    ]
    listed = list(hashes)
    pieces = [listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH)]
    for some in pieces:
        if await Invitation.filter(code_hash__in=some).exists():
            raise Fault("an invitation code was drawn twice")
    await Invitation.bulk_create(rows, batch_size=_BATCH)
    await AuditLog.bulk_create([_audit(row.person_id, issued_by, now) for row in rows], _BATCH)
    found: list[int] = []
    for some in pieces:
        ids = Invitation.filter(code_hash__in=some).order_by("id").values_list("id", flat=True)
        found += [int(str(number)) for number in await ids]
    return found


def _audit(person_id: int, issued_by: int | None, now: datetime) -> AuditLog:
    return AuditLog(
        at=now,
        actor_id=issued_by,
        action="identity.invite",
        subject_kind="person",
        subject_id=person_id,
        detail={},
    )
