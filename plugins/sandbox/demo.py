"""The demo: an invented county behind the simulated QQ, and a clock that visitors may turn."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from core import secrets, texts
from core.clock import ShiftedClock, at_local, local_day
from core.periods import Quarter
from plugins.roster import demo_county
from plugins.roster.demo_county import PlantedCounty
from plugins.sandbox.entities import GroupSeed, MemberSeed, PersonSeed, WorldSeed
from plugins.sandbox.room import Sandbox
from plugins.study import demo_reviews

# The account that the bot speaks with in the demo.
BOT_ACCOUNT = 10000


# Reports can be handed in while a quarter's last month runs; a visitor begins early in it, in the
# evening, when a worker has time and nothing is held for the night.
FIRST_DAY = 2
LAST_DAY = 12
FIRST_HOUR = 18
FIRST_MINUTE = 30


def first_moment(today: date) -> datetime:
    """Return when a new demo begins: an evening on which the whole job can be seen."""
    month = Quarter.of(today).last_month_first_day
    if today > month.replace(day=LAST_DAY):
        month = Quarter.of(today).next.last_month_first_day
    day = max(today + timedelta(days=1), month.replace(day=FIRST_DAY))
    return at_local(day, FIRST_HOUR, FIRST_MINUTE)


class DemoClock(ShiftedClock):
    """A clock whose jumps are kept in the data folder, so that a restart does not go back.

    ``ring`` is called after every jump: whatever became due happens then.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock.json"
        super().__init__()
        kept = self._kept()
        if kept is None:
            self.advance_to(first_moment(local_day(self.now())))
            self._keep()
        else:
            self.offset = kept
        self.ring: Callable[[], Awaitable[None]] | None = None

    def _kept(self) -> timedelta | None:
        try:
            return timedelta(seconds=float(json.loads(self._path.read_text("utf-8"))["offset_s"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"offset_s": self.offset.total_seconds()}), "utf-8")

    async def jump(self, to: datetime) -> None:
        """Move forward to ``to`` and let everything due by then happen; backwards does nothing."""
        if to <= self.now():
            return
        self.advance_to(to)
        self._keep()
        if self.ring is not None:
            await self.ring()


async def open_demo(
    clock: DemoClock,
    *,
    tick: Callable[[], Awaitable[None]],
    bot_port: int,
    page_port: int,
    data_dir: Path,
) -> Sandbox:
    """Plant the county if the database is empty, and open the page; the caller stops it."""
    clock.ring = tick
    county = await demo_county.plant(clock.now())
    await demo_reviews.plant(now=clock.now())
    sandbox = Sandbox(
        seed=world_of(county),
        bot_url=f"ws://127.0.0.1:{bot_port}/onebot/v11/ws",
        token=secrets.secret("onebot11_token"),
        self_id=BOT_ACCOUNT,
        clock=clock,
        port=page_port,
        state_path=data_dir / "world.json",
    )
    await sandbox.start()
    return sandbox


def world_of(county: PlantedCounty) -> WorldSeed:
    """Return the world in which the county's people have their accounts and groups."""
    return WorldSeed(
        people=tuple(
            PersonSeed(person.user_id, person.name, person.note, featured=person.featured)
            for person in county.people
        ),
        groups=tuple(
            GroupSeed(
                group.group_id,
                group.name,
                tuple(MemberSeed(member) for member in group.members),
            )
            for group in county.groups
        ),
        bot_nickname=texts.render("start.bot_name"),
    )
