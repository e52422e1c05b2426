"""What the room says later or to somebody else, as sentences: the bodies of its deliveries."""

from collections.abc import Sequence
from datetime import date

from core.clock import local_day
from core.conversation import Say
from core.messages import Text
from core.periods import HALF_YEAR, MONTH, QUARTER, Quarter
from core.texts import current
from models import ThoughtReport
from plugins.thought_report.policy import PROPOSED_PAUSE, Contents, Nudge, Window

_QUARTERS = {
    1: Say("thought_report.quarter_1"),
    2: Say("thought_report.quarter_2"),
    3: Say("thought_report.quarter_3"),
    4: Say("thought_report.quarter_4"),
}
_HALVES = {1: Say("thought_report.half_1"), 2: Say("thought_report.half_2")}


_OFTEN = {
    MONTH: Say("thought_report.every_month"),
    QUARTER: Say("thought_report.every_quarter"),
    HALF_YEAR: Say("thought_report.every_half_year"),
}


def often(months: int) -> Say:
    """Say how often there is a report."""
    return _OFTEN[months]


def plain_say(quarter: Quarter) -> Say:
    """Name a cycle without its year."""
    if quarter.months == MONTH:
        return Say("thought_report.month", number=quarter.number)
    if quarter.months == HALF_YEAR:
        return _HALVES[quarter.number]
    return _QUARTERS[quarter.number]


def quarter_say(quarter: Quarter, today: date) -> Say:
    """Name a cycle as people do; with its year only when it could be another one."""
    plain = plain_say(quarter)
    current_quarter = Quarter.of(today, quarter.months)
    if quarter.year == today.year or quarter == current_quarter.previous:
        return plain
    if quarter.year == today.year - 1:
        return Say("thought_report.quarter_last_year", quarter=plain)
    return Say("thought_report.quarter_of_year", year=quarter.year, quarter=plain)


def quarter_beside(quarter: Quarter, other: Quarter) -> Say:
    """Name a quarter that stands beside one of the year before."""
    plain = plain_say(quarter)
    if quarter.year == other.year:
        return plain
    return Say("thought_report.quarter_this_year", quarter=plain)


def listed(items: Sequence[Say], key: str = "thought_report.and") -> Say:
    """Join a few things to one list with the words of ``key``."""
    first, *rest = items
    return Say(key, first=first, rest=listed(rest, key)) if rest else first


def contents_say(contents: Contents) -> Say:
    """Say how many texts, photos, files and voices there are."""
    counted = (
        (contents.texts, Say("thought_report.texts", count=contents.texts)),
        (contents.photos, Say("thought_report.photos", count=contents.photos)),
        (contents.files, Say("thought_report.files", count=contents.files)),
        (contents.voices, Say("thought_report.voices", count=contents.voices)),
    )
    return listed([say for count, say in counted if count])


def receipt(contents: Contents) -> tuple[Say, ...]:
    """Say what a draft holds, once the sender has paused."""
    says = [Say("thought_report.receipt", contents=contents_say(contents), pages=contents.pages)]
    if contents.pages > 1:
        says.append(Say("thought_report.receipt_order"))
    return tuple(says)


def reminder(window: Window, nudge: Nudge, *, days: dict[Nudge, date]) -> tuple[Say, ...]:
    """Say until when a report is collected, how to write it now, and how to be left alone."""
    quarter = plain_say(window.quarter)
    if nudge is Nudge.LAST:
        return (Say("thought_report.reminder_last", quarter=quarter, closes=window.closes_on),)
    pause = min(days[Nudge.FIRST] + PROPOSED_PAUSE, window.closes_on)
    return (
        Say(
            "thought_report.reminder_first",
            quarter=quarter,
            closes=window.closes_on,
            pause=pause.day,
            again=days[Nudge.LAST],
        ),
    )


def review_due(report: ThoughtReport, author: str, today: date) -> tuple[Say, ...]:
    """Say to a mentor, once, that a report has waited for him as long as it usually does."""
    submitted_on = local_day(report.submitted_at)
    due = Say(
        "thought_report.review_due",
        author=author,
        quarter=quarter_say(Quarter.parse(report.quarter), today),
        on=submitted_on,
        days=(today - submitted_on).days,
    )
    return (due, Say("thought_report.review_due_then"))


def original_received(quarters: Sequence[Quarter], receiver: str, on: date, today: date) -> Say:
    """Tell an author, once, that the paper original came in, and into whose hand."""
    return Say(
        "thought_report.told_original",
        quarters=quarters_say(quarters, today),
        receiver=receiver,
        on=on,
        today=today,
    )


def quarters_say(quarters: Sequence[Quarter], today: date) -> Say:
    """Name one or several quarters."""
    return listed([quarter_say(quarter, today) for quarter in quarters])


def body(says: Sequence[Say]) -> tuple[Text, ...]:
    """Render sentences to the one text part of a delivery, a sentence a line."""
    return (Text("\n".join(current().render(say) for say in says)),)
