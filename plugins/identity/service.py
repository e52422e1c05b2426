"""Binding (绑定): an invitation code, a name, a consent, and an account has its person.

Codes are kept as a keyed hash only. Nothing here says whose code it is before name and code fit.
The consents themselves are in ``consents``, groups in ``groups``.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.queryset import QuerySet

from core.actors import Actor, ConsentKind, Stage
from core.clock import local_day
from core.config import settings
from core.database import require_tx, transactional
from core.errors import Fault, Refusal
from core.messages import Chat
from models import Account, AuditLog, CodeTry, Consent, Invitation, Person
from models.enums import ConsentDecision
from plugins.identity import codes, consent_texts, dialogues, handed, policy, words


@dataclass(frozen=True, slots=True)
class Checked:
    """Code and name fit. ``asks_reports`` says whether the second consent concerns this person."""

    asks_reports: bool


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a try came to, carried out of the transaction so that the count is committed."""

    refusal: Refusal | None = None
    invitation_id: int = 0
    asks_reports: bool = True


async def issue_invitation(*, person_id: int, issued_by: int | None, now: datetime) -> str:
    """Make an 8-digit code for a person and return it; nobody can read it again.

    ``issued_by`` is the person id of whoever hands it out (None: the console); the caller has
    checked that he may. Older unused codes of the person are withdrawn. Commits code and audit row.
    """
    code = codes.draw()
    await _issue(person_id=person_id, issued_by=issued_by, code_hash=codes.hash_of(code), now=now)
    return code


@transactional
async def _issue(*, person_id: int, issued_by: int | None, code_hash: str, now: datetime) -> None:
    if await Invitation.filter(code_hash=code_hash).exists():
        raise Fault("an invitation code was drawn twice")
    await Invitation.filter(
        person_id=person_id, used_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    await Invitation.create(
        code_hash=code_hash,
        person_id=person_id,
        issued_by_id=issued_by,
        issued_at=now,
        expires_at=now + timedelta(days=settings().privacy.invitation_days),
    )
    await audit(issued_by, "identity.invite", person_id, now)


async def begin_binding(
    *, actor: Actor, chat: Chat, account_id: str, code: str, now: datetime
) -> int:
    """Take a code and return the id of its invitation.

    A wrong one is counted. Raises Refusal: ``identity.already_bound``, ``identity.tries_used_up``,
    ``identity.code_wrong`` (left), ``identity.code_used``, ``identity.code_expired``.
    """
    if actor.is_bound:
        raise Refusal("identity.already_bound")
    attempt = await _try_code(
        chat=chat, account_id=account_id, code_hash=codes.hash_of(code), now=now
    )
    if attempt.refusal is not None:
        raise attempt.refusal
    return attempt.invitation_id


@transactional
async def _try_code(*, chat: Chat, account_id: str, code_hash: str, now: datetime) -> _Attempt:
    if not await _tries_left(chat, account_id, now):
        return _Attempt(Refusal("identity.tries_used_up"))
    invitation = await Invitation.filter(code_hash=code_hash).first()
    if invitation is None:
        return _Attempt(await _wrong("identity.code_wrong", chat, account_id, now))
    refusal = unusable(invitation, now)
    return _Attempt(refusal, invitation.id)


def unusable(invitation: Invitation, now: datetime) -> Refusal | None:
    """Return why a code cannot be used any more; None when it can."""
    if invitation.used_at is not None:
        return Refusal("identity.code_used")
    if invitation.withdrawn_at is not None or invitation.expires_at <= now:
        return Refusal("identity.code_expired")
    return None


async def check_name(
    *, chat: Chat, account_id: str, invitation_id: int, name: str, now: datetime
) -> Checked:
    """Compare a name with the one the invitation is for; a wrong one counts like a wrong code.

    Raises Refusal: ``identity.name_wrong`` (left), ``identity.tries_used_up``,
    ``identity.code_used``, ``identity.code_expired``, ``identity.old_account``.
    """
    attempt = await _try_name(
        chat=chat,
        account_id=account_id,
        invitation_id=invitation_id,
        names=words.possible_names(name),
        now=now,
    )
    if attempt.refusal is not None:
        raise attempt.refusal
    return Checked(attempt.asks_reports)


@transactional
async def _try_name(
    *, chat: Chat, account_id: str, invitation_id: int, names: frozenset[str], now: datetime
) -> _Attempt:
    if not await _tries_left(chat, account_id, now):
        return _Attempt(Refusal("identity.tries_used_up"))
    invitation = await Invitation.get(id=invitation_id).prefetch_related("person")
    refusal = unusable(invitation, now)
    if refusal is not None:
        return _Attempt(refusal)
    if words.bare_name(invitation.person.name) not in names:
        return _Attempt(await _wrong("identity.name_wrong", chat, account_id, now))
    if await Account.filter(person_id=invitation.person_id).exists():
        return _Attempt(Refusal("identity.old_account"))
    return _Attempt(None, invitation_id, invitation.person.stage is not Stage.FULL_MEMBER)


async def _tries_left(chat: Chat, account_id: str, now: datetime) -> int:
    row = await CodeTry.filter(
        platform=chat.platform, account_id=account_id, tried_on=local_day(now)
    ).first()
    return max(0, settings().privacy.code_tries - (row.count if row else 0))


async def _wrong(key: str, chat: Chat, account_id: str, now: datetime) -> Refusal:
    """Count a wrong try inside the caller's transaction; return what to say about it."""
    require_tx()
    day = local_day(now)
    mine = CodeTry.filter(platform=chat.platform, account_id=account_id, tried_on=day)
    row = await mine.first()
    if row is None:
        row = await CodeTry.create(platform=chat.platform, account_id=account_id, tried_on=day)
    row.count += 1
    await row.save(update_fields=["count"])
    left = settings().privacy.code_tries - row.count
    if left > 0:
        return Refusal(key, left=left)
    await audit(None, "identity.tries_used_up", None, now)
    return Refusal("identity.tries_used_up")


@transactional
async def bind(*, chat: Chat, account_id: str, invitation_id: int, now: datetime) -> None:
    """Give an account its person, with the first consent, by an invitation that fits.

    Commits account, consent, used invitation and audit row together. Raises Refusal:
    ``identity.code_used``, ``identity.code_expired``, ``identity.old_account``.
    """
    invitation = await Invitation.get(id=invitation_id)
    refusal = unusable(invitation, now)
    if refusal is not None:
        raise refusal
    if await Account.filter(person_id=invitation.person_id).exists():
        raise Refusal("identity.old_account")
    taken = await Invitation.filter(id=invitation_id, used_at__isnull=True).update(used_at=now)
    if not taken:
        raise Refusal("identity.code_used")
    account = await Account.filter(platform=chat.platform, account_id=account_id).first()
    if account is None:
        account = Account(platform=chat.platform, account_id=account_id)
    account.person_id = invitation.person_id
    account.self_id = chat.self_id
    account.bound_at = now
    await account.save()
    await note_consent(invitation.person_id, ConsentKind.BASICS, ConsentDecision.GIVEN, now)
    await audit(invitation.person_id, "identity.bind", invitation.person_id, now)


async def note_consent(
    person_id: int, kind: ConsentKind, decision: ConsentDecision, now: datetime
) -> None:
    """Add a decision about the version in use, inside the caller's transaction."""
    require_tx()
    await Consent.create(
        person_id=person_id,
        kind=kind,
        version=consent_texts.current().version,
        decision=decision,
        decided_at=now,
    )


async def audit(actor_id: int | None, action: str, person_id: int | None, now: datetime) -> None:
    """Add an audit row about a person, inside the caller's transaction."""
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail={},
    )


@transactional
async def unbind(*, actor: Actor, now: datetime) -> None:
    """Take the asking account off its person and forget what is open with it.

    What is stored stays. Commits account, dialogues and audit row.
    """
    if actor.account_id is None or actor.person_id is None:
        raise Refusal("identity.send_code")
    await release(Account.filter(id=actor.account_id), now)
    await audit(actor.person_id, "identity.unbind", actor.person_id, now)


@transactional
async def unbind_person(*, actor: Actor, person_id: int, now: datetime) -> str:
    """Take every account off somebody in the asker's scope (a lost phone); return his name.

    Raises Refusal ``identity.name_not_found`` outside the scope, ``identity.nothing_bound``.
    """
    person = await Person.filter(id=person_id).prefetch_related("home_unit", "inflow_unit").first()
    if person is None or not policy.named_units(actor).covers(person.home_unit.path):
        raise Refusal("identity.name_not_found")
    if not await release(Account.filter(person_id=person_id), now):
        raise Refusal("identity.nothing_bound", name=person.name)
    await audit(actor.person_id, "identity.unbind_for_person", person_id, now)
    return person.name


async def release(accounts: QuerySet[Account], now: datetime) -> int:
    """Take accounts off their person inside the caller's transaction; return how many.

    What is open with them is forgotten, what they are owed is theirs no more (``handed``).
    """
    require_tx()
    found = await accounts
    await handed.current().released([account.id for account in found], now)
    for account in found:
        account.person_id = None
        account.bound_at = None
        await account.save(update_fields=["person_id", "bound_at"])
        await dialogues.forget(account.platform, account.account_id)
    return len(found)


@transactional
async def forget_tries(*, before: date) -> int:
    """Delete the counts of wrong codes of earlier days; return how many."""
    return await CodeTry.filter(tried_on__lt=before).delete()
