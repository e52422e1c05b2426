"""Runs what a message means: permission, place, the handler, and what its noes become."""

import re

from tortoise.exceptions import OperationalError

from core import disk, logs
from core.conversation import Call, Command, Handler, Place, Reply, Say, Slot
from core.errors import Refusal
from plugins.identity import policy
from plugins.identity.dialogues import Standing
from plugins.reception.visits import Answer, Visit

log = logs.get("reception")

# What SQLite says when nothing can be written any more.
_DISK = re.compile(r"disk is full|readonly database|disk I/O error")


async def run(visit: Visit, command: Command, rest: str) -> Answer:
    """Run a command for whoever asks, where it may be run.

    In a group a private command is answered in private chat; the answer says so by its visit.
    """
    is_private = visit.chat.is_private
    if not is_private and command.in_group is not None:
        return Answer(Reply(says=(Say(command.in_group),)), visit)
    if not is_private and command.place is Place.PRIVATE:
        visit = await visit.in_private()
    actor = visit.known.actor
    if not policy.may_use(actor, command):
        key = Say("reception.not_allowed") if actor.is_bound else Say("reception.stranger")
        return Answer(Reply(says=(key,)), visit)
    return Answer(await handled(command.handler, visit.call(rest), command.name), visit)


async def handled(handler: Handler, call: Call, name: str) -> Reply:
    """Call a handler; a Refusal becomes its text, a defect an apology."""
    try:
        return await handler(call)
    except Refusal as refusal:
        return Reply(says=(Say(refusal.key, **refusal.fields),))
    except Exception as error:  # noqa: BLE001  # one broken room must not silence the bot
        log.fault("handler_failed", error, command=name)
        return apology(error)


async def go_on(visit: Visit, standing: Standing, *, choice: object = None) -> Reply:
    """Hand a message to the continuation of an open question or draft."""
    handler = visit.desk.continuations.get(standing.kind)
    if handler is None:
        log.error("no_continuation", kind=standing.kind)
        slot = Slot.DRAFT if standing is visit.known.draft else Slot.QUESTION
        return Reply(says=(Say("reception.number_unknown"),), close=frozenset({slot}))
    return await handled(handler, visit.call(visit.said, choice=choice), standing.kind)


def apology(error: Exception) -> Reply:
    """Return what is said about a defect, or about a disk that is full."""
    full = isinstance(error, OSError) and disk.refuses_writing(error)
    if full or (isinstance(error, OperationalError) and _DISK.search(str(error))):
        return Reply.of("start.disk_full_worker")
    return Reply.of("reception.our_fault")
