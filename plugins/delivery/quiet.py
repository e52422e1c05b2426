"""Quiet hours (安静时间): those of config.toml for all, longer ones of a unit and those below it.

A unit's own hours hold for it and everything under it that has none of its own. They only hold what
the bot begins; an answer is never held.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import at_local, local, local_day
from core.config import settings
from models import Account, Group, Person, Unit
from plugins.delivery import pacing
from plugins.delivery.targets import TargetKind, parse

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours of a unit, in minutes of the local day."""

    path: str
    start: int
    end: int

    def end_after(self, now: datetime) -> datetime | None:
        """Return when the present quiet hours end, None when it is not quiet now."""
        at = local(now).time().replace(tzinfo=None)
        if not pacing.is_quiet(at, start=_time(self.start), end=_time(self.end)):
            return None
        end = at_local(local_day(now), *divmod(self.end, 60))
        return (
            end
            if end > now
            else at_local(local_day(now) + timedelta(days=1), *divmod(self.end, 60))
        )


def _time(minutes: int) -> time:
    return time(*divmod(minutes % _DAY_MINUTES, 60))


def is_quiet(now: datetime) -> bool:
    """Whether the quiet hours of config.toml hold everything that nobody waits for."""
    hours = settings().quiet_hours
    at = local(now).time().replace(tzinfo=None)
    return pacing.is_quiet(at, start=hours.start, end=hours.end)


async def of_units() -> tuple[Hours, ...]:
    """Return the hours of all units that have their own, those furthest down first."""
    rows = await Unit.filter(quiet_from__isnull=False, quiet_until__isnull=False)
    own = [Hours(row.path, row.quiet_from or 0, row.quiet_until or 0) for row in rows]
    return tuple(sorted(own, key=lambda hours: len(hours.path), reverse=True))


async def held_until(
    targets: Iterable[str], *, own: Sequence[Hours], now: datetime
) -> Mapping[str, datetime]:
    """Return for those ``targets`` whose unit has quiet hours now when these end.

    ``own`` are the hours of units as ``of_units`` gives them.
    """
    if not own:
        return {}
    found: dict[str, datetime] = {}
    for target, path in (await _paths(targets)).items():
        nearest = next((hours for hours in own if path.startswith(hours.path)), None)
        end = None if nearest is None else nearest.end_after(now)
        if end is not None:
            found[target] = end
    return found


async def _paths(targets: Iterable[str]) -> dict[str, str]:
    ids: dict[TargetKind, list[int]] = {kind: [] for kind in TargetKind}
    for target in targets:
        parsed = parse(target)
        ids[parsed.kind].append(parsed.id)
    groups = Group.filter(id__in=ids[TargetKind.GROUP]).values_list("id", "unit__path")
    people = Person.filter(id__in=ids[TargetKind.PERSON]).values_list("id", "home_unit__path")
    accounts = Account.filter(id__in=ids[TargetKind.ACCOUNT], person_id__isnull=False)
    of_accounts = accounts.values_list("id", "person__home_unit__path")
    return {
        **{f"group:{number}": str(path) for number, path in await groups},
        **{f"person:{number}": str(path) for number, path in await people},
        **{f"account:{number}": str(path) for number, path in await of_accounts},
    }
