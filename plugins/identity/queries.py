"""Scoped reads: who is behind a message, which people and units somebody may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from core import clock, logs
from core.actors import STRANGER, Actor, ConsentKind, Grant, RoleKind, Stage, UnitScope
from core.conversation import Say, Slot
from core.errors import Fault, Refusal
from core.messages import Chat
from models import Consent, Person, Unit
from models.enums import ConsentDecision, UnitKind
from plugins.identity import dialogues, statements, words
from plugins.identity.dialogues import Standing

log = logs.get("identity")

# Person, offices, mentees, consents in force, and what is open in this chat: one statement. Columns
# are shared between the kinds of row; the first row gives them their types on PostgreSQL.
_WHO_IS = """
WITH me AS (SELECT id, person_id FROM account WHERE platform = $1 AND account_id = $2)
SELECT 'me' AS tag, me.id AS n1, me.person_id AS n2, p.home_unit_id AS n3, p.name AS t1,
  p.stage AS t2, h.path AS t3, i.path AS t4, CAST(NULL AS BYTEA) AS body
FROM me LEFT JOIN person p ON p.id = me.person_id
  LEFT JOIN unit h ON h.id = p.home_unit_id LEFT JOIN unit i ON i.id = p.inflow_unit_id
UNION ALL SELECT 'role', r.unit_id, NULL, NULL, r.kind, u.path, NULL, NULL, NULL
FROM me JOIN "role" r ON r.person_id = me.person_id JOIN unit u ON u.id = r.unit_id
WHERE r.from_on <= $4 AND (r.until_on IS NULL OR r.until_on >= $4)
UNION ALL SELECT 'mentor', me.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM me WHERE EXISTS (SELECT 1 FROM mentorship m WHERE m.mentor_id = me.person_id
  AND m.from_on <= $4 AND (m.until_on IS NULL OR m.until_on >= $4))
  OR EXISTS (SELECT 1 FROM stand_in s WHERE s.deputy_id = me.person_id AND s.state = 'agreed'
  AND s.from_on <= $4 AND s.until_on >= $4)
UNION ALL SELECT 'consent', c.id, NULL, NULL, c.kind, NULL, NULL, NULL, NULL
FROM me JOIN consent c ON c.person_id = me.person_id
WHERE c.decision = 'given' AND NOT EXISTS (SELECT 1 FROM consent later
  WHERE later.person_id = c.person_id AND later.kind = c.kind AND later.id > c.id)
UNION ALL SELECT 'open', d.id, NULL, NULL, d.kind, d.slot, NULL, NULL, d.body_sealed
FROM dialogue d WHERE d.platform = $1 AND d.account_id = $2 AND d.chat_key = $3"""


@dataclass(frozen=True, slots=True)
class Known:
    """Who is asking, and what is open with him in this chat."""

    actor: Actor
    question: Standing | None = None
    draft: Standing | None = None


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Somebody who may be named to the asker."""

    person_id: int
    name: str
    stage: Stage
    unit: str
    home_path: str


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit inside the asker's scope."""

    unit_id: int
    name: str
    path: str
    kind: UnitKind


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The newest decision about one consent; ``decided_at`` is None when it was never asked."""

    kind: ConsentKind
    is_given: bool
    decided_at: datetime | None


async def who_is(chat: Chat, sender_id: str, now: datetime | None = None) -> Known:
    """Return who is behind an account and what is open with it in ``chat``: one statement.

    Offices and mentees count on the legal day of ``now`` (the clock's, when it is not given).
    """
    found = await statements.rows(
        _WHO_IS,
        chat.platform,
        sender_id,
        dialogues.chat_key(chat),
        clock.local_day(now or clock.now()),
    )
    me: dict[str, Any] | None = None
    grants: list[Grant] = []
    consents: set[ConsentKind] = set()
    open_now: dict[Slot, Standing] = {}
    is_mentor = False
    for row in found:
        match row["tag"]:
            case "me":
                me = dict(row)
            case "role":
                grants.append(Grant(RoleKind(row["t1"]), row["n1"], row["t2"]))
            case "mentor":
                is_mentor = True
            case "consent":
                consents.add(ConsentKind(row["t1"]))
            case _:
                slot = Slot(row["t2"])
                standing = _opened(chat, sender_id, slot, row)
                open_now |= {slot: standing} if standing is not None else {}
    actor = STRANGER if me is None else _actor(me, grants, consents, is_mentor=is_mentor)
    return Known(actor, open_now.get(Slot.QUESTION), open_now.get(Slot.DRAFT))


def _opened(chat: Chat, sender_id: str, slot: Slot, row: Mapping[str, Any]) -> Standing | None:
    """Open a dialogue; an unreadable one is none, its owner must not be locked out for good."""
    try:
        return dialogues.opened(chat, sender_id, slot, row["t1"], row["body"])
    except Fault as error:
        log.fault("dialogue_unreadable", error, row=row["n1"])
        return None


def _actor(
    me: dict[str, Any], grants: list[Grant], consents: set[ConsentKind], *, is_mentor: bool
) -> Actor:
    if me["n2"] is None:
        return Actor(account_id=me["n1"])
    return Actor(
        account_id=me["n1"],
        person_id=me["n2"],
        name=me["t1"],
        stage=Stage(me["t2"]),
        home_unit_id=me["n3"],
        home_path=me["t3"],
        inflow_path=me["t4"] or "",
        is_mentor=is_mentor,
        grants=tuple(grants),
        consents=frozenset(consents),
    )


async def find_people(scope: UnitScope, name: str) -> tuple[PersonFound, ...]:
    """Return those called ``name`` whose home, or place away from home, lies in ``scope``.

    Empty when the scope shows totals only. Most of the time there is one, or none.
    """
    wanted = words.bare_name(name)
    if not scope.names or not scope.paths or not wanted:
        return ()
    inside = Q(
        *(Q(home_unit__path__startswith=path) for path in scope.paths),
        *(Q(inflow_unit__path__startswith=path) for path in scope.paths),
        join_type=Q.OR,
    )
    rows = await (
        Person.filter(inside, Q(name=name.strip()) | Q(name=wanted))
        .order_by("id")
        .values_list("id", "name", "stage", "home_unit__name", "home_unit__path")
    )
    return tuple(PersonFound(*_person(row)) for row in rows)


def _person(row: tuple[Any, ...]) -> tuple[int, str, Stage, str, str]:
    return row[0], row[1], Stage(row[2]), row[3], row[4]


async def units_of(actor: Actor) -> tuple[UnitFound, ...]:
    """Return the units in which somebody holds an office that looks after groups, by path."""
    ids = {grant.unit_id for grant in actor.grants if grant.role is not RoleKind.OPERATOR}
    rows = await Unit.filter(id__in=list(ids)).order_by("path") if ids else []
    return tuple(_unit(row) for row in rows)


async def unit_by_name(scope: UnitScope, name: str) -> UnitFound:
    """Return the unit called ``name`` in ``scope``; the name of the one above may stand before it.

    Raises Refusal ``identity.unit_unknown`` (out of scope or unknown: the same words) and
    ``identity.unit_twice``.
    """
    wanted = words.bare_name(name)
    inside = [unit for unit in await _units(scope) if words.bare_name(unit.name) == wanted]
    if not inside and wanted:
        inside = [
            unit
            for unit in await _units(scope)
            if unit.parent and words.bare_name(unit.parent.name + unit.name) == wanted
        ]
    if len(inside) > 1:
        full = [(unit.parent.name if unit.parent else "") + unit.name for unit in inside]
        raise Refusal("identity.unit_twice", units=words.LIST_MARK.join(full))
    if not inside:
        raise Refusal("identity.unit_unknown", scope=await describe_scope(scope))
    return _unit(inside[0])


async def describe_scope(scope: UnitScope) -> Say:
    """Return a scope in words: 柳河乡和下面 3 个村; several roots are listed by name."""
    units = await _units(scope)
    roots = [unit for unit in units if unit.path in scope.paths]
    if not roots:
        return Say("identity.scope_none")
    below = [unit for unit in units if unit.path not in scope.paths]
    names = words.LIST_MARK.join(unit.name for unit in roots)
    if not below:
        return Say("identity.notice", notice=names)
    if all(unit.kind is UnitKind.VILLAGE_BRANCH for unit in below):
        return Say("identity.scope_village_tree", unit=names, count=len(below))
    return Say("identity.scope_tree", unit=names, count=len(below))


async def _units(scope: UnitScope) -> list[Unit]:
    if not scope.paths:
        return []
    inside = Q(*(Q(path__startswith=path) for path in scope.paths), join_type=Q.OR)
    return await Unit.filter(inside).order_by("path").prefetch_related("parent")


def _unit(row: Unit) -> UnitFound:
    return UnitFound(row.id, row.name, row.path, row.kind)


async def consents_of(actor: Actor) -> tuple[ConsentState, ...]:
    """Return the newest decision of somebody about each of the two consents, basics first."""
    newest: dict[ConsentKind, Consent] = {}
    for row in await Consent.filter(person_id=actor.person_id).order_by("id"):
        newest[row.kind] = row
    return tuple(
        ConsentState(
            kind,
            kind in newest and newest[kind].decision is ConsentDecision.GIVEN,
            newest[kind].decided_at if kind in newest else None,
        )
        for kind in ConsentKind
    )
