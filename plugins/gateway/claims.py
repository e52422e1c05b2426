"""Several of our accounts in one group: only one of them answers.

``company`` knows who of ours sits with whom and who is muted there; delivery tells it, because it
keeps that in its tables.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime

import nonebot

from core import clock
from core.messages import Chat
from plugins.gateway import gate
from plugins.gateway.adapters import ONEBOT11


class Company:
    """Our accounts in the groups where there are several of them."""

    def __init__(self) -> None:
        self._silent: dict[tuple[str, str], dict[str, datetime | None]] = {}

    def take(self, seats: Iterable[tuple[str, str, str, datetime | None]]) -> None:
        """Know these from now on, and no others: platform, group, account, end of its silence."""
        self._silent = {}
        for platform, group_id, self_id, until in seats:
            self._silent.setdefault((platform, group_id), {})[self_id] = until

    def silence(self, chat: Chat, until: datetime) -> None:
        """Know that our account in ``chat`` may not speak there until then."""
        here = self._silent.get((chat.platform, chat.chat_id), {})
        if chat.self_id in here:
            here[chat.self_id] = until

    def leaves_it(self, platform: str, group_id: str, self_id: str, now: datetime) -> bool:
        """Whether an account leaves a command to another: only that one may speak, and hears it."""
        here = self._silent.get((platform, group_id))
        if here is None or not _is_silent(here.get(self_id), now):
            return False
        bots = nonebot.get_bots()
        return any(other in bots for other, until in here.items() if not _is_silent(until, now))


def _is_silent(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


company = Company()


class SlashClaims:
    """Lets only one of our accounts in a group answer a text with a slash.

    Each of them hears the same message, under a message id of its own. The first to hear it has it,
    unless it is muted there and another is not; hearing it again is a repetition, which later is
    noticed as one. Between processes the key of the event decides (``inbound``).
    """

    KEPT_S = 60.0
    MOST = 1_000

    def __init__(self) -> None:
        self._claims: dict[Hashable, tuple[float, int]] = {}

    def is_ours(self, message: gate.Payload, now: float) -> bool:
        """Whether the account that heard ``message`` is the one to answer it.

        What another account of ours says is answered by none.
        """
        if str(message["user_id"]) in nonebot.get_bots():
            return False
        if "group_id" not in message or gate.is_called(message["message"], message["self_id"]):
            return True
        group_id, self_id = str(message["group_id"]), str(message["self_id"])
        if company.leaves_it(ONEBOT11, group_id, self_id, clock.now()):
            return False
        key = (group_id, message["user_id"], message["time"], hash(_words(message["message"])))
        if len(self._claims) >= self.MOST:
            self._claims = {k: c for k, c in self._claims.items() if now - c[0] < self.KEPT_S}
        claim = self._claims.get(key)
        if claim is None or now - claim[0] >= self.KEPT_S:
            self._claims[key] = (now, message["self_id"])
            return True
        return claim[1] == int(message["self_id"])


def _words(segments: list[gate.Payload]) -> str:
    """Return what is said, without what ends name differently: addresses and ids of files."""
    said = (s["data"].get("text") or s["data"].get("qq") or s["type"] for s in segments)
    return " ".join(" ".join(map(str, said)).split())
