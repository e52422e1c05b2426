"""Binding a group chat to a unit: from then on it gets the weekly digest."""

from datetime import datetime, timedelta

from core.actors import Actor
from core.clock import at_local, local_day
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from core.messages import Chat
from models import AuditLog, Group, Unit
from plugins.identity import policy, queries


@transactional
async def bind_group(*, actor: Actor, chat: Chat, unit_id: int, now: datetime) -> str:
    """Put the group ``chat`` under a unit of the asker's scope; return the unit's name.

    Doing it again is harmless, another unit moves the group. Raises Refusal
    ``identity.group_taken`` when it belongs to a unit the asker does not look after, and
    ``identity.unit_unknown`` for a unit out of scope. Commits group and audit row.
    """
    scope = policy.visible_units(actor)
    unit = await Unit.filter(id=unit_id).first()
    if unit is None or not scope.covers(unit.path):
        raise Refusal("identity.unit_unknown", scope=await queries.describe_scope(scope))
    group = await Group.filter(platform=chat.platform, chat_id=chat.chat_id).first()
    if group is None:
        group = Group(platform=chat.platform, chat_id=chat.chat_id, name="")
    elif group.is_active and group.unit_id != unit.id:
        before = await Unit.get(id=group.unit_id)
        if not scope.covers(before.path):
            raise Refusal("identity.group_taken")
    group.self_id = chat.self_id
    group.unit_id = unit.id
    group.is_active = True
    group.bound_at = now
    await group.save()
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="identity.bind_group",
        subject_kind="chat_group",
        subject_id=group.id,
        detail={"unit": unit.id},
    )
    return unit.name


def next_digest(now: datetime) -> datetime:
    """Return the next weekly hour of config.toml after ``now``."""
    hours = settings().study
    day = local_day(now) + timedelta(days=(hours.weekday - local_day(now).weekday()) % 7)
    moment = at_local(day, hours.hour, hours.minute)
    return moment if moment > now else at_local(day + timedelta(days=7), hours.hour, hours.minute)
