"""The pages of a draft: a machine against a list, the same message twice, two people at once."""

import asyncio
import contextlib
import shutil
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core import config, migrating
from core import database as db
from core.actors import Actor, ConsentKind, Stage
from core.clock import FrozenClock
from core.config import Settings
from core.conversation import Call, OpenDraft
from core.errors import Refusal
from core.periods import Quarter
from core.texts import render
from models import Account, Person, ReportDraft, ReportPart, Unit
from models.enums import PartKind, UnitKind
from plugins.identity import dialogues
from plugins.identity.queries import who_is
from plugins.thought_report import arranging, drafting, pages, queries, service, views
from plugins.thought_report.pages import NewPage
from tests.conftest import empty
from tests.plugins.thought_report.conftest import Village, Wire, kept_files, picture
from tests.plugins.thought_report.talk import owed

EVENING = date(2026, 12, 17)
LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
_T = TypeVar("_T")


class Desk:
    """The database and the loop in which the machine works."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    clock: ClassVar[FrozenClock]
    unit: ClassVar[Unit]

    @classmethod
    def do(cls, work: Coroutine[Any, Any, _T]) -> _T:
        return cls.loop.run_until_complete(work)


class Arranging(RuleBasedStateMachine):
    """Everything that may be done with pages, beside a plain list that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.model: list[str] = []
        self.gone: list[tuple[int, str]] = []
        self.replacing: str | None = None
        self.keys: list[str] = []

    @initialize()
    def begin(self) -> None:
        self.actor = Desk.do(self._person())
        opened = Desk.do(
            service.open_draft(actor=self.actor, quarter=Quarter(2026, 4), now=Desk.clock.now())
        )
        assert isinstance(opened, service.Opened)
        self.uid = opened.uid

    async def _person(self) -> Actor:
        now = Desk.clock.now()
        person = await Person.create(
            uid=uuid4().hex,
            name="王建国",
            home_unit=Desk.unit,
            stage=Stage.ACTIVIST,
            created_at=now,
        )
        account = await Account.create(
            platform="onebot11", account_id=person.uid, person=person, bound_at=now
        )
        return Actor(
            account_id=account.id,
            person_id=person.id,
            stage=Stage.ACTIVIST,
            consents=frozenset(ConsentKind),
        )

    @rule(count=st.integers(1, 3))
    def add(self, count: int) -> None:
        new = [NewPage(uuid4().hex, PartKind.TEXT, text=uuid4().hex) for _ in range(count)]
        room = max(0, 6 - len(self.model) + (self.replacing in self.model))
        taken = [page.text for page in new[:room]]
        added = Desk.do(self._add(new))
        assert added.left_out == len(new) - len(taken)
        if not taken:
            return
        self.keys += [page.source_key for page in new[:room]]
        place = self.model.index(self.replacing) if self.replacing in self.model else None
        assert added.replaced == (None if place is None else place + 1)
        if place is not None:
            self.gone.append((place + 1, self.model[place]))
            self.model[place] = taken.pop(0)
        self.model += taken
        self.replacing = None

    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        if self.keys:
            key = data.draw(st.sampled_from(self.keys))
            added = Desk.do(self._add([NewPage(key, PartKind.TEXT, text="again")]))
            assert (added.left_out, added.replaced) == (0, None)

    def _add(self, new: list[NewPage]) -> Coroutine[Any, Any, pages.Added]:
        return pages.add_pages(
            actor=self.actor, draft_uid=self.uid, pages=new, now=Desk.clock.now()
        )

    @rule(page=st.integers(0, 7))
    def remove(self, page: int) -> None:
        if self._is_there(page, arranging.remove_page):
            self.gone.append((page, self.model.pop(page - 1)))

    @rule(page=st.integers(0, 7))
    def replace(self, page: int) -> None:
        if self._is_there(page, arranging.await_replacement):
            self.replacing = self.model[page - 1]

    @rule(page=st.integers(0, 7), to=st.integers(1, 8))
    def move(self, page: int, to: int) -> None:
        if self._is_there(page, arranging.move_page, to=to):
            self.model.insert(to - 1, self.model.pop(page - 1))

    def _is_there(self, page: int, act: Any, **more: int) -> bool:
        work = act(actor=self.actor, page=page, now=Desk.clock.now(), **more)
        if 1 <= page <= len(self.model):
            Desk.do(work)
            return True
        with pytest.raises(Refusal) as refusal:
            Desk.do(work)
        assert refusal.value.key == "thought_report.no_such_page"
        return False

    @rule()
    def restore(self) -> None:
        work = arranging.restore_page(actor=self.actor, now=Desk.clock.now())
        if not self.gone or len(self.model) >= 6:
            with pytest.raises(Refusal):
                Desk.do(work)
            return
        place, text = self.gone.pop()
        Desk.do(work)
        self.model.insert(min(place, len(self.model) + 1) - 1, text)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "uid"):
            return
        draft = Desk.do(queries.own_draft(self.actor))
        assert draft is not None
        assert [page.text for page in draft.pages] == self.model
        positions = Desk.do(_positions(self.uid))
        assert positions == list(range(1, len(self.model) + 1))


async def _positions(uid: str) -> list[int]:
    rows = await (
        ReportPart.filter(draft__uid=uid, removed_in__isnull=True)
        .order_by("position")
        .values_list("position", flat=True)
    )
    return [int(str(row)) for row in rows]


@pytest.mark.usefixtures("keys", "texts")
def test_given_a_draft_when_pages_are_arranged_at_will_then_it_agrees_with_a_plain_list(
    settings: Settings, clock: FrozenClock, template: Path | str, app: migrating.App
) -> None:
    few = settings.thought_report.model_copy(update={"max_pages": 6})
    config.use(settings.model_copy(update={"thought_report": few}))
    Desk.loop, Desk.clock = asyncio.new_event_loop(), clock
    url = "sqlite"
    if isinstance(template, Path):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, settings.data_dir / "yanzhen.db")
    else:
        url = template
        Desk.do(empty(url))
    try:
        Desk.do(db.open_database(url, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app))
        Desk.unit = Desk.do(
            Unit.create(
                name=uuid4().hex, kind=UnitKind.VILLAGE_BRANCH, path=f"/{uuid4().hex}/",
                created_at=clock.now(),
            )
        )  # fmt: skip
        run_state_machine_as_test(
            Arranging,
            settings=hypothesis.settings(max_examples=25, stateful_step_count=25, deadline=None),
        )
    finally:
        Desk.do(db.close_database())
        Desk.loop.close()


async def test_given_a_message_when_it_is_delivered_twice_then_its_pages_stand_once(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    photo = wire.photo()
    await wang.says(LONG, photo, key="same")
    await wang.says(LONG, photo, key="same")
    assert wire.fetched == 1
    assert [part.source_key for part in await ReportPart.all().order_by("position")] == [
        "same:0", "same:1",
    ]  # fmt: skip
    assert await owed("thought_report.receipt") == [
        "收到 1 段文字、1 张照片，共 2 页。\n顺序不对就说，比如「第2页放最后」。"
    ]
    assert len(kept_files(settings)) == 1


async def test_given_a_message_when_it_comes_twice_at_once_then_its_pages_and_files_stand_once(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    photo = wire.photo()
    await asyncio.gather(*(wang.says(LONG, photo, key="same") for _ in range(3)))
    assert await ReportPart.all().count() == 2
    assert len(kept_files(settings)) == 1


async def test_given_a_held_line_when_it_is_answered_twice_then_it_stands_once(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says("请多帮助我")
    known = await who_is(wang.chat, wang.account_id, village.clock.now())
    assert known.question is not None
    call = Call(
        actor=known.actor,
        chat=wang.chat,
        sender_id=wang.account_id,
        now=village.clock.now(),
        choice="put",
        question=known.question.as_open(),
    )
    replies = await asyncio.gather(drafting.answer_hold(call), drafting.answer_hold(call))
    assert [render(reply.says[0].key, **reply.says[0].fields) for reply in replies] == [
        "写进去了，是第 1 页。",
        "写进去了，是第 1 页。",
    ]
    assert await ReportPart.all().count() == 1


async def test_given_a_short_line_beside_a_photo_when_it_is_wanted_then_both_are_pages(
    village: Village, wire: Wire
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    assert await wang.says("这是第一张", wire.photo()) == (
        "这句写进汇报吗？1 写进去  2 不用\n前面 1 页存好了，哪天接着发都行。"
    )
    assert await wang.says("1") == "写进去了，是第 2 页。"


async def test_given_two_people_when_they_write_at_once_then_each_has_his_own_pages(
    village: Village, wire: Wire
) -> None:
    await village.person("陈玉梅", Stage.DEVELOPMENT_TARGET)
    village.go(EVENING, 20)
    talks = [village.talks["王建国"], village.talks["陈玉梅"]]
    await asyncio.gather(*(talk.says("交汇报") for talk in talks))
    await asyncio.gather(
        *(talk.says(f"{number}{LONG}", wire.photo()) for talk in talks for number in range(4))
    )
    for talk in talks:
        assert (await talk.says("完成")).startswith("交上了，8 页，")
    owners = await ReportPart.all().values_list("draft__person_id", flat=True)
    writers = [village.people[name].id for name in ("王建国", "陈玉梅")]
    assert sorted(owners) == sorted(writers * 8)


async def test_given_one_person_when_he_begins_twice_at_once_then_one_draft_is_open(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    answers = await asyncio.gather(*(wang.says("交汇报") for _ in range(3)))
    assert sorted(answer[:3] for answer in answers) == ["开好了", "您的四", "您的四"]
    assert await ReportDraft.all().count() == 1


async def test_given_one_person_when_he_hands_in_twice_at_once_then_one_report_is_in(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    answers = await asyncio.gather(*(wang.says("完成") for _ in range(3)))
    assert {answer.split("。")[0] for answer in answers} == {"交上了，1 页，今天 20:00"}


async def test_given_a_draft_handed_in_when_more_comes_elsewhere_then_it_is_said_and_not_kept(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    uid = (await ReportDraft.get()).uid
    await wang.says(LONG)
    await wang.says("完成")
    await dialogues.open_draft(
        wang.chat, wang.account_id, OpenDraft(views.DRAFT, {"draft": uid}), village.clock.now()
    )
    assert await wang.says(LONG, wire.photo()) == "现在没有在写的汇报。要写，回「交汇报」。"
    assert await wang.says(LONG) == ""
    assert await ReportPart.all().count() == 1
    assert kept_files(settings) == []


async def test_given_more_pages_than_are_taken_when_they_come_then_the_rest_is_said(
    village: Village, wire: Wire, settings: Settings
) -> None:
    few = settings.thought_report.model_copy(update={"max_pages": 3})
    config.use(settings.model_copy(update={"thought_report": few}))
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    answer = await wang.says(LONG, *[wire.photo(f"{n}.jpg") for n in range(4)])
    assert answer == "一份最多 3 页，后面 2 页没存，前面的都在。"
    assert await wang.says("", wire.photo()) == "一份最多 3 页，后面 1 页没存，前面的都在。"
    assert len(kept_files(settings)) == 2


async def test_given_pages_taken_out_when_the_report_is_handed_in_then_they_are_gone_for_good(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG, wire.photo("a.jpg"), wire.photo("b.jpg", picture("red")))
    await wang.says("删第2页")
    assert await wang.says("撤销") == "放回来了，是第 2 页，共 3 页。"
    assert await wang.says("撤销") == "没有能放回来的页。回「看看」查看。"
    await wang.says("删第3页")
    await wang.says("完成")
    assert await ReportPart.all().count() == 2
    assert len(kept_files(settings)) == 1


async def test_given_page_words_when_the_page_is_not_there_then_the_count_is_said(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG)
    assert await wang.says("删第9页") == "没有第 9 页，现在共 1 页。回「看看」查看。"
    assert await wang.says("删第1页") == "第 1 页拿掉了，现在是空的。拿错了回「撤销」。"
    assert await wang.says("看看") == "您的四季度汇报开着，还是空的，文字、照片发来就行。"


async def test_given_a_transaction_that_ends_badly_when_pages_were_added_then_none_is_there(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")

    async def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(pages, "_owe_receipt", broken)
    with contextlib.suppress(OSError):
        await wang.says(LONG)
    assert await ReportPart.all().count() == 0


async def test_given_a_draft_of_before_when_pages_come_for_it_then_the_new_one_stays_untouched(
    village: Village,
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    old = (await ReportDraft.get()).uid
    await wang.says("取消")
    await wang.says("交汇报")
    actor = (await who_is(wang.chat, wang.account_id, village.clock.now())).actor
    page = NewPage("late:0", PartKind.TEXT, text=LONG)
    with pytest.raises(Refusal) as refusal:
        await pages.add_pages(actor=actor, draft_uid=old, pages=[page], now=village.clock.now())
    assert refusal.value.key == "thought_report.no_draft"
    assert await ReportPart.all().count() == 0


async def test_given_a_draft_dropped_during_a_download_when_it_ends_then_the_file_goes_too(
    village: Village, wire: Wire, settings: Settings
) -> None:
    village.go(EVENING, 20)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    actor = (await who_is(wang.chat, wang.account_id, village.clock.now())).actor
    wire.meanwhile = lambda: service.drop(actor=actor, now=village.clock.now())
    assert await wang.says("", wire.photo()) == "现在没有在写的汇报。要写，回「交汇报」。"
    assert kept_files(settings) == []
