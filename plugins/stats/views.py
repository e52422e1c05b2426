"""Figures to sentences for statistics. Wording lives in ``content/texts/stats.toml``."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.actors import Stage
from core.conversation import Ask, Option, Reply, Say
from core.periods import Quarter
from core.texts import current
from plugins.stats.counts import Area, Figures
from plugins.stats.lists import Owing, Silent, Tally
from plugins.stats.periods import Period, PeriodKind, quarter_period
from plugins.stats.queries import Overview, Part
from plugins.stats.words import LIST_MARK

# Six options are the most in a chat (dialogues 5); the sixth is the next page.
PAGE = 5
Data = Mapping[str, Any]
_QUARTERS = {
    1: Say("stats.quarter_1"),
    2: Say("stats.quarter_2"),
    3: Say("stats.quarter_3"),
    4: Say("stats.quarter_4"),
}


def period_name(period: Period, today: date) -> Say:
    """Return what people call a period; another year is named."""
    if period.kind is PeriodKind.YEAR:
        return Say("stats.year", year=period.first.year)
    if period.kind is PeriodKind.DAYS:
        return Say("stats.days", first=period.first, last=period.last, today=today)
    name = _plain_name(period)
    if period.first.year == today.year:
        return name
    return Say("stats.of_year", year=period.first.year, period=name)


def _plain_name(period: Period) -> Say:
    if period.kind is PeriodKind.QUARTER:
        return _QUARTERS[Quarter.of(period.first).number]
    if period.kind is PeriodKind.HALF:
        return Say("stats.half_1") if period.first.month == 1 else Say("stats.half_2")
    if period.first.month == period.last.month:
        return Say("stats.month", month=period.first.month)
    return Say("stats.months", first=period.first.month, last=period.last.month)


def statistics(area: Area, period: Period, overview: Overview, today: date, *, again: str) -> Reply:
    """Show one page of numbers, and what else can be looked at."""
    figures, stages = overview.figures, overview.figures.stages
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
    )
    return Reply(says=says, ask=_more(area, period, overview, again))


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


def _more(area: Area, period: Period, overview: Overview, again: str) -> Ask:
    options = [Option(_compare_label(period), value="compare")]
    if overview.homes > 1:
        label = Say("stats.option_villages") if area.of_villages else Say("stats.option_units")
        options.insert(0, Option(label, value="parts"))
    return Ask(
        kind="stats.more",
        options=tuple(options),
        data={"path": area.path, "period": period.to_text()},
        again=again,
    )


def _compare_label(period: Period) -> Say:
    if period.kind is PeriodKind.QUARTER:
        return Say("stats.option_compare_quarter")
    if period.kind is PeriodKind.MONTH:
        return Say("stats.option_compare_month")
    return Say("stats.option_compare")


def parts(
    area: Area, period: Period, found: Sequence[Part], *, names: bool, page: int = 0
) -> Reply:
    """List the units right below an area; a number opens one."""
    if not found:
        return Reply.of("stats.no_parts")
    options = _paged([Option(_part_label(part), value={"path": part.path}) for part in found], page)
    hint = Say("stats.hint_number") if names else _hint(area)
    says = (Say("stats.parts", options=current().options(options), hint=hint),)
    data = {"path": area.path, "period": period.to_text()}
    return Reply(says=says, ask=Ask(kind="stats.parts", options=options, data=data, listed=True))


def _part_label(part: Part) -> Say:
    figures = part.figures
    if not figures.expected:
        return Say("stats.part_nothing_owed", unit=part.name)
    return Say("stats.part", unit=part.name, expected=figures.expected, handed_in=figures.handed_in)


def _hint(area: Area) -> Say:
    return Say("stats.hint_village") if area.of_villages else Say("stats.hint_unit")


def _paged(options: Sequence[Option], page: int) -> tuple[Option, ...]:
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


def owing_list(
    unit: Say | str, quarter: Quarter, found: Sequence[Owing], today: date, *, page: int, data: Data
) -> Reply:
    """List who still owes a report, by name."""
    period = period_name(quarter_period(quarter), today)
    if not found:
        return Reply.of("stats.owing_none", unit=unit, period=period)
    options = _paged(
        [
            Option(_owing_label(one), value={"name": one.name, "unheard": one.unheard})
            for one in found
        ],
        page,
    )
    heading = _owing_heading(unit, period, quarter, len(found), today)
    return _names(heading, options, kind="stats.owing", data=data)


def _names(heading: Say, options: tuple[Option, ...], *, kind: str, data: Data) -> Reply:
    says = (Say("stats.names", heading=heading, options=current().options(options)),)
    return Reply(says=says, ask=Ask(kind=kind, options=options, data=data, listed=True))


def _owing_heading(unit: Say | str, period: Say, quarter: Quarter, count: int, today: date) -> Say:
    closes = quarter.last_day
    if today > closes:
        return Say("stats.owing_over", unit=unit, period=period, count=count)
    return Say("stats.owing_until", unit=unit, period=period, count=count, closes=closes)


def _owing_label(one: Owing) -> Say:
    if one.unheard and not one.reminded:
        return Say("stats.owing_unheard_not_reminded", name=one.name)
    if one.unheard:
        return Say("stats.owing_unheard", name=one.name, times=one.reminded)
    if one.reminded:
        return Say("stats.owing_reminded", name=one.name, times=one.reminded)
    return Say("stats.owing_not_reminded", name=one.name)


def what_to_do(name: str, *, unheard: bool) -> Reply:
    """Say what can be done about one person of a list."""
    if unheard:
        return Reply.of("stats.what_to_do_unheard", name=name)
    return Reply.of("stats.what_to_do", name=name)


def silent_list(
    unit: Say | str, days: int, found: Sequence[Silent], *, page: int, data: Data
) -> Reply:
    """List who was not talked to for so long, by name."""
    if not found:
        return Reply.of("stats.silent_none", unit=unit, days=days)
    options = _paged(
        [
            Option(
                Say("stats.silent_one", name=one.name, days=one.days),
                value={"name": one.name, "unheard": one.unheard},
            )
            for one in found
        ],
        page,
    )
    heading = Say("stats.silent_heading", unit=unit, days=days, count=len(found))
    return _names(heading, options, kind="stats.silent", data=data)


def owing_tally(area: Area, quarter: Quarter, found: Sequence[Tally], today: date) -> Reply:
    """Say how many still owe a report, unit by unit, without names."""
    period = period_name(quarter_period(quarter), today)
    if not found:
        return Reply.of("stats.owing_none", unit=area.name, period=period)
    count = sum(unit.people for unit in found)
    return _tally(_owing_heading(area.name, period, quarter, count, today), found)


def silent_tally(area: Area, days: int, found: Sequence[Tally]) -> Reply:
    """Say how many were not talked to for so long, unit by unit, without names."""
    if not found:
        return Reply.of("stats.silent_none", unit=area.name, days=days)
    count = sum(unit.people for unit in found)
    return _tally(Say("stats.silent_heading", unit=area.name, days=days, count=count), found)


def _tally(heading: Say, found: Sequence[Tally]) -> Reply:
    render = current().render
    units = LIST_MARK.join(
        render(Say("stats.tally_unit", unit=unit.name, people=unit.people)) for unit in found
    )
    return Reply.of("stats.tally", heading=heading, units=units)
