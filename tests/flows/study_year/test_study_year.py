"""A year of digests on a standing clock: 40 units, 200 groups, exactly what their plans owed.

What is owed is reckoned by ``what_is_owed``, which knows none of our code. Far end and clock are
the only invented parts; planning, ledger and database are those of a run.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.actors import Actor, Grant, RoleKind
from core.clock import LOCAL_ZONE, FrozenClock, local
from core.config import Delivery as Limits
from core.config import Settings, use
from core.database import run_tx
from core.messages import Chat, Text
from models import Delivery, Group, PlanPause, Push, StudyPlan, Unit
from models.enums import DeliveryState, PauseKind, UnitKind
from plugins.delivery import service as delivery
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.study import library, plan_changes, planning
from plugins.study.library import FOLDER, Library
from tests.flows.study_year.what_is_owed import Facts, owed
from tests.plugins.delivery.conftest import SELF, End, Seconds
from tests.plugins.delivery.sending import drain
from tests.plugins.study.reading import reviewed

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 20)
BEGINNING = datetime(2026, 1, 1, 9, 0, tzinfo=LOCAL_ZONE)
CLOSING = datetime(2026, 12, 21, 9, 0, tzinfo=LOCAL_ZONE)
DOWN = (
    datetime(2026, 3, 3, 10, 0, tzinfo=LOCAL_ZONE),
    datetime(2026, 3, 17, 10, 0, tzinfo=LOCAL_ZONE),
)
CHANGED = datetime(2026, 7, 8, 10, 0, tzinfo=LOCAL_ZONE)
A_MONTH = 4

CONFIG: Mapping[str, Any] = {
    "weekday": 0, "hour": 20, "minute": 0, "every_weeks": 1, "skips_holidays": True,
}  # fmt: skip
# Columns by place in the tree: townships 0 to 2, villages by number, groups by number in a village.
TOWNSHIPS: Mapping[int, Mapping[str, Any]] = {
    1: {"weekday": 3, "hour": 19, "minute": 30},
    2: {"weekday": 6},
}
VILLAGES: Mapping[int, Mapping[str, Any]] = {
    4: {"hour": 12},
    5: {"every_weeks": 2, "pieces": 2},
    7: {"skips_holidays": False},
    8: {"hour": 22},
    10: {"weekday": 5, "series": ["出门在外"]},
}
GROUPS: Mapping[int, Mapping[str, Any]] = {3: {"weekday": 2, "hour": 18, "minute": 15}}
# Township 0 from the middle of the year on.
NEW: Mapping[str, Any] = {"weekday": 4, "hour": 19}
HARVEST_OF_TOWNSHIP = {0: (date(2026, 6, 1), date(2026, 6, 20))}
HARVEST_OF_VILLAGE = {
    6: (date(2026, 9, 21), date(2026, 10, 12)),
    9: (date(2026, 3, 17), date(2026, 3, 17)),
}


@dataclass
class TimedEnd(End):
    """A far end that knows when it heard what."""

    clock: FrozenClock = field(default_factory=lambda: FrozenClock(BEGINNING))
    heard: list[tuple[datetime, Chat, str]] = field(default_factory=list)

    async def send(self, chat: Chat, parts: Any) -> Any:
        words = "".join(part.text for part in parts if isinstance(part, Text))
        self.heard.append((local(self.clock.now()), chat, words))
        return await super().send(chat, parts)


@pytest.fixture
def year(settings: Settings, database: str, keys: object, texts: object) -> Settings:
    made = settings.model_copy(
        update={
            "delivery": Limits(min_interval_s=0.0, max_interval_s=0.0, per_month={"qq": A_MONTH}),
            "platforms": {"onebot11": True, "qq": True},
        }
    )
    use(made)
    pieces = Library.load(FOLDER).all
    library.use(reviewed(replace(piece, effective_from=FIRST) for piece in pieces))
    return made


async def plant(now: datetime) -> dict[str, Facts]:
    """Plant county, townships, villages, plans and groups; return the facts by chat id."""
    count = 0

    async def unit(name: str, kind: UnitKind, above: Unit | None) -> Unit:
        nonlocal count
        count += 1
        path = f"{above.path if above else '/'}{count}/"
        return await Unit.create(name=name, kind=kind, parent=above, path=path, created_at=now)

    facts: dict[str, Facts] = {}
    county = await unit("南山县", UnitKind.COUNTY, None)
    towns = [await unit(f"{n}乡", UnitKind.TOWNSHIP, county) for n in range(3)]
    for place, columns in TOWNSHIPS.items():
        await set_plan(towns[place], columns, now)
    for place, span in HARVEST_OF_TOWNSHIP.items():
        await pause(towns[place], span, now)
    for n in range(36):
        village = await unit(f"{n}村", UnitKind.VILLAGE_BRANCH, towns[n % 3])
        if n in VILLAGES:
            await set_plan(village, VILLAGES[n], now)
        if n in HARVEST_OF_VILLAGE:
            await pause(village, HARVEST_OF_VILLAGE[n], now)
        for place in range(6 if n < 20 else 5):
            await plant_group(village, n, place, now, facts)
    assert (await Unit.all().count(), len(facts)) == (40, 200)
    return facts


async def plant_group(
    village: Unit, n: int, place: int, now: datetime, facts: dict[str, Facts]
) -> None:
    platform = "qq" if place == 1 else "onebot11"
    chat_id = f"{1000 + 10 * n + place}"
    group = await Group.create(
        platform=platform, chat_id=chat_id, self_id=SELF, unit=village, bound_at=now
    )
    own = GROUPS.get(place, {}) if n < 12 else {}
    if own:
        await set_plan(village, own, now, group=group)
    spans = [table[key] for table, key in
             ((HARVEST_OF_TOWNSHIP, n % 3), (HARVEST_OF_VILLAGE, n)) if key in table]  # fmt: skip
    facts[chat_id] = Facts(plan_of(n, own), tuple(spans), A_MONTH if platform == "qq" else 99)


def plan_of(n: int, own: Mapping[str, Any]) -> Callable[[date], Mapping[str, Any]]:
    def plan(day: date) -> Mapping[str, Any]:
        town = TOWNSHIPS.get(n % 3, {})
        if n % 3 == 0 and day >= CHANGED.date():
            town = NEW
        return {**CONFIG, **town, **VILLAGES.get(n, {}), **own}

    return plan


async def set_plan(
    unit: Unit, columns: Mapping[str, Any], now: datetime, group: Group | None = None
) -> None:
    await StudyPlan.create(unit=unit, group=group, changed_at=now, **columns)


async def pause(unit: Unit, span: tuple[date, date], now: datetime) -> None:
    await PlanPause.create(
        unit=unit, from_on=span[0], until_on=span[1], kind=PauseKind.HARVEST, created_at=now
    )


async def live(clock: FrozenClock, sender: Dispatcher, until: datetime) -> None:
    """Let jobs and sender run from now on, at each moment at which something may happen."""
    while clock.now() < until:
        await planning.plan_digests(now=clock.now())
        await drain(sender)
        due = Group.filter(next_digest_at__gt=clock.now()).order_by("next_digest_at").first()
        group = await due
        held = await Delivery.filter(state=DeliveryState.DUE).exists()
        at = group.next_digest_at if group and group.next_digest_at else until
        morning = local(clock.now()).replace(hour=8, minute=0, second=0) + timedelta(days=1)
        clock.advance_to(min(at, until, morning if held else until))


async def change_plan(clock: FrozenClock) -> None:
    """Let the clerk of township 0 change its plan, as 推送 计划 does after the word."""
    town = await Unit.get(name="0乡")
    clerk = Actor(grants=(Grant(RoleKind.TOWNSHIP_CLERK, town.id, town.path),))
    await plan_changes.change(
        actor=clerk, key={"unit": town.id, "group": None}, changes=NEW, seen="", now=clock.now()
    )


async def owe_a_notice(clock: FrozenClock) -> None:
    """Owe the groups without a quota something for the middle of the outage."""
    groups = Group.filter(platform="onebot11")
    targets = [f"group:{number}" for number in await groups.values_list("id", flat=True)]
    await run_tx(
        lambda: delivery.broadcast(
            purpose="test.notice", occasion="one", targets=targets, parts=(Text("村里修路。"),),
            now=clock.now(), priority=20, not_before=DOWN[1] - timedelta(hours=14),
        )
    )  # fmt: skip


async def test_given_a_year_of_plans_when_lived_then_each_group_got_exactly_what_it_owed(
    year: Settings, clock: FrozenClock
) -> None:
    clock.moment = BEGINNING
    facts = await plant(clock.now())
    end = TimedEnd(voices={"onebot11": (SELF,), "qq": (SELF,)}, clock=clock)
    sender = Dispatcher({}, Voices(Seconds()), end)
    await live(clock, sender, DOWN[0])
    await owe_a_notice(clock)
    clock.advance_to(DOWN[1])
    await live(clock, sender, CHANGED)
    await change_plan(clock)
    await live(clock, sender, CLOSING)

    got: dict[str, list[datetime]] = defaultdict(list)
    for at, chat, words in end.heard:
        assert 8 <= at.hour < 21
        if "本周学习" in words:
            got[chat.chat_id].append(at)
    for chat_id, fact in facts.items():
        assert got[chat_id] == owed(fact, FIRST, LAST, DOWN), chat_id
    assert sum(map(len, got.values())) > 200 * 30
    merged = [words for at, _, words in end.heard if "村里修路" in words and "本周学习" in words]
    assert len(merged) > 20
    assert sum("村里修路" in words for _, _, words in end.heard) == 200 - 36
    await each_piece_came_before_any_came_again()


async def each_piece_came_before_any_came_again() -> None:
    public = len(library.current().public(LAST))
    for chat_id in ("1150", "1200", "1250"):
        had = Push.filter(group__chat_id=chat_id).order_by("slot_at")
        pieces = await had.values_list("material", flat=True)
        assert len(set(pieces[:public])) == min(len(pieces), public) > 20
