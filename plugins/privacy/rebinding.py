"""A new phone (换手机, 号被盗): the new account stands for the person once his mentor says yes.

The old account hears nothing of it, before or after, and loses everything in the commit that gives
it to the new one. A mentor who is silent or away is followed by the branch.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from core.actors import Actor
from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx, transactional
from core.errors import Refusal
from core.messages import Chat, Text
from core.texts import current
from models import Account, Invitation, Person, Rebinding
from models.enums import Priority
from plugins.delivery import rerouting
from plugins.delivery import service as delivery
from plugins.identity import service as identity
from plugins.identity import words as identity_words
from plugins.privacy import deciders, notices
from plugins.privacy.service import note

ASKED = "privacy.rebind_ask"
ANSWERED = "privacy.rebind_answer"
CHECK = "privacy.rebind_waits"

# After so long nobody is asked any more: whoever waits has gone to the branch by then.
LIFE = timedelta(days=14)
# One code typed on many phones is no person with many phones.
MOST_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked. ``is_branch`` says that it is not a mentor."""

    is_branch: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said about a new account of ``name``."""

    name: str
    is_accepted: bool


@transactional
async def request(*, chat: Chat, account_id: str, invitation_id: int, now: datetime) -> Asked:
    """Ask a mentor whether a new account is his person's; asking again asks nobody twice.

    Raises Refusal ``identity.code_used``, ``identity.code_expired``, ``identity.already_bound``,
    ``privacy.rebind_many``, ``privacy.nobody_to_ask``. Commits account, request, audit row and
    the question to the mentor together.
    """
    invitation = await Invitation.get(id=invitation_id)
    if (refusal := identity.unusable(invitation, now)) is not None:
        raise refusal
    person = await Person.filter(id=invitation.person_id).select_for_update().get()
    account = await _account(chat, account_id)
    waiting = await Rebinding.filter(person_id=person.id, decided_at__isnull=True)
    mentor = await deciders.mentor_who_answers(person.id, local_day(now))
    if any(row.account_id == account.id for row in waiting):
        return Asked(is_branch=mentor is None)
    if len(waiting) >= MOST_AT_ONCE:
        raise Refusal("privacy.rebind_many")
    decider = mentor or await deciders.branch_of(person, local_day(now))
    if decider is None:
        raise Refusal("privacy.nobody_to_ask")
    row = await Rebinding.create(
        uid=uuid4().hex,
        person_id=person.id,
        account_id=account.id,
        invitation_id=invitation_id,
        asked_at=now,
    )
    await note("privacy.rebind_asked", None, person.id, now)
    await _ask(row, person, account, decider, now)
    return Asked(is_branch=mentor is None)


async def _account(chat: Chat, account_id: str) -> Account:
    account = await Account.filter(platform=chat.platform, account_id=account_id).first()
    if account is None:
        return await Account.create(
            platform=chat.platform, account_id=account_id, self_id=chat.self_id
        )
    if account.person_id is not None:
        raise Refusal("identity.already_bound")
    account.self_id = chat.self_id
    await account.save(update_fields=["self_id"])
    return account


async def _ask(
    row: Rebinding, person: Person, account: Account, decider: int, now: datetime
) -> None:
    tail = identity_words.account_tail(account.account_id)
    say, ask = notices.ask_rebind(row.uid, person.name, tail)
    await delivery.enqueue(
        purpose=ASKED,
        occasion=row.uid,
        target=f"person:{decider}",
        parts=(Text(current().render(say)),),
        ask=ask,
        now=now,
        priority=Priority.NOTICE,
        expires_at=row.asked_at + LIFE,
        check=CHECK,
        reference={"request": row.uid, "person": person.id},
    )


@transactional
async def decide(*, actor: Actor, uid: str, yes: bool, now: datetime) -> Decided:
    """Say whether a new account is the person's: only a mentor of his or the branch may.

    A yes moves person, drafts and what is owed to the new account and leaves the old one a
    stranger; other accounts that asked for the same person are told no. A no voids the code. Raises
    Refusal ``privacy.not_yours``, ``privacy.settled``. Commits all of it with the audit row.
    """
    row, person = await _locked(uid)
    if not await deciders.may_decide(actor, person, local_day(now), as_mentor=True):
        raise Refusal("privacy.not_yours")
    if row.decided_at is not None or await _is_bound(row):
        raise Refusal("privacy.settled")
    if yes:
        await _accept(row, actor, now)
    else:
        await _decline(row, actor, now)
        await _void(row, person, actor, now)
    action = "privacy.rebound" if yes else "privacy.rebind_declined"
    await note(action, actor.person_id, person.id, now, request=row.uid)
    return Decided(person.name, yes)


async def _locked(uid: str) -> tuple[Rebinding, Person]:
    """Return a request and its person; his row is the lock between all requests for him."""
    row = await Rebinding.filter(uid=uid).first()
    if row is None:
        raise Refusal("privacy.not_yours")
    person = await Person.filter(id=row.person_id).select_for_update().get()
    return await Rebinding.get(id=row.id), person


async def _is_bound(row: Rebinding) -> bool:
    """Whether the account got a person another way: the branch took the old one off (解绑)."""
    return await Account.filter(id=row.account_id, person_id__isnull=False).exists()


async def _accept(row: Rebinding, actor: Actor, now: datetime) -> None:
    """Give the new account its person in the caller's transaction, and take it from the old."""
    account = await Account.get(id=row.account_id)
    taken = Invitation.filter(id=row.invitation_id, used_at__isnull=True)
    if not await taken.update(used_at=now):
        raise Refusal("privacy.settled")
    old = await Account.filter(person_id=row.person_id).order_by("-bound_at", "-id")
    await rerouting.to_new_account(
        person_id=row.person_id, old=[one.id for one in old], new=account.id, now=now
    )
    await identity.release(Account.filter(person_id=row.person_id), now)
    account.person_id = row.person_id
    account.bound_at = now
    if old:
        account.study_muted_at, account.study_form = old[0].study_muted_at, old[0].study_form
    await account.save()
    await _close(row, actor.person_id, now, is_accepted=True)
    await _answer(row, Say("privacy.rebound"), now)
    others = Rebinding.filter(person_id=row.person_id, decided_at__isnull=True)
    for other in await others:
        await _decline(other, actor, now)


async def _decline(row: Rebinding, actor: Actor, now: datetime) -> None:
    await _close(row, actor.person_id, now, is_accepted=False)
    await _answer(row, Say("privacy.rebind_no"), now)


async def _void(row: Rebinding, person: Person, actor: Actor, now: datetime) -> None:
    """Void a code that somebody else has, and tell the branch."""
    await Invitation.filter(id=row.invitation_id, used_at__isnull=True).update(withdrawn_at=now)
    branch = await deciders.branch_of(person, local_day(now))
    if branch is None or branch == actor.person_id:
        return
    said = current().render(Say("privacy.told_rebind_no", name=person.name, decider=actor.name))
    await delivery.enqueue(
        purpose=ANSWERED,
        occasion=f"{row.uid}:branch",
        target=f"person:{branch}",
        parts=(Text(said),),
        now=now,
        priority=Priority.NOTICE,
        reference={"person": person.id},
    )


async def _close(row: Rebinding, by: int | None, now: datetime, *, is_accepted: bool) -> None:
    row.decided_at, row.decided_by_id, row.is_accepted = now, by, is_accepted
    await row.save(update_fields=["decided_at", "decided_by_id", "is_accepted"])


async def _answer(row: Rebinding, say: Say, now: datetime) -> None:
    """Tell the account that asked; never the old one."""
    require_tx()
    await delivery.enqueue(
        purpose=ANSWERED,
        occasion=row.uid,
        target=f"account:{row.account_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
    )


async def follow_up(*, now: datetime) -> int:
    """Ask the branch where the mentor was silent, and end what waited too long; return how many.

    Each request commits on its own; running it twice is harmless.
    """
    silent = now - timedelta(days=settings().privacy.rebinding_days)
    rows = await Rebinding.filter(decided_at__isnull=True, asked_at__lte=silent).order_by("id")
    moved = 0
    for row in rows:
        if row.asked_at <= now - LIFE:
            moved += await _end(uid=row.uid, now=now)
        elif row.raised_at is None:
            moved += await _raise(uid=row.uid, now=now)
    return moved


@transactional
async def _end(*, uid: str, now: datetime) -> bool:
    row, _ = await _locked(uid)
    if row.decided_at is not None:
        return False
    await _close(row, None, now, is_accepted=False)
    if not await _is_bound(row):
        await _answer(row, Say("privacy.rebind_ended"), now)
    await note("privacy.rebind_ended", None, row.person_id, now, request=row.uid)
    return True


@transactional
async def _raise(*, uid: str, now: datetime) -> bool:
    row, person = await _locked(uid)
    if row.decided_at is not None or row.raised_at is not None:
        return False
    branch = await deciders.branch_of(person, local_day(now))
    row.raised_at = now
    await row.save(update_fields=["raised_at"])
    if branch is not None:
        await _ask(row, person, await Account.get(id=row.account_id), branch, now)
    return branch is not None


async def still_waits(reference: dict[str, Any]) -> bool:
    """Whether nobody has decided yet what a mentor or the branch is about to be asked."""
    return await Rebinding.filter(
        uid=reference["request"], decided_at__isnull=True, account__person_id__isnull=True
    ).exists()


CHECKS = {CHECK: still_waits}
