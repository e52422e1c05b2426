"""How our own accounts are that speak in somebody's groups. Only the end of a number is shown."""

from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.config import settings
from models import BotAccount
from models.enums import BreakerState
from plugins.delivery import queries
from plugins.gateway import outbound

_SHOWN_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Voice:
    """One of our accounts: ``groups`` of somebody's that it speaks in, and whether it gets through.

    ``is_connected`` says that it is connected to this process, or another one speaks for it now.
    """

    platform: str
    tail: str
    groups: int
    state: BreakerState
    is_connected: bool
    until: datetime | None
    confirmed_at: datetime | None


async def of(actor: Actor, *, now: datetime) -> tuple[Voice, ...]:
    """Return the accounts that speak in the groups for which somebody answers."""
    groups: dict[str, int] = {}
    for place in (await queries.groups(actor)).values():
        groups[place.voice] = groups.get(place.voice, 0) + 1
    up = {
        f"{platform}:{self_id}"
        for platform, is_on in settings().platforms.items()
        if is_on
        for self_id in outbound.connected(platform)
    }
    found = []
    for row in await BotAccount.all().order_by("platform", "self_id"):
        voice = f"{row.platform}:{row.self_id}"
        if voice in groups:
            elsewhere = row.speaker_until is not None and row.speaker_until > now
            found.append(_voice(row, groups[voice], is_connected=voice in up or elsewhere))
    return tuple(found)


def _voice(row: BotAccount, groups: int, *, is_connected: bool) -> Voice:
    return Voice(
        platform=row.platform,
        tail=row.self_id[-_SHOWN_DIGITS:],
        groups=groups,
        state=row.breaker,
        is_connected=is_connected,
        until=row.breaker_until,
        confirmed_at=row.last_confirmed_at,
    )
