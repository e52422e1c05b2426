"""What a push will take, before anybody confirms it: minutes, and what is used up today."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from core.config import settings
from core.messages import Chat
from models import BudgetUse, Delivery, Message
from models.enums import DeliveryState
from plugins.delivery import bodies, budgets, pacing, targets
from plugins.delivery.targets import Reach, voice
from plugins.gateway import outbound


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many groups a push has, how long it takes, and for how many something is used up.

    ``without_at_all`` get it without @all, ``without_quota`` not this month.
    """

    groups: int
    minutes: int
    without_at_all: int
    without_quota: int


async def forecast(
    wanted: Sequence[str], *, reach: Reach, calls_all: bool, now: datetime
) -> Forecast:
    """Return what a push to the targets in ``wanted`` takes when it goes out at ``now``.

    Accounts of ours speak side by side; each makes its usual pauses, longer ones above the number
    of groups in ``[delivery] large_push``. ``calls_all`` says that it is to call everybody.
    """
    chats = list((await targets.chats(wanted, reach=reach)).values())
    used = await _used(chats, now)
    begun = [chat for chat in chats if not _is_used_up(budgets.of_month(chat, now), used)]
    calling = _calling(begun, used, now) if calls_all else len(begun)
    seconds = max(
        (count * _pause_s(name, count) for name, count in Counter(map(voice, begun)).items()),
        default=0.0,
    )
    return Forecast(
        groups=len(wanted),
        minutes=ceil(seconds / 60),
        without_at_all=len(begun) - calling,
        without_quota=len(chats) - len(begun),
    )


async def of_waiting(messages: Collection[int], *, now: datetime) -> Forecast:
    """Return what is still to come of a push, by the accounts that are connected now."""
    rows = Delivery.filter(message_id__in=list(messages), state=DeliveryState.DUE, is_held=False)
    wanted = [str(target) for target in await rows.values_list("target", flat=True)]
    platforms = (name for name, is_on in settings().platforms.items() if is_on)
    reach = {name: outbound.connected(name) for name in platforms}
    calls_all = False
    for row in await Message.filter(id__in=list(messages)):
        calls_all |= budgets.AT_ALL in bodies.unseal(row.body_sealed, uid=row.uid).parts
    return await forecast(wanted, reach=reach, calls_all=calls_all, now=now)


def _pause_s(name: str, count: int) -> float:
    limits = settings().delivery
    factor = limits.large_push_factor if count > limits.large_push else 1.0
    pace = pacing.pace(limits, platform=name.partition(":")[0], factor=factor)
    return (pace.shortest_s + pace.longest_s) / 2


def _calling(chats: Sequence[Chat], used: Counter[tuple[str, str]], now: datetime) -> int:
    """Return how many groups still hear @all: the group has some left, and the account too."""
    able = Counter(
        budgets.of_account(chat, now)
        for chat in chats
        if not _is_used_up(budgets.of_group(chat, now), used)
    )
    return sum(min(count, max(0, b.most - used[b.key])) for b, count in able.items())


def _is_used_up(budget: budgets.Budget | None, used: Counter[tuple[str, str]]) -> bool:
    return budget is not None and used[budget.key] >= budget.most


async def _used(chats: Sequence[Chat], now: datetime) -> Counter[tuple[str, str]]:
    known = [budgets.of_month(chat, now) for chat in chats]
    known += [budgets.of_account(chat, now) for chat in chats]
    known += [budgets.of_group(chat, now) for chat in chats]
    names = {budget.name for budget in known if budget is not None}
    rows = await BudgetUse.filter(budget__in=list(names)) if names else []
    return Counter({(row.budget, row.period): row.used for row in rows})
