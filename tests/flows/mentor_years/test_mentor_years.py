"""Two years of contact on a standing clock: everybody was heard, or asked about as the rules say.

The dice are seeded; what has to happen is reckoned by ``what_is_due``, which knows none of our
code. Far end and clock are the only invented parts.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from core.actors import Actor, Grant, RoleKind, Stage
from core.clock import FrozenClock, at_local, local, local_day
from core.config import Delivery as Limits
from core.config import Settings, use
from core.messages import Chat, Text
from core.scheduling import Tick
from models import Account, Delivery, Escalation, Mentorship, Person, Role, Unit
from models.enums import Channel, Outcome, UnitKind
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.mentoring import escalation, inspections, jobs, keeping_jobs, pairs, service
from plugins.mentoring.policy import Entry
from tests.flows.mentor_years.what_is_due import DAY, Life
from tests.plugins.delivery.conftest import SELF, End, Seconds
from tests.plugins.delivery.sending import drain

FIRST = date(2025, 1, 6)
OUTAGES = ((date(2025, 3, 3), date(2025, 3, 17)), (date(2026, 5, 9), date(2026, 5, 12)))
VILLAGES = 6
# What was said to whom when, the same on every database; by how many people there are.
LOGS = {36: "b87f8cf02247a04d", 300: "b06c3f5241c74590"}


@dataclass
class TimedEnd(End):
    """A far end that knows when it heard what."""

    clock: FrozenClock = field(default_factory=lambda: FrozenClock(at_local(FIRST, 8)))
    heard: list[tuple[datetime, str, str]] = field(default_factory=list)

    async def send(self, chat: Chat, parts: Any) -> Any:
        words = "".join(part.text for part in parts if isinstance(part, Text))
        self.heard.append((local(self.clock.now()), chat.chat_id, words))
        return await super().send(chat, parts)


class County:
    """The people of the simulation by number, their lives, and the dice."""

    def __init__(self, clock: FrozenClock, people: int, mentors: int) -> None:
        self.clock = clock
        self.dice = Random(20250106)  # noqa: S311  # a game, no secret
        self.size, self.mentor_count = people, mentors
        self.units: list[Unit] = []
        self.people: list[Person] = []
        self.mentors: list[Person] = []
        self.pair_of: list[int] = []
        self.mentor_of: list[int] = []
        self.secretaries: list[Actor] = []
        self.lives: list[Life] = []
        self.expected: list[tuple[int, str, date]] = []
        self.end = TimedEnd(voices={"onebot11": (SELF,)}, clock=clock)
        self.sender = Dispatcher(dict(jobs.CHECKS), Voices(Seconds()), self.end)
        self.talked: dict[str, list[date]] = {}
        self.tried: dict[str, list[date]] = {}
        self.handed: dict[str, list[date]] = {}
        self.nights: list[date | None] = []

    async def plant(self) -> None:
        now = self.clock.now()
        county = await self._unit("南山县", UnitKind.COUNTY, None)
        towns = [await self._unit(f"{n}乡", UnitKind.TOWNSHIP, county) for n in range(2)]
        villages = [
            await self._unit(f"{n}村", UnitKind.VILLAGE_BRANCH, towns[n % 2])
            for n in range(VILLAGES)
        ]
        await self._office("县里", county, RoleKind.COUNTY_CLERK)
        for n, town in enumerate(towns):
            await self._office(f"乡里{n}", town, RoleKind.TOWNSHIP_CLERK)
        for n, village in enumerate(villages):
            secretary = await self._office(f"书记{n}", village, RoleKind.BRANCH_SECRETARY)
            grant = Grant(RoleKind.BRANCH_SECRETARY, village.id, village.path)
            self.secretaries.append(
                Actor(person_id=secretary.id, name=secretary.name, grants=(grant,))
            )
        for n in range(self.mentor_count):
            village = villages[n % VILLAGES]
            self.mentors.append(await self._person(f"联系人{n}号", village, Stage.FULL_MEMBER))
        for n in range(self.size):
            await self._learner(n, villages[n % VILLAGES], now)

    async def _learner(self, n: int, village: Unit, now: datetime) -> None:
        begun = None if n % 3 == 0 else FIRST - (n * 7 % 400) * DAY
        stage = Stage.APPLICANT if begun is None else Stage.ACTIVIST
        person = await self._person(f"工友{n}号", village, stage, activist_on=begun)
        mentor = (n % VILLAGES) + VILLAGES * (n // VILLAGES % (self.mentor_count // VILLAGES))
        pair = await Mentorship.create(
            person=person, mentor=self.mentors[mentor], from_on=FIRST,
            next_contact_on=FIRST + 7 * DAY,
        )  # fmt: skip
        self.people.append(person)
        self.pair_of.append(pair.id)
        self.mentor_of.append(mentor)
        self.lives.append(Life(FIRST, FIRST, begun))
        self.nights.append(None)

    async def _unit(self, name: str, kind: UnitKind, above: Unit | None) -> Unit:
        number = len(self.units) + 1
        path = f"{above.path if above else '/'}{number}/"
        unit = await Unit.create(
            id=number, name=name, kind=kind, parent=above, path=path, created_at=self.clock.now()
        )
        self.units.append(unit)
        return unit

    async def _person(self, name: str, unit: Unit, stage: Stage, **days: Any) -> Person:
        now = self.clock.now()
        person = await Person.create(
            uid=name, name=name, home_unit=unit, stage=stage, created_at=now, **days
        )
        await Account.create(
            platform="onebot11", account_id=name, person=person, self_id=SELF, bound_at=now
        )
        return person

    async def _office(self, name: str, unit: Unit, kind: RoleKind) -> Person:
        person = await self._person(name, unit, Stage.FULL_MEMBER)
        await Role.create(person=person, unit=unit, kind=kind, from_on=FIRST)
        return person

    async def live(self, days: int) -> None:
        for n in range(days):
            today = FIRST + n * DAY
            is_down = any(first <= today < last for first, last in OUTAGES)
            if not is_down:
                await self._morning(today)
            await self._day(today, is_down=is_down)

    async def _morning(self, today: date) -> None:
        """Night job, eight o'clock, nine o'clock: what the clock starts, then what is owed goes."""
        night, nine = at_local(today, 0, 40), at_local(today, 9)
        self.clock.advance_to(max(night, self.clock.now()))
        await keeping_jobs.keep_rhythms(Tick(now=night, fire_at=night))
        self.nights = [life.begins(today) for life in self.lives]
        self.clock.advance_to(at_local(today, 8))
        await drain(self.sender)
        self.clock.advance_to(nine)
        tick = Tick(now=nine, fire_at=nine)
        if today.weekday() == 0:
            await jobs.owe_weekly_lists(tick)
        await keeping_jobs.climb(tick)
        await keeping_jobs.remind_inspections(tick)
        await drain(self.sender)
        for n, life in enumerate(self.lives):
            self.expected += [(n, level, today) for level in life.morning(today)]

    async def _day(self, today: date, *, is_down: bool) -> None:
        """What people do on a day; while the bot is down nothing reaches it."""
        self.clock.advance_to(max(at_local(today, 10), self.clock.now()))
        for n in range(self.size):
            throw = self.dice.random()
            if is_down:
                continue
            await self._one(n, throw, today)
        if not is_down and self.dice.random() < 0.5:
            await self._take_on(self.dice.randrange(VILLAGES))
        if not is_down and self.dice.random() < 0.04:
            await self._hand_over(self.dice.randrange(self.size), today)

    async def _one(self, n: int, throw: float, today: date) -> None:
        often = (0.03, 0.012, 0.003, 0.0)[n % 4]
        life = self.lives[n]
        if throw < often:
            await self._contact(n, today, Outcome.REACHED)
            self.lives[n].talk(today, self.nights[n])
            self.talked.setdefault(self.people[n].name, []).append(today)
        elif throw < often * 1.5:
            await self._contact(n, today, Outcome.NO_ANSWER)
            self.tried.setdefault(self.people[n].name, []).append(today)
        elif 0.9 < throw < 0.903:
            life.paused_until = today + 20 * DAY
            await Person.filter(id=self.people[n].id).update(paused_until=life.paused_until)
        elif 0.91 < throw < 0.914:
            life.left_on = today
            await Person.filter(id=self.people[n].id).update(left_on=today)
        elif 0.92 < throw < 0.924 and life.activist_on is not None:
            await inspections.record(
                actor=self._mentor(n), person_id=self.people[n].id, inspected_on=today,
                key=f"i{n}:{today}", now=self.clock.now(),
            )  # fmt: skip

    def _mentor(self, n: int) -> Actor:
        mentor = self.mentors[self.mentor_of[n]]
        return Actor(person_id=mentor.id, name=mentor.name, is_mentor=True)

    async def _contact(self, n: int, today: date, outcome: Outcome) -> None:
        entry = Entry(self.pair_of[n], today, Channel.PHONE, outcome)
        await service.log_contact(
            actor=self._mentor(n), entry=entry, key=f"c{n}:{today}", now=self.clock.now()
        )

    async def _take_on(self, village: int) -> None:
        """A secretary says 知道了: the newest message that still waits for him stops."""
        rows = await Escalation.filter(
            unit_id=self.secretaries[village].grants[0].unit_id, ended_at__isnull=True,
            acknowledged_at__isnull=True,
        ).order_by("-asked_at", "-id")  # fmt: skip
        await escalation.acknowledge(
            actor=self.secretaries[village], ids=None, now=self.clock.now()
        )
        for row in rows:
            await row.refresh_from_db()
            if row.acknowledged_at is not None and row.level != "long":
                n = next(k for k, one in enumerate(self.people) if one.id == row.person_id)
                self.lives[n].taken.add((self.lives[n].turn, row.since))

    async def _hand_over(self, n: int, today: date) -> None:
        """Late in the evening somebody gets another mentor; nobody hears of it before eight."""
        self.clock.advance_to(at_local(today, 22))
        village = n % VILLAGES
        choice = [k for k in range(village, self.mentor_count, VILLAGES) if k != self.mentor_of[n]]
        if not choice or self.lives[n].changed == today:
            return
        mentor = self.dice.choice(choice)
        await pairs.make(
            actor=self.secretaries[village], person_id=self.people[n].id,
            mentor_id=self.mentors[mentor].id, replaces=self.pair_of[n], now=self.clock.now(),
        )  # fmt: skip
        await drain(self.sender)
        pair = await Mentorship.get(person_id=self.people[n].id, until_on__isnull=True)
        life = self.lives[n]
        self.pair_of[n], self.mentor_of[n] = pair.id, mentor
        life.turn, life.mentor_from, life.changed = life.turn + 1, today, today
        self.handed.setdefault(self.people[n].name, []).append(today)

    def log_hash(self) -> str:
        """Return what was said to whom when, as one number, whatever the order within a moment."""
        lines = sorted(f"{at.isoformat()}|{who}|{words}" for at, who, words in self.end.heard)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@pytest.fixture
def fast(settings: Settings, database: str, keys: object, texts: object) -> Settings:
    made = settings.model_copy(update={"delivery": Limits(min_interval_s=0.0, max_interval_s=0.0)})
    use(made)
    return made


async def lived(clock: FrozenClock, people: int, mentors: int, days: int) -> County:
    clock.moment = at_local(FIRST, 0, 30)
    county = County(clock, people, mentors)
    await county.plant()
    await county.live(days)
    return county


async def agrees(county: County) -> None:
    """Everything that was asked is what the rules ask for; nothing was said twice, or at night."""
    number = {person.id: n for n, person in enumerate(county.people)}
    rows = await Escalation.all().order_by("id")
    asked = [(number[row.person_id], row.level.value, local_day(row.asked_at)) for row in rows]
    assert sorted(asked) == sorted(county.expected)
    assert all(8 <= at.hour < 21 for at, _, _ in county.end.heard)
    inspection = await Delivery.filter(purpose="mentoring.inspection").values_list(
        "occasion", "target"
    )
    of_one = Counter((key.rpartition(":")[0], target) for key, target in inspection)
    assert max(of_one.values(), default=0) <= 2
    lists = [(at, who, words) for at, who, words in county.end.heard if "件事" in words]
    assert max(Counter((at.date(), who) for at, who, _ in lists).values()) == 1
    for at, _, words in lists:
        for name in county.talked:
            if f"联系{name}（" in words:
                assert not _is_done(county, name, at.date()), (at, name)


def _is_done(county: County, name: str, day: date) -> bool:
    """Whether somebody was heard in the last three weeks, and nothing began anew since.

    A vain try is asked for again after eight days, a new mentor has a first talk.
    """
    anew = [*county.handed.get(name, ()), *county.tried.get(name, ())]
    last = max((one for one in anew if one < day), default=date.min)
    talks = county.talked[name]
    return any(day - timedelta(days=20) <= one < day and one > last for one in talks)


async def test_given_months_of_dice_when_lived_then_all_were_heard_or_asked_about(
    fast: Settings, clock: FrozenClock
) -> None:
    county = await lived(clock, people=36, mentors=12, days=150)

    await agrees(county)
    assert len(county.expected) > 20
    assert county.log_hash() == "df4d8532204a32db"


@pytest.mark.slow
@pytest.mark.parametrize(("people", "mentors"), [(36, 12), (300, 60)])
async def test_given_two_years_of_a_county_when_lived_then_all_were_heard_or_asked_about(
    fast: Settings, clock: FrozenClock, people: int, mentors: int
) -> None:
    county = await lived(clock, people=people, mentors=mentors, days=710)

    await agrees(county)
    assert len(county.expected) > people
    assert county.log_hash() == LOGS[people]
