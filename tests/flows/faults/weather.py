"""One seed's weather and what is owed in it: everything drawn, nothing done."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugins.sandbox.faults import Fault

# Chances of each fault for one send, before the seed's own severity; they add up to one.
FAULTS = {
    Fault.DROP: 0.12,
    Fault.NO_ANSWER: 0.10,
    Fault.LOSE: 0.10,
    Fault.TIMEOUT_SENT: 0.14,
    Fault.TIMEOUT_LOST: 0.14,
    Fault.CUT_BEFORE: 0.08,
    Fault.CUT_AFTER: 0.08,
    Fault.REFUSE_MUTED: 0.05,
    Fault.REFUSE_NOT_FRIEND: 0.03,
    Fault.REFUSE_REMOVED: 0.04,
    Fault.REFUSE_AT_ALL: 0.03,
    Fault.DELAY: 0.05,
    Fault.DELAY_ANSWER: 0.04,
}
# What may happen at each step, and how often. Owing comes most, else nothing is at stake.
STEPS = {
    "owe": 30, "wait": 12, "cut": 8, "away": 4, "half_open": 4, "kill": 10, "minutes": 10,
    "hours": 5, "days": 3, "off": 8, "take_back": 6, "beat": 8, "mute": 3, "kick": 2,
    "unfriend": 2, "freeze": 3, "thaw": 3, "clear_up": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One delivery to be owed."""

    n: int
    account: str
    target: str
    chat: tuple[str, int]
    words: str
    priority: int
    not_before: datetime | None
    expires_at: datetime | None
    has_check: bool
    in_quiet_hours: bool

    @property
    def mark(self) -> str:
        """What its words are known by, wherever they turn up."""
        return mark(self.n)


def mark(n: int) -> str:
    """Return what the words of delivery ``n`` are known by."""
    return f"[{n:06d}]"


class Weather:
    """Draws what comes next; equal seeds draw alike."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  # repeatable weather, no secret
        dice = self.dice
        severity = dice.choice((0.05, 0.15, 0.3, 0.5))
        self.rates = {fault: rate * severity for fault, rate in FAULTS.items()}
        self.rates[Fault.EVENT_TWICE] = 0.1
        self.slow_answer_s = dice.choice((0.02, 0.1, 0.3))
        evidence = dice.random()
        self.has_history = evidence < 0.7
        self.reports_own = evidence < 0.5 or evidence > 0.85
        # Chats in which nobody ever spoke: their history is too short to prove an absence.
        self.is_young = dice.random() < 0.1
        self.steps = dice.randint(10, 16)
        self.kill_on_post = dice.choice((0.0, 0.0, 0.02, 0.05))
        self.is_slow = dice.random() < 0.2
        # Of its own, so that how many messages come by does not change what is drawn next.
        self._lightning = random.Random(seed)  # noqa: S311  # as above
        self._count = 0

    @property
    def pause(self) -> tuple[float, float]:
        """Shortest and longest pause of an account: longer in the seeds that measure pauses."""
        return (0.02, 0.03) if self.is_slow else (0.004, 0.008)

    def kills_now(self) -> bool:
        """Draw whether the process is killed over the message that people just saw."""
        return self._lightning.random() < self.kill_on_post

    def step(self) -> str:
        """Draw what happens next."""
        return self.dice.choices(list(STEPS), list(STEPS.values()))[0]

    def breath(self) -> float:
        """Draw seconds of real time until the next step."""
        return self.dice.uniform(0.001, 0.03)

    def items(
        self, targets: dict[str, list[tuple[str, str, int]]], account: str, now: datetime
    ) -> list[Item]:
        """Draw some deliveries for one account."""
        return [
            self._item(account, *self.dice.choice(targets[account]), now)
            for _ in range(self.dice.randint(2, 8))
        ]

    def _item(self, account: str, target: str, kind: str, chat: int, now: datetime) -> Item:
        self._count += 1
        dice, n = self.dice, self._count
        later = timedelta(minutes=dice.randint(1, 400))
        ends = timedelta(minutes=dice.choice((1, 5, 60, 600, 3000)))
        not_before = now + later if dice.random() < 0.2 else None
        expires_at = (not_before or now) + ends if dice.random() < 0.25 else None
        return Item(
            n=n,
            account=account,
            target=target,
            chat=(kind, chat),
            words=f"{mark(n)} 请在本周内交思想汇报。" + "学" * dice.randint(0, 40),
            priority=dice.choice((10, 20, 30)),
            not_before=not_before,
            expires_at=expires_at,
            has_check=dice.random() < 0.4,
            in_quiet_hours=dice.random() < 0.15,
        )
