"""What the offices above hear when nobody was heard: rows of the ledger, in private, with numbers.

The branch reads names, township and county only numbers and the unit (dialogues 2.2: names stay
with the branch). Everything here joins the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.actors import RoleKind
from core.clock import local_day
from core.conversation import Ask, Option, Say
from core.database import require_tx
from core.errors import Refusal
from core.messages import Text
from core.periods import Quarter
from core.texts import current
from models import Contact, Role, Unreached
from models.enums import EscalationLevel, Outcome, Priority
from plugins.delivery import service as delivery
from plugins.identity import words as names
from plugins.mentoring.ladder import OFFICES, Rung
from plugins.mentoring.silence import Silence

STEP = "mentoring.escalation"
LONG = "mentoring.long_silence"
CLUSTER = "mentoring.cluster"
INFLOW = "mentoring.inflow_asked"
WAITS = "mentoring.escalation_waits"
# Kinds of questions; what was chosen comes back to ``escalation_commands``.
STEP_ANSWER = "mentoring.escalation"
LONG_ANSWER = "mentoring.long_silence"
TAKE, ASK_INFLOW, VISIT, LEAVE = "take", "inflow", "visit", "leave"
# Read later than this, the next office has been asked.
LIFE = timedelta(days=5)
# A chat is no place for a longer list.
MOST_NAMES = 6
_AWAY = (RoleKind.LIAISON_OFFICER,)


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried since somebody was last heard: how often, on how many ways, and kin asked.

    ``messages`` is how many of the house's own messages arrived on no account.
    """

    count: int = 0
    ways: int = 0
    kin_asked: bool = False
    messages: int = 0


async def tries(people: Sequence[Silence]) -> dict[int, Tries]:
    """Return what was tried, by person: two statements."""
    since = {one.person_id: one.since for one in people}
    rows = await Contact.filter(person_id__in=list(since), withdrawn_at__isnull=True).values_list(
        "person_id", "contacted_on", "channel", "outcome"
    )
    found: dict[int, Tries] = {}
    ways: dict[int, set[str]] = {}
    for person, day, channel, outcome in rows:
        if day <= since[person]:
            continue
        before = found.get(person, Tries())
        ways.setdefault(person, set()).add(str(channel))
        kin = before.kin_asked or outcome == Outcome.THROUGH_OTHERS
        found[person] = Tries(before.count + 1, len(ways[person]), kin)
    mute = Unreached.filter(person_id__in=list(since), settled_at__isnull=True)
    for person, count in await mute.values_list("person_id", "count"):
        found[person] = replace(found.get(person, Tries()), messages=count)
    return found


async def owe_step(
    people: Sequence[Silence],
    rung: Rung,
    after: Rung | None,
    *,
    ids: Sequence[int],
    tried: Mapping[int, Tries],
    now: datetime,
) -> None:
    """Owe one office the question about ``people``; ``after`` is who is asked without an answer."""
    require_tx()
    options = [Option(Say("mentoring.option_take"), value=TAKE)]
    place = people[0].inflow if len(people) == 1 else None
    if rung.level is EscalationLevel.SECRETARY and place is not None:
        options.append(Option(Say("mentoring.option_inflow", place=place), value=ASK_INFLOW))
    then = Say("mentoring.escalation_last")
    if after is not None:
        then = Say("mentoring.escalation_then", days=after.days, unit=after.unit)
    say = Say(
        "mentoring.escalation",
        what=_what(people, rung, tried, now),
        options=current().options(options),
        then=then,
    )
    await delivery.broadcast(
        purpose=STEP,
        occasion=f"{rung.level}:{ids[0]}",
        targets=[f"person:{holder}" for holder in rung.holders],
        parts=(Text(current().render(say)),),
        ask=Ask(STEP_ANSWER, tuple(options), data={"ids": list(ids)}, listed=True),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
        check=WAITS,
        reference={"ids": list(ids)},
    )


def _what(people: Sequence[Silence], rung: Rung, tried: Mapping[int, Tries], now: datetime) -> Say:
    today = local_day(now)
    longest = max((today - one.since).days for one in people)
    if rung.level is not EscalationLevel.SECRETARY:
        units = tuple(dict.fromkeys(one.unit for one in people))
        return Say(
            "mentoring.escalation_above",
            units=names.LIST_MARK.join(units[:MOST_NAMES]),
            count=len(people),
            days=longest,
        )
    if len(people) > 1:
        return Say("mentoring.escalation_many", count=len(people), people=_listed(people, now))
    one = people[0]
    what = tried.get(one.person_id, Tries())
    key = "mentoring.escalation_one" if one.heard_on else "mentoring.escalation_never"
    return Say(key, name=one.name, days=longest, tried=_tried(what, one.carrier.mentor))


def _tried(what: Tries, mentor: str) -> Say:
    tried = _mentor_tried(what, mentor)
    if not what.messages:
        return tried
    return Say("mentoring.tried_messages", tried=tried, count=what.messages)


def _mentor_tried(what: Tries, mentor: str) -> Say:
    if not what.count:
        return Say("mentoring.tried_nothing", mentor=mentor)
    key = "mentoring.tried_kin" if what.kin_asked else "mentoring.tried"
    return Say(key, mentor=mentor, count=what.count, ways=what.ways)


def _listed(people: Sequence[Silence], now: datetime) -> str:
    today = local_day(now)
    said = [
        current().render(Say("mentoring.name_days", name=one.name, days=(today - one.since).days))
        for one in sorted(people, key=lambda one: (one.since, one.person_id))[:MOST_NAMES]
    ]
    if len(people) > MOST_NAMES:
        said.append(current().render(Say("mentoring.and_more", count=len(people) - MOST_NAMES)))
    return names.LIST_MARK.join(said)


async def owe_long(
    people: Sequence[Silence], rung: Rung, *, ids: Sequence[int], now: datetime
) -> None:
    """Owe the branch the list of those not heard for half a year, with what may be done next."""
    require_tx()
    options = []
    place = people[0].inflow if len(people) == 1 else None
    if place is not None:
        options.append(Option(Say("mentoring.option_inflow", place=place), value=ASK_INFLOW))
    options.append(Option(Say("mentoring.option_visit"), value=VISIT))
    options.append(Option(Say("mentoring.option_leave"), value=LEAVE))
    say = Say(
        "mentoring.long_silence",
        count=len(people),
        people=_listed(people, now),
        options=current().options(options),
    )
    await delivery.broadcast(
        purpose=LONG,
        occasion=f"{ids[0]}",
        targets=[f"person:{holder}" for holder in rung.holders],
        parts=(Text(current().render(say)),),
        ask=Ask(LONG_ANSWER, tuple(options), data={"ids": list(ids)}, listed=True),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
        check=WAITS,
        reference={"ids": list(ids)},
    )


async def owe_cluster(
    people: Sequence[Silence], rung: Rung, *, where: Say, group: str, now: datetime
) -> bool:
    """Owe the branch one notice that several people of one place went silent; once a quarter."""
    say = Say("mentoring.cluster", where=where, count=len(people), people=_listed(people, now))
    return bool(
        await delivery.broadcast(
            purpose=CLUSTER,
            occasion=f"{group}:{Quarter.of(local_day(now))}",
            targets=[f"person:{holder}" for holder in rung.holders],
            parts=(Text(current().render(say)),),
            now=now,
            priority=Priority.NOTICE,
            expires_at=now + LIFE,
        )
    )


async def officers_away(unit_id: int, today: date) -> tuple[int, ...]:
    """Return who holds an office at a place away from home, the longest first."""
    kinds = [kind.value for kind in (*OFFICES[EscalationLevel.SECRETARY], *_AWAY)]
    rows: Sequence[Any] = await (
        Role.filter(unit_id=unit_id, kind__in=kinds, from_on__lte=today, until_on__isnull=True)
        .order_by("id")
        .values_list("person_id", flat=True)
    )
    return tuple(dict.fromkeys(int(row) for row in rows))


async def owe_inflow(people: Sequence[Silence], *, asker: str, now: datetime) -> str:
    """Owe the officers of the place away from home the request to look; return the place's name.

    Raises Refusal ``mentoring.no_inflow`` when there is no place, or nobody in office there.
    """
    require_tx()
    today = local_day(now)
    one = next((one for one in people if one.inflow_id is not None), None)
    if one is None or one.inflow_id is None:
        raise Refusal("mentoring.no_inflow")
    rows = await officers_away(one.inflow_id, today)
    if not rows:
        raise Refusal("mentoring.no_inflow")
    await owe_search(one, rows, asker=asker, now=now)
    return str(one.inflow)


async def owe_search(one: Silence, holders: Sequence[int], *, asker: str, now: datetime) -> None:
    """Owe ``holders`` the request to look for somebody, once in a silence."""
    require_tx()
    days = (local_day(now) - one.since).days
    say = Say("mentoring.inflow_asked", unit=one.unit, name=one.name, days=days, asker=asker)
    await delivery.broadcast(
        purpose=INFLOW,
        occasion=f"{one.carrier.pair_id}:{one.since}",
        targets=[f"person:{holder}" for holder in holders],
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + LIFE,
    )
