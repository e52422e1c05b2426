"""The rules of coming in: a link that opens once, a session that ends by itself.

No password exists. A token has 128 bits from the system's source and is kept as its SHA-256 (ASVS
5.0, 6.5.1 and 7.2.3): who reads the tables cannot come in. Whether somebody still may is asked anew
at every page, so that an office that ends, or an account that is unbound, ends the session.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actors import Actor
from core.config import settings
from core.database import require_tx, run_tx, transactional
from core.errors import Refusal
from core.messages import Chat, ChatKind
from models import Account, AuditLog, ConsoleLink, ConsoleSession
from plugins.console import policy
from plugins.identity import queries as identity

_TOKEN_BYTES = 16
# Saying at every click when it was would write for every picture of a report.
_SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, as he stands now. ``csrf`` proves that a form is one of his pages."""

    actor: Actor
    csrf: str


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(session_token: str) -> str:
    """Return what the forms of a session carry: nobody can make it without its cookie."""
    return _hash(f"form:{session_token}")


async def make_link(*, actor: Actor, now: datetime) -> str:
    """Return the token of a new link for the asker; older unused ones of his open nothing more.

    Raises Refusal ``console.not_for_you``. Commits the link and an audit row.
    """
    if actor.account_id is None or actor.person_id is None or not policy.may_enter(actor):
        raise Refusal("console.not_for_you")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await _keep_link(actor.account_id, actor.person_id, _hash(token), now)
    return token


@transactional
async def _keep_link(account_id: int, person_id: int, token_hash: str, now: datetime) -> None:
    await ConsoleLink.filter(account_id=account_id, used_at__isnull=True).delete()
    await ConsoleLink.create(
        token_hash=token_hash,
        account_id=account_id,
        person_id=person_id,
        made_at=now,
        expires_at=now + timedelta(minutes=settings().console.link_minutes),
    )
    await _audit(person_id, "console.link", now)


def _spent() -> Refusal:
    return Refusal("console.link_spent", minutes=settings().console.link_minutes)


async def require_open(*, token: str, now: datetime) -> None:
    """Refusal ``console.link_spent`` when the link would open nothing; it stays unused."""
    unused = ConsoleLink.filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=now)
    if not await unused.exists():
        raise _spent()


async def sign_in(*, token: str, now: datetime) -> str:
    """Use up a link; return the token of the new session, for the browser's cookie.

    Raises Refusal ``console.link_spent`` when it was used, is too old, or its owner is not in
    charge any more. Commits the mark on the link, the session and an audit row.
    """
    session_token = secrets.token_urlsafe(_TOKEN_BYTES)
    await _sign_in(_hash(token), _hash(session_token), now)
    return session_token


@transactional
async def _sign_in(link_hash: str, session_hash: str, now: datetime) -> None:
    link = await ConsoleLink.filter(token_hash=link_hash).prefetch_related("account").first()
    # The update decides between two browsers that press the button at the same moment.
    taken = await ConsoleLink.filter(
        token_hash=link_hash, used_at__isnull=True, expires_at__gt=now
    ).update(used_at=now)
    if (
        link is None
        or not taken
        or await _still_in_charge(link.account, link.person_id, now) is None
    ):
        raise _spent()
    await ConsoleSession.create(
        token_hash=session_hash,
        account_id=link.account_id,
        person_id=link.person_id,
        begun_at=now,
        seen_at=now,
        ends_at=now + timedelta(hours=settings().console.session_hours),
    )
    await _audit(link.person_id, "console.sign_in", now)


async def _still_in_charge(account: Account, person_id: int, now: datetime) -> Actor | None:
    """Return who stands behind the account now, None when it is not he, or he may not."""
    chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
    actor = (await identity.who_is(chat, account.account_id, now)).actor
    return actor if actor.person_id == person_id and policy.may_enter(actor) else None


async def visitor(*, token: str, now: datetime, is_click: bool = True) -> Visitor | None:
    """Return who comes with this cookie; None when the session has ended, which is then forgotten.

    It ends after ``[console] session_hours``, after ``idle_minutes`` without a click, when the
    account is unbound or bound to somebody else, and with the last office.
    """
    if not token:
        return None
    rows = ConsoleSession.filter(token_hash=_hash(token))
    session = await rows.prefetch_related("account").first()
    if session is None:
        return None
    idle = now - session.seen_at
    over = session.ends_at <= now or idle >= timedelta(minutes=settings().console.idle_minutes)
    actor = None if over else await _still_in_charge(session.account, session.person_id, now)
    if actor is None:
        await run_tx(lambda: _end(session, now))
        return None
    if is_click and idle >= _SEEN_STEP:
        await rows.update(seen_at=now)
    return Visitor(actor, form_token(token))


async def sign_out(*, token: str, now: datetime) -> None:
    """End a session (退出); one that has ended already is no error. Commits with an audit row."""
    session = await ConsoleSession.filter(token_hash=_hash(token)).first()
    if session is not None:
        await run_tx(lambda: _end(session, now))


async def _end(session: ConsoleSession, now: datetime) -> None:
    require_tx()
    if await ConsoleSession.filter(id=session.id).delete():
        await _audit(session.person_id, "console.sign_out", now)


@transactional
async def forget_spent(*, before: datetime) -> int:
    """Delete links and sessions that were over before that moment; return how many."""
    links = await ConsoleLink.filter(expires_at__lt=before).delete()
    return links + await ConsoleSession.filter(ends_at__lt=before).delete()


async def _audit(person_id: int, action: str, now: datetime) -> None:
    require_tx()
    await AuditLog.create(
        at=now,
        actor_id=person_id,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        detail={},
    )
