"""Figures to sentences for statistics. Wording lives in ``content/texts/stats.toml``."""

from collections.abc import Sequence
from datetime import date

from core.actors import Stage
from core.conversation import Ask, Option, Reply, Say
from core.period_names import period_name
from core.periods import Quarter
from core.texts import current
from plugins.stats.counts import Area, Figures
from plugins.stats.deadlines import DeadlineKind
from plugins.stats.periods import Period, PeriodKind, quarter_period
from plugins.stats.queries import Page, Part

# Six options are the most in a chat (dialogues 5); the sixth is the next page.
PAGE = 5
_KINDS = {
    DeadlineKind.TALK: Say("stats.deadline_talk"),
    DeadlineKind.INSPECTION: Say("stats.deadline_inspection"),
    DeadlineKind.YEAR: Say("stats.deadline_year"),
    DeadlineKind.PROBATION: Say("stats.deadline_probation"),
    DeadlineKind.REPORT: Say("stats.deadline_report"),
}


def kind_say(kind: DeadlineKind) -> Say:
    """Name a kind of deadline as people do."""
    return _KINDS[kind]


def statistics(
    area: Area, period: Period, page: Page, today: date, *, again: str, with_details: bool
) -> Reply:
    """Show one page of numbers, and what else can be looked at; what is zero has no line."""
    figures, stages = page.figures, page.figures.stages
    says = (
        Say("stats.heading", unit=area.name, period=period_name(period, today)),
        Say(
            "stats.stages",
            applicants=stages.get(Stage.APPLICANT, 0),
            activists=stages.get(Stage.ACTIVIST, 0),
            targets=stages.get(Stage.DEVELOPMENT_TARGET, 0),
            probationary=stages.get(Stage.PROBATIONARY_MEMBER, 0),
        ),
        _reports(figures),
        _contacts(figures),
        *_escalated(figures),
        *_help(figures),
        *_movement(figures),
    )
    return Reply(says=says, ask=_more(area, period, page, again, with_details=with_details))


def _reports(figures: Figures) -> Say:
    if figures.late:
        return Say(
            "stats.reports_late",
            expected=figures.expected,
            handed_in=figures.handed_in,
            late=figures.late,
            reviewed=figures.reviewed,
            returned=figures.returned,
        )
    return Say(
        "stats.reports",
        expected=figures.expected,
        handed_in=figures.handed_in,
        reviewed=figures.reviewed,
        returned=figures.returned,
    )


def _contacts(figures: Figures) -> Say:
    if not figures.mentored:
        return Say("stats.no_mentors")
    return Say(
        "stats.contacts",
        mentored=figures.mentored,
        logged=figures.logged,
        days=figures.longest_days or 0,
    )


def _escalated(figures: Figures) -> tuple[Say, ...]:
    if not figures.escalated:
        return ()
    return (Say("stats.escalated", count=figures.escalated),)


def _help(figures: Figures) -> tuple[Say, ...]:
    asked, closed, waiting = figures.help_asked, figures.help_closed, figures.help_open
    if waiting:
        return (Say("stats.help_open", asked=asked, closed=closed, waiting=waiting),)
    return (Say("stats.help", asked=asked, closed=closed),) if asked or closed else ()


def _movement(figures: Figures) -> tuple[Say, ...]:
    if not figures.left_home and not figures.arrived:
        return ()
    return (Say("stats.movement", left=figures.left_home, arrived=figures.arrived),)


def _more(area: Area, period: Period, page: Page, again: str, *, with_details: bool) -> Ask:
    options = [
        Option(_compare_label(period), value="compare"),
        Option(Say("stats.option_chart"), value="chart"),
    ]
    if with_details:
        options.append(Option(Say("stats.option_details"), value="details"))
    if page.has_study:
        options.append(Option(Say("stats.option_study"), value="study"))
    if page.has_deadlines:
        options.append(Option(Say("stats.option_deadlines"), value="deadlines"))
    if page.has_parts:
        label = Say("stats.option_villages") if area.of_villages else Say("stats.option_units")
        options.insert(0, Option(label, value="parts"))
    return Ask(
        kind="stats.more",
        options=tuple(options),
        data={"path": area.path, "period": period.to_text(), "line": again},
        again=again,
    )


def _compare_label(period: Period) -> Say:
    if period.kind is PeriodKind.QUARTER:
        return Say("stats.option_compare_quarter")
    if period.kind is PeriodKind.MONTH:
        return Say("stats.option_compare_month")
    return Say("stats.option_compare")


def parts(
    area: Area, period: Period, found: Sequence[Part], *, names: bool, line: str, page: int = 0
) -> Reply:
    """List the units right below an area; a number opens one."""
    if not found:
        return Reply.of("stats.no_parts")
    options = paged([Option(_part_label(part), value={"path": part.path}) for part in found], page)
    hint = Say("stats.hint_number") if names else _hint(area)
    says = (Say("stats.parts", options=current().options(options), hint=hint),)
    data = {"path": area.path, "period": period.to_text(), "line": line}
    return Reply(says=says, ask=Ask(kind="stats.parts", options=options, data=data, listed=True))


def _part_label(part: Part) -> Say:
    figures = part.figures
    if not figures.expected:
        return Say("stats.part_nothing_owed", unit=part.name)
    return Say("stats.part", unit=part.name, expected=figures.expected, handed_in=figures.handed_in)


def _hint(area: Area) -> Say:
    return Say("stats.hint_village") if area.of_villages else Say("stats.hint_unit")


def paged(options: Sequence[Option], page: int) -> tuple[Option, ...]:
    """Return one page of a list, with its last number turning to the next."""
    if len(options) <= PAGE + 1:
        return tuple(options)
    shown = tuple(options[page * PAGE : (page + 1) * PAGE])
    following = page + 1 if (page + 1) * PAGE < len(options) else 0
    return (*shown, Option(Say("stats.option_more"), value={"page": following}))


def compared(area: Area, period: Period, now: Figures, before: Figures, today: date) -> Reply:
    """Show a period beside the one before it."""
    names = {
        "period": period_name(period, today),
        "previous": period_name(period.previous, today),
    }
    says = [
        Say("stats.compare_heading", unit=area.name, **names),
        Say(
            "stats.compare_reports",
            expected=now.expected,
            handed_in=now.handed_in,
            expected_before=before.expected,
            handed_in_before=before.handed_in,
            **names,
        ),
        Say(
            "stats.compare_contacts",
            mentored=now.mentored,
            logged=now.logged,
            mentored_before=before.mentored,
            logged_before=before.logged,
            **names,
        ),
    ]
    if now.longest_days is not None and before.longest_days is not None:
        days, days_before = now.longest_days, before.longest_days
        says.append(Say("stats.compare_silence", days=days, days_before=days_before, **names))
    return Reply(says=tuple(says))


def in_group(area: Area, period: Period, figures: Figures, today: date, *, least: int) -> Say:
    """Return what may be said aloud: a figure and its rest are nobody or at least ``least``."""
    rest = figures.mentored - figures.reached
    if not figures.mentored or any(0 < count < least for count in (figures.reached, rest)):
        return Say("stats.group_too_small")
    is_now = period == quarter_period(Quarter.of(today))
    return Say(
        "stats.in_group",
        unit=area.name,
        period=Say("stats.this_quarter") if is_now else period_name(period, today),
        pushes=figures.pushes,
        mentored=figures.mentored,
        reached=figures.reached,
    )
