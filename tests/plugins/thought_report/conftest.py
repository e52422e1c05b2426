"""王家村 of the script book: its people, its photos, and a way to talk to the room."""

import io
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import nonebot
import pytest
import pytest_asyncio
from PIL import Image

from core import inspection
from core.actors import ConsentKind, RoleKind, Stage
from core.clock import LOCAL_ZONE, FrozenClock
from core.config import Settings
from core.errors import Refusal
from core.inspection import Inspected
from core.messages import Chat, Media, MediaKind
from models import Account, Consent, Mentorship, Person, ReportCycle, Role, Unit
from models.enums import ConsentDecision, UnitKind


def _house() -> None:
    try:
        nonebot.get_driver()
    except ValueError:
        nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="WARNING")
    if not nonebot.get_adapters():
        nonebot.load_plugin("plugins.gateway")


_house()

LESSON_TITLE = "工钱被拖，先做哪三步"
LESSON = """先留好考勤和工资条的照片，再把聊天记录存到电脑里，不要轻易删掉旧手机里的东西；
找单位写一张欠了多少的字据，写清欠哪几个月的工钱；还是不行就打劳动监察的电话。"""

from plugins.gateway import downloads  # noqa: E402
from plugins.study import pieces  # noqa: E402
from plugins.thought_report import quotable  # noqa: E402
from tests.plugins.thought_report.talk import Talk  # noqa: E402


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of legal time."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=LOCAL_ZONE)


@dataclass
class Village:
    """The branch and everybody in it."""

    unit: Unit
    clock: FrozenClock
    people: dict[str, Person] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)

    async def person(
        self,
        name: str,
        stage: Stage = Stage.ACTIVIST,
        *,
        unit: Unit | None = None,
        bound: bool = True,
        consents: tuple[ConsentKind, ...] = tuple(ConsentKind),
    ) -> Person:
        """Somebody of the branch, bound and with both consents unless said otherwise."""
        number = len(self.people) + 1
        now = self.clock.now()
        person = await Person.create(
            uid=f"p{number}", name=name, home_unit=unit or self.unit, stage=stage, created_at=now
        )
        self.people[name] = person
        for kind in consents:
            given = ConsentDecision.GIVEN
            await Consent.create(
                person=person, kind=kind, version="1", decision=given, decided_at=now
            )
        if bound:
            account = await Account.create(
                platform="onebot11", account_id=str(100 + number), person=person, bound_at=now
            )
            self.talks[name] = Talk(account.account_id, self.clock)
        return person

    async def mentor(self, mentee: str, mentor: str) -> None:
        """Make one of them the mentor of another."""
        await Mentorship.create(
            person=self.people[mentee],
            mentor=self.people[mentor],
            from_on=date(2026, 1, 1),
            next_contact_on=date(2026, 12, 1),
        )

    async def office(self, name: str, kind: RoleKind = RoleKind.BRANCH_SECRETARY) -> None:
        """Give somebody an office in the branch."""
        await Role.create(
            person=self.people[name], unit=self.unit, kind=kind, from_on=date(2025, 1, 1)
        )

    async def collects(self, quarter: str, opens: date, closes: date) -> None:
        """Open a window."""
        await ReportCycle.create(unit=self.unit, quarter=quarter, opens_on=opens, closes_on=closes)

    def go(self, day: date, hour: int, minute: int = 0, second: int = 0) -> None:
        """Let the clock stand later."""
        self.clock.advance_to(at(day, hour, minute, second))

    def wait(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.clock.advance_to(self.clock.moment + timedelta(seconds=seconds))


@pytest.fixture
def lessons() -> Iterator[None]:
    """A library of one piece, and the formulae that came with the program."""
    quotable.load()
    quotable.use_library(lambda: ((LESSON_TITLE, LESSON),))
    yield
    quotable.use_library(pieces)


@pytest_asyncio.fixture
async def village(
    database: str, keys: object, texts: object, clock: FrozenClock, lessons: None
) -> Village:
    """王建国 writes, 周德厚 is his mentor, 刘长河 the secretary."""
    unit = await Unit.create(
        name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=clock.now()
    )
    made = Village(unit, clock)
    await made.person("王建国")
    await made.person("周德厚", Stage.FULL_MEMBER)
    await made.person("刘长河", Stage.FULL_MEMBER)
    await made.mentor("王建国", "周德厚")
    await made.office("刘长河")
    return made


def kept_files(settings: Settings) -> list[Path]:
    """The files that core.files keeps."""
    return list((settings.data_dir / "files").glob("??/*"))


def picture(colour: str = "white", size: tuple[int, int] = (40, 60)) -> bytes:
    """A small real picture."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


class Wire:
    """What the platforms keep: bytes by address, or a refusal."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes | Refusal] = {}
        self.fetched = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    def photo(self, name: str = "a.jpg", data: bytes | Refusal | None = None) -> Media:
        """A picture that somebody sends; unlike any other unless ``data`` says so."""
        own = picture(size=(40, 60 + len(self.kept)))
        return self.media(name, own if data is None else data)

    def media(self, name: str, data: bytes | Refusal, kind: MediaKind = MediaKind.IMAGE) -> Media:
        """Anything that somebody sends."""
        url = f"test://{len(self.kept)}/{name}"
        self.kept[url] = data
        return Media(kind, name, url=url)

    async def fetch(self, chat: Chat, media: Media, *, limit_bytes: int) -> bytes:
        """Stands for the download; ``meanwhile`` is what happens while it lasts."""
        self.fetched += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        found = self.kept[str(media.url)]
        if isinstance(found, Refusal):
            raise found
        if len(found) > limit_bytes:
            raise Refusal("file.too_big", limit_mb=limit_bytes // 1048576)
        return found


async def glance(data: bytes, *, name: str) -> Inspected:
    """Stands for the inspection of what is known to be a picture: no process of its own."""
    assert data.startswith(b"\x89PNG"), name
    return Inspected(MediaKind.IMAGE, "jpg", data)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The platforms' files; all of them are pictures."""
    made = Wire()
    monkeypatch.setattr(downloads, "fetch", made.fetch)
    monkeypatch.setattr(inspection, "inspect", glance)
    return made


@pytest.fixture
def strict_wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The platforms' files, each of them really looked at."""
    made = Wire()
    monkeypatch.setattr(downloads, "fetch", made.fetch)
    return made
