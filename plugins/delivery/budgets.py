"""What a platform lets us say, as data: @all a day, messages a month into one chat.

Counted in rows, so that a restart forgets nothing; spent in the commit that comes before the first
byte, so that a kill spends too much rather than too little. Days and months are local ones.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.clock import local_day
from core.config import settings
from core.database import require_tx
from core.messages import Chat, Mention, OutPart
from models import BudgetUse
from plugins.identity import statements

AT_ALL = Mention("all")

_SPEND = """
INSERT INTO budget_use (budget, period, used) VALUES ($1, $2, $3)
ON CONFLICT (budget, period) DO UPDATE SET used = budget_use.used + excluded.used RETURNING id
"""
_EXHAUST = """
INSERT INTO budget_use (budget, period, used) VALUES ($1, $2, $3)
ON CONFLICT (budget, period) DO UPDATE SET used = excluded.used RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget in one period, and how much it holds."""

    name: str
    period: str
    most: int

    @property
    def key(self) -> tuple[str, str]:
        """Its row."""
        return (self.name, self.period)


def of_account(chat: Chat, now: datetime) -> Budget:
    """Return the @all budget of the account that speaks in ``chat``, for the day."""
    name = f"at_all:account:{chat.platform}:{chat.self_id}"
    return Budget(name, local_day(now).isoformat(), settings().delivery.at_all_account_day)


def of_group(chat: Chat, now: datetime) -> Budget:
    """Return the @all budget of a group, for the day."""
    name = f"at_all:group:{chat.platform}:{chat.chat_id}"
    return Budget(name, local_day(now).isoformat(), settings().delivery.at_all_group_day)


def of_month(chat: Chat, now: datetime) -> Budget | None:
    """Return how much a month may be begun in ``chat``, None where the platform does not count."""
    most = settings().delivery.per_month.get(chat.platform)
    if most is None:
        return None
    name = f"month:{chat.platform}:{chat.kind.value}:{chat.chat_id}"
    return Budget(name, f"{local_day(now):%Y-%m}", most)


class Purse:
    """The budgets that a window may touch: what was used before it, and what it uses."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._used: Counter[tuple[str, str]] = Counter()
        self.spent: Counter[tuple[str, str]] = Counter()

    async def open(self, chats: Iterable[Chat], *, with_at_all: bool) -> None:
        """Read what was used of the budgets of ``chats``; no query when there are none."""
        names = set()
        for chat in chats:
            if with_at_all and not chat.is_private:
                names |= {of_account(chat, self._now).name, of_group(chat, self._now).name}
            if monthly := of_month(chat, self._now):
                names.add(monthly.name)
        rows = await BudgetUse.filter(budget__in=list(names)) if names else []
        self._used.update({(row.budget, row.period): row.used for row in rows})

    def may_begin(self, chat: Chat) -> bool:
        """Whether the month still holds a message for ``chat``."""
        monthly = of_month(chat, self._now)
        return monthly is None or self._has(monthly)

    def may_call_all(self, chat: Chat) -> bool:
        """Whether today still holds an @all for the account and for the group."""
        return self._has(of_account(chat, self._now)) and self._has(of_group(chat, self._now))

    def spend(self, chat: Chat, parts: Iterable[OutPart]) -> None:
        """Note that ``parts`` go out to ``chat``."""
        if monthly := of_month(chat, self._now):
            self.spent[monthly.key] += 1
        if AT_ALL in parts and not chat.is_private:
            self.spent[of_account(chat, self._now).key] += 1
            self.spent[of_group(chat, self._now).key] += 1

    def _has(self, budget: Budget) -> bool:
        return self._used[budget.key] + self.spent[budget.key] < budget.most


async def keep(spent: Counter[tuple[str, str]]) -> None:
    """Write down what a window spends, in the caller's transaction."""
    require_tx()
    for (name, period), count in spent.items():
        await statements.rows(_SPEND, name, period, count)


async def exhaust_at_all(chat: Chat, *, now: datetime) -> None:
    """Take the platform's word that today's @all is used up in ``chat``, in the transaction.

    Whether the account's or the group's share is gone it does not say; the group's is taken.
    """
    require_tx()
    budget = of_group(chat, now)
    await statements.rows(_EXHAUST, budget.name, budget.period, budget.most)
