"""The invented county of the script book: units, people, offices, mentorships, accounts."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.messages import Chat, ChatKind
from models import Account, Mentorship, Person, Role, Unit
from models.enums import UnitKind
from plugins.identity import consent_texts

FROM = date(2026, 1, 1)


class County:
    """Rows by their Chinese names, and accounts ``a1``, ``a2`` … in order of binding."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.units: dict[str, Unit] = {}
        self.people: dict[str, Person] = {}

    async def unit(self, name: str, kind: UnitKind, parent: str | None = None) -> Unit:
        above = self.units[parent] if parent else None
        number = len(self.units) + 1
        path = f"{above.path if above else '/'}{number}/"
        row = await Unit.create(
            id=number, name=name, kind=kind, parent=above, path=path, created_at=self.now
        )
        self.units[name] = row
        return row

    async def person(
        self, name: str, home: str, stage: Stage = Stage.ACTIVIST, inflow: str | None = None
    ) -> Person:
        row = await Person.create(
            uid=f"{len(self.people):032d}",
            name=name,
            home_unit=self.units[home],
            inflow_unit=self.units[inflow] if inflow else None,
            stage=stage,
            created_at=self.now,
        )
        self.people[f"{name}@{home}" if name in self.people else name] = row
        return row

    async def office(self, name: str, kind: RoleKind, unit: str, until: date | None = None) -> None:
        await Role.create(
            person=self.people[name],
            unit=self.units[unit],
            kind=kind,
            from_on=FROM,
            until_on=until,
        )

    async def mentors(self, mentor: str, person: str, until: date | None = None) -> None:
        await Mentorship.create(
            person=self.people[person],
            mentor=self.people[mentor],
            from_on=FROM,
            until_on=until,
            next_contact_on=date(2027, 2, 1),
        )

    async def account(self, name: str, account_id: str) -> Account:
        return await Account.create(
            platform="onebot11",
            account_id=account_id,
            person=self.people[name],
            self_id="10001",
            bound_at=self.now,
        )


def private(account_id: str) -> Chat:
    return Chat("onebot11", "10001", ChatKind.PRIVATE, account_id)


@pytest.fixture(autouse=True)
def notices() -> Iterator[None]:
    consent_texts.use(consent_texts.load())
    yield
    consent_texts.use(None)


@pytest.fixture
async def county(database: str, keys: object, texts: object, clock: FrozenClock) -> County:
    made = County(clock.now())
    await made.unit("明河县", UnitKind.COUNTY)
    await made.unit("柳河乡", UnitKind.TOWNSHIP, "明河县")
    for village in ("王家村", "李家村", "赵家村"):
        await made.unit(village, UnitKind.VILLAGE_BRANCH, "柳河乡")
    await made.unit("驻南港", UnitKind.LIAISON_OFFICE, "明河县")
    for worker in ("王建国", "陈玉梅", "马小军"):
        await made.person(worker, "王家村")
    await made.person("李强", "王家村", inflow="驻南港")
    await made.person("周德厚", "王家村", Stage.FULL_MEMBER)
    await made.person("刘长河", "王家村", Stage.FULL_MEMBER)
    await made.person("孙敏", "柳河乡", Stage.FULL_MEMBER)
    await made.person("何志远", "驻南港", Stage.FULL_MEMBER)
    await made.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    await made.office("孙敏", RoleKind.TOWNSHIP_CLERK, "柳河乡")
    await made.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    await made.mentors("周德厚", "王建国")
    return made
