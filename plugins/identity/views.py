"""What is said while binding, about consents and about groups."""

from collections.abc import Sequence
from datetime import datetime

from core.actors import ConsentKind
from core.clock import local_day
from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from plugins.identity import consent_texts
from plugins.identity.groups import next_digest
from plugins.identity.queries import ConsentState, PersonFound, UnitFound

_CLOSED = frozenset({Slot.QUESTION})
_AGREE = Option(Say("identity.agree"), value="yes")
_DISAGREE = Option(Say("identity.disagree"), value="no")
_FULL_TEXT = Option(Say("identity.full_text"), value="full")
_KEEP = Option(Say("identity.option_keep"), value="keep")
_WEEKDAYS = (
    Say("identity.monday"),
    Say("identity.tuesday"),
    Say("identity.wednesday"),
    Say("identity.thursday"),
    Say("identity.friday"),
    Say("identity.saturday"),
    Say("identity.sunday"),
)


def closed(key: Say) -> Reply:
    """Say one sentence and end the question."""
    return Reply(says=(key,), close=_CLOSED)


def ask_name(invitation_id: int) -> Reply:
    """Ask for the name after a right code."""
    ask = Ask("identity.name", data={"invitation": invitation_id}, takes=Takes.TEXT)
    return Reply(says=(Say("identity.code_fits"),), ask=ask)


def first_consent(invitation_id: int, *, asks_reports: bool) -> Reply:
    """Ask for the first consent."""
    notice = consent_texts.current().notices[ConsentKind.BASICS].short
    data: dict[str, object] = {"invitation": invitation_id, "reports": asks_reports}
    if asks_reports:
        says = (Say("identity.first_consent", notice=notice),)
    else:
        says = (Say("identity.only_consent", notice=notice),)
    return Reply(says=says, ask=_consent_ask("identity.basics", data))


def second_consent() -> Reply:
    """Ask for the second consent, the first having been given."""
    notice = consent_texts.current().notices[ConsentKind.REPORTS].short
    ask = _consent_ask("identity.reports", {"binding": True})
    return Reply(says=(Say("identity.second_consent", notice=notice),), ask=ask)


def ask_reports() -> Reply:
    """Ask for the second consent long after binding."""
    notice = consent_texts.current().notices[ConsentKind.REPORTS].short
    ask = _consent_ask("identity.reports", {"binding": False})
    return Reply(says=(Say("identity.notice", notice=notice),), ask=ask)


def full_text(kind: ConsentKind, question: str, data: dict[str, object]) -> Reply:
    """Show a whole notice and ask again."""
    notice = consent_texts.current().notices[kind].full
    ask = Ask(question, options=(_AGREE, _DISAGREE), data=data)
    return Reply(says=(Say("identity.notice", notice=notice),), ask=ask)


def _consent_ask(kind: str, data: dict[str, object]) -> Ask:
    return Ask(kind, options=(_AGREE, _DISAGREE, _FULL_TEXT), data=data)


def bound(now: datetime, *, reports: bool) -> Reply:
    """Say that the binding is done and when study comes."""
    at = next_digest(now)
    day = _WEEKDAYS[local_day(at).weekday()]
    if reports:
        return closed(Say("identity.bound", weekday=day, at=at))
    return closed(Say("identity.bound_without_reports", weekday=day, at=at))


def consents(states: Sequence[ConsentState], *, asks_reports: bool) -> Reply:
    """Show both decisions with what can be changed."""
    said = [_state(state) for state in states]
    leave = Option(Say("identity.option_withdraw_basics"), value="leave")
    if not asks_reports:
        ask = Ask("identity.consents", options=(_FULL_TEXT, leave), data={"reports": False})
        return Reply(says=(Say("identity.consents_member", basics=said[0]),), ask=ask)
    if states[1].is_given:
        change = Option(Say("identity.option_reports_no"), value="no")
    else:
        change = Option(Say("identity.option_reports_yes"), value="yes")
    ask = Ask("identity.consents", options=(change, _FULL_TEXT, leave), data={"reports": True})
    says = (Say("identity.consents", basics=said[0], reports=said[1]),)
    return Reply(says=says, ask=ask)


def _state(state: ConsentState) -> Say:
    if state.is_given and state.decided_at is not None:
        return Say("identity.state_given", at=state.decided_at)
    return Say("identity.state_refused")


def all_notices(*, asks_reports: bool) -> Reply:
    """Show the whole text of what was asked."""
    kinds = tuple(ConsentKind) if asks_reports else (ConsentKind.BASICS,)
    notices = consent_texts.current().notices
    return Reply(says=tuple(Say("identity.notice", notice=notices[kind].full) for kind in kinds))


def ask_withdraw(*, has_reports: bool) -> Reply:
    """Ask which consent is taken back."""
    options = [Option(Say("identity.option_withdraw_basics"), value="leave"), _KEEP]
    if has_reports:
        options.insert(0, Option(Say("identity.option_reports_no"), value="no"))
    ask = Ask("identity.consents", options=tuple(options))
    return Reply(says=(Say("identity.ask_withdraw"),), ask=ask)


def ask_leave() -> Reply:
    """Ask once more before somebody leaves."""
    options = (Option(Say("identity.option_leave"), value="leave"), _KEEP)
    return Reply(says=(Say("identity.ask_leave"),), ask=Ask("identity.leave", options=options))


def ask_unbind() -> Reply:
    """Ask once before an account is taken off."""
    options = (Option(Say("identity.option_unbind"), value="unbind"), _KEEP)
    return Reply(says=(Say("identity.ask_unbind"),), ask=Ask("identity.unbind", options=options))


def ask_unbind_person(person: PersonFound) -> Reply:
    """Ask a secretary once before he takes an account off somebody."""
    options = (Option(Say("identity.option_unbind"), value=person.person_id), _KEEP)
    say = Say("identity.ask_unbind_other", name=person.name, unit=person.unit)
    return Reply(says=(say,), ask=Ask("identity.unbind_person", options=options))


def which_person(people: Sequence[PersonFound]) -> Reply:
    """Ask which of several people of one name is meant."""
    options = tuple(
        Option(Say("identity.option_person", unit=person.unit), value=person.person_id)
        for person in people
    )
    ask = Ask("identity.unbind_person", options=options)
    return Reply(says=(Say("identity.which_person"),), ask=ask)


def group_bound(unit: str, now: datetime) -> Reply:
    """Say in a group under which unit it stands now."""
    return closed(Say("identity.group_bound", unit=unit, at=next_digest(now)))


def which_unit(units: Sequence[UnitFound]) -> Reply:
    """Ask in a group which unit it belongs to."""
    options = tuple(Option(unit.name, value=unit.unit_id) for unit in units)
    ask = Ask("identity.group_unit", options=options)
    return Reply(says=(Say("identity.group_which_unit"),), ask=ask)
