"""柳河乡 in the third quarter of 2026 exactly as dialogues 3.13 counts it, and the town of 3.6."""

from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest_asyncio

from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.database import run_tx
from models import Contact, Mentorship, Person, ReportDraft, ThoughtReport
from models.enums import Channel, DraftState, Outcome, ReportState, UnitKind
from tests.plugins.mentoring.town import Town, at, plant

_serial: Iterator[int] = count(1)


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    await plant(made)
    return made


async def report(
    person: Person, state: ReportState, *, quarter: str = "2026Q3", late: bool = False,
    version: int = 1,
) -> None:  # fmt: skip
    """Hand in one version of a report."""
    now = at(9, 20)
    draft = await ReportDraft.create(
        uid=f"d{next(_serial)}", person=person, quarter=quarter, state=DraftState.SUBMITTED,
        opened_at=now, updated_at=now,
    )  # fmt: skip
    await ThoughtReport.create(
        uid=f"r{next(_serial)}", person=person, draft=draft, quarter=quarter, version=version,
        state=state, is_late=late, pages=1, submitted_at=now,
    )  # fmt: skip


async def contact(
    pair: Mentorship, day: date, outcome: Outcome = Outcome.REACHED, *, taken_back: bool = False
) -> None:
    """Put one line into the log, without the service."""
    await Contact.create(
        uid=f"c{next(_serial)}", mentorship=pair, person_id=pair.person_id,
        entered_by_id=pair.mentor_id, contacted_on=day, channel=Channel.PHONE, outcome=outcome,
        source_key=f"c{next(_serial)}", entered_at=at(11, 1),
        withdrawn_at=at(11, 2) if taken_back else None,
    )  # fmt: skip


@pytest_asyncio.fixture
async def township(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    """41 applicants, 30 who owe, 26 handed in, 27 with a line, 96 days the longest silence."""
    made = Town(clock)
    await run_tx(lambda: _fill(made))
    return made


async def _fill(made: Town) -> None:
    await made.unit("县", UnitKind.COUNTY)
    await made.unit("柳河乡", UnitKind.TOWNSHIP, "县")
    await made.unit("驻东莞", UnitKind.LIAISON_OFFICE, "县")
    owing = [Stage.ACTIVIST] * 23 + [Stage.DEVELOPMENT_TARGET] * 4 + [Stage.PROBATIONARY_MEMBER] * 3
    states = iter(
        [ReportState.DONE] * 12 + [ReportState.WAITING_SECRETARY] * 10
        + [ReportState.RETURNED] + [ReportState.WAITING_MENTOR] * 3
    )  # fmt: skip
    numbers = iter(range(100))
    for village, members, handed_in in (("王家村", 8, 7), ("李家村", 12, 11), ("赵家村", 10, 8)):
        await made.unit(village, UnitKind.VILLAGE_BRANCH, "柳河乡")
        for place in range(members):
            number = next(numbers)
            inflow = "驻东莞" if number < 7 else None
            name = f"{village}{place}"
            person = await made.person(name, village, owing[number], consents=(), inflow=inflow)
            if place < handed_in:
                await report(person, next(states), late=place == 0 and village != "王家村")
    for number in range(41):
        await made.person(f"申{number}", "李家村", Stage.APPLICANT, consents=())
    await made.person("孙敏", "柳河乡", Stage.FULL_MEMBER)
    await made.office("孙敏", RoleKind.TOWNSHIP_CLERK, "柳河乡")
    await made.person("周德厚", "王家村", Stage.FULL_MEMBER)
    await made.person("刘长河", "王家村", Stage.FULL_MEMBER)
    await made.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    await made.person("何志远", "驻东莞", Stage.FULL_MEMBER)
    await made.office("何志远", RoleKind.LIAISON_OFFICER, "驻东莞")
    people = [row for row in made.people.values() if row.stage in set(owing)]
    for place, person in enumerate(people):
        # 96 days before 30 September is 26 June.
        last = date(2026, 6, 26) if place == 29 else date(2026, 9, 1)
        pair = await Mentorship.create(
            person=person, mentor=made.people["周德厚"], from_on=date(2026, 1, 1),
            last_contact_on=last, next_contact_on=date(2026, 12, 1),
        )  # fmt: skip
        if place < 27:
            await contact(
                pair, date(2026, 9, 1), Outcome.NO_ANSWER if place < 3 else Outcome.REACHED
            )
