"""The demo's reviews: what its invented clerks have read before a visitor comes.

Written by the rules that real ones are written by. The last pieces stay unread, so that there
is something to find under 审材料.
"""

from datetime import date, datetime

from core.actors import Actor, Grant, RoleKind
from core.clock import local_day
from core.database import transactional
from models import MaterialReview, Role
from models.enums import MaterialDecision
from plugins.study import library, reviews

# The two whose units hold the groups of the demo: the township's, and the office away from home.
_READERS = (RoleKind.COUNTY_CLERK, RoleKind.TOWNSHIP_CLERK)
UNREAD = 2


@transactional
async def plant(*, now: datetime) -> int:
    """Let the clerks of the demo pass the library, unless there are reviews; return how many.

    Commits all or nothing: 150 commits that wait for the disk would hold up the visitor.
    """
    if await MaterialReview.exists():
        return 0
    readers = [reader for kind in _READERS for reader in await _in_office(kind, local_day(now))]
    pieces = library.current().all[:-UNREAD]
    for reader in readers:
        for piece in pieces:
            sha256 = reviews.fingerprint(piece)
            await reviews.enter(reader, piece.slug, sha256, MaterialDecision.PASS, now)
    return len(readers) * len(pieces)


async def _in_office(kind: RoleKind, today: date) -> list[Actor]:
    rows = Role.filter(kind=kind, from_on__lte=today).prefetch_related("unit", "person")
    return [
        Actor(
            person_id=row.person_id, name=row.person.name,
            grants=(Grant(kind, row.unit_id, row.unit.path),),
        )
        for row in await rows
    ]  # fmt: skip
