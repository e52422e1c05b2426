"""What can go wrong between the bot and QQ, switched on by tests, benches and the page.

A rule says what happens to the next so many sends, everywhere or in one chat; the oldest rule that
fits is used up first. A storm draws for every send and every event from seeded chances. Whatever
was done stands in ``done``, so that a test can account for every loss and every repetition.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugins.sandbox.entities import Chat


class Fault(StrEnum):
    """One way to fail, named by what happens to the send."""

    DELAY = "delay"
    """Delivered and answered, but only after some seconds."""
    DELAY_ANSWER = "delay_answer"
    """Delivered at once, answered after some seconds."""
    DROP = "drop"
    """Answered with ok and a message id, shown to nobody."""
    NO_ANSWER = "no_answer"
    """Delivered, never answered."""
    LOSE = "lose"
    """Not delivered, never answered."""
    TIMEOUT_SENT = "timeout_sent"
    """Delivered, answered as failed with the ambiguous time-out 1200."""
    TIMEOUT_LOST = "timeout_lost"
    """Not delivered, answered as failed with the ambiguous time-out 1200."""
    REFUSE_MUTED = "refuse_muted"
    REFUSE_NOT_FRIEND = "refuse_not_friend"
    REFUSE_REMOVED = "refuse_removed"
    REFUSE_AT_ALL = "refuse_at_all"
    CUT_BEFORE = "cut_before"
    """The connection breaks before the send is handled; not delivered."""
    CUT_AFTER = "cut_after"
    """Delivered, then the connection breaks before the answer and the own-message event."""
    EVENT_TWICE = "event_twice"
    """For events, not sends: the same event is written twice."""
    REPLAY = "replay"
    """Recorded only: an old event was written again after a reconnect."""


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault that was really done; ``send_number`` counts from 1, and is None for events."""

    fault: Fault
    chat: Chat | None
    send_number: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The fault chosen for one send."""

    fault: Fault
    seconds: float


@dataclass(slots=True)
class _Rule:
    fault: Fault
    chat: Chat | None
    left: int | None
    seconds: float

    def fits(self, chat: Chat | None) -> bool:
        return self.chat is None or self.chat == chat


class Faults:
    """The switchboard; one belongs to one end."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.sleep = sleep
        self.done: list[Injected] = []
        self.replay_on_reconnect = 0
        self._rules: list[_Rule] = []
        self._chances: dict[Fault, float] = {}
        self._random = random.Random(0)  # noqa: S311 - repeatable weather, no secret
        self._storm_seconds = 0.0

    @classmethod
    def random(cls, seed: int, rates: Mapping[Fault, float], *, seconds: float = 1.0) -> "Faults":
        """Make a switchboard with a storm already blowing."""
        faults = cls()
        faults.storm(seed, rates, seconds=seconds)
        return faults

    def arm(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        chat: Chat | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Do ``fault`` to the next ``times`` sends (None: to all), if given only in ``chat``."""
        self._rules.append(_Rule(fault, chat, times, seconds))

    def disarm(self, fault: Fault | None = None) -> None:
        """Drop the rules for ``fault``, or everything including the storm and replays."""
        self._rules = [r for r in self._rules if fault is not None and r.fault is not fault]
        if fault is None:
            self._chances = {}
            self.replay_on_reconnect = 0

    def is_armed(self, fault: Fault) -> bool:
        """Tell whether a rule for ``fault`` is waiting."""
        return any(rule.fault is fault for rule in self._rules)

    def storm(self, seed: int, rates: Mapping[Fault, float], *, seconds: float = 1.0) -> None:
        """Draw for each send and event from ``rates``; equal seeds and orders, equal weather."""
        self._random = random.Random(seed)  # noqa: S311 - repeatable weather, no secret
        self._chances = dict(rates)
        self._storm_seconds = seconds

    def draw_for_send(self, chat: Chat) -> Drawn | None:
        """Choose what happens to a send into ``chat``; uses the rule up, records nothing."""
        rule = self._next_rule(chat, for_event=False)
        if rule is not None:
            return Drawn(rule.fault, rule.seconds)
        chance = self._random.random() if self._chances else 1.0
        for fault, rate in self._chances.items():
            if fault is Fault.EVENT_TWICE:
                continue
            if chance < rate:
                return Drawn(fault, self._storm_seconds)
            chance -= rate
        return None

    def draws_twice(self, chat: Chat | None) -> bool:
        """Choose whether an event is written twice; records it when it is."""
        rate = self._chances.get(Fault.EVENT_TWICE, 0.0)
        is_twice = self._next_rule(chat, for_event=True) is not None or (
            rate > 0 and self._random.random() < rate
        )
        if is_twice:
            self.record(Injected(Fault.EVENT_TWICE, chat))
        return is_twice

    def record(self, injected: Injected) -> None:
        """Write down a fault that was done."""
        self.done.append(injected)

    def _next_rule(self, chat: Chat | None, *, for_event: bool) -> _Rule | None:
        for rule in self._rules:
            if (rule.fault is Fault.EVENT_TWICE) is for_event and rule.fits(chat):
                if rule.left is not None:
                    rule.left -= 1
                    if rule.left <= 0:
                        self._rules.remove(rule)
                return rule
        return None
