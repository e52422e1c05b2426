"""Any life of a ledger: planned, sent, refused, withdrawn, killed, decided, in any order."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core import clock as clocks
from core import config, crypto, database, migrating
from core.actors import Actor, Grant, RoleKind
from core.database import run_tx
from core.errors import Refusal
from core.messages import Chat, SendOutcome, SendResult
from models import Delivery, Group
from models.enums import DeliveryState as S
from plugins.delivery import ledger, quiet, recovery, service, settlement, settling, states
from plugins.delivery.budgets import Purse
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.judging import Judge
from plugins.delivery.voices import Voices
from tests.plugins.delivery.conftest import SELF, End, group, owe, unit

CLERK = Actor(account_id=1, person_id=7, grants=(Grant(RoleKind.TOWNSHIP_CLERK, 1, "/1/"),))
OUTCOMES = {
    SendResult.SENT: SendOutcome(SendResult.SENT, message_id="1"),
    SendResult.NOT_SENT: SendOutcome(SendResult.NOT_SENT, reason="busy"),
    SendResult.REJECTED: SendOutcome(SendResult.REJECTED, reason="muted"),
    SendResult.UNKNOWN: SendOutcome(SendResult.UNKNOWN, reason="timeout"),
}
GROUPS = 10
NAMES = st.integers(0, GROUPS - 1)


def reachable() -> dict[S, set[S]]:
    """Return where each state may lead in any number of steps, itself included."""
    found = {state: {state} | set(states.NEXT[state]) for state in S}
    for _ in S:
        for state in S:
            found[state] |= set().union(*(found[other] for other in found[state]))
    return found


REACHABLE = reachable()


class Lives(RuleBasedStateMachine):
    """One database, a far end that answers as told, and what must be true of both."""

    template: ClassVar[Path]
    app: ClassVar[migrating.App]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = clocks.FrozenClock(clocks.at_local(clocks.local_day(clocks.now()), 12))
        self.end = End()
        self.seen: dict[str, S] = {}
        self.planned: set[str] = set()
        # Writes that each delivery was allowed: the first, one after each certain "not sent", and
        # one after each decision of a person.
        self.allowed: dict[str, int] = {}
        self.results: dict[str, SendResult] = {}
        self.taken: set[str] = set()
        self.run(self._open())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _open(self) -> None:
        clocks.use(self.clock)
        quick = config.Delivery(min_interval_s=0.0, max_interval_s=0.0, max_attempts=3)
        config.use(config.Settings(data_dir=self.folder, delivery=quick))
        crypto.open_keys(self.folder)
        shutil.copy(self.template, self.folder / "yanzhen.db")
        await database.open_database(
            "sqlite", kind="production", data_dir=self.folder, app=self.app
        )
        village = await unit(self.clock, path="/1/")
        for number in range(GROUPS):
            await group(village, self.clock, f"70{number}", name=f"群{number}", self_id=SELF)
        self.targets = {row.name: f"group:{row.id}" for row in await Group.all()}
        self.names = {target: name for name, target in self.targets.items()}
        self.sender = Dispatcher({}, Voices(lambda: 0.0), self.end)

    def teardown(self) -> None:
        self.run(database.close_database())
        self.loop.close()
        shutil.rmtree(self.folder)
        config.use(None)
        crypto.use(None)
        clocks.use(clocks.SystemClock())

    @initialize(names=st.sets(NAMES, min_size=3))
    def begin(self, names: set[int]) -> None:
        for name in names:
            self.owe(name=name, hours=None)

    @rule(name=NAMES, hours=st.none() | st.integers(1, 30))
    def owe(self, name: int, hours: int | None) -> None:
        target = self.targets[f"群{name}"]
        expires = None if hours is None else self.clock.now() + timedelta(hours=hours)
        is_new = self.run(owe(target, self.clock, target, expires_at=expires))
        assert is_new is (target not in self.planned)
        self.planned.add(target)
        self.allowed.setdefault(target, 1)

    @rule(results=st.lists(st.sampled_from(SendResult), min_size=GROUPS, max_size=GROUPS))
    def step(self, results: list[SendResult]) -> None:
        self.end.script = [OUTCOMES[result] for result in results]
        before = len(self.end.sent)
        while self.run(self.sender.step()):
            pass
        written = [self._target(chat) for chat, _ in self.end.sent[before:]]
        for target, result in zip(written, results, strict=False):
            self.results[target] = result
            self.allowed[target] += result is SendResult.NOT_SENT

    def _target(self, chat: Chat) -> str:
        return self.targets[f"群{chat.chat_id[-1]}"]

    @rule(name=NAMES)
    def withdraw(self, name: int) -> None:
        target = self.targets[f"群{name}"]
        work = run_tx(
            lambda: service.cancel(
                purpose="test", target=target, now=self.clock.now(), reason="done"
            )
        )
        was_due = self.seen.get(target) is S.DUE
        assert self.run(work) == was_due

    @rule(minutes=st.sampled_from([1, 10, 61, 600, 1441]))
    def pass_time(self, minutes: int) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(minutes=minutes))

    @rule()
    def sweep(self) -> None:
        self.run(settling.expire_overdue(now=self.clock.now()))

    @rule(marked=st.booleans(), written=st.booleans())
    def die(self, *, marked: bool, written: bool) -> None:
        """Claim, perhaps mark, perhaps write; then a new process takes over."""
        self.run(self._die(marked=marked, written=written))

    async def _die(self, *, marked: bool, written: bool) -> None:
        now, reach = self.clock.now(), {"onebot11": (SELF,)}
        await self.sender._route(reach, now, is_quiet=False)
        rows = await ledger.claim(owner="dead", quotas={f"onebot11:{SELF}": 2}, now=now, most=2)
        if marked:
            judged = await Judge({}).judge(rows, reach=reach, now=now)
            for item in await settling.turn(
                (), judged, owner="dead", voices=Voices(), purse=Purse(now), now=now
            ):
                self.results[item.row.target] = SendResult.UNKNOWN
                if written and item.chat is not None and item.body is not None:
                    self.end.script = []
                    await self.end.send(item.chat, item.body.parts)
        self.sender = Dispatcher({}, Voices(lambda: 0.0), self.end)
        await recovery.recover(now=now, owner=self.sender.owner, alone=True)

    @rule(name=NAMES, again=st.booleans())
    def decide(self, name: int, *, again: bool) -> None:
        target = self.targets[f"群{name}"]
        work = settlement.resend if again else settlement.take_as_sent
        try:
            done = self.run(work(actor=CLERK, name=f"群{name}", now=self.clock.now()))
        except Refusal:
            assert self.seen.get(target) not in (S.UNKNOWN, *((S.REJECTED,) if again else ())) or (
                self.seen[target] is S.REJECTED
            )
            return
        self.allowed[target] += len(done.resent)
        if done.taken:
            self.taken.add(target)

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = {row.target: row.state for row in self.run(self._rows())}
        assert set(rows) == self.planned
        self.seen, before = rows, self.seen
        for target, state in before.items():
            assert rows[target] in REACHABLE[state], (state, rows[target])
        assert not {S.LEASED, S.SENDING} & set(rows.values())

    async def _rows(self) -> list[Delivery]:
        return list(await Delivery.all())

    @invariant()
    def nothing_is_said_twice(self) -> None:
        written = [self._target(chat) for chat, _ in self.end.sent]
        for target in set(written):
            assert written.count(target) <= self.allowed[target]

    @invariant()
    def sent_means_sent(self) -> None:
        for target, state in self.seen.items():
            if state is S.SENT:
                sent = self.results.get(target) is SendResult.SENT
                assert sent or target in self.taken


def test_given_any_life_when_it_is_lived_then_nothing_is_lost_or_said_twice(
    template: Path | str, app: migrating.App, texts: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(template, str):
        pytest.skip("each life has a SQLite file of its own")
    Lives.template, Lives.app = template, app

    monkeypatch.setattr(quiet, "is_quiet", lambda _: False)
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
