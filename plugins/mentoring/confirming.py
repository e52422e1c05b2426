"""A line shown before it is written (我这样记): yes, or what to change; nothing is kept before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core.clock import local_day
from core.conversation import QUESTION_LIFE, Ask, Call, Option, Reply, Say, Slot, Takes
from core.texts import current
from plugins.mentoring import questions, steps, views, words
from plugins.mentoring.doubts import Part
from plugins.mentoring.queries import Mentee
from plugins.mentoring.reading import Line
from plugins.mentoring.steps import Facts, Step

STEPS = frozenset({Step.CONFIRM, Step.CHANGE})
KIND = "mentoring.contact"
_YES, _CHANGE, _DROP = "yes", "change", "drop"
_DONE = frozenset({Slot.QUESTION})
_PARTS = (
    (Step.WHO, "mentoring.option_change_who"),
    (Step.DAY, "mentoring.option_amend_day"),
    (Step.CHANNEL, "mentoring.option_amend_channel"),
    (Step.OUTCOME, "mentoring.option_amend_outcome"),
    (Step.NEXT, "mentoring.option_change_next"),
)


def show(facts: Facts, people: Sequence[Mentee], now: datetime) -> Reply:
    """Repeat a complete line as it would be written, and ask whether it is right."""
    today = local_day(now)
    name = next(one.name for one in people if one.pair_id == facts.pair)
    line = views.entry_words(
        steps.entry(facts),
        name,
        today,
        label=facts.label,
        place=facts.place,
        is_incoming=facts.incoming,
        now=now,
    )
    options = (
        Option(Say("mentoring.option_right"), value=_YES),
        Option(Say("mentoring.option_not_right"), value=_CHANGE),
    )
    said = Say(
        "mentoring.confirm",
        line=line,
        next=_next(facts, today),
        options=current().options(options),
    )
    return _asked(said, Step.CONFIRM, facts, options)


def _next(facts: Facts, today: date) -> Say | str:
    if facts.next_on:
        return Say("mentoring.next_said", on=date.fromisoformat(facts.next_on), today=today)
    return Say("mentoring.confirm_usual_next") if Part.NEXT in facts.doubts else ""


def _change_which(facts: Facts) -> Reply:
    options = (
        *(Option(Say(label), value=step.value) for step, label in _PARTS),
        Option(Say("mentoring.option_drop"), value=_DROP),
    )
    said = Say("mentoring.change_which", options=current().options(options))
    return _asked(said, Step.CHANGE, facts, options)


def _asked(said: Say, step: Step, facts: Facts, options: tuple[Option, ...]) -> Reply:
    data = {"step": step.value, "facts": facts.to_data()}
    return Reply(says=(said,), ask=Ask(KIND, options, data, Takes.WORDS, words.LOG, listed=True))


def waiting_line(call: Call) -> Facts | None:
    """Return the line that is shown in this chat and not written yet, if one is."""
    if call.question is None or call.question.kind != KIND:
        return None
    if call.now - call.question.asked_at > QUESTION_LIFE:
        return None
    data = call.question.data
    return Facts.from_data(data["facts"]) if Step(data["step"]) in STEPS else None


def take(
    call: Call, facts: Facts, step: Step, line: Line, people: Sequence[Mentee]
) -> Facts | Reply:
    """Return the facts to go on with after an answer, or what is said to it.

    Only a plain yes leaves no doubt; what fits nothing, courtesy too, shows the line again.
    """
    answer = call.choice if call.choice is not None else _typed(call.words, step)
    if answer == _YES:
        return steps.chosen(facts, Step.CONFIRM, answer)
    if answer == _CHANGE:
        return _change_which(facts)
    if answer == _DROP:
        return Reply(says=(Say("mentoring.not_logged"),), close=_DONE)
    if answer is not None:
        part = Step(answer)
        return questions.ask_for(part, steps.without(facts, part), people, call.today)
    return steps.corrected(facts, line) or _again(show(facts, people, call.now))


def _typed(said: str, step: Step) -> Any:
    plain = said.strip().strip(words.END_MARKS)
    if plain in words.CANCEL:
        return _DROP
    if plain in words.NO:
        return _CHANGE
    return _YES if step is Step.CONFIRM and plain in words.YES else None


def _again(reply: Reply) -> Reply:
    shown = "".join(current().render(say) for say in reply.says)
    return replace(reply, says=(Say("mentoring.confirm_again", again=shown),))
