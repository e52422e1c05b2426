"""Pauses in words: what was stopped until when, what stands, what comes after it."""

from collections.abc import Sequence
from datetime import datetime

from core.clock import local_day
from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from models.enums import PauseKind
from plugins.study import plan_views, plan_words
from plugins.study.pauses import Line, Paused, Standing
from plugins.study.plan_previews import Preview
from plugins.study.plan_targets import Target

UNTIL = "study.pause_until"
LIFT = "study.pause_lift"
MOST = 6
# How long pauses mostly are, in days.
_LENGTHS = ((7, Say("study.pause_week")), (14, Say("study.pause_two_weeks")),
            (30, Say("study.pause_month")))  # fmt: skip


def until_when(target: Target, kind: PauseKind) -> Reply:
    """Ask until when no digests shall come."""
    options = tuple(Option(label, value=days) for days, label in _LENGTHS)
    data = {**target.key, "kind": kind.value}
    ask = Ask(UNTIL, options, data, takes=Takes.TEXT, again=plan_words.RESUME)
    return Reply(says=(Say("study.pause_until_when", name=target.name),), ask=ask)


def paused(done: Paused, line: Line, preview: Preview, now: datetime) -> Reply:
    """Say which days are without digests, what was taken back, and what comes after."""
    span, today = line.span, local_day(now)
    if span is None:
        return Reply.of("study.pause_when")
    says = [
        Say("study.pause_set", name=done.target.name, first=span.first, last=span.last,
            kind=plan_views.KINDS[line.kind], count=done.groups, today=today)
    ]  # fmt: skip
    if done.taken_back:
        says.append(Say("study.pause_taken_back", count=done.taken_back))
    says += [*plan_views.next_of(preview, now), Say("study.pause_how_to_lift")]
    return Reply(says=tuple(says), close=frozenset({Slot.QUESTION}))


def which(found: Sequence[Standing], now: datetime) -> Reply:
    """Ask which of several pauses shall end."""
    options = tuple(
        Option(_label(one, now), value={**one.target.key, "pause": one.pause_id})
        for one in found[:MOST]
    )
    ask = Ask(LIFT, options, again=plan_words.RESUME)
    return Reply(says=(Say("study.pause_which"),), ask=ask)


def _label(one: Standing, now: datetime) -> Say:
    if one.span is None:
        return Say("study.pause_open_stop", name=one.target.name)
    return Say(
        "study.pause_open", name=one.target.name, first=one.span.first, last=one.span.last,
        kind=plan_views.KINDS[one.kind], today=local_day(now),
    )  # fmt: skip


def lifted(one: Standing, preview: Preview, now: datetime) -> Reply:
    """Say that digests come again, and which is the next."""
    says = (Say("study.pause_lifted", what=_label(one, now)), *plan_views.next_of(preview, now))
    return Reply(says=says, close=frozenset({Slot.QUESTION}))
