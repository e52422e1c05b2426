"""Values to the short words of tables: stages, quarters, events, accounts, acts, looks."""

from collections.abc import Callable, Mapping
from datetime import date

from core.actors import Stage
from core.conversation import Say
from core.period_names import period_name
from core.periods import Cycle
from core.texts import current
from models.enums import BreakerState
from plugins.console import words
from plugins.console.accounts import Voice
from plugins.console.time_lines import Event
from plugins.identity import looks
from plugins.mentoring.words import CHANNEL_LABELS, OUTCOME_LABELS
from plugins.stats.deadlines import DeadlineKind
from plugins.stats.periods import cycle_period
from plugins.stats.views import kind_say


def quarter_name(quarter: Cycle, today: date) -> str:
    """Return what people call a quarter, month or half-year; another year is named."""
    return current().render(period_name(cycle_period(quarter), today))


def kind_name(kind: DeadlineKind) -> str:
    """Return what a kind of deadline is called."""
    return current().render(kind_say(kind))


def stage_name(stage: Stage) -> str:
    """Return where a person stands, in words."""
    return words.STAGES[stage.value]


def event_words(event: Event, today: date) -> str:
    """Return what happened, in one sentence."""
    fields = dict(event.fields)
    if isinstance(fields.get("quarter"), Cycle):
        fields["quarter"] = quarter_name(fields["quarter"], today)
    if "channel" in fields:
        fields["channel"] = CHANNEL_LABELS[str(fields["channel"])]
        fields["outcome"] = OUTCOME_LABELS[str(fields["outcome"])]
    return current().render(Say(event.key, **fields))


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
    looks.CONTACTS: "console.look_contacts",
    looks.INSPECTION: "console.look_inspection",
    looks.LEDGER: "console.look_list",
    looks.FORM: "console.look_form",
    looks.FIGURES: "console.look_figures",
    looks.ASSISTANCE: "console.look_assistance",
    looks.ROSTER: "console.look_roster",
}
# Looks at the report of a quarter, by how their code begins.
_REPORT_LOOKS = {
    looks.REPORT_PREFIX: "console.look_report",
    looks.EXPORT_PREFIX: "console.look_export",
    looks.OVERLAP_PREFIX: "console.look_overlap",
}


def look_words(what: str, today: date) -> str:
    """Return what was looked at."""
    prefix = next((one for one in _REPORT_LOOKS if what.startswith(one)), "")
    if not prefix:
        return current().render(Say(_LOOKS.get(what, "console.look_other")))
    try:
        quarter = Cycle.parse(what.removeprefix(prefix))
    except ValueError:
        return current().render(Say("console.look_other"))
    return current().render(Say(_REPORT_LOOKS[prefix], quarter=quarter_name(quarter, today)))


# What templates may call.
ALL: Mapping[str, Callable[..., object]] = {
    "quarter_name": quarter_name,
    "stage_name": stage_name,
    "event_words": event_words,
    "kind_name": kind_name,
    "account_words": account_words,
    "action_words": action_words,
    "role_words": role_words,
    "look_words": look_words,
}
