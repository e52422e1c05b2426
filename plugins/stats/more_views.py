"""What lies behind the page of 统计 in sentences: study hours, deadlines, the file (明细)."""

from collections.abc import Sequence
from datetime import date

from core.config import settings
from core.conversation import Ask, Option, Reply, Say, Slot
from core.period_names import period_name
from models.enums import Evidence
from plugins.stats.counts import Area
from plugins.stats.deadlines import AHEAD, Dated, DeadlineKind, Deadlines
from plugins.stats.details import Proposed
from plugins.stats.periods import Period
from plugins.stats.study_hours import Study
from plugins.stats.views import kind_say

EXPORT = "stats.export"
# Names of a list in one message (dialogues 1: short).
_PAGE = 10
_HOURS = {
    Evidence.ATTENDED: "stats.study_attended",
    Evidence.QUIZ: "stats.study_quiz",
    Evidence.DECLARED: "stats.study_declared",
}


def study(area: Area, period: Period, found: Study, today: date) -> Reply:
    """Show study hours by kind of evidence, each of enough people; never added up."""
    says = [Say("stats.study_heading", unit=area.name, period=period_name(period, today))]
    for kind, key in _HOURS.items():
        if hours := found.kinds.get(kind):
            says.append(Say(key, hours=f"{hours.tenths / 10:g}", people=hours.people))
    if found.withheld:
        says.append(Say("stats.study_few", least=settings().privacy.group_total_min))
    if found.is_empty:
        return Reply.of("stats.study_none", unit=area.name, period=period_name(period, today))
    return Reply(says=tuple(says))


def deadlines(area: Area, found: Deadlines, today: date, *, names: bool) -> Reply:
    """Show what is due soon and what was due, by kind; a number shows who, where names are seen."""
    if not found:
        return Reply.of("stats.deadlines_none", unit=area.name)
    until = today + AHEAD
    heading = Say("stats.deadlines_heading", unit=area.name, until=until, today=today)
    labels = {kind: _line(kind, found) for kind in DeadlineKind if kind in found}
    if not names:
        return Reply(says=(heading, *labels.values(), Say("stats.names_are_below")))
    options = tuple(Option(label, value={"kind": kind.value}) for kind, label in labels.items())
    ask = Ask("stats.deadlines", options, {"path": area.path})
    return Reply(says=(heading,), ask=ask)


def _line(kind: DeadlineKind, found: Deadlines) -> Say:
    due, what = found[kind], kind_say(kind)
    if not due.past:
        return Say("stats.deadline_soon", what=what, soon=due.soon)
    if not due.soon:
        return Say("stats.deadline_past", what=what, past=due.past)
    return Say("stats.deadline_both", what=what, soon=due.soon, past=due.past)


def who(area: Area, kind: DeadlineKind, found: Sequence[Dated], today: date, *, page: int) -> Reply:
    """Name who is meant by one kind of deadline, the earliest day first."""
    start = page * _PAGE
    shown = found[start : start + _PAGE]
    says = (
        Say("stats.deadline_who", unit=area.name, what=kind_say(kind), count=len(found)),
        *(
            Say(
                "stats.deadline_was" if one.due_on < today else "stats.deadline_is",
                name=one.name,
                day=one.due_on,
                today=today,
            )
            for one in shown
        ),
        Say("stats.keep_private"),
    )
    if start + _PAGE >= len(found):
        return Reply(says=says)
    option = Option(Say("stats.option_more"), value={"kind": kind.value, "page": page + 1})
    return Reply(says=says, ask=Ask("stats.deadlines", (option,), {"path": area.path}))


def proposed(found: Proposed, today: date) -> Reply:
    """Say what the file would be and by which word; nothing is made yet."""
    what, noted = details_sentences(found, today)
    says = (what, Say("stats.export_marked"), noted, Say("stats.export_word"))
    data = {"path": found.area.path, "period": found.period.to_text()}
    return Reply(says=says, ask=Ask(EXPORT, data=data))


def details_sentences(found: Proposed, today: date) -> tuple[Say, Say]:
    """Say what the file would be, and that taking it is noted."""
    unit, period = found.area.name, period_name(found.period, today)
    if found.names:
        what = Say("stats.details_of_people", unit=unit, people=found.people, period=period)
        return what, Say("stats.export_noted_by_person")
    what = Say("stats.details_of_units", unit=unit, units=found.units, period=period)
    return what, Say("stats.export_noted")


def made() -> Reply:
    """Say that the file is on its way."""
    return Reply(says=(Say("stats.export_made"),), close=frozenset({Slot.QUESTION}))


def in_the_making() -> Reply:
    """Say that making takes a moment, and that the file comes by itself."""
    return Reply(says=(Say("stats.export_slow"),), close=frozenset({Slot.QUESTION}))
