"""The rules of help (求助): ask, take, say it is done; only the person's own answer closes it.

Asking for help is never a condition of anything: no room reads these cases for the way into the
Party. Each function is one transaction with its audit row and what is owed to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from core import crypto
from core.actors import ROLE_WHO, Actor, Who
from core.clock import local_day
from core.conversation import Say
from core.database import transactional
from core.errors import Refusal
from models import AssistanceCase, AuditLog, Person
from models.assistance import OPEN_HELP
from models.enums import HelpKind, HelpState
from plugins.assistance import notices, policy, queries, speaking, who_helps, words
from plugins.identity import looks
from plugins.identity.looks import Office

_OFFICES = {Who.INFLOW: Office.LIAISON, Who.TOWNSHIP: Office.TOWNSHIP}


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened, and whether anybody who may help can be told.

    ``is_mute`` says that the person has no account: who asked hears and answers for him.
    """

    row: AssistanceCase
    has_helper: bool
    is_mute: bool = False


@transactional
async def open_case(
    *, actor: Actor, person_id: int, kind: HelpKind, said: str, key: str, now: datetime
) -> Opened:
    """Open a case of ``person_id``; the same ``key`` opens one. Helpers hear of it at once.

    Whoever may help hears that somebody asked and for what kind, not the words. When nobody took it
    by ``policy.taken_by`` the township's clerk hears of it, and the person is told so.
    """
    person = await Person.get(id=person_id).prefetch_related("home_unit")
    today = local_day(now)
    helpers = await who_helps.helpers(person, today)
    known = await AssistanceCase.filter(source_key=key).first()
    if known is not None:
        return Opened(known, bool(helpers), await speaking.speaker(known, today) != person_id)
    uid = uuid4().hex
    sealed = crypto.seal_text(said.strip()[: policy.WORDS_MOST], place=queries.words_place(uid))
    row = await AssistanceCase.create(
        uid=uid, person=person, kind=kind, words_sealed=sealed, state=HelpState.OPEN,
        opened_by_id=actor.person_id, opened_at=now, source_key=key,
    )  # fmt: skip
    await _audit(actor, "assistance.opened", row, now)
    await _tell_of_new(row, person, helpers, now)
    is_mute = await speaking.speaker(row, today) != person.id
    if actor.person_id != person.id and not is_mute:
        told = Say("assistance.news_for_you", mentor=actor.name, matter=words.MATTERS[kind])
        await notices.owe((person.id,), row, told, purpose=notices.NEWS, what="for", now=now)
    return Opened(row, bool(helpers), is_mute)


async def _tell_of_new(
    row: AssistanceCase, person: Person, helpers: Sequence[int], now: datetime
) -> None:
    """Owe the news to the helpers, and what is said when nobody took it in time."""
    kind, late = dict(words.KINDS)[row.kind], policy.taken_by(now)
    opened = Say("assistance.news_opened", name=person.name, kind=kind)
    await notices.owe(
        helpers, row, opened, purpose=notices.NEW, what="opened", now=now, check=notices.IS_OPEN
    )
    clerks = await who_helps.township(person.home_unit.path, local_day(now))
    left = Say("assistance.news_left", unit=person.home_unit.name, kind=kind)
    matter = words.MATTERS[row.kind]
    sorry = (
        Say("assistance.left_sorry", matter=matter)
        if clerks
        else Say("assistance.left_alone", matter=matter)
    )
    whom, said = await speaking.passed_on(row, sorry, local_day(late))
    for people, say, what in ((clerks, left, "left"), ((whom,), said, "sorry")):
        await notices.owe(
            people, row, say,
            purpose=notices.LEFT, what=what, now=now, not_before=late, check=notices.IS_OPEN,
        )  # fmt: skip


@transactional
async def take(*, actor: Actor, case_id: int, now: datetime) -> str:
    """Take a case; return its words, which the helper sees from now on.

    Raises Refusal ``assistance.gone`` when somebody else was quicker or it is not for the actor.
    The look leaves a read row; the person hears who it is, and is asked after a week.
    """
    may = {one.case_id for one in await queries.to_take(actor, now)}
    row = await _held(case_id)
    if row.taken_by_id != actor.person_id or row.state is not HelpState.TAKEN:
        if case_id not in may or actor.person_id is None:
            raise Refusal("assistance.gone")
        row.state, row.taken_by_id, row.taken_at = HelpState.TAKEN, actor.person_id, now
        await row.save(update_fields=["state", "taken_by_id", "taken_at"])
        await _audit(actor, "assistance.taken", row, now)
        news = Say("assistance.news_taken", helper=actor.name)
        whom, said = await speaking.passed_on(row, news, local_day(now))
        await notices.owe((whom,), row, said, purpose=notices.NEWS, what="taken", now=now)
        say, ask = notices.week_question(row)
        asked_at = policy.asked_at(now)
        whom, said = await speaking.passed_on(row, say, local_day(asked_at))
        await notices.owe(
            (whom,), row, said, ask=ask,
            purpose=notices.QUESTION, what="week", now=now,
            not_before=asked_at, check=notices.IS_TAKEN,
        )  # fmt: skip
    await looks.note(
        reader=actor, person_id=row.person_id, office=_office(actor), what=looks.ASSISTANCE, now=now
    )
    return queries.open_words(row)


def _office(actor: Actor) -> Office:
    held = {ROLE_WHO[grant.role] for grant in actor.grants}
    return next((office for who, office in _OFFICES.items() if held == {who}), Office.SECRETARY)


@transactional
async def say_done(*, actor: Actor, case_id: int, now: datetime) -> AssistanceCase:
    """Note that the helper says it is done, and ask the person; Refusal ``assistance.gone``."""
    row = await _held(case_id)
    if row.taken_by_id != actor.person_id or row.state is not HelpState.TAKEN:
        raise Refusal("assistance.gone")
    row.state, row.done_at = HelpState.DONE, now
    await row.save(update_fields=["state", "done_at"])
    await _audit(actor, "assistance.done", row, now)
    say, ask = notices.done_question(row, actor.name)
    whom, said = await speaking.passed_on(row, say, local_day(now))
    await notices.owe(
        (whom,), row, said, ask=ask,
        purpose=notices.QUESTION, what=f"done:{now.timestamp():.0f}", now=now,
        check=notices.IS_DONE,
    )  # fmt: skip
    return row


@transactional
async def close(*, actor: Actor, case_id: int, now: datetime) -> AssistanceCase:
    """Close a case by the person's own word; whoever took it hears. Refusal ``assistance.gone``."""
    row = await _own(actor, case_id, now)
    row.state, row.confirmed_at = HelpState.CLOSED, now
    await row.save(update_fields=["state", "confirmed_at"])
    await _audit(actor, "assistance.closed", row, now)
    news = Say("assistance.news_closed", name=actor.name, kind=dict(words.KINDS)[row.kind])
    await _tell_helper(row, news, "closed", now)
    return row


@transactional
async def still_waits(*, actor: Actor, case_id: int, now: datetime) -> AssistanceCase:
    """Note that nothing moved: the helper is asked to answer. Refusal ``assistance.gone``."""
    row = await _own(actor, case_id, now)
    row.state, row.done_at = HelpState.TAKEN, None
    await row.save(update_fields=["state", "done_at"])
    await _audit(actor, "assistance.still_waits", row, now)
    what = f"still:{now.timestamp():.0f}"
    kind, by = dict(words.KINDS)[row.kind], policy.taken_by(now)
    news = Say("assistance.news_still", name=actor.name, kind=kind, by=by)
    await _tell_helper(row, news, what, now)
    return row


@transactional
async def cancel(*, actor: Actor, now: datetime) -> AssistanceCase:
    """Take the actor's newest open case back; Refusal ``assistance.none_open``."""
    found = await queries.newest(actor)
    if found is None:
        raise Refusal("assistance.none_open")
    row = await _own(actor, found.id, now)
    row.state, row.confirmed_at = HelpState.CANCELLED, now
    await row.save(update_fields=["state", "confirmed_at"])
    await _audit(actor, "assistance.cancelled", row, now)
    news = Say("assistance.news_cancelled", name=actor.name, kind=dict(words.KINDS)[row.kind])
    await _tell_helper(row, news, "cancelled", now)
    return row


@transactional
async def ask_above(*, actor: Actor, case_id: int, now: datetime) -> str:
    """Ask the township to look after a case as well, by the person's word; return its name.

    Once a day for a case. Raises Refusal ``assistance.gone``, and ``assistance.nobody_above`` when
    no clerk of the township has an account.
    """
    row = await _own(actor, case_id, now)
    person = await Person.get(id=row.person_id).prefetch_related("home_unit")
    above = await who_helps.above(row, person, local_day(now))
    if above is None:
        raise Refusal("assistance.nobody_above")
    helper = await Person.get_or_none(id=row.taken_by_id)
    say = Say(
        "assistance.news_above",
        unit=person.home_unit.name,
        name=person.name,
        matter=words.MATTERS[row.kind],
        helper=helper.name if helper else "",
    )
    what = f"above:{local_day(now)}"
    await notices.owe(above.clerks, row, say, purpose=notices.NEWS, what=what, now=now)
    await _audit(actor, "assistance.asked_above", row, now)
    return above.unit


async def _tell_helper(row: AssistanceCase, say: Say, what: str, now: datetime) -> None:
    if row.taken_by_id is not None:
        await notices.owe((row.taken_by_id,), row, say, purpose=notices.NEWS, what=what, now=now)


async def _held(case_id: int) -> AssistanceCase:
    row = await AssistanceCase.filter(id=case_id).select_for_update().first()
    if row is None:
        raise Refusal("assistance.gone")
    return row


async def _own(actor: Actor, case_id: int, now: datetime) -> AssistanceCase:
    row = await _held(case_id)
    may = await speaking.speakers(row, local_day(now))
    if row.state not in OPEN_HELP or actor.person_id not in may:
        raise Refusal("assistance.gone")
    return row


async def _audit(actor: Actor, action: str, row: AssistanceCase, now: datetime) -> None:
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject_kind="assistance",
        subject_id=row.id,
        detail={"kind": row.kind.value},
    )
