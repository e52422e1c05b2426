"""Deliveries per second through the ledger over the real adapter, against bare loops of sends.

Run ``python bench/fanout.py [--groups 2000] [--messages 5] [--rounds 3] [--database both]``.
2,000 groups, five pushes, no pauses. One process holds our whole house and, beside it, NoneBot's
stock OneBot v11 adapter; each has an end of the same kind, in a process of its own, that confirms
every call at once. The ledger writes every result durably (SQLite with full sync, or PostgreSQL);
the bare loops call ``bot.send_group_msg`` one after another, or so many at a time as the ledger has
in one window (with a semaphore, as people write it; a fixed set of workers is shown beside), and
keep nothing. Rounds alternate; the best of each counts, since whatever else runs
on the machine only adds. Exit code 1 when a ratio is below what issue 3 wants (1.2 and 0.5).
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import Adapter as StockAdapter
from nonebot.adapters.onebot.v11 import Bot, Message, MessageSegment
from nonebot.drivers import URL, WebSocketServerSetup

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bot as house_of_ours  # noqa: E402
from bench import quick_end  # noqa: E402
from bench.servers import postgres  # noqa: E402
from core import clock, config, crypto, database, secrets  # noqa: E402
from core.messages import Text  # noqa: E402
from models import Delivery, Group, Unit  # noqa: E402
from models.enums import DeliveryState, Priority, UnitKind  # noqa: E402

ACCOUNT = "3889000001"
BARE_ACCOUNT = "3889000002"
WORDS = "本周学习：工钱被拖，先做哪三步。先留考勤、工资条、聊天记录；再找单位要字据。" * 3
WANTED_ONE_BY_ONE = 1.2
WANTED_AT_ONCE = 0.5
WARM_UP = 400
FIRST_GROUP = 700_000_000


class BareAdapter(StockAdapter):
    """The stock adapter under a name and a path of its own."""

    @classmethod
    def get_name(cls) -> str:
        """Return a name that leaves ours free."""
        return "Bare"

    def _setup(self) -> None:
        path = WebSocketServerSetup(URL("/bare/ws"), "Bare WS", self._handle_ws)
        self.setup_websocket_server(path)


@dataclass(frozen=True, slots=True)
class Round:
    """Deliveries per second of one round."""

    ledger: float
    one_by_one: float
    at_once: float
    by_workers: float


def build(folder: Path, url: str) -> house_of_ours.House:
    """Load our rooms for ``url`` without any pauses, and the stock adapter beside them."""
    settings = config.Settings(
        data_dir=folder,
        database=config.Database(url=url),
        delivery=config.Delivery(
            min_interval_s=0.0, max_interval_s=0.0, group_gap_s=0.0, warm_up_s=0.0
        ),
        onebot11=config.OneBot11(accounts=(ACCOUNT,)),
    )
    house = house_of_ours.build(settings, folder)
    house.driver.register_adapter(BareAdapter)
    return house


@contextlib.asynccontextmanager
async def running(house: house_of_ours.House, url: str) -> AsyncIterator[None]:
    """Open the database and the wire with both ends connected; the clock and sender stay still."""
    noon = clock.at_local(clock.local_day(clock.now()), 12)
    clock.use(clock.FrozenClock(noon))
    await database.open_database(url, kind=database.PRODUCTION, data_dir=house.data_dir)
    crypto.open_keys(house.data_dir)
    await house.doors["gateway"].start()
    await house.listen(host="127.0.0.1", port=0)
    token = secrets.secret("onebot11_token")
    ends = [
        await quick_end.launch(house.port, "/onebot/v11/ws", ACCOUNT, token),
        await quick_end.launch(house.port, "/bare/ws", BARE_ACCOUNT, token),
    ]
    try:
        async with asyncio.timeout(30):
            while len(nonebot.get_bots()) < len(ends):  # noqa: ASYNC110  # no event for it
                await asyncio.sleep(0.01)
        yield
    finally:
        for end in ends:
            end.kill()
            await end.wait()
        await house.hang_up()
        await house.doors["gateway"].stop()
        await database.close_database()


async def plant(count: int) -> list[str]:
    """Make ``count`` groups; return their targets."""
    now = clock.now()

    async def work() -> None:
        unit = await Unit.create(name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=now)
        rows = [
            Group(
                platform="onebot11",
                chat_id=str(FIRST_GROUP + n),
                self_id=ACCOUNT,
                unit_id=unit.id,
                bound_at=now,
            )
            for n in range(count)
        ]
        await Group.bulk_create(rows, batch_size=500)

    await database.run_tx(work)
    return [f"group:{row}" for row in await Group.all().order_by("id").values_list("id", flat=True)]


async def owe(targets: Sequence[str], occasion: str, messages: int) -> None:
    """Put ``messages`` pushes to all ``targets`` into the ledger."""
    from plugins.delivery import service  # noqa: PLC0415  # a room is imported once it is loaded

    for number in range(messages):
        await database.run_tx(
            lambda number=number: service.broadcast(  # type: ignore[misc]
                purpose="bench",
                occasion=f"{occasion}:{number}",
                targets=targets,
                parts=(Text(f"{number} {WORDS}"),),
                now=clock.now(),
                priority=Priority.DIGEST,
            )
        )


_senders: list[Any] = []


async def through_ledger(targets: Sequence[str], occasion: str, messages: int) -> float:
    """Return deliveries per second from the first claim to the last durable result."""
    from plugins.delivery import dispatcher  # noqa: PLC0415  # as above

    await owe(targets, occasion, messages)
    if not _senders:  # one for all rounds: an account has one speaker at a time
        _senders.append(dispatcher.Dispatcher({}))
    sender = _senders[0]
    begun = time.perf_counter()
    while await sender.step():
        pass
    took = time.perf_counter() - begun
    sent = await Delivery.filter(
        occasion__startswith=f"{occasion}:", state=DeliveryState.SENT
    ).count()
    assert sent == len(targets) * messages, f"{sent} of {len(targets) * messages} sent"
    return sent / took


def _calls(groups: int, messages: int) -> Iterator[tuple[int, Message]]:
    bodies = [Message(MessageSegment.text(f"{n} {WORDS}")) for n in range(messages)]
    return ((FIRST_GROUP + group, body) for body in bodies for group in range(groups))


async def one_by_one(groups: int, messages: int) -> float:
    """Return sends per second of a loop that awaits each ``bot.send_group_msg``."""
    sender = _bare_bot()
    begun = time.perf_counter()
    for group, body in _calls(groups, messages):
        await sender.send_group_msg(group_id=group, message=body)
    return groups * messages / (time.perf_counter() - begun)


async def at_once(groups: int, messages: int, *, most: int) -> float:
    """Return sends per second with a semaphore of ``most``, as people write it."""
    sender, gate = _bare_bot(), asyncio.Semaphore(most)

    async def send(group: int, body: Message) -> None:
        async with gate:
            await sender.send_group_msg(group_id=group, message=body)

    begun = time.perf_counter()
    await asyncio.gather(*(send(group, body) for group, body in _calls(groups, messages)))
    return groups * messages / (time.perf_counter() - begun)


async def by_workers(groups: int, messages: int, *, most: int) -> float:
    """Return sends per second of ``most`` workers, the leanest such loop there is."""
    sender, calls = _bare_bot(), _calls(groups, messages)

    async def work() -> None:
        for group, body in calls:
            await sender.send_group_msg(group_id=group, message=body)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(most)))
    return groups * messages / (time.perf_counter() - begun)


def _bare_bot() -> Bot:
    found = nonebot.get_bots()[BARE_ACCOUNT]
    assert isinstance(found, Bot)
    return found


async def measure(groups: int, messages: int, rounds: int) -> Round:
    """Return the best of ``rounds``, measured in turn."""
    targets = await plant(groups)
    window = config.settings().delivery.window
    await through_ledger(targets[:WARM_UP], "warm-up", 1)
    await at_once(WARM_UP, 1, most=window)
    found = []
    for number in range(rounds):
        made = Round(
            ledger=await through_ledger(targets, f"round-{number}", messages),
            one_by_one=await one_by_one(groups, messages),
            at_once=await at_once(groups, messages, most=window),
            by_workers=await by_workers(groups, messages, most=window),
        )
        found.append(made)
        print(f"  round {number + 1}: {made}", file=sys.stderr)
    names = [each.name for each in fields(Round)]
    return Round(**{name: max(getattr(made, name) for made in found) for name in names})


def show(name: str, best: Round) -> bool:
    """Print one engine's figures; return whether they are good enough."""
    to_one, to_many = best.ledger / best.one_by_one, best.ledger / best.at_once
    print(f"{name}, deliveries a second")
    print(f"  ledger, every result durable        {best.ledger:8.0f}")
    print(f"  bare loop, one by one               {best.one_by_one:8.0f}")
    print(f"  bare loop, a window at once         {best.at_once:8.0f}")
    print(f"  bare loop, as many workers          {best.by_workers:8.0f}")
    print(f"  ledger / one by one                 {to_one:8.2f}  (wanted {WANTED_ONE_BY_ONE})")
    print(f"  ledger / a window at once           {to_many:8.2f}  (wanted {WANTED_AT_ONCE})")
    print(f"  ledger / as many workers            {best.ledger / best.by_workers:8.2f}")
    return to_one >= WANTED_ONE_BY_ONE and to_many >= WANTED_AT_ONCE


async def run(house: house_of_ours.House, url: str, options: argparse.Namespace) -> Round:
    """Open, measure, close."""
    async with running(house, url):
        return await measure(options.groups, options.messages, options.rounds)


def main() -> int:
    """Measure the engines that were asked for, each in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yz-fanout-")))
        url = "sqlite"
        if options.database == "postgres":
            url = stack.enter_context(postgres())
        house = build(folder, url)
        best = asyncio.run(run(house, url, options))
    return 0 if show(options.database, best) else 1


if __name__ == "__main__":
    sys.exit(main())
