"""The chat face of plans (推送 计划): what holds, and how it is changed, by a line or numbers."""

from collections.abc import Mapping
from typing import Any

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from plugins.study import (
    plan_changes,
    plan_lines,
    plan_previews,
    plan_questions,
    plan_targets,
    plan_views,
    plan_words,
    planning,
)
from plugins.study.plan_lines import Changes
from plugins.study.plan_targets import Target

IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP})


async def handle_plan(call: Call) -> Reply:
    """Show the plan of a unit or a group, or what it would be after what the line says."""
    target, rest = await plan_targets.find(call.actor, call.words)
    changes = plan_lines.read(rest, plan_previews.series(call.today))
    if changes:
        return await _proposal(call, target, changes)
    return plan_views.shown(await plan_previews.look(target, now=call.now), call.now)


async def _proposal(call: Call, target: Target, changes: Changes) -> Reply:
    preview = await plan_previews.look(target, now=call.now, changes=changes)
    return plan_views.proposal(preview, call.now)


async def continue_plan(call: Call) -> Reply:
    """Go on from a plan that was shown: change it, look at the next digest, at another unit."""
    target, chosen = await _target(call), dict(call.choice)
    match chosen["do"]:
        case "at":
            other = await plan_targets.at(call.actor, chosen["at"])
            return plan_views.shown(await plan_previews.look(other, now=call.now), call.now)
        case "others":
            found = await plan_targets.others(call.actor, target)
            return plan_views.others(found, target, int(chosen.get("page", 0)))
        case "reset":
            return await _proposal(call, target, plan_lines.AS_ABOVE)
        case "change":
            return plan_questions.which(target.key)
    return await _digest(call, target, {})


async def _digest(call: Call, target: Target, changes: Changes) -> Reply:
    """Show the next digest as the group would see it, and the question again."""
    preview = await plan_previews.look(target, now=call.now, changes=changes)
    coming = preview.coming
    parts = await planning.parts_of(coming.pieces, coming.form) if coming.pieces else ()
    says, blobs = plan_views.looked_at(preview, parts)
    again = plan_views.proposal(preview, call.now) if changes else None
    ask = again.ask if again else plan_views.shown(preview, call.now).ask
    return Reply(says=(*says, *plan_views.next_of(preview, call.now)), ask=ask, blobs=tuple(blobs))


async def continue_field(call: Call) -> Reply:
    """Ask for the new value of what was chosen."""
    await _target(call)
    data = dict(_data(call)) | {"field": str(call.choice)}
    return plan_questions.ask(str(call.choice), data, plan_previews.series(call.today))


async def continue_value(call: Call) -> Reply:
    """Take a new value by number or in words, and show what the plan would be."""
    target, data = await _target(call), _data(call)
    names = plan_previews.series(call.today)
    chosen = call.choice if isinstance(call.choice, dict) else None
    if chosen is not None and "page" in chosen:
        return plan_questions.ask(str(data["field"]), data, names, page=int(chosen["page"]))
    found = chosen if chosen is not None else _said(call, str(data.get("field")), names)
    return await _proposal(call, target, {**data.get("changes", {}), **found})


def _said(call: Call, field: str, names: tuple[str, ...]) -> Changes:
    words = call.words
    # Names of series alone, as they were asked for.
    if field == "series" and plan_words.SERIES_WORD not in words:
        words = f"{words}{plan_words.SERIES_WORD}"
    found = plan_lines.read(words, names)
    if not found:
        raise Refusal("study.plan_unread", rest=call.words)
    return found


async def continue_confirm(call: Call) -> Reply:
    """Hold the plan, show its next digest, change one thing more, or leave it."""
    target, data = await _target(call), _data(call)
    changes = dict(data.get("changes", {}))
    if call.choice == "look":
        return await _digest(call, target, changes)
    if call.choice == "more":
        return plan_questions.which({**target.key, "changes": changes})
    if call.choice == "leave":
        return plan_views.left(target)
    done = await plan_changes.change(
        actor=call.actor, key=target.key, changes=changes, seen=str(data["seen"]), now=call.now
    )
    return plan_views.done(await plan_previews.look(done, now=call.now), call.now)


def _data(call: Call) -> Mapping[str, Any]:
    return call.question.data if call.question else {}


async def _target(call: Call) -> Target:
    return await plan_targets.at(call.actor, _data(call))


PLAN_COMMANDS = (
    Command(
        name="study.plan",
        words=(plan_words.PLAN,),
        aliases=plan_words.PLAN_ALIASES,
        handler=handle_plan,
        summary="study.help_plan",
        who=IN_CHARGE,
        reveals=Reveals.PUBLIC,
        arguments=plan_words.ARGUMENTS_PLAN,
    ),
)

PLAN_CONTINUATIONS = (
    Continuation(plan_views.SHOWN, continue_plan),
    Continuation(plan_views.FIELD, continue_field),
    Continuation(plan_views.VALUE, continue_value),
    Continuation(plan_views.CONFIRM, continue_confirm),
)
