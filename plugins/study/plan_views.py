"""Plans of digests in plain words: what holds, from where, what comes next, what is asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.clock import at_local, local_day
from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from core.messages import Blob, Forward, OutPart, Text
from models.enums import Form, PauseKind
from plugins.study import plan_words
from plugins.study.plan_previews import Preview
from plugins.study.plan_targets import Target
from plugins.study.slots import Plan

SHOWN = "study.plan"
FIELD = "study.plan_field"
VALUE = "study.plan_value"
CONFIRM = "study.plan_confirm"
# A list on a phone; one more leads on.
_PAGE = 5
_NAMES_MOST = 4

_FORMS = {
    Form.PICTURE: Say("study.plan_form_picture"),
    Form.FORWARD: Say("study.plan_form_forward"),
    Form.FILE: Say("study.plan_form_file"),
}
KINDS = {
    PauseKind.HARVEST: Say("study.pause_harvest"),
    PauseKind.FEAST: Say("study.pause_feast"),
    PauseKind.OTHER: Say("study.pause_other"),
}


def shown(preview: Preview, now: datetime) -> Reply:
    """Show what holds, and what can be done about it."""
    says = (*_says(preview, now), *_inherited(preview), *_exceptions(preview), *_next(preview, now))
    options = [
        Option(Say("study.plan_option_change"), value={"do": "change"}),
        Option(Say("study.plan_option_show"), value={"do": "preview"}),
    ]
    if preview.outlook.own:
        label = Say("study.plan_option_reset", above=_above(preview))
        options.append(Option(label, value={"do": "reset"}))
    options.append(Option(Say("study.plan_option_others"), value={"do": "others"}))
    return Reply(says=says, ask=_ask(SHOWN, options, preview.target))


def _ask(kind: str, options: Sequence[Option], target: Target, **more: Any) -> Ask:
    again = f"{plan_words.PLAN} {target.name}"
    takes = Takes.TEXT if kind == VALUE else Takes.NUMBER
    return Ask(kind, tuple(options), dict(target.key) | more, takes=takes, again=again)


def proposal(preview: Preview, now: datetime) -> Reply:
    """Show what a plan would be, and ask whether it shall hold."""
    heading = Say("study.plan_proposal")
    says = (heading, *_says(preview, now), *_next(preview, now), *_quotas(preview))
    return Reply(says=says, ask=confirm_ask(preview))


def confirm_ask(preview: Preview) -> Ask:
    """Ask for the word on a change."""
    options = (
        Option(Say("study.plan_option_yes"), value="yes"),
        Option(Say("study.plan_option_look"), value="look"),
        Option(Say("study.plan_option_leave"), value="leave"),
        Option(Say("study.plan_option_more"), value="more"),
    )
    more = {"changes": dict(preview.changes), "seen": preview.seen}
    return _ask(CONFIRM, options, preview.target, **more)


def looked_at(preview: Preview, parts: Sequence[OutPart]) -> tuple[tuple[Say, ...], list[Blob]]:
    """Return the words and the files of the next digest, as the group would see them."""
    texts = [part.text for part in parts if isinstance(part, Text)]
    says = [Say("study.section", section=text) for text in texts]
    for part in parts:
        if isinstance(part, Forward):
            first = "".join(one.text for one in part.nodes[0] if isinstance(one, Text))
            says.append(Say("study.section", section=first))
            says.append(Say("study.plan_forward", count=len(part.nodes)))
    if preview.coming.slot is None:
        says.append(Say("study.plan_no_next"))
    return tuple(says), [part for part in parts if isinstance(part, Blob)]


def done(preview: Preview, now: datetime) -> Reply:
    """Say that a plan holds now, and what comes next."""
    says = (
        Say("study.plan_set", name=preview.target.name, count=preview.groups),
        *_next(preview, now),
    )
    return Reply(says=says, close=frozenset({Slot.QUESTION}))


def left(target: Target) -> Reply:
    """Say that nothing was changed."""
    return Reply(says=(Say("study.plan_left", name=target.name),), close=frozenset({Slot.QUESTION}))


def others(found: Sequence[Target], target: Target, page: int) -> Reply:
    """List the units and groups in charge, five at a time."""
    here = found[page * _PAGE : (page + 1) * _PAGE]
    options = [
        Option(one.name if one.group is None else Say("study.plan_group", group=one.name),
               value={"do": "at", "at": dict(one.key)})
        for one in here
    ]  # fmt: skip
    if len(found) > (page + 1) * _PAGE:
        following = {"do": "others", "page": page + 1}
        options.append(Option(Say("study.plan_option_further"), value=following))
    if not options:
        return Reply.of("study.plan_no_others")
    return Reply(says=(Say("study.plan_which"),), ask=_ask(SHOWN, options, target))


def _says(preview: Preview, now: datetime) -> list[Say]:
    plan = preview.plan
    says = [Say("study.plan_line", name=preview.target.name, when=_when(plan, now),
                count=plan.pieces, form=_form(plan))]  # fmt: skip
    names = plan_words.LIST_MARK.join(plan.series)
    says.append(Say("study.plan_series", names=names) if plan.series else Say("study.plan_all"))
    skips = plan.skips_holidays
    says.append(Say("study.plan_skips") if skips else Say("study.plan_goes_on"))
    if plan.is_stopped:
        says.append(Say("study.plan_stopped"))
    says += [
        Say("study.plan_pause", first=row.from_on, last=row.until_on, kind=KINDS[row.kind],
            unit=row.unit.name, today=local_day(now))
        for row in preview.outlook.pauses
    ]  # fmt: skip
    return says


def _when(plan: Plan, now: datetime) -> Say:
    at = at_local(local_day(now), plan.hour, plan.minute)
    day = plan_words.WEEKDAY_NAMES[plan.weekday]
    if plan.every_weeks > 1:
        return Say("study.plan_rhythm_line", weeks=plan.every_weeks, day=day, at=at)
    return Say("study.plan_weekly", day=day, at=at)


def _form(plan: Plan) -> Say:
    return _FORMS.get(plan.form or Form.TEXT, Say("study.plan_form_text"))


_COLUMN_NAMES = {
    "weekday": Say("study.plan_word_day"),
    "hour": Say("study.plan_word_hour"),
    "pieces": Say("study.plan_word_pieces"),
    "every_weeks": Say("study.plan_word_rhythm"),
    "series": Say("study.plan_word_series"),
    "form": Say("study.plan_word_form"),
    "skips_holidays": Say("study.plan_word_holidays"),
    "is_stopped": Say("study.plan_word_stop"),
}


def _above(preview: Preview) -> Say:
    above = preview.outlook.above
    return Say("study.plan_above", name=above) if above else Say("study.plan_above_default")


def _inherited(preview: Preview) -> tuple[Say, ...]:
    own = [_COLUMN_NAMES[name] for name in _COLUMN_NAMES if name in preview.outlook.own]
    if not own:
        if not preview.outlook.above:
            return (Say("study.plan_default"),)
        return (Say("study.plan_inherited", above=_above(preview)),)
    return (Say("study.plan_own", what=joined(own), above=_above(preview)),)


def joined(says: Sequence[Say]) -> Say:
    """Return several words as a list."""
    found = says[0]
    for say in says[1:]:
        found = Say("study.plan_joined", before=found, after=say)
    return found


def _exceptions(preview: Preview) -> tuple[Say, ...]:
    names = preview.exceptions
    if not names:
        return ()
    some = plan_words.LIST_MARK.join(names[:_NAMES_MOST])
    if len(names) > _NAMES_MOST:
        return (Say("study.plan_exceptions_more", names=some, count=len(names)),)
    return (Say("study.plan_exceptions", names=some),)


def _next(preview: Preview, now: datetime) -> tuple[Say, ...]:
    coming = preview.coming
    if not preview.groups:
        return (Say("study.plan_no_groups"),)
    if coming.slot is None or not coming.pieces:
        return (Say("study.plan_no_next"),)
    titles = plan_words.LIST_MARK.join(piece.title for piece in coming.pieces)
    says = [Say("study.plan_next", at=coming.slot, titles=titles, today=local_day(now))]
    if preview.groups > 1 and preview.example is not None and preview.example.name:
        says.append(Say("study.plan_next_of", group=preview.example.name))
    return tuple(says)


def next_of(preview: Preview, now: datetime) -> tuple[Say, ...]:
    """Say when the next digest comes and what it is about."""
    return _next(preview, now)


def _quotas(preview: Preview) -> list[Say]:
    return [Say("study.plan_quota", count=count, most=most) for count, most in preview.quotas]
