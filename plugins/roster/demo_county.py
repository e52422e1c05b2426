"""Plants the invented county of the demo into an empty database (content/demo).

People, accounts, consents and groups come in through the services that real ones come through.
What happened earlier, contacts and reports, is ``demo_past``'s business.

All days are stored as days before today, so that the county looks fresh whenever it is planted.
"""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.actors import STRANGER, ConsentKind, RoleKind
from core.clock import local_day
from core.config import ROOT
from core.errors import Fault
from core.messages import Chat, ChatKind
from models import Account, Group, Person, Unit
from plugins.identity import consents, groups
from plugins.identity import queries as known
from plugins.identity import service as identity
from plugins.roster import demo_past, importing, service, words

FOLDER = ROOT / "content" / "demo"
PLATFORM = "onebot11"
# The account that the bot speaks with in the demo, unless told otherwise.
SELF_ID = "10000"

# The county came in so long ago: before every contact of contacts.csv.
_BEGAN = timedelta(days=230)
_DATES = (words.APPLIED, words.TALKED, words.ACTIVIST)

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PlantedPerson:
    """Somebody with an account on the simulated QQ; ``note`` says what he is."""

    user_id: int
    name: str
    note: str
    featured: bool
    bound: bool


@dataclass(frozen=True, slots=True)
class PlantedGroup:
    """A group chat; ``members`` are user ids."""

    group_id: int
    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlantedCounty:
    """Who is who. ``codes`` are fresh invitation codes of featured people who are not bound."""

    people: tuple[PlantedPerson, ...]
    groups: tuple[PlantedGroup, ...]
    codes: Mapping[str, str]


async def plant(now: datetime, *, self_id: str = SELF_ID) -> PlantedCounty:
    """Write the county if the database is empty, and return who is who.

    Called again on a planted database it writes nothing but fresh codes for those who are shown and
    not bound yet. Every step commits on its own: a demo that died half-way is deleted, not mended.
    """
    files = {path.stem: path for path in FOLDER.glob("*.csv")}
    tables = {stem: await asyncio.to_thread(_table, path) for stem, path in files.items()}
    if not await Person.exists():
        began = now - _BEGAN
        codes = await _plant_people(tables, began, local_day(now))
        await _bind(tables["accounts"], codes, began, self_id)
        await _plant_groups(tables["groups"], began, self_id)
        await demo_past.write_contacts(tables["contacts"], now)
        await demo_past.write_reports(tables["reports"], now)
    return await _who_is_who(tables, now)


def _table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


async def _plant_people(tables: Mapping[str, Rows], began: datetime, today: date) -> dict[str, str]:
    """Take the roster in as a file would come in; return everybody's code by name."""
    page = io.StringIO(newline="")
    rows = tables["county"]
    writer = csv.DictWriter(page, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        days = {
            name: (today - timedelta(days=int(row[name]))).isoformat()
            for name in _DATES
            if row[name]
        }
        writer.writerow({**row, **days})
    table = importing.read(page.getvalue().encode(), today=today)
    result = await service.import_roster(table.rows, now=began, actor=None)
    codes = {invited.name: invited.code for invited in result.invited}
    if len(codes) != len(rows):
        raise Fault("two people of one name in the demo")
    clerk = next(
        row for row in rows if words.OFFICE_KINDS.get(row[words.OFFICES]) is RoleKind.TOWNSHIP_CLERK
    )
    codes[clerk[words.NAME]] = await service.add_first_administrator(
        name=clerk[words.NAME], unit_name=clerk[words.UNIT], now=began
    )
    return codes


async def _bind(accounts: Rows, codes: Mapping[str, str], began: datetime, self_id: str) -> None:
    for row in accounts:
        if row["bound"] != "yes":
            continue
        chat = Chat(PLATFORM, self_id, ChatKind.PRIVATE, row["user_id"])
        account_id = row["user_id"]
        invitation = await identity.begin_binding(
            actor=STRANGER, chat=chat, account_id=account_id, code=codes[row["name"]], now=began
        )
        await identity.check_name(
            chat=chat,
            account_id=account_id,
            invitation_id=invitation,
            name=row["name"],
            now=began,
        )
        await identity.bind(chat=chat, account_id=account_id, invitation_id=invitation, now=began)
        if row["reports"]:
            actor = (await known.who_is(chat, account_id, began)).actor
            await consents.decide(
                actor=actor, kind=ConsentKind.REPORTS, given=row["reports"] == "yes", now=began
            )


async def _plant_groups(rows: Rows, began: datetime, self_id: str) -> None:
    """Bind each group by somebody who looks after its unit, as they would do it in the group."""
    for row in rows:
        unit = await Unit.get(name=row["unit"])
        chat = Chat(PLATFORM, self_id, ChatKind.GROUP, row["group_id"])
        clerk = await Account.filter(person__roles__kind=RoleKind.COUNTY_CLERK).first()
        if clerk is None:
            raise Fault("nobody in the demo may bind groups")
        private = Chat(PLATFORM, self_id, ChatKind.PRIVATE, clerk.account_id)
        actor = (await known.who_is(private, clerk.account_id, began)).actor
        await groups.bind_group(actor=actor, chat=chat, unit_id=unit.id, now=began)
        await Group.filter(chat_id=row["group_id"]).update(name=row["name"])


async def _who_is_who(tables: Mapping[str, Rows], now: datetime) -> PlantedCounty:
    bound = {
        account.account_id
        for account in await Account.filter(platform=PLATFORM, person_id__isnull=False)
    }
    people, codes = [], {}
    for row in tables["accounts"]:
        is_bound, note = row["user_id"] in bound, row["note"]
        is_featured = row["featured"] == "yes"
        if not is_bound and row["note_unbound"]:
            note = row["note_unbound"]
            if is_featured:
                person = await Person.get(name=row["name"])
                code = await identity.issue_invitation(person_id=person.id, issued_by=None, now=now)
                codes[row["name"]] = code
                note = note.format(code=words.spaced_code(code))
        user_id = int(row["user_id"])
        people.append(PlantedPerson(user_id, row["name"], note, is_featured, is_bound))
    ids = {person.name: person.user_id for person in people}
    made = tuple(
        PlantedGroup(
            int(row["group_id"]),
            row["name"],
            tuple(ids[name] for name in words.listed(row["members"])),
        )
        for row in tables["groups"]
    )
    return PlantedCounty(tuple(people), made, codes)
