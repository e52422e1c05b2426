"""One seed: a ledger's short life under bad weather, then calm, then its accounts."""

import asyncio
import contextlib
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from core.clock import at_local, local
from plugins.sandbox.entities import (
    GroupSeed,
    Happening,
    MemberSeed,
    MessagePosted,
    PersonSeed,
    WorldSeed,
)
from tests.flows.faults.ends import End, Hand, chat_before, forgive
from tests.flows.faults.keeping import Dead, House, Zygote
from tests.flows.faults.verdicts import Verdict
from tests.flows.faults.weather import Item, Weather, mark

MOST_ROUNDS = 30
IDLE_S = 20.0
RETURN_S = 20.0
STOP_S = 5.0
# How long nothing moves until it counts as waiting: longer than a call may take, or hardly at all.
STILL_S = 0.5
BREATH_S = 0.015


@dataclass(frozen=True, slots=True)
class Shown:
    """One message that people saw: where, what, at which moment of either clock."""

    account: str
    chat: tuple[str, int]
    text: str
    at: datetime
    real: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seed lives: its database and the planted template it was copied from."""

    data_dir: Path
    url: str
    token: str
    targets: dict[str, list[tuple[str, str, int]]]
    ports: tuple[int, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """One account for each process."""
        return tuple(self.targets)[: len(self.ports)]


class Life:
    """What happens, and what was seen of it."""

    def __init__(self, seed: int, place: Place, zygote: Zygote) -> None:
        self.weather = Weather(seed)
        self.place = place
        self.hand = Hand()
        self.verdict = Verdict(seeds=1)
        self.owed: dict[int, Item] = {}
        self.maybe_owed: dict[int, Item] = {}
        self.refused_by_check: dict[int, int] = {}
        self.taken_back: set[int] = set()
        self.shown: list[Shown] = []
        self.called_at: dict[str, list[float]] = {account: [] for account in place.accounts}
        self.began_at = self.hand.now()
        self.jumped_at: list[tuple[float, datetime]] = []
        self.is_calm = False
        self._restarts: dict[str, asyncio.Task[None]] = {}
        self._one_starts = asyncio.Lock()
        self.houses = {
            account: House(zygote, self._order(port))
            for account, port in zip(place.accounts, place.ports, strict=True)
        }
        self.ends = {account: self._end(account, seed) for account in place.accounts}

    def _order(self, port: int) -> dict[str, Any]:
        low, high = self.weather.pause
        limits = {"min_interval_s": low, "max_interval_s": high, "group_gap_s": 0.0}
        return {
            "do": "live",
            "data_dir": str(self.place.data_dir),
            "url": self.place.url,
            "accounts": list(self.place.accounts),
            "port": port,
            "delivery": {**limits, "warm_up_s": 0.0, "large_push_factor": 1.0},
        }

    def _end(self, account: str, seed: int) -> End:
        chats = self.place.targets[account]
        people = tuple(PersonSeed(chat, "王建国") for _, kind, chat in chats if kind == "private")
        groups = [chat for _, kind, chat in chats if kind == "group"]
        owner = MemberSeed(people[0].user_id, "owner")
        end = End(
            seed=WorldSeed(
                people=people,
                groups=tuple(GroupSeed(chat, "王家村", (owner,)) for chat in groups),
            ),
            bot_url=f"ws://127.0.0.1:{self.houses[account].port}/onebot/v11/ws",
            token=self.place.token,
            self_id=int(account),
            clock=self.hand,
            report_self=self.weather.reports_own,
            heartbeat_s=0.1,
            offers_history=self.weather.has_history,
        )
        end.called_at = self.called_at[account]
        if not self.weather.is_young:
            chat_before(end, self.hand)
        end.faults.storm(seed, self.weather.rates, seconds=self.weather.slow_answer_s)
        end.faults.replay_on_reconnect = self.weather.dice.choice((0, 0, 5))
        end.world.observe(lambda happening: self._saw(account, happening))
        return end

    def _saw(self, account: str, happening: Happening) -> None:
        if not isinstance(happening, MessagePosted) or happening.message.sender_id != int(account):
            return
        message = happening.message
        if message.is_shown:
            chat = (message.chat.kind, message.chat.id)
            self.shown.append(Shown(account, chat, message.text, message.time, time.monotonic()))
        if not self.is_calm and self.weather.kills_now():
            self.kill(account)

    def count_shown(self, n: int) -> int:
        """Return how often people saw delivery ``n``."""
        return sum(seen.text.count(mark(n)) for seen in self.shown)

    # Processes.

    async def start(self, account: str) -> None:
        """Start a house until one lives, and have its end dial at once.

        One at a time: a house that beats and has not told its name yet would be buried alive.
        """
        while True:
            with contextlib.suppress(Dead):
                async with self._one_starts:
                    await self.houses[account].start(now=self.hand.now().isoformat())
                    await self.houses[account].tell("clock", to=self.hand.now().isoformat())
                    await self.bury(account)
                self.ends[account].reconnect()
                return

    def kill(self, account: str) -> None:
        """kill -9, now; started again in the background."""
        if self.houses[account].kill():
            self.verdict.kills += 1
            # Killed while it was starting, it is started again by whoever is at it.
            if account not in self._restarts:
                self._restarts[account] = asyncio.create_task(self._start_again(account))

    async def _start_again(self, account: str) -> None:
        try:
            await self.start(account)
        finally:
            del self._restarts[account]

    async def all_up(self) -> None:
        """Wait until every house that was killed lives again."""
        while self._restarts:
            await asyncio.gather(*self._restarts.values())

    async def bury(self, account: str) -> None:
        """Let so much time pass since the last kill that the dead count as dead.

        Heartbeats are the database's real time, a minute of which no seed can wait.
        """
        answers = [await self.tell(each, "owner") for each in self.houses]
        living = [answer["owner"] for answer in answers if answer is not None]
        await self.tell(account, "bury", living=living)

    async def tell(self, account: str, do: str, **fields: Any) -> dict[str, Any] | None:
        """Give an order; None when the house died over it, or could not carry it out."""
        try:
            answer = await self.houses[account].tell(do, **fields)
        except Dead:
            return None
        if "failed" in answer:
            self.verdict.orders_failed += 1
            return None
        return answer

    async def move_clock(self, step: timedelta) -> None:
        """Move the clock of everybody; what is on its way arrives first, as within a minute."""
        while any(end.is_busy for end in self.ends.values()):  # noqa: ASYNC110  # no event for it
            await asyncio.sleep(0.002)
        self.hand.moment += step
        self.jumped_at.append((time.monotonic(), self.hand.now()))
        to = self.hand.now().isoformat()
        await asyncio.gather(*(self.tell(account, "clock", to=to) for account in self.houses))

    async def owe(self, account: str) -> None:
        """Owe some more; whether it is owed is not known when the house dies over it."""
        items = self.weather.items(self.place.targets, account, self.hand.now())
        self.maybe_owed |= {item.n: item for item in items}
        told = [{**asdict(item), "chat": None} for item in items]
        for row in told:
            for key in ("not_before", "expires_at"):
                row[key] = None if row[key] is None else row[key].isoformat()
        via = self.weather.dice.choice(list(self.houses))
        if await self.tell(via, "owe", items=told) is not None:
            self.owed |= {item.n: item for item in items}

    # The three acts.

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(self.start(account) for account in self.houses))
        for end in self.ends.values():
            await end.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        starting = tuple(self._restarts.values())
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        await asyncio.gather(*(house.close() for house in self.houses.values()))
        # An end that hangs on its own half-open connections is none of the ledger's business.
        stopping = [asyncio.create_task(end.stop()) for end in self.ends.values()]
        await asyncio.wait(stopping, timeout=STOP_S)

    async def calm(self) -> None:
        """Bring everybody back, and let the clock go on until nothing is left to do."""
        self.is_calm = True
        await self.all_up()
        for end in self.ends.values():
            end.faults.disarm()
            end.thaw()
            end.reconnect()
            forgive(end)
        for round_number in range(MOST_ROUNDS):
            await self.all_up()
            await self._all_connected()
            await self.move_clock(_calm_step(round_number, self.hand.now()))
            for account in self.houses:
                await self.tell(account, "beat")
            if await self._is_over():
                return

    async def _all_connected(self) -> None:
        for account, end in self.ends.items():
            try:
                await end.wait_connected(RETURN_S)
            except TimeoutError:
                self.verdict.blame(f"{account}: its end is up and cannot connect")

    async def _is_over(self) -> bool:
        """Wait until nothing is ready or moves any more; tell whether nothing is left for later.

        What is ready and does not move waits for the clock: an account at rest, a dead one's lease.
        """
        account = next(iter(self.houses))
        report: dict[str, Any] = {}
        give_up, still_since = time.monotonic() + IDLE_S, time.monotonic()
        while time.monotonic() < give_up:
            latest = await self.tell(account, "report") or {}
            if latest != report:
                report, still_since = latest, time.monotonic()
            rest = STILL_S if report.get("ready") else BREATH_S
            if report and time.monotonic() - still_since > rest:
                break
            await asyncio.sleep(0.01)
        return not (report.get("busy") or report.get("due") or report.get("looks"))


def _calm_step(round_number: int, now: datetime) -> timedelta:
    """Return minutes first, then hours; never into the quiet hours, but over them."""
    minutes = (2, 2, 3, 6, 6, 12, 25, 45, 60)
    step = timedelta(minutes=minutes[min(round_number, len(minutes) - 1)])
    here = local(now + step)
    if 8 <= here.hour < 20:
        return step
    day = here.date() + timedelta(days=here.hour >= 20)
    return at_local(day, 8, 30) - now
