"""In which groups an account of ours is, as its end tells. Nothing of it is kept here."""

import nonebot
from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from core.database import in_tx
from core.errors import Fault
from plugins.gateway import adapters

# Nobody waits for this answer; a stuck end must not hold up those who ask.
_PATIENCE_S = 10.0


async def groups_of(platform: str, self_id: str) -> frozenset[str] | None:
    """Return the ids of the groups that account ``self_id`` is in; None when that cannot be told.

    An empty list is no answer: ends give one while they still load. Fault inside a transaction.
    """
    if in_tx():
        raise Fault("no asking inside a transaction")
    bot = _bot(platform, self_id)
    if bot is None or platform != adapters.ONEBOT11:
        return None
    try:
        answer = await bot.call_api("get_group_list", _timeout=_PATIENCE_S)
    except (NetworkError, ActionFailed, ApiNotAvailable):
        return None
    entries = answer if isinstance(answer, list) else ()
    found = (entry.get("group_id") for entry in entries if isinstance(entry, dict))
    return frozenset(str(group_id) for group_id in found if group_id) or None


def _bot(platform: str, self_id: str) -> Bot | None:
    bots = (bot for bot in nonebot.get_bots().values() if bot.self_id == self_id)
    names = adapters.name_of
    return next((bot for bot in bots if names(bot.adapter.get_name()) == platform), None)
