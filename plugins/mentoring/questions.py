"""The questions of mentoring, one at a time: who, which day, how, what came of it, when again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from core.conversation import Ask, Option, Reply, Say, Takes
from core.daywords import Reason
from core.texts import current
from plugins.mentoring import words
from plugins.mentoring.namesakes import told_apart
from plugins.mentoring.next_days import next_month
from plugins.mentoring.queries import LogLine, Mentee
from plugins.mentoring.steps import NOTE, Facts, Step
from plugins.mentoring.views import MOST, line_words

# Answers that are no day, person or word of the list.
OTHER = "other"

_WEEKDAYS = (
    Say("mentoring.weekday_0"),
    Say("mentoring.weekday_1"),
    Say("mentoring.weekday_2"),
    Say("mentoring.weekday_3"),
    Say("mentoring.weekday_4"),
    Say("mentoring.weekday_5"),
    Say("mentoring.weekday_6"),
)


def ask_for(step: Step, facts: Facts, people: Sequence[Mentee], today: date) -> Reply:
    """Ask for what is missing in ``facts``."""
    if step is Step.WHO:
        sentence, options = _who(facts, people)
    elif step is Step.DAY:
        name = next((one.name for one in people if one.pair_id == facts.pair), "")
        sentence, options = which_day(facts, today, name)
    elif step is Step.CHANNEL:
        sentence, options = how()
    elif step is Step.NEXT:
        sentence, options = when_next(facts.next_said, today)
    else:
        sentence, options = what_came()
    data = {"step": step.value, "facts": facts.to_data()}
    return _question("mentoring.contact", sentence, options, data, again=words.LOG)


def by_words(step: Step, facts: Facts) -> Reply:
    """Ask for a name or a day that stood not among the numbers."""
    say = Say("mentoring.who_else") if step is Step.WHO else Say("mentoring.day_by_words")
    data = {"step": step.value, "facts": facts.to_data(), "typed": True}
    return Reply(says=(say,), ask=Ask("mentoring.contact", data=data, takes=Takes.TEXT))


def not_understood(reply: Reply) -> Reply:
    """Say that an answer fits nothing, and ask again."""
    again = "".join(current().render(say) for say in reply.says)
    return Reply(says=(Say("mentoring.not_understood", again=again),), ask=reply.ask)


_Sentence = Callable[[str], Say]


def _question(
    kind: str, sentence: _Sentence, options: Sequence[Option], data: Mapping[str, Any], again: str
) -> Reply:
    shown = tuple(options)
    ask = Ask(kind, shown, data, Takes.TEXT, again, listed=True)
    return Reply(says=(sentence(current().options(shown)),), ask=ask)


def _who(facts: Facts, people: Sequence[Mentee]) -> tuple[_Sentence, list[Option]]:
    meant = [one for one in people if one.pair_id in facts.may_be]
    if len(meant) > 1 and len({one.name for one in meant}) == 1:
        apart = told_apart([_traits(one) for one in meant])
        label = [
            Option(Say("mentoring.option_of_unit", unit=unit), value=one.pair_id)
            for unit, one in zip(apart, meant, strict=True)
        ]
        name = meant[0].name
        return lambda options: Say("mentoring.two_of_a_name", name=name, options=options), label
    if meant:
        return _one_at_a_time, _names(meant[:MOST])
    if facts.stranger:
        return _not_among, _names(people[:MOST])
    other = Option(Say("mentoring.option_somebody_else"), value=OTHER)
    return _who_is_it, [*_names(people[: MOST - 1]), other]


def _one_at_a_time(options: str) -> Say:
    return Say("mentoring.one_at_a_time", options=options)


def _not_among(options: str) -> Say:
    return Say("mentoring.not_among_yours", options=options)


def _who_is_it(options: str) -> Say:
    return Say("mentoring.who", options=options)


def _traits(one: Mentee) -> tuple[str, ...]:
    return (one.unit, one.city or "")


def _names(people: Sequence[Mentee]) -> list[Option]:
    """Offer people by name; of two with the same name what tells them apart stands beside it."""
    shown: dict[int, str] = {}
    for name in dict.fromkeys(one.name for one in people):
        same = [one for one in people if one.name == name]
        apart = told_apart([_traits(one) for one in same])
        for label, one in zip(apart, same, strict=True):
            alone = len(same) == 1
            shown[one.pair_id] = name if alone else words.COMMA.join((name, label))
    return [Option(shown[one.pair_id], value=one.pair_id) for one in people]


def which_day(facts: Facts, today: date, name: str = "") -> tuple[_Sentence, list[Option]]:
    """Return the question for the day: those it may mean, else the last three."""
    days = [date.fromisoformat(day) for day in facts.days]
    if facts.why == Reason.FUTURE and facts.literal and days:
        ahead = date.fromisoformat(facts.literal)
        options = [Option(_future_label(day, today), value=day.isoformat()) for day in days]
        return lambda shown: Say(
            "mentoring.day_ahead", day=ahead, options=shown, today=today
        ), options
    other = Option(Say("mentoring.option_other_day"), value=OTHER)
    if not days:
        near = [*_near_days(today), other]
        return (_day_question, near) if facts.why or not name else (_day_of(name), near)
    dated = [Option(_dated(day), value=day.isoformat()) for day in days[: MOST - 1]]
    if facts.why == Reason.NIGHT:
        return lambda shown: Say("mentoring.which_night", options=shown), dated
    return _day_question, [*dated, other]


def _day_question(options: str) -> Say:
    return Say("mentoring.which_day", options=options)


def _day_of(name: str) -> _Sentence:
    return lambda options: Say("mentoring.which_day_of", name=name, options=options)


def _near_days(today: date) -> list[Option]:
    labels = (
        Say("mentoring.option_today"),
        Say("mentoring.option_yesterday"),
        Say("mentoring.option_day_before"),
    )
    return [
        Option(label, value=(today - timedelta(days=back)).isoformat())
        for back, label in enumerate(labels)
    ]


def _dated(day: date) -> Say:
    return Say("mentoring.option_date", weekday=_WEEKDAYS[day.weekday()], day=day)


def _future_label(day: date, today: date) -> Say:
    if day == today:
        return Say("mentoring.option_today")
    if day.year == today.year - 1:
        return Say("mentoring.option_last_year", day=day)
    return Say("mentoring.line_day", day=day, today=today)


def how() -> tuple[_Sentence, list[Option]]:
    """Return the question for the channel."""
    options = [Option(label, value=channel.value) for channel, label in words.CHANNEL_CHOICES]
    return lambda shown: Say("mentoring.how", options=shown), options


def what_came() -> tuple[_Sentence, list[Option]]:
    """Return the question for the outcome."""
    options = [Option(label, value=outcome.value) for outcome, label in words.OUTCOME_CHOICES]
    return lambda shown: Say("mentoring.what_came", options=shown), options


def when_next(said: str, today: date) -> tuple[_Sentence, list[Option]]:
    """Return the question for the next day when only what is waited for was said (等他发工资)."""
    days = (today + timedelta(days=7), today + timedelta(days=15), next_month(today))
    options = [Option(Say("mentoring.line_day", day=day, today=today), value=day.isoformat())
               for day in days]  # fmt: skip
    options.append(Option(Say("mentoring.option_usual_next"), value=""))
    if not said:
        return lambda shown: Say("mentoring.when_again", options=shown), options
    return lambda shown: Say("mentoring.when_next", words=said, options=shown), options


def amend_what(line: LogLine, today: date) -> Reply:
    """Repeat the last line and ask what to change in it."""
    options = (
        Option(Say("mentoring.option_amend_day"), value=Step.DAY.value),
        Option(Say("mentoring.option_amend_channel"), value=Step.CHANNEL.value),
        Option(Say("mentoring.option_amend_outcome"), value=Step.OUTCOME.value),
        Option(Say("mentoring.option_amend_note"), value=NOTE),
    )
    said = line_words(line, today)
    return _question(
        "mentoring.amend_what",
        lambda shown: Say("mentoring.amend_what", line=said, options=shown),
        options,
        {"contact": line.contact_id},
        again=words.AMEND,
    )


def amend_part(what: str, contact_id: int, today: date) -> Reply:
    """Ask for the new day, channel, outcome or note of a line."""
    data = {"contact": contact_id, "what": what}
    if what == NOTE:
        ask = Ask("mentoring.amend", data=data, takes=Takes.TEXT)
        return Reply(says=(Say("mentoring.new_note"),), ask=ask)
    if what == Step.DAY:
        sentence, options = which_day(Facts(), today)
    elif what == Step.CHANNEL:
        sentence, options = how()
    else:
        sentence, options = what_came()
    return _question("mentoring.amend", sentence, options, data, again=words.AMEND)


def amend_day_by_words(contact_id: int) -> Reply:
    """Ask for a day that stood not among the numbers, for a line that is being changed."""
    data = {"contact": contact_id, "what": Step.DAY.value}
    ask = Ask("mentoring.amend", data=data, takes=Takes.TEXT)
    return Reply(says=(Say("mentoring.day_by_words"),), ask=ask)


def whose_number(people: Sequence[Mentee]) -> Reply:
    """Ask who has a new number."""
    return _question(
        "mentoring.number",
        lambda shown: Say("mentoring.whose_number", options=shown),
        _names(people[:MOST]),
        {},
        again="",
    )
