"""Dataclass to sentences for what ends a draft, and for how one's own reports stand."""

from collections.abc import Sequence
from datetime import date

from core.clock import local, local_day
from core.config import settings
from core.conversation import Ask, Option, Reply, Say, Slot
from core.periods import Quarter
from plugins.thought_report.notices import quarter_say
from plugins.thought_report.queries import DraftView, OwnReport
from plugins.thought_report.service import Dropped
from plugins.thought_report.submission import Receipt, TooShort

CANCEL = "thought_report.cancel"
SHORT = "thought_report.short"
SURE = "thought_report.sure"

_ENDS_ALL = frozenset({Slot.DRAFT, Slot.QUESTION})


def sure() -> Reply:
    """Ask back once after a near word."""
    options = (
        Option(Say("thought_report.option_hand_in"), value="hand_in"),
        Option(Say("thought_report.option_not_yet"), value="not_yet"),
    )
    return Reply(says=(Say("thought_report.sure"),), ask=Ask(SURE, options))


def not_yet(pages: int) -> Reply:
    """Say that nothing was handed in."""
    return Reply(
        says=(Say("thought_report.not_yet", pages=pages),), close=frozenset({Slot.QUESTION})
    )


def submitted(outcome: Receipt | TooShort) -> Reply:
    """Say that a report is handed in and what happens next, or give a hint first."""
    if isinstance(outcome, TooShort):
        return _short(outcome)
    moment = local(outcome.submitted_at)
    fields = {"pages": outcome.pages, "at": f"{moment.hour}:{moment.minute:02d}"}
    if outcome.version > 1:
        return Reply(says=(_version(outcome),), close=_ENDS_ALL)
    if outcome.is_late:
        says = [Say("thought_report.submitted_late", **fields)]
    else:
        says = [Say("thought_report.submitted", **fields)]
    reader = outcome.reader or Say("thought_report.the_branch")
    says.append(Say("thought_report.first_reader", reader=reader, span=_span()))
    if outcome.has_pictures:
        says.append(Say("thought_report.keep_original"))
    return Reply(says=tuple(says), close=_ENDS_ALL)


def _version(receipt: Receipt) -> Say:
    return Say(
        "thought_report.submitted_again",
        version=receipt.version,
        pages=receipt.pages,
        before=receipt.version - 1,
        reader=receipt.reader or Say("thought_report.the_branch"),
    )


def _span() -> Say:
    days = settings().thought_report.review_days
    if days == 14:  # noqa: PLR2004  # two weeks, as people say
        return Say("thought_report.two_weeks")
    return Say("thought_report.some_days", days=days)


def _short(outcome: TooShort) -> Reply:
    options = (
        Option(Say("thought_report.option_as_it_is"), value="as_it_is"),
        Option(Say("thought_report.option_more"), value="more"),
    )
    says = (
        Say("thought_report.short", characters=outcome.characters),
        Say("thought_report.short_hint"),
    )
    return Reply(says=says, ask=Ask(SHORT, options))


def write_on() -> Reply:
    """Say that the draft stays open."""
    return Reply(says=(Say("thought_report.write_on"),), close=frozenset({Slot.QUESTION}))


def cancel(draft: DraftView) -> Reply:
    """Ask before pages are lost."""
    options = (
        Option(Say("thought_report.option_keep"), value="keep"),
        Option(Say("thought_report.option_drop"), value="drop"),
    )
    if draft.is_supplement:
        return Reply(says=(Say("thought_report.cancel_version"),), ask=Ask(CANCEL, options))
    say = Say("thought_report.cancel", pages=len(draft.pages))
    return Reply(says=(say,), ask=Ask(CANCEL, options))


def kept(draft: DraftView) -> Reply:
    """Say that the pages wait for another day."""
    return Reply(says=(Say("thought_report.kept", pages=len(draft.pages)),), close=_ENDS_ALL)


def dropped(outcome: Dropped) -> Reply:
    """Say that the draft is gone."""
    if outcome.had_version:
        return Reply(says=(Say("thought_report.dropped_version"),), close=_ENDS_ALL)
    return Reply(says=(Say("thought_report.dropped"),), close=_ENDS_ALL)


def mine(
    reports: Sequence[OwnReport],
    papers: Sequence[tuple[Quarter, date]],
    draft: DraftView | None,
    today: date,
) -> Reply:
    """Show how one's own reports stand; ``papers`` came in on paper alone."""
    lines = [(report.quarter, _mine(report, today)) for report in reports]
    lines += [(quarter, _on_paper(quarter, on, today)) for quarter, on in papers]
    says = [say for _, say in sorted(lines, key=lambda line: line[0], reverse=True)]
    if draft is not None:
        quarter = quarter_say(draft.quarter, today)
        says.insert(0, Say("thought_report.mine_draft", quarter=quarter, pages=len(draft.pages)))
    if reports:
        quarter = quarter_say(reports[0].quarter, today)
        says.append(Say("thought_report.mine_how", quarter=quarter))
    return Reply(says=tuple(says) or (Say("thought_report.mine_none"),))


def _on_paper(quarter: Quarter, on: date, today: date) -> Say:
    named = quarter_say(quarter, today)
    return Say("thought_report.mine_paper", quarter=named, on=on, today=today)


def _mine(report: OwnReport, today: date) -> Say:
    key = {
        "waiting_mentor": "thought_report.mine_waiting",
        "waiting_secretary": "thought_report.mine_passed_on",
        "returned": "thought_report.mine_returned",
        "done": "thought_report.mine_done",
    }[report.state.value]
    line = Say(
        key,
        quarter=quarter_say(report.quarter, today),
        on=local_day(report.submitted_at),
        pages=report.pages,
        reader=report.reader or Say("thought_report.the_branch"),
        today=today,
    )
    if report.original is None:
        return line
    return Say("thought_report.mine_original", line=line, on=report.original.on, today=today)
