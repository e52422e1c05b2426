"""Pairs, their history and a unit's rules in sentences."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot
from core.errors import Refusal
from core.texts import current
from plugins.mentoring import pair_words, words
from plugins.mentoring.history import History, Past
from plugins.mentoring.pair_rhythm import Arranged, how
from plugins.mentoring.pairs import Held, Made, Plan
from plugins.mentoring.unit_rules import UnitRule

CONFIRM = "mentoring.pair_confirm"
REPLACE = "mentoring.pair_replace"
YES = "yes"
_NO = "no"
_DONE = frozenset({Slot.QUESTION})


def whom_to_replace(held: Sequence[Held], person_id: int, mentor_id: int, name: str) -> Reply:
    """Ask which of two mentors is replaced."""
    options = tuple(Option(one.mentor, value=one.pair_id) for one in held)
    data = {"person": person_id, "mentor": mentor_id}
    return Reply(
        says=(Say("mentoring.replace_whom", mentor=name),), ask=Ask(REPLACE, options, data=data)
    )


def confirm(plan: Plan) -> Reply:
    """Say what speaks against a pair, and let a named person decide."""
    says = []
    if not plan.is_member:
        says.append(Say("mentoring.pair_no_member", mentor=plan.mentor))
    if plan.people > plan.most:
        says.append(
            Say("mentoring.pair_many", mentor=plan.mentor, people=plan.people - 1, most=plan.most)
        )
    options = (
        Option(Say("mentoring.option_appoint_so"), value=YES),
        Option(Say("mentoring.option_appoint_not"), value=_NO),
    )
    data = {"person": plan.person_id, "mentor": plan.mentor_id, "replaces": plan.replaces}
    return Reply(says=tuple(says), ask=Ask(CONFIRM, options, data=data))


def left() -> Reply:
    """Say that nothing was changed."""
    return Reply(says=(Say("mentoring.pair_left"),), close=_DONE)


def made(made_now: Made, today: date) -> Reply:
    """Say who looks after whom from now on, and by when they talk first."""
    key = "mentoring.pair_made" if made_now.before is None else "mentoring.pair_changed"
    fields: dict[str, object] = {} if made_now.before is None else {"before": made_now.before}
    say = Say(
        key,
        person=made_now.person,
        mentor=made_now.mentor,
        due=made_now.due_on,
        today=today,
        **fields,
    )
    return Reply(says=(say,), close=_DONE)


def history(found: History, own: Sequence[Arranged], today: date) -> Reply:
    """List the newest contacts with somebody, and the rhythm his pairs keep by themselves."""
    arranged = tuple(
        Say(
            "mentoring.rhythm_kept",
            mentor=one.mentor,
            how=how(one.every, one.months),
            next=one.next_on,
            today=today,
        )
        for one in own
    )
    if not found.count:
        return Reply(says=(Say("mentoring.history_none", name=found.name), *arranged), close=_DONE)
    says = [Say("mentoring.history", name=found.name, count=found.count)]
    says += [Say("mentoring.history_line", line=_line(one, today)) for one in found.newest]
    if not found.notes_kept:
        says.append(Say("mentoring.history_no_notes"))
    return Reply(says=(*says, *arranged), close=_DONE)


def _line(one: Past, today: date) -> str:
    pieces = [current().render(Say("mentoring.line_day", day=one.contacted_on, today=today))]
    if one.outcome not in words.OUTCOMES_WITHOUT_CHANNEL:
        pieces.append(words.CHANNEL_LABELS[one.channel])
    pieces += [words.OUTCOME_LABELS[one.outcome], one.writer]
    if one.note and one.outcome not in words.OUTCOMES_WITHOUT_NOTE:
        pieces.append(current().render(Say("mentoring.quoted", note=one.note)))
    return words.COMMA.join(pieces)


def read_rule(said: str) -> tuple[str, dict[str, int]]:
    """Return the unit that was named, and the numbers that were named for it.

    Raises Refusal ``mentoring.rules_how`` for a word without its number.
    """
    changes: dict[str, int] = {}
    unit, pieces = "", said.split()
    while pieces:
        piece = pieces.pop(0)
        column = pair_words.RULE_COLUMNS.get(piece)
        if column is None:
            if unit or changes:
                raise Refusal("mentoring.rules_how")
            unit = piece
            continue
        number = pieces.pop(0) if pieces else ""
        if not number.isdecimal():
            raise Refusal("mentoring.rules_how")
        changes[column] = int(number)
    return unit, changes


def rule(unit: str, found: UnitRule) -> Reply:
    """Say what a unit keeps to."""
    return Reply.of(
        "mentoring.rules",
        unit=unit,
        months=found.cadence_months,
        close=found.close_months,
        people=found.people_most,
        steps=_steps(found),
    )


def _steps(found: UnitRule) -> Say | str:
    """Return who is asked after how many working days; an office that never is has no words."""
    offices = (
        (found.branch_days, Say("mentoring.rules_secretary")),
        (found.township_days, Say("mentoring.rules_township")),
        (found.county_days, Say("mentoring.rules_county")),
    )
    asked = [(days, whom) for days, whom in offices if days]
    if not asked:
        return Say("mentoring.rules_never")
    first, *others = asked
    said = [Say("mentoring.rules_first", days=first[0], whom=first[1])]
    said += [Say("mentoring.rules_then", days=days, whom=whom) for days, whom in others]
    return pair_words.COMMA.join(current().render(say) for say in said)
