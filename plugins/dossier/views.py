"""Dataclass to sentences for the dossier. Wording lives in ``content/texts/dossier.toml``."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Takes
from core.periods import Quarter
from plugins.dossier import words
from plugins.dossier.queries import Dossier, Filed
from plugins.identity.reach import Reached

WHICH = "dossier.which"
# Six options are the most in a chat (dialogues 5).
_MOST_OPTIONS = 6

_STAGES = {
    "applicant": Say("dossier.stage_applicant"),
    "activist": Say("dossier.stage_activist"),
    "development_target": Say("dossier.stage_target"),
    "probationary_member": Say("dossier.stage_probation"),
    "full_member": Say("dossier.stage_full"),
}
_DAYS = {
    "applied": "dossier.day_applied",
    "talk": "dossier.day_talk",
    "activist": "dossier.day_activist",
    "target": "dossier.day_target",
    "probation": "dossier.day_probation",
}
_STATES = {
    "waiting_mentor": Say("dossier.state_waiting_mentor"),
    "waiting_secretary": Say("dossier.state_waiting_secretary"),
    "returned": Say("dossier.state_returned"),
    "done": Say("dossier.state_done"),
}
_HOURS = {
    "quiz": "dossier.hours_quiz",
    "attended": "dossier.hours_attended",
    "declared": "dossier.hours_declared",
}


def whose_name() -> Reply:
    """Ask whose dossier is wanted."""
    return Reply(says=(Say("dossier.whose"),), ask=Ask(WHICH, takes=Takes.TEXT))


def which(found: Sequence[Reached]) -> Reply:
    """Ask which of several people of one name is meant."""
    options = tuple(
        Option(Say("dossier.option_of_unit", unit=one.unit), value=one.person_id)
        for one in found[:_MOST_OPTIONS]
    )
    return Reply(says=(Say("dossier.two_of_a_name", name=found[0].name),), ask=Ask(WHICH, options))


def dossier(file: Dossier, today: date) -> Reply:
    """Show a dossier on one page, with numbers that open its reports."""
    says = [
        Say("dossier.head", name=file.name, unit=file.unit, stage=_STAGES[file.stage.value]),
        *_days(file, today),
        _mentors(file),
        *_pause(file, today),
        *_reports(file, today),
        _contacts(file, today),
        _hours(file),
        *_inspections(file, today),
        Say("dossier.noted"),
    ]
    if not file.reports:
        return Reply(says=tuple(says))
    options = tuple(
        Option(
            Say("dossier.option_read", quarter=_quarter(one.quarter)),
            run=words.read_line(file.name, one.quarter),
        )
        for one in file.reports
    )
    again = words.look_line(file.name)
    return Reply(says=tuple(says), ask=Ask("dossier.read", options, again=again))


def _days(file: Dossier, today: date) -> list[Say]:
    if not file.days:
        return [Say("dossier.days_none")]
    steps = [Say(_DAYS[step], on=day, today=today) for step, day in file.days.items()]
    return [Say("dossier.days", days=_listed(steps))]


def _mentors(file: Dossier) -> Say:
    if not file.mentors:
        return Say("dossier.mentors_none")
    return Say("dossier.mentors", names=words.LIST_MARK.join(file.mentors))


def _pause(file: Dossier, today: date) -> list[Say]:
    if file.paused_until is None:
        return []
    return [Say("dossier.paused", until=file.paused_until, today=today)]


def _reports(file: Dossier, today: date) -> list[Say]:
    if not file.reports:
        return [Say("dossier.reports_none")]
    says = [_report(one, today) for one in file.reports]
    if file.earlier:
        says.append(Say("dossier.reports_earlier", count=file.earlier))
    return says


def _report(one: Filed, today: date) -> Say:
    if not one.version:
        quarter = _quarter(one.quarter)
        return Say("dossier.report_paper", quarter=quarter, on=one.on, today=today)
    paper = Say("dossier.paper_out")
    if one.original_on is not None:
        paper = Say("dossier.paper_in", on=one.original_on, today=today)
    return Say(
        "dossier.report_late" if one.is_late else "dossier.report",
        quarter=_quarter(one.quarter),
        version=one.version,
        pages=one.pages,
        on=one.on,
        state=_STATES[one.state.value],
        paper=paper,
        today=today,
    )


def _quarter(quarter: Quarter) -> Say:
    return Say("dossier.quarter", year=quarter.year, cycle=words.cycle_name(quarter))


def _contacts(file: Dossier, today: date) -> Say:
    if not file.contacts.lines:
        return Say("dossier.contacts_none")
    if file.contacts.heard_on is None:
        return Say("dossier.contacts_unheard", count=file.contacts.lines)
    return Say(
        "dossier.contacts", count=file.contacts.lines, on=file.contacts.heard_on, today=today
    )


def _hours(file: Dossier) -> Say:
    kinds = [
        Say(_HOURS[kind.value], hours=f"{tenths / 10:g}")
        for kind, tenths in sorted(file.hours.items())
        if tenths
    ]
    return Say("dossier.hours", kinds=_listed(kinds)) if kinds else Say("dossier.hours_none")


def _inspections(file: Dossier, today: date) -> list[Say]:
    if not file.inspections:
        return [Say("dossier.inspections_none")]
    days = [
        Say("dossier.inspection", on=one.on, writer=one.writer, today=today)
        for one in file.inspections
    ]
    says = [Say("dossier.inspections", days=_listed(days))]
    if file.inspections_earlier:
        says.append(Say("dossier.inspections_earlier", count=file.inspections_earlier))
    return says


def _listed(items: Sequence[Say]) -> Say:
    first, *rest = items
    return Say("dossier.and", first=first, rest=_listed(rest)) if rest else first
