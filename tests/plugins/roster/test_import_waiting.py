"""How long others wait for an import: what is worked out beforehand, and what that may miss."""

import pytest
import pytest_asyncio
from tortoise.connection import get_connection

from core import database as floor
from core import schema
from core.actors import Stage
from core.clock import FrozenClock, local_day
from core.database import run_tx
from core.errors import Refusal
from models import Invitation, Mentorship, Person
from plugins.identity import codes as identity_codes
from plugins.roster import carrying, planning, service
from plugins.roster.carrying import Prepared
from plugins.roster.importing import RosterRow
from plugins.roster.plans import Reach
from tests.plugins.roster.town_hall import Hall, plant


@pytest_asyncio.fixture
async def hall(database: str, keys: object, texts: object, clock: FrozenClock) -> Hall:
    made = Hall(clock)
    await plant(made)
    return made


def row(line: int, name: str, *, unit: str = "王家村", city: str | None = None) -> RosterRow:
    return RosterRow(
        line=line, name=name, unit=("柳河乡", unit), stage=Stage.ACTIVIST,
        mentors=(("周德厚", ()),), city=city,
    )  # fmt: skip


async def ready(hall: Hall, *rows: RosterRow) -> Prepared:
    return await carrying.prepare(rows, reach=Reach(), doubt=None, now=hall.clock.now(), actor=None)


async def write(hall: Hall, prepared: Prepared) -> None:
    await run_tx(lambda: carrying.carry_out(prepared, now=hall.clock.now(), actor=None))


async def test_given_a_table_when_it_is_written_then_nothing_is_worked_out_while_others_wait(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    for module, name in ((planning, "plan"), (identity_codes, "draw_first")):
        real = getattr(module, name)

        def spied(*args: object, real: object = real, name: str = name, **more: object) -> object:
            seen.append((name, floor.in_tx()))
            return real(*args, **more)  # type: ignore[operator]  # one of the two above

        monkeypatch.setattr(module, name, spied)
    await write(hall, await ready(hall, row(2, "王建国"), row(3, "陈玉梅", unit="新村")))
    assert seen == [("plan", False), ("draw_first", False)]
    assert await Person.filter(name="陈玉梅", home_unit__name="新村").count() == 1
    assert await Invitation.all().count() == 2


async def test_given_something_else_changed_meanwhile_when_written_then_it_is_planned_on_that(
    hall: Hall,
) -> None:
    await hall.person("王建国", "王家村")
    prepared = await ready(hall, row(2, "陈玉梅", city="南港"), row(3, "王建国", city="南港"))
    await hall.mentor("周德厚", "王建国", from_on=local_day(hall.clock.now()))
    await Person.filter(name="王建国").update(city="南港")

    await write(hall, prepared)

    # The pair that somebody else had made meanwhile is not made twice.
    assert await Mentorship.filter(person=hall.people["王建国"]).count() == 1
    new = await Person.get(name="陈玉梅")
    (given,) = await Invitation.all()
    assert given.person_id == new.id
    assert given.code_hash == identity_codes.hash_of(prepared.codes[2])


async def test_given_somebody_else_is_new_meanwhile_when_written_then_nothing_is_written(
    hall: Hall,
) -> None:
    prepared = await ready(hall, row(2, "陈玉梅"), row(3, "王建国"))
    await hall.person("王建国", "王家村")
    with pytest.raises(Refusal) as refused:
        await write(hall, prepared)
    assert refused.value.key == "roster.import_changed"
    assert not await Person.filter(name="陈玉梅").exists()


async def test_given_many_people_when_they_came_in_then_their_codes_are_theirs(hall: Hall) -> None:
    names = [f"王{chr(0x4E00 + number)}" for number in range(30)]
    rows = [row(line, name) for line, name in enumerate(names, 2)]
    result = await service.import_roster(rows, now=hall.clock.now(), actor=None)
    for invited in result.invited:
        given = await Invitation.get(code_hash=identity_codes.hash_of(invited.code))
        assert (await Person.get(id=given.person_id)).name == invited.name


async def test_given_many_rows_that_came_when_written_then_a_server_database_counts_them(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "MANY_ROWS", 1)
    await service.import_roster(
        [row(2, "王建国"), row(3, "陈玉梅")], now=hall.clock.now(), actor=None
    )
    client = get_connection("default")
    if not schema.is_sqlite(client):
        (counted,) = await client.execute_query_dict(
            "SELECT reltuples FROM pg_class WHERE relname = 'person'"
        )
        assert counted["reltuples"] == await Person.all().count()
