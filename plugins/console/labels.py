"""Values to the short words of tables: stages, quarters, events, accounts, acts, looks."""

from collections.abc import Callable, Mapping
from datetime import date

from core.actors import Stage
from core.conversation import Say
from core.period_names import period_name
from core.periods import Quarter
from core.texts import current
from models.enums import BreakerState
from plugins.console import words
from plugins.console.accounts import Voice
from plugins.console.time_lines import Event
from plugins.identity import looks
from plugins.mentoring.words import CHANNEL_LABELS, OUTCOME_LABELS
from plugins.stats.counts import Figures
from plugins.stats.periods import quarter_period


def quarter_name(quarter: Quarter, today: date) -> str:
    """Return what people call a quarter; another year is named."""
    return current().render(period_name(quarter_period(quarter), today))


def stage_name(stage: Stage) -> str:
    """Return where a person stands, in words."""
    return words.STAGES[stage.value]


def event_words(event: Event, today: date) -> str:
    """Return what happened, in one sentence."""
    fields = dict(event.fields)
    if isinstance(fields.get("quarter"), Quarter):
        fields["quarter"] = quarter_name(fields["quarter"], today)
    if "channel" in fields:
        fields["channel"] = CHANNEL_LABELS[str(fields["channel"])]
        fields["outcome"] = OUTCOME_LABELS[str(fields["outcome"])]
    return current().render(Say(event.key, **fields))


def stage_rows(figures: Figures) -> list[tuple[Stage, int]]:
    """Return how many stand at each stage, in the order of the way."""
    return [(stage, figures.stages[stage]) for stage in Stage if stage in figures.stages]


def figure_rows(now: Figures, before: Figures) -> list[tuple[str, str, str]]:
    """Return the lines of the table of numbers: key of the name, this period, the one before."""
    days = (_days(now), _days(before))
    counted = (
        ("console.row_expected", now.expected, before.expected),
        ("console.row_handed_in", now.handed_in, before.handed_in),
        ("console.row_late", now.late, before.late),
        ("console.row_reviewed", now.reviewed, before.reviewed),
        ("console.row_returned", now.returned, before.returned),
        ("console.row_mentored", now.mentored, before.mentored),
        ("console.row_logged", now.logged, before.logged),
        ("console.row_reached", now.reached, before.reached),
        ("console.row_pushes", now.pushes, before.pushes),
    )
    rows = [(key, str(value), str(was)) for key, value, was in counted]
    return [*rows, ("console.row_longest", *days)]


def _days(figures: Figures) -> str:
    if figures.longest_days is None:
        return current().render(Say("console.none"))
    return current().render(Say("console.cell_days", days=figures.longest_days))


def account_words(one: Voice) -> str:
    """Return how an account of ours is."""
    if one.state is BreakerState.OPEN:
        return current().render(Say("console.account_resting"))
    if one.state is BreakerState.PROBING:
        return current().render(Say("console.account_trying"))
    if one.is_connected:
        return current().render(Say("console.account_well"))
    return current().render(Say("console.account_away"))


def action_words(action: str) -> str:
    """Return what somebody did, as people say it."""
    return words.ACTS.get(action, words.OTHER_ACT)


def role_words(role: str) -> str:
    """Return as what somebody looked."""
    return words.ROLES.get(role, words.OTHER_ROLE)


_LOOKS = {
    looks.DOSSIER: "console.look_time_line",
    looks.LEDGER: "console.look_list",
    looks.FORM: "console.look_form",
    looks.ROSTER: "roster.looked_at",
}


def look_words(what: str, today: date) -> str:
    """Return what was looked at."""
    if what.startswith(looks.REPORT_PREFIX):
        try:
            quarter = Quarter.parse(what.removeprefix(looks.REPORT_PREFIX))
        except ValueError:
            return current().render(Say("console.look_other"))
        return current().render(Say("console.look_report", quarter=quarter_name(quarter, today)))
    return current().render(Say(_LOOKS.get(what, "console.look_other")))


# What templates may call.
ALL: Mapping[str, Callable[..., object]] = {
    "quarter_name": quarter_name,
    "stage_name": stage_name,
    "event_words": event_words,
    "stage_rows": stage_rows,
    "figure_rows": figure_rows,
    "account_words": account_words,
    "action_words": action_words,
    "role_words": role_words,
    "look_words": look_words,
}
