"""Any order of messages, duplicates, pages taken back, reviews and restarts, by several people.

Two authors, their mentor, their secretary, and the secretary of another village, beside a plain
model: no page is lost, none stands in another's report, none is shown to whoever may not see it.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import crypto, files, migrating
from core import database as db
from core.actors import Actor, RoleKind, Stage
from core.clock import FrozenClock
from core.config import Settings
from core.errors import Refusal
from core.messages import Media
from models import Delivery, ReportDraft, ReportPart, ThoughtReport, Unit
from models.enums import UnitKind
from plugins.identity.queries import who_is
from plugins.thought_report import pages, review, waiting
from tests.conftest import empty
from tests.plugins.thought_report.conftest import Village, Wire, picture
from tests.plugins.thought_report.talk import words_of

EVENING = date(2026, 12, 17)
AUTHORS = ("王建国", "陈玉梅")
MENTOR, SECRETARY, STRANGER = "周德厚", "刘长河", "外村支书"
READERS = (MENTOR, SECRETARY, STRANGER)
_T = TypeVar("_T")


class Desk:
    """The database and the loop in which the machine works."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    clock: ClassVar[FrozenClock]
    settings: ClassVar[Settings]
    url: ClassVar[str]
    wire: ClassVar[Wire]

    @classmethod
    def do(cls, work: Coroutine[Any, Any, _T]) -> _T:
        return cls.loop.run_until_complete(work)

    @classmethod
    async def open(cls) -> None:
        folder = cls.settings.data_dir
        await db.open_database(cls.url, kind=db.PRODUCTION, data_dir=folder)
        crypto.open_keys(folder)


@dataclass
class Author:
    """What ought to be kept of one author: marks of pages in their order."""

    draft: list[str] | None = None
    removed: list[tuple[int, str]] = field(default_factory=list)
    versions: list[list[str]] = field(default_factory=list)
    last: tuple[str, tuple[Media, ...], str] | None = None
    has_changed: bool = False


class Interleaving(RuleBasedStateMachine):
    """Everything that several people do at once."""

    def __init__(self) -> None:
        super().__init__()
        self.authors = {name: Author() for name in AUTHORS}
        self.number = 0

    @initialize()
    def begin(self) -> None:
        Desk.do(self._begin())

    async def _begin(self) -> None:
        await db.close_database()
        await _fresh()
        now = Desk.clock.now()
        unit = await Unit.create(
            name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=now
        )
        other = await Unit.create(
            name="李家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=now
        )
        self.village = Village(unit, Desk.clock)
        for name in AUTHORS:
            await self.village.person(name)
        for name in READERS:
            home = other if name == STRANGER else unit
            await self.village.person(name, Stage.FULL_MEMBER, unit=home)
        for name in AUTHORS:
            await self.village.mentor(name, MENTOR)
        await self.village.office(SECRETARY)
        self.village.unit = other
        await self.village.office(STRANGER, RoleKind.BRANCH_SECRETARY)
        await self.village.collects("2026Q4", date(2026, 12, 1), date(2026, 12, 31))

    def _mark(self, author: str) -> str:
        self.number += 1
        return f"{author}的第{self.number}号页"

    def _photo(self, mark: str) -> Media:
        """A picture that no other mark has."""
        shade = hashlib.sha256(mark.encode()).hexdigest()[:6]
        size = (40, 60 + self.number)
        return Desk.wire.photo("a.png", picture(f"#{shade}", size))

    async def _says(self, name: str, said: str, *media: Media, key: str = "") -> str:
        answer = await self.village.talks[name].says(said, *media, key=key)
        await self._check_seen(name, answer)
        return answer

    async def _check_seen(self, name: str, answer: str) -> None:
        """Nothing of an author's pages is shown to anybody but himself and, handed in, readers."""
        seen = {mark for mark in _of_key.values() if mark in answer}
        for blob in self.village.talks[name].blobs:
            found = await _mark_of_file(blob.blob_id)
            seen |= {found} if found else set()
            # A sheet of small pictures is nobody's page, and for its author alone.
            assert found or name in AUTHORS
        for mark in seen:
            owner = mark.split("的")[0]
            handed_in = {mark for version in self.authors[owner].versions for mark in version}
            assert name == owner or (name in {MENTOR, SECRETARY} and mark in handed_in), (
                name, mark,
            )  # fmt: skip

    @rule(author=st.sampled_from(AUTHORS), photo=st.booleans())
    def send(self, author: str, photo: bool) -> None:
        Desk.do(self._send(author, photo=photo))

    @rule(photos=st.tuples(st.booleans(), st.booleans()))
    def send_both_at_once(self, photos: tuple[bool, bool]) -> None:
        async def both() -> None:
            work = [
                self._send(name, photo=photo) for name, photo in zip(AUTHORS, photos, strict=True)
            ]
            await asyncio.gather(*work)

        Desk.do(both())

    async def _send(self, author: str, *, photo: bool) -> None:
        kept, mark = self.authors[author], self._mark(author)
        key = f"key-{mark}"
        said = "" if photo else f"{mark}：到南港这阵子，白天上班，晚上学习，样样都还好。"
        media = (self._photo(mark),) if photo else ()
        if kept.draft is None and not kept.versions:
            assert "开好了" in await self._says(author, "交汇报")
            kept.draft = []
        await self._says(author, said, *media, key=key)
        if kept.draft is not None:
            _remember(key, mark)
            kept.draft.append(mark)
            kept.last, kept.has_changed = (said, media, key), True

    @precondition(lambda self: any(author.last for author in self.authors.values()))
    @rule(author=st.sampled_from(AUTHORS))
    def send_again(self, author: str) -> None:
        """The platform delivers the last message once more."""
        last = self.authors[author].last
        if last is not None:
            said, media, key = last
            Desk.do(self._says(author, said, *media, key=key))

    @rule(author=st.sampled_from(AUTHORS), number=st.integers(1, 6))
    def take_out(self, author: str, number: int) -> None:
        kept = self.authors[author]
        answer = Desk.do(self._says(author, f"删第{number}页"))
        if kept.draft is None or number > len(kept.draft):
            assert "拿掉" not in answer
            return
        kept.removed.append((number, kept.draft.pop(number - 1)))
        kept.has_changed = True

    @rule(author=st.sampled_from(AUTHORS))
    def put_back(self, author: str) -> None:
        kept = self.authors[author]
        if kept.draft is None:
            return
        answer = Desk.do(self._says(author, "撤销"))
        if kept.removed:
            place, mark = kept.removed.pop()
            kept.draft.insert(min(place, len(kept.draft) + 1) - 1, mark)
            assert "放回来了" in answer

    @rule(author=st.sampled_from(AUTHORS), number=st.integers(1, 5), to=st.integers(1, 5))
    def move(self, author: str, number: int, to: int) -> None:
        kept = self.authors[author]
        Desk.do(self._says(author, f"第{number}页放第{to}页"))
        if kept.draft is not None and number <= len(kept.draft):
            mark = kept.draft.pop(number - 1)
            kept.draft.insert(min(to, len(kept.draft) + 1) - 1, mark)
            kept.has_changed = True

    @rule(author=st.sampled_from(AUTHORS))
    def look(self, author: str) -> None:
        Desk.do(self._says(author, "看看"))

    @rule(author=st.sampled_from(AUTHORS))
    def hand_in(self, author: str) -> None:
        kept = self.authors[author]
        answer = Desk.do(self._says(author, "完成"))
        if "1 就这样交" in answer:
            answer = Desk.do(self._says(author, "1"))
        if kept.draft and kept.has_changed:
            assert "交上了" in answer
            kept.versions.append(kept.draft)
            kept.draft, kept.removed, kept.last, kept.has_changed = None, [], None, False

    @rule(author=st.sampled_from(AUTHORS))
    def write_on(self, author: str) -> None:
        kept = self.authors[author]
        Desk.do(self._says(author, "补汇报"))
        if kept.draft is None and kept.versions:
            kept.draft, kept.has_changed = list(kept.versions[-1]), False

    @rule(reader=st.sampled_from(READERS), act=st.sampled_from(["1", "请补充 再写两句", "4"]))
    def read(self, reader: str, act: str) -> None:
        async def reading() -> None:
            listed = await self._says(reader, "阅汇报")
            if reader == STRANGER:
                assert listed == "现在没有等您看的汇报。"
                return
            if "等您看的" in listed:
                shown = await self._says(reader, "1")
                if "1 通过" in shown:
                    await self._says(reader, act)

        Desk.do(reading())

    @rule(author=st.sampled_from(AUTHORS))
    def report_at_once(self, author: str) -> None:
        """A page, handed in, read by the mentor: so that much gets as far as the branch."""
        if self.authors[author].versions:
            self.write_on(author)
        self.send(author, photo=False)
        self.hand_in(author)
        self.read(MENTOR, "1")

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        self.village.wait(seconds)

    @rule()
    def restart(self) -> None:
        """What a process holds in memory is gone."""

        async def again() -> None:
            await db.close_database()
            crypto.use(None)
            await Desk.open()

        Desk.do(again())

    @invariant()
    def nothing_is_lost_or_mixed(self) -> None:
        if hasattr(self, "village"):
            Desk.do(self._compare())

    async def _compare(self) -> None:
        for name, kept in self.authors.items():
            person = self.village.people[name]
            draft = await ReportDraft.filter(open_key=person.id).first()
            assert (draft is None) == (kept.draft is None)
            if draft is not None and kept.draft is not None:
                assert await _marks_in(draft.id) == kept.draft
            reports = await ThoughtReport.filter(person_id=person.id).order_by("version")
            assert [await _marks_in(report.draft_id) for report in reports] == kept.versions
            for report in reports:
                await self._refused(STRANGER, report.uid)
                await self._refused(AUTHORS[name == AUTHORS[0]], report.uid)
        for row in await Delivery.all():
            said = await words_of(row)
            assert not any(mark in said for mark in _of_key.values())
        stranger = await self._actor(STRANGER)
        assert await waiting.waiting_for(stranger, EVENING) == ()

    async def _actor(self, name: str) -> Actor:
        talk = self.village.talks[name]
        return (await who_is(talk.chat, talk.account_id, Desk.clock.now())).actor

    async def _refused(self, name: str, uid: str) -> None:
        """Even who knows a report's id cannot open it from outside."""
        with pytest.raises(Refusal):
            await review.open_report(actor=await self._actor(name), uid=uid, now=Desk.clock.now())


_of_key: dict[str, str] = {}


def _remember(key: str, mark: str) -> None:
    _of_key[key] = mark


def _mark_of(part: ReportPart) -> str:
    """The mark of a page: that of the message it came in, and it holds what was in it."""
    mark = _of_key[part.source_key.rpartition(":")[0]]
    if part.blob_id is None:
        assert mark in pages.text_of(part)
    return mark


async def _marks_in(draft_id: int) -> list[str]:
    found = []
    for part in await pages.live_pages(draft_id):
        found.append(_mark_of(part))
        if part.blob_id is not None:
            data = await files.read(part.blob_id)
            assert hashlib.sha256(data).hexdigest() == part.sha256
    return found


async def _mark_of_file(blob_id: str) -> str:
    part = await ReportPart.filter(blob_id=blob_id).first()
    return "" if part is None else _mark_of(part)


async def _fresh() -> None:
    """An empty database, and nothing of the example before."""
    _of_key.clear()
    if Desk.url == "sqlite":
        for path in Desk.settings.data_dir.glob("yanzhen.db*"):
            path.unlink()
        shutil.copy(Desk.settings.data_dir / "template.db", Desk.settings.data_dir / "yanzhen.db")
    else:
        await empty(Desk.url)
    await Desk.open()


@pytest.mark.usefixtures("keys", "texts", "lessons")
@pytest.mark.parametrize(
    ("examples", "steps"), [(25, 25), pytest.param(150, 40, marks=pytest.mark.slow)]
)
def test_given_several_people_when_they_do_anything_in_any_order_then_no_page_is_lost_or_mixed(
    *,
    settings: Settings,
    clock: FrozenClock,
    template: Path | str,
    app: migrating.App,
    wire: Wire,
    examples: int,
    steps: int,
) -> None:
    Desk.loop, Desk.clock, Desk.settings, Desk.wire = (
        asyncio.new_event_loop(), clock, settings, wire,
    )  # fmt: skip
    Desk.url = template if isinstance(template, str) else "sqlite"
    if isinstance(template, Path):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, settings.data_dir / "template.db")
    Village(Unit(name="", path="/"), clock).go(EVENING, 20)
    try:
        run_state_machine_as_test(
            Interleaving,
            settings=hypothesis.settings(
                max_examples=examples, stateful_step_count=steps, deadline=None
            ),
        )
    finally:
        Desk.do(db.close_database())
        Desk.loop.close()
