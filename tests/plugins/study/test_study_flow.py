"""Digests are planned once; lessons and quizzes remember where a person stands."""

from datetime import date, datetime, timedelta

import pytest

from core.actors import Actor, ConsentKind, Stage
from core.clock import FrozenClock, at_local
from core.conversation import Call, Open, Reply
from core.messages import Chat, ChatKind
from core.texts import current
from models import (
    Account,
    Consent,
    Delivery,
    Group,
    Person,
    Push,
    QuizAnswer,
    StudyProgress,
    StudyRecord,
    Unit,
)
from models.enums import ConsentDecision, UnitKind
from plugins.study import commands, forms, library, planning, service
from tests.plugins.study.reading import reviewed

MONDAY = date(2026, 11, 23)
HOUR = at_local(MONDAY, 20)
PRIVATE = Chat("onebot11", "1", ChatKind.PRIVATE, "77")
pytestmark = pytest.mark.usefixtures("database", "texts", "settings", "keys")


@pytest.fixture(autouse=True)
def shipped() -> None:
    library.use(reviewed())


@pytest.fixture
async def unit(clock: FrozenClock) -> Unit:
    return await Unit.create(
        name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=clock.now()
    )


async def group_of(unit: Unit, now: datetime, chat_id: str = "9") -> Group:
    return await Group.create(
        platform="onebot11", chat_id=chat_id, self_id="1", unit=unit, bound_at=now
    )


async def learner(unit: Unit, now: datetime, *, uid: str = "p1") -> Actor:
    person = await Person.create(
        uid=uid, name="王建国", home_unit=unit, stage=Stage.ACTIVIST, created_at=now
    )
    account = await Account.create(platform="onebot11", account_id=uid, person=person, bound_at=now)
    await Consent.create(
        person=person, kind=ConsentKind.BASICS, version="1",
        decision=ConsentDecision.GIVEN, decided_at=now,
    )  # fmt: skip
    return Actor(
        account_id=account.id, person_id=person.id, stage=Stage.ACTIVIST,
        home_unit_id=unit.id, home_path=unit.path,
    )  # fmt: skip


def call(actor: Actor, now: datetime, reply: Reply | None = None, choice: object = None) -> Call:
    question = (
        Open(reply.ask.kind, reply.ask.data, now) if reply is not None and reply.ask else None
    )
    return Call(
        actor=actor, chat=PRIVATE, sender_id="77", now=now, question=question, choice=choice
    )


def words(reply: Reply) -> str:
    return "\n".join(current().render(say) for say in reply.says)


async def test_given_a_bound_group_when_its_hour_comes_then_one_digest_is_owed(
    unit: Unit, clock: FrozenClock
) -> None:
    group = await group_of(unit, clock.now())
    assert await planning.plan_digests(now=clock.now()) == 0
    clock.advance_to(HOUR)
    assert await planning.plan_digests(now=clock.now()) == 1
    assert await planning.plan_digests(now=clock.now()) == 0
    owed = await Delivery.get()
    assert (owed.target, owed.not_before) == (f"group:{group.id}", HOUR)
    assert owed.expires_at == HOUR + timedelta(days=6)


async def test_given_three_weeks_off_when_back_then_one_digest_is_owed_not_three(
    unit: Unit, clock: FrozenClock
) -> None:
    await group_of(unit, clock.now())
    await planning.plan_digests(now=clock.now())
    clock.advance_to(HOUR + timedelta(days=22))
    assert await planning.plan_digests(now=clock.now()) == 1
    assert (await Push.get()).slot_at == HOUR + timedelta(days=21)


async def test_given_weeks_in_a_row_when_planned_then_no_piece_comes_twice(
    unit: Unit, clock: FrozenClock
) -> None:
    await group_of(unit, clock.now())
    await planning.plan_digests(now=clock.now())
    for week in range(10):
        clock.advance_to(HOUR + timedelta(days=7 * week))
        assert await planning.plan_digests(now=clock.now()) == 1
    pieces = await Push.all().values_list("material", flat=True)
    assert len(set(pieces)) == 10


async def test_given_a_group_with_its_own_hour_when_planned_then_it_is_kept(
    unit: Unit, clock: FrozenClock
) -> None:
    group = await group_of(unit, clock.now())
    await Group.filter(id=group.id).update(digest_weekday=2, digest_hour=12, digest_minute=30)
    await planning.plan_digests(now=clock.now())
    due = (await Group.get(id=group.id)).next_digest_at
    assert due == at_local(MONDAY + timedelta(days=2), 12, 30)


async def test_given_a_learner_without_a_group_when_the_hour_comes_then_he_gets_one_in_private(
    unit: Unit, clock: FrozenClock
) -> None:
    actor = await learner(unit, clock.now())
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 1
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 0
    await service.subscribe(actor=actor, wanted=False, now=HOUR)
    later = HOUR + timedelta(days=7)
    assert await service.plan_private_digests(slot_at=later, now=later) == 0


async def test_given_no_consent_when_the_hour_comes_then_nothing_is_owed(
    unit: Unit, clock: FrozenClock
) -> None:
    actor = await learner(unit, clock.now())
    await Consent.create(
        person_id=actor.person_id, kind=ConsentKind.BASICS, version="1",
        decision=ConsentDecision.WITHDRAWN, decided_at=HOUR,
    )  # fmt: skip
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 0


async def test_given_a_unit_with_a_group_when_the_hour_comes_then_nobody_gets_it_twice(
    unit: Unit, clock: FrozenClock
) -> None:
    await learner(unit, clock.now())
    await group_of(unit, clock.now())
    assert await service.plan_private_digests(slot_at=HOUR, now=HOUR) == 0


async def test_given_a_lesson_when_read_and_stopped_then_it_goes_on_where_it_stopped(
    unit: Unit, clock: FrozenClock
) -> None:
    actor = await learner(unit, clock.now())
    offered = await commands.handle_lesson(call(actor, clock.now()))
    first = await commands.continue_lesson(call(actor, clock.now(), offered, "read"))
    piece = library.current().for_stage(Stage.ACTIVIST, MONDAY)[0]
    assert piece.sections[0] in words(first)
    assert (await StudyProgress.get()).sections_read == 1
    again = await commands.handle_lesson(call(actor, clock.now()))
    assert piece.sections[1] in words(again)


async def test_given_all_read_when_learning_goes_on_then_the_next_piece_comes(
    unit: Unit, clock: FrozenClock
) -> None:
    actor = await learner(unit, clock.now())
    first, second = library.current().for_stage(Stage.ACTIVIST, MONDAY)[:2]
    await service.mark_read(
        actor=actor, material=first.slug, sections=len(first.sections), now=clock.now()
    )
    assert second.title in words(await commands.handle_lesson(call(actor, clock.now())))


async def test_given_a_quiz_when_done_twice_then_its_hours_count_once(
    unit: Unit, clock: FrozenClock
) -> None:
    actor = await learner(unit, clock.now())
    ends = []
    for _ in range(2):
        reply = await commands.handle_quiz(call(actor, clock.now()))
        for _ in range(3):
            reply = await commands.continue_quiz(call(actor, clock.now(), reply, 1))
        ends.append(words(reply))
    assert "记 0.5 学时" in ends[0]
    assert "记过了" in ends[1]
    assert await QuizAnswer.all().count() == 6
    assert (await StudyRecord.get()).hours_tenths == 5
    shown = words(await commands.handle_hours(call(actor, clock.now())))
    assert "2026年您有 0.5 学时" in shown


async def test_given_a_stranger_when_he_reads_and_answers_then_no_row_is_left(
    clock: FrozenClock,
) -> None:
    stranger = Actor()
    reply = await commands.handle_lesson(call(stranger, clock.now()))
    await commands.continue_lesson(call(stranger, clock.now(), reply, "read"))
    reply = await commands.handle_quiz(call(stranger, clock.now()))
    for _ in range(3):
        reply = await commands.continue_quiz(call(stranger, clock.now(), reply, 1))
    assert await StudyProgress.all().count() + await QuizAnswer.all().count() == 0


def test_given_the_digest_when_shown_then_it_reads_as_the_script_says() -> None:
    piece = library.current().effective(MONDAY)[0]
    lines = forms.digest_text(piece).splitlines()
    assert lines[0] == f"本周学习：{piece.title}。"
    assert lines[-1] == "全文和 3 道题，私聊我回「本周」。这条不用回。"
    assert len(lines) <= 6
