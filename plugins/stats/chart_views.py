"""Figures to a picture and its words (图): the same numbers as in the text, nothing personal."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Say
from core.period_names import period_name
from core.pictures import Bar, Chart
from core.pictures.charts import MOST_BARS
from core.texts import current, render
from plugins.stats.counts import Area, Figures
from plugins.stats.periods import Period
from plugins.stats.queries import Part
from plugins.stats.words import LIST_MARK

# So many gaps are named one by one in the words beside a picture; the list (分村) has them all.
_MOST_GAPS = 3


def of_parts(area: Area, period: Period, found: Sequence[Part], today: date) -> Chart | None:
    """Return the reports of the units below an area, a bar each; None when nobody owes any.

    Where there are too many, those are drawn that lack most; it says how many are left out.
    """
    owing = [part for part in found if part.figures.expected]
    if not owing:
        return None
    most = sorted(owing, key=lambda part: (-_gap(part), part.path))[:MOST_BARS]
    drawn = [part for part in owing if part in most]
    footer = [render("stats.chart_day", day=today, today=today)]
    if len(owing) > len(drawn):
        footer.insert(0, render("stats.chart_left_out", count=len(owing) - len(drawn)))
    return Chart(
        title=_title(area, period, today),
        done=render("stats.chart_handed_in"),
        left=render("stats.chart_missing"),
        bars=tuple(_part_bar(part) for part in drawn),
        above=render("stats.chart_reports"),
        footer=tuple(footer),
    )


def of_whole(area: Area, period: Period, figures: Figures, today: date) -> Chart | None:
    """Return the reports and contacts of an area as two bars; None when there is nothing of both.

    People with a line are drawn of those with a mentor.
    """
    if not figures.expected and not figures.mentored:
        return None
    bars = (
        Bar(
            render("stats.chart_reports"),
            render(
                "stats.chart_reports_said", expected=figures.expected, handed_in=figures.handed_in
            ),
            figures.handed_in,
            figures.expected,
        ),
        Bar(
            render("stats.chart_contacts"),
            render("stats.chart_contacts_said", mentored=figures.mentored, logged=figures.logged),
            figures.logged,
            figures.mentored,
        ),
    )
    return Chart(
        title=_title(area, period, today),
        done=render("stats.chart_done"),
        left=render("stats.chart_missing"),
        bars=bars,
        footer=(render("stats.chart_day", day=today, today=today),),
    )


def _title(area: Area, period: Period, today: date) -> str:
    return render("stats.heading", unit=area.name, period=period_name(period, today))


def _part_bar(part: Part) -> Bar:
    figures = part.figures
    said = render(
        "stats.chart_reports_said", expected=figures.expected, handed_in=figures.handed_in
    )
    return Bar(part.name, said, figures.handed_in, figures.expected)


def beside_parts(area: Area, found: Sequence[Part]) -> Say:
    """Return the words beside the picture of the units: who lacks how many, the most first."""
    place = Say("stats.place_village") if area.of_villages else Say("stats.place_unit")
    gaps: dict[int, list[Part]] = {}
    for part in found:
        if _gap(part) > 0:
            gaps.setdefault(_gap(part), []).append(part)
    groups = sorted(gaps.items(), reverse=True)
    said = [_group_say(group, gap, place, n) for n, (gap, group) in enumerate(groups[:_MOST_GAPS])]
    if len(groups) > _MOST_GAPS:
        rest = groups[_MOST_GAPS:]
        count = sum(len(group) for _, group in rest)
        said.append(Say("stats.gap_rest", count=count, place=place, most=rest[0][0]))
    known = current()
    words = LIST_MARK.join(known.render(say) for say in said)
    if not words:
        return Say("stats.beside_parts_all", place=place)
    return Say("stats.beside_parts", place=place, gaps=words)


def _group_say(group: Sequence[Part], gap: int, place: Say, before: int) -> Say:
    if len(group) == 1:
        return Say("stats.gap_one", unit=group[0].name, gap=gap)
    if not before:
        return Say("stats.gap_several", count=len(group), place=place, gap=gap)
    if len(group) == 2:  # noqa: PLR2004  # two has a word of its own (两)
        return Say("stats.gap_other_two", place=place, gap=gap)
    return Say("stats.gap_other", count=len(group), place=place, gap=gap)


def _gap(part: Part) -> int:
    return part.figures.expected - part.figures.handed_in


def beside_whole(figures: Figures) -> Say:
    """Return the words beside the picture of one unit: its two bars."""
    return Say(
        "stats.beside_whole",
        reports=Say(
            "stats.chart_reports_said", expected=figures.expected, handed_in=figures.handed_in
        ),
        contacts=Say("stats.chart_contacts_said", mentored=figures.mentored, logged=figures.logged),
    )
