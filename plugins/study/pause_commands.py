"""The chat face of pauses: 推送 停到, 推送 停 with days, 推送 接着. 推送 停 alone stops a push."""

from dataclasses import replace
from datetime import timedelta

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from core.periods import Span
from models.enums import PauseKind
from plugins.delivery.commands import handle_pause
from plugins.study import pause_views, pauses, plan_previews, plan_targets, plan_words, plans
from plugins.study.pauses import Line, Standing
from plugins.study.plan_commands import IN_CHARGE
from plugins.study.plan_targets import Target


async def handle_stop(call: Call) -> Reply:
    """Stop a push that goes out (dialogues 2.4), or with a reason or days all digests of a unit."""
    if not call.words.strip() or call.actor.roles.isdisjoint(IN_CHARGE):
        return await handle_pause(call)
    meant = await _meant(call)
    if meant is None:
        return await handle_pause(call)
    target, rest = meant
    return await _pause(call, target, pauses.read(rest, call.today))


async def _meant(call: Call) -> tuple[Target, str] | None:
    """Return which unit shall pause and when; None when the words are the title of a push."""
    try:
        target, rest = await plan_targets.find(call.actor, call.words)
    except Refusal:
        if pauses.names_day(call.words, call.today):
            raise
        return None
    return (target, rest) if pauses.is_meant(rest, call.today) else None


async def handle_until(call: Call) -> Reply:
    """Let a unit have no digests until a day (推送 停到 3月1日)."""
    target, rest = await plan_targets.find(call.actor, call.words)
    return await _pause(call, target, pauses.read(rest, call.today))


async def _pause(call: Call, target: Target, line: Line) -> Reply:
    if line.span is None:
        return pause_views.until_when(target, line.kind)
    done = await pauses.pause(actor=call.actor, target=target, line=line, now=call.now)
    preview = await plan_previews.look(done.target, now=call.now)
    return pause_views.paused(done, line, preview, call.now)


async def continue_until(call: Call) -> Reply:
    """Take the last day of a pause, by number or in words."""
    data = call.question.data if call.question else {}
    target = await plan_targets.at(call.actor, data)
    kind = PauseKind(str(data["kind"]))
    if call.choice is None:
        line = pauses.read(call.words, call.today)
        line = replace(line, kind=kind if line.kind is PauseKind.OTHER else line.kind)
    else:
        last = call.today + timedelta(days=int(call.choice) - 1)
        line = Line(Span(call.today, last), kind)
    if line.span is None:
        raise Refusal("study.pause_when")
    return await _pause(call, target, line)


async def handle_resume(call: Call) -> Reply:
    """End a pause before its time; ask which when there are several (推送 接着)."""
    target, _ = await plan_targets.find(call.actor, call.words)
    found = await pauses.standing(call.actor, today=call.today)
    if call.words.strip():
        found = tuple(one for one in found if one.target.key == target.key)
    if not found:
        outlook = await plans.outlook(target.unit, target.group, today=call.today)
        raise pauses.nothing_to_lift(outlook)
    if len(found) > 1:
        return pause_views.which(found, call.now)
    return await _lift(call, found[0])


async def continue_lift(call: Call) -> Reply:
    """End the pause that was chosen."""
    wanted = dict(call.choice)
    for one in await pauses.standing(call.actor, today=call.today):
        if {**one.target.key, "pause": one.pause_id} == wanted:
            return await _lift(call, one)
    raise Refusal("study.pause_gone")


async def _lift(call: Call, one: Standing) -> Reply:
    done = await pauses.lift(actor=call.actor, one=one, now=call.now)
    preview = await plan_previews.look(done.target, now=call.now)
    return pause_views.lifted(one, preview, call.now)


_UNTIL = Command(
    name="study.pause_until",
    words=(plan_words.PAUSE_UNTIL,),
    aliases=plan_words.PAUSE_UNTIL_ALIASES,
    handler=handle_until,
    summary="study.help_pause_until",
    who=IN_CHARGE,
    reveals=Reveals.PUBLIC,
    arguments=plan_words.ARGUMENTS_UNTIL,
)

PAUSE_COMMANDS = (
    _UNTIL,
    replace(
        _UNTIL,
        name="study.pause",
        words=(plan_words.PAUSE,),
        aliases=(),
        handler=handle_stop,
        summary="study.help_pause",
        # Whoever runs the machine may stop a push as well (暂停发送).
        who=IN_CHARGE | {Who.OPERATOR},
        arguments=plan_words.ARGUMENTS_PAUSE,
    ),
    replace(
        _UNTIL,
        name="study.resume",
        words=(plan_words.RESUME,),
        aliases=plan_words.RESUME_ALIASES,
        handler=handle_resume,
        summary="study.help_resume",
        arguments=plan_words.ARGUMENTS_UNIT,
    ),
)

PAUSE_CONTINUATIONS = (
    Continuation(pause_views.UNTIL, continue_until),
    Continuation(pause_views.LIFT, continue_lift),
)
