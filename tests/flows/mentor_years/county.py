"""A county that lives for years: its people, their mentors, and the dice that move them.

The dice are seeded; far end and clock are the only invented parts, everything else is the house.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from core.actors import Actor, Grant, RoleKind, Stage
from core.clock import FrozenClock, at_local, local
from core.messages import Chat, Text
from core.periods import Span
from core.scheduling import Tick
from models import Account, Escalation, Mentorship, Person, Role, StandIn, Unit
from models.enums import Channel, Outcome, UnitKind
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.mentoring import escalation, inspections, jobs, keeping_jobs, pairs, standing_in
from plugins.mentoring import service as mentoring
from plugins.mentoring.policy import Entry
from plugins.movement import jobs as movement_jobs
from plugins.movement import service as movement
from tests.flows.mentor_years.what_is_due import DAY, Absence, Life, on_list, reader, works
from tests.plugins.delivery.conftest import SELF, End, Seconds
from tests.plugins.delivery.sending import drain

FIRST = date(2025, 1, 6)
OUTAGES = ((date(2025, 3, 3), date(2025, 3, 17)), (date(2026, 5, 9), date(2026, 5, 12)))
VILLAGES = 6
CITIES = ("南港", "东州", "北江")


@dataclass
class TimedEnd(End):
    """A far end that knows when it heard what."""

    clock: FrozenClock = field(default_factory=lambda: FrozenClock(at_local(FIRST, 8)))
    heard: list[tuple[datetime, str, str]] = field(default_factory=list)

    async def send(self, chat: Chat, parts: Any) -> Any:
        words = "".join(part.text for part in parts if isinstance(part, Text))
        self.heard.append((local(self.clock.now()), chat.chat_id, words))
        return await super().send(chat, parts)


@dataclass(frozen=True)
class Monday:
    """Whose people are to stand on which list, by the names of the people and of the reader."""

    day: date
    due: dict[str, set[str]]
    may: dict[str, set[str]]


@dataclass
class Journey:
    """Somebody left on a day; ``arrived_on`` when he told it by himself."""

    name: str
    left_on: date
    arrived_on: date | None = None


class County:
    """The people of the simulation by number, their lives, and what has to be said about them."""

    def __init__(self, clock: FrozenClock, people: int, mentors: int) -> None:
        self.clock = clock
        self.dice = Random(20250106)  # noqa: S311  # a game, no secret
        self.size, self.mentor_count = people, mentors
        self.units: list[Unit] = []
        self.villages: list[Unit] = []
        self.people: list[Person] = []
        self.mentors: list[Person] = []
        self.village_of: list[int] = []
        self.pair_of: list[int] = []
        self.mentor_of: list[int] = []
        self.secretaries: list[Actor] = []
        self.lives: list[Life] = []
        self.nights: list[date | None] = []
        self.absences: list[Absence] = []
        self.stand_ins: dict[int, str] = {}
        self.journeys: list[Journey] = []
        # What the rules ask for, and what people did.
        self.expected: list[tuple[int, str, date]] = []
        self.clusters: set[tuple[str, str, str]] = set()
        self.mondays: list[Monday] = []
        self.talked: dict[str, list[date]] = {}
        self.tried: dict[str, list[date]] = {}
        self.handed: dict[str, list[date]] = {}
        self.end = TimedEnd(voices={"onebot11": (SELF,)}, clock=clock)
        checks = {**jobs.CHECKS, **movement_jobs.CHECKS}
        self.sender = Dispatcher(checks, Voices(Seconds()), self.end)

    async def plant(self) -> None:
        now = self.clock.now()
        county = await self._unit("南山县", UnitKind.COUNTY, None)
        towns = [await self._unit(f"{n}乡", UnitKind.TOWNSHIP, county) for n in range(2)]
        self.villages = [
            await self._unit(f"{n}村", UnitKind.VILLAGE_BRANCH, towns[n % 2])
            for n in range(VILLAGES)
        ]
        await self._office("县里", county, RoleKind.COUNTY_CLERK)
        for n, town in enumerate(towns):
            await self._office(f"乡里{n}", town, RoleKind.TOWNSHIP_CLERK)
        for n, village in enumerate(self.villages):
            secretary = await self._office(f"书记{n}", village, RoleKind.BRANCH_SECRETARY)
            grant = Grant(RoleKind.BRANCH_SECRETARY, village.id, village.path)
            self.secretaries.append(
                Actor(person_id=secretary.id, name=secretary.name, grants=(grant,))
            )
        for n in range(self.mentor_count):
            village = self.villages[n % VILLAGES]
            self.mentors.append(await self._person(f"联系人{n}号", village, Stage.FULL_MEMBER))
        for n in range(self.size):
            await self._learner(n, n % VILLAGES, now)

    async def _learner(self, n: int, village: int, now: datetime) -> None:
        begun = None if n % 3 == 0 else FIRST - (n * 7 % 400) * DAY
        stage = Stage.APPLICANT if begun is None else Stage.ACTIVIST
        person = await self._person(f"工友{n}号", self.villages[village], stage, activist_on=begun)
        mentor = village + VILLAGES * (n // VILLAGES % (self.mentor_count // VILLAGES))
        pair = await Mentorship.create(
            person=person, mentor=self.mentors[mentor], from_on=FIRST,
            next_contact_on=FIRST + 7 * DAY,
        )  # fmt: skip
        self.people.append(person)
        self.village_of.append(village)
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
        early = Tick(now=night, fire_at=night)
        await movement_jobs.ask(early)
        await jobs.owe_stand_in_lists(early)
        await keeping_jobs.keep_rhythms(early)
        self.nights = [life.begins(today) for life in self.lives]
        self.clock.advance_to(at_local(today, 8))
        await drain(self.sender)
        self.clock.advance_to(nine)
        tick = Tick(now=nine, fire_at=nine)
        if today.weekday() == 0:
            self.mondays.append(self._monday(today))
            await jobs.owe_weekly_lists(tick)
        await keeping_jobs.climb(tick)
        await keeping_jobs.remind_inspections(tick)
        await drain(self.sender)
        if today.weekday() == 0:
            # A list waits for ten minutes while somebody answers another question, or two.
            for minute in (15, 30):
                self.clock.advance_to(at_local(today, 9, minute))
                await drain(self.sender)
        self._expect_clusters(today)
        for n, life in enumerate(self.lives):
            self.expected += [(n, level, today) for level in life.morning(today)]

    def _monday(self, today: date) -> Monday:
        due: dict[str, set[str]] = {}
        may: dict[str, set[str]] = {}
        for n, life in enumerate(self.lives):
            who = self.mentors[on_list(self.mentor_of[n], today, self.absences)].name
            may.setdefault(who, set()).add(self.people[n].name)
            if life.is_listed(today):
                due.setdefault(who, set()).add(self.people[n].name)
        return Monday(today, due, may)

    def _expect_clusters(self, today: date) -> None:
        if not works(today):
            return
        over: dict[tuple[str, str], int] = {}
        for n, life in enumerate(self.lives):
            if life.city is not None and life.is_over_due(today):
                key = (self.villages[self.village_of[n]].name, life.city)
                over[key] = over.get(key, 0) + 1
        quarter = f"{today.year}Q{(today.month + 2) // 3}"
        self.clusters |= {(*key, quarter) for key, count in over.items() if count >= 3}

    async def _day(self, today: date, *, is_down: bool) -> None:
        """What people do on a day; while the bot is down nothing reaches it."""
        self.clock.advance_to(max(at_local(today, 10), self.clock.now()))
        throws = [self.dice.random() for _ in range(self.size)]
        if is_down:
            return
        for n, throw in enumerate(throws):
            await self._one(n, throw, today)
        if self.dice.random() < 0.5:
            await self._take_on(self.dice.randrange(VILLAGES))
        if self.dice.random() < 0.012 * self.mentor_count:
            await self._go_away(self.dice.randrange(self.mentor_count), today)
        await self._come_back_early(today)
        if self.dice.random() < 0.04:
            await self._hand_over(self.dice.randrange(self.size), today, is_move=False)
        if self.dice.random() < 0.02:
            await self._hand_over(self.dice.randrange(self.size), today, is_move=True)

    async def _one(self, n: int, throw: float, today: date) -> None:
        often = (0.03, 0.012, 0.003, 0.0)[n % 4]
        life, name = self.lives[n], self.people[n].name
        worker = reader(self.mentor_of[n], today, self.absences)
        if throw < often and worker is not None:
            await self._contact(n, worker, today, Outcome.REACHED)
            life.talk(today, self.nights[n])
            self.talked.setdefault(name, []).append(today)
        elif throw < often * 1.5 and worker is not None:
            await self._contact(n, worker, today, Outcome.NO_ANSWER)
            self.tried.setdefault(name, []).append(today)
        elif 0.9 < throw < 0.903:
            life.paused_until = today + 20 * DAY
            await Person.filter(id=self.people[n].id).update(paused_until=life.paused_until)
        elif 0.91 < throw < 0.914:
            await self._leave(n, CITIES[int(throw * 1e6) % 3], today)
        elif 0.915 < throw < 0.93 and self._is_under_way(name, today):
            await self._arrive(n, today)
        elif 0.93 < throw < 0.934 and life.activist_on is not None and worker is not None:
            await self._inspect(n, worker, today)

    def _actor(self, mentor: int) -> Actor:
        person, village = self.mentors[mentor], self.villages[mentor % VILLAGES]
        return Actor(person_id=person.id, name=person.name, home_path=village.path, is_mentor=True)

    async def _contact(self, n: int, worker: int, today: date, outcome: Outcome) -> None:
        entry = Entry(self.pair_of[n], today, Channel.PHONE, outcome)
        await mentoring.log_contact(
            actor=self._actor(worker), entry=entry, key=f"c{n}:{today}", now=self.clock.now()
        )

    async def _inspect(self, n: int, worker: int, today: date) -> None:
        """A mentor writes an inspection; whoever stands in for him may not."""
        if worker == self.mentor_of[n]:
            await inspections.record(
                actor=self._actor(worker), person_id=self.people[n].id, inspected_on=today,
                key=f"i{n}:{today}", now=self.clock.now(),
            )  # fmt: skip

    def _traveller(self, n: int) -> Actor:
        person, village = self.people[n], self.villages[self.village_of[n]]
        return Actor(person_id=person.id, name=person.name, home_path=village.path)

    async def _leave(self, n: int, city: str, today: date) -> None:
        """Somebody tells on the day itself that he leaves."""
        await movement.report_departure(
            actor=self._traveller(n), city=city, leaves_on=today, return_on=None,
            cards_version="1", key=f"m{n}:{today}", now=self.clock.now(),
        )  # fmt: skip
        self.lives[n].left_on, self.lives[n].city = today, city
        self.journeys.append(Journey(self.people[n].name, today))

    def _is_under_way(self, name: str, today: date) -> bool:
        newest = self._newest(name)
        return newest is not None and newest.arrived_on is None and newest.left_on < today

    def _newest(self, name: str) -> Journey | None:
        own = [one for one in self.journeys if one.name == name]
        return own[-1] if own else None

    async def _arrive(self, n: int, today: date) -> None:
        await movement.arrive(
            actor=self._traveller(n), city="", movement_id=None, key=f"a{n}:{today}",
            now=self.clock.now(),
        )  # fmt: skip
        journey = self._newest(self.people[n].name)
        assert journey is not None
        journey.arrived_on = today

    async def _take_on(self, village: int) -> None:
        """A secretary says 知道了: the newest message that still waits for him stops."""
        rows = await Escalation.filter(
            unit_id=self.secretaries[village].grants[0].unit_id, ended_at__isnull=True,
            acknowledged_at__isnull=True,
        ).order_by("-asked_at", "-id")  # fmt: skip
        await escalation.acknowledge(
            actor=self.secretaries[village], ids=None, now=self.clock.now()
        )
        number = {one.id: n for n, one in enumerate(self.people)}
        for row in rows:
            await row.refresh_from_db()
            if row.acknowledged_at is not None and row.level != "long":
                n = number[row.person_id]
                self.lives[n].taken.add((self.lives[n].turn, row.since))

    async def _go_away(self, mentor: int, today: date) -> None:
        """A mentor says that he will be away and asks somebody, who mostly says yes."""
        first = today + self.dice.randrange(1, 6) * DAY
        last = first + self.dice.randrange(3, 40) * DAY
        village = range(mentor % VILLAGES, self.mentor_count, VILLAGES)
        others = [one for one in village if one != mentor and not self._is_away(one, first, last)]
        if not others or self._is_away(mentor, today, last):
            return
        deputy, agrees = self.dice.choice(others), self.dice.random() < 0.75
        key = f"s{mentor}:{today}"
        await standing_in.ask(
            actor=self._actor(mentor), deputy_id=self.mentors[deputy].id, span=Span(first, last),
            key=key, now=self.clock.now(),
        )  # fmt: skip
        await drain(self.sender)
        row = await StandIn.get(source_key=key)
        await standing_in.answer(
            actor=self._actor(deputy), uid=row.uid, agrees=agrees, now=self.clock.now()
        )
        self.stand_ins[len(self.absences)] = row.uid
        self.absences.append(Absence(mentor, deputy if agrees else None, first, last))

    def _is_away(self, mentor: int, first: date, last: date) -> bool:
        """Whether somebody is away, or stands in, at some time from a day to a day."""
        return any(
            mentor in {one.mentor, one.deputy} and one.first <= last and one.last >= first
            for one in self.absences
        )

    async def _come_back_early(self, today: date) -> None:
        """Now and then a mentor takes his work back before the last day."""
        for number, absence in enumerate(self.absences):
            if absence.deputy is None or not absence.first < today < absence.last:
                continue
            if self.dice.random() < 0.01:
                await standing_in.end(
                    actor=self._actor(absence.mentor), uid=self.stand_ins[number],
                    now=self.clock.now(),
                )  # fmt: skip
                absence.last, absence.is_called_off = today, True

    async def _hand_over(self, n: int, today: date, *, is_move: bool) -> None:
        """Late in the evening somebody gets another mentor, maybe with another branch.

        Nobody hears of it before eight.
        """
        self.clock.advance_to(at_local(today, 22))
        village = self.village_of[n]
        if is_move:
            village = (village + 1 + self.dice.randrange(VILLAGES - 1)) % VILLAGES
        choice = [k for k in range(village, self.mentor_count, VILLAGES) if k != self.mentor_of[n]]
        if not choice or self.lives[n].changed == today:
            return
        mentor, self.village_of[n] = self.dice.choice(choice), village
        if is_move:
            await Person.filter(id=self.people[n].id).update(home_unit_id=self.villages[village].id)
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

    def heard_of(self, words: str) -> Sequence[tuple[datetime, str, str]]:
        """Return what was said with certain words in it."""
        return [one for one in self.end.heard if words in one[2]]

    def log_hash(self) -> str:
        """Return what was said to whom when, as one number, whatever the order within a moment."""
        lines = sorted(f"{at.isoformat()}|{who}|{words}" for at, who, words in self.end.heard)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


async def lived(clock: FrozenClock, people: int, mentors: int, days: int) -> County:
    """Let a county of so many people and mentors live for so many days."""
    clock.moment = at_local(FIRST, 0, 30)
    county = County(clock, people, mentors)
    await county.plant()
    await county.live(days)
    return county
