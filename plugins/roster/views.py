"""What is said about codes, new phones and pauses."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.config import settings
from core.conversation import Ask, Option, Reply, Say, Slot
from plugins.identity.queries import PersonFound
from plugins.roster import words
from plugins.roster.service import Invited

INVITE = "roster.invite"
NEW_ACCOUNT = "roster.new_account"
PAUSE = "roster.pause"

_CLOSED = frozenset({Slot.QUESTION})
_MOST_OPTIONS = 6
_KEEP = "keep"


def invited(result: Invited) -> Reply:
    """Show a code to whoever hands it over, and how to hand it over."""
    say = Say(
        "roster.invited",
        name=result.name,
        code=words.spaced_code(result.code),
        days=settings().privacy.invitation_days,
    )
    if result.has_account:
        return Reply(says=(say, Say("roster.beside_account")), close=_CLOSED)
    return Reply(says=(say, Say("roster.hand_over")), close=_CLOSED)


def account_changed(result: Invited) -> Reply:
    """Show the code for the new phone."""
    say = Say("roster.account_changed", name=result.name, code=words.spaced_code(result.code))
    return Reply(says=(say, Say("roster.hand_over")), close=_CLOSED)


def which(people: Sequence[PersonFound], kind: str) -> Reply:
    """Ask which of several people of one name is meant."""
    options = tuple(
        Option(Say("roster.option_person", unit=person.unit), value=person.person_id)
        for person in people[:_MOST_OPTIONS]
    )
    return Reply(
        says=(Say("roster.which_person", name=people[0].name),), ask=Ask(kind, options=options)
    )


def ask_new_account(person: PersonFound) -> Reply:
    """Ask once before an old account is taken off."""
    options = (
        Option(Say("roster.option_change"), value=person.person_id),
        Option(Say("roster.option_keep"), value=_KEEP),
    )
    say = Say("roster.ask_new_account", name=person.name, unit=person.unit)
    return Reply(says=(say,), ask=Ask(NEW_ACCOUNT, options=options))


def kept() -> Reply:
    """Say that nothing was changed."""
    return Reply(says=(Say("roster.kept"),), close=_CLOSED)


def is_keep(choice: object) -> bool:
    """Whether the answer was to leave everything as it is."""
    return choice == _KEEP


def paused(until: date, today: date) -> Reply:
    """Confirm a pause with its last day, and the day on which all goes on."""
    after = until + timedelta(days=1)
    if after.month == until.month:
        say = Say("roster.paused", until=until, after=after.day, today=today)
    else:
        say = Say("roster.paused_over_month", until=until, after=after, today=today)
    return Reply(says=(say,), close=_CLOSED)


def ask_day(options: Sequence[date], today: date) -> Reply:
    """Ask until which day, with the days that may be meant."""
    if not options:
        return Reply.of("roster.pause_which_day")
    shown = tuple(
        Option(Say("roster.option_day", day=day, today=today), value=day.isoformat())
        for day in options[:_MOST_OPTIONS]
    )
    return Reply(says=(Say("roster.pause_which_of"),), ask=Ask(PAUSE, options=shown))
