"""Who may connect as a OneBot v11 end: the token, and an account that is known."""

import asyncio
import hmac
import re

from nonebot.drivers import Request

from core import clock, config, secrets
from core.database import transactional
from models import BotAccount
from plugins.gateway.adapters import ONEBOT11

TOKEN = "onebot11_token"  # noqa: S105  # its name, not the token

_SELF_ID = re.compile(r"[1-9][0-9]{4,18}")
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)

_first_one = asyncio.Lock()


def refusal(request: Request) -> str | None:
    """Return why a connection is refused, or None. Compares the token in constant time."""
    if not _has_token(request):
        return "token"
    if len(request.headers.getall("x-client-role", ())) > 1 or not _is_universal(request):
        return "role"
    return None if self_id(request) else "account"


def _has_token(request: Request) -> bool:
    given = request.headers.getall("authorization", ())
    match = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
    offered = match[1] if match else ""
    return hmac.compare_digest(offered.encode(), secrets.secret(TOKEN).encode())


def _is_universal(request: Request) -> bool:
    # Old ends dial twice, once for events and once for calls; that would look like a duplicate.
    return request.headers.get("x-client-role", "Universal").lower() == "universal"


def self_id(request: Request) -> str:
    """Return the account that an end says it is, or nothing when it says so twice or not at all."""
    given = request.headers.getall("x-self-id", ())
    return given[0] if len(given) == 1 and _SELF_ID.fullmatch(given[0]) else ""


async def is_known(account: str) -> bool:
    """Whether ``account`` is one of ours: listed, or the first that ever connected.

    Remembers the first one when no accounts are listed; committed.
    """
    listed = config.settings().onebot11.accounts
    if listed:
        return account in listed
    async with _first_one:
        return await _is_first(account)


@transactional
async def _is_first(account: str) -> bool:
    first = await BotAccount.filter(platform=ONEBOT11).order_by("id").first()
    if first is None:
        await BotAccount.create(platform=ONEBOT11, self_id=account, first_seen_at=clock.now())
        return True
    return first.self_id == account
