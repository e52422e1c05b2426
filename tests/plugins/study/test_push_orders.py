"""An ordered push goes to groups only after a second person and the one who ordered said yes."""

from datetime import date, datetime, timedelta

import pytest

from core.actors import Actor, Grant, RoleKind
from core.clock import FrozenClock, at_local
from core.conversation import Ask, Call, Open, Reply
from core.errors import Refusal
from core.messages import Chat, ChatKind, Text
from core.texts import current
from models import Account, Delivery, Group, Message, Person, Push, PushOrder, Role, Unit
from models.enums import OrderState, UnitKind
from plugins.delivery import bodies
from plugins.study import library, order_views, orders, planning, push_commands, queries
from tests.plugins.study.reading import reviewed

DAY = date(2026, 11, 23)
CHAT = Chat("onebot11", "10000", ChatKind.PRIVATE, "77")


@pytest.fixture(autouse=True)
async def place(database: str, keys: object, texts: object, clock: FrozenClock) -> None:
    library.use(reviewed())


async def unit(clock: FrozenClock, name: str, kind: UnitKind, above: Unit | None = None) -> Unit:
    path = f"{above.path if above else '/'}{await Unit.all().count() + 1}/"
    return await Unit.create(name=name, kind=kind, path=path, parent=above, created_at=clock.now())


async def officer(clock: FrozenClock, at: Unit, kind: RoleKind, name: str) -> Actor:
    number = await Person.all().count() + 1
    person = await Person.create(
        uid=f"{number:032d}", name=name, home_unit=at, stage="full_member", created_at=clock.now()
    )
    await Role.create(person=person, unit=at, kind=kind, from_on=date(2025, 1, 1))
    account = await Account.create(
        platform="onebot11", account_id=f"2000{number}", person=person, bound_at=clock.now()
    )
    return Actor(
        account_id=account.id, person_id=person.id, name=name,
        grants=(Grant(kind, at.id, at.path),),
    )  # fmt: skip


async def world(clock: FrozenClock) -> tuple[Actor, Actor, Unit]:
    """A township clerk 孙敏 with a commissioner 吴芳 beside her, and three groups."""
    town = await unit(clock, "柳河乡", UnitKind.TOWNSHIP)
    village = await unit(clock, "王家村", UnitKind.VILLAGE_BRANCH, town)
    for n in range(3):
        await Group.create(
            platform="onebot11", chat_id=f"70{n}", self_id="10000", name=f"{n}号群",
            unit=village, bound_at=clock.now(),
        )  # fmt: skip
    clerk = await officer(clock, town, RoleKind.TOWNSHIP_CLERK, "孙敏")
    second = await officer(clock, town, RoleKind.ORGANIZATION_COMMISSIONER, "吴芳")
    return clerk, second, town


def call(
    actor: Actor, now: datetime, words: str = "", *, ask: Ask | None = None, choice: object = None
) -> Call:
    question = Open(ask.kind, ask.data, now) if ask else None
    return Call(actor, CHAT, "77", now, words=words, question=question, choice=choice)


def said(reply: Reply) -> str:
    return "\n".join(current().render(say) for say in reply.says)


async def told(person_id: int | None) -> tuple[str, Ask | None]:
    row = await Delivery.filter(target=f"person:{person_id}").order_by("-id").first()
    assert row is not None
    message = await Message.get(id=row.message_id)
    body = bodies.unseal(message.body_sealed, uid=message.uid)
    return "".join(part.text for part in body.parts if isinstance(part, Text)), body.ask


def title() -> str:
    return library.current().public(DAY)[0].title


async def test_given_a_push_when_seen_and_confirmed_then_its_groups_get_it_at_its_hour(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    now = clock.now()
    offer = await push_commands.handle_new(call(clerk, now, f"{title()} 今天晚上8点"))
    assert "发 3 个群，11月23日晚上8点" in said(offer)
    done = await push_commands.continue_proposal(call(clerk, now, ask=offer.ask, choice="ask"))
    assert said(done).startswith("请吴芳看了")
    words, ask = await told(second.person_id)
    assert words.startswith(f"孙敏想发「{title()}」")
    assert "1 通过  2 退回  3 看全文" in words
    await push_commands.continue_review(call(second, now, ask=ask, choice="pass"))
    words, ask = await told(clerk.person_id)
    assert words.startswith("吴芳看过了，可以发。")
    assert "回「确认发送」" in words
    assert "3 个群" in words
    assert not await Delivery.filter(target__startswith="group:").exists()
    shown = await push_commands.handle_preview(call(clerk, now, ask=ask))
    assert title() in said(shown)
    assert "排上了" in said(await push_commands.handle_confirmed(call(clerk, now, ask=ask)))
    rows = await Delivery.filter(target__startswith="group:")
    assert {row.not_before for row in rows} == {at_local(DAY, 20)}
    assert len(rows) == 3
    message = await Message.get(id=rows[0].message_id)
    assert (message.title, message.asked_by_id) == (title(), clerk.person_id)
    with pytest.raises(Refusal, match=r"study\.push_gone"):
        await push_commands.handle_confirmed(call(clerk, now, ask=ask))


async def test_given_an_own_push_when_reviewed_by_its_author_then_it_stays_waiting(
    clock: FrozenClock,
) -> None:
    clerk, _, _ = await world(clock)
    uid = await proposed(clerk, clock)
    with pytest.raises(Refusal, match=r"study\.push_own"):
        await orders.approve(actor=clerk, uid=uid, says=(), now=clock.now())
    assert (await PushOrder.get()).state is OrderState.WAITING


async def proposed(actor: Actor, clock: FrozenClock) -> str:
    groups = [group.id for group in await orders.groups_of(actor)]
    slug = library.current().public(DAY)[0].slug
    await orders.propose(
        actor=actor, slug=slug, groups=groups, send_at=at_local(DAY, 20), now=clock.now()
    )
    return (await PushOrder.all().order_by("-id").first()).uid  # type: ignore[union-attr]


async def test_given_a_push_not_reviewed_when_confirmed_then_nothing_is_owed(
    clock: FrozenClock,
) -> None:
    clerk, _, _ = await world(clock)
    uid = await proposed(clerk, clock)
    ask = order_views.confirm_ask(uid)
    with pytest.raises(Refusal, match=r"study\.push_gone"):
        await push_commands.handle_confirmed(call(clerk, clock.now(), ask=ask))
    with pytest.raises(Refusal, match=r"study\.push_confirm_first"):
        await push_commands.handle_confirmed(call(clerk, clock.now()))
    assert not await Delivery.filter(target__startswith="group:").exists()


async def test_given_a_push_sent_back_when_the_author_asks_then_it_is_gone_and_he_was_told(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    uid = await proposed(clerk, clock)
    await orders.send_back(actor=second, uid=uid, now=clock.now())
    words, ask = await told(clerk.person_id)
    assert "先不发" in words
    assert ask is None
    assert "没有等着的推送" in said(await push_commands.handle_review(call(clerk, clock.now())))


async def test_given_somebody_of_another_township_when_he_reviews_then_he_may_not(
    clock: FrozenClock,
) -> None:
    clerk, _, _ = await world(clock)
    other = await unit(clock, "别处乡", UnitKind.TOWNSHIP)
    stranger = await officer(clock, other, RoleKind.TOWNSHIP_CLERK, "赵六")
    uid = await proposed(clerk, clock)
    with pytest.raises(Refusal, match=r"study\.push_gone"):
        await orders.approve(actor=stranger, uid=uid, says=(), now=clock.now())
    assert await orders.open_for(stranger, now=clock.now()) == ()


async def test_given_nobody_else_with_an_account_when_proposed_then_it_is_refused(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    await Account.filter(person_id=second.person_id).delete()
    with pytest.raises(Refusal, match=r"study\.push_nobody"):
        await proposed(clerk, clock)
    assert not await PushOrder.all().exists()


async def test_given_an_expired_piece_when_pushed_then_it_is_refused(clock: FrozenClock) -> None:
    clerk, _, _ = await world(clock)
    later = at_local(date(2035, 1, 1), 9)
    with pytest.raises(Refusal, match=r"study\.push_unfit"):
        await push_commands.handle_new(call(clerk, later, f"{title()} 今天晚上8点"))


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("", at_local(DAY, 20)),
        (" 今晚8点", at_local(DAY, 20)),
        (" 明天早上9点半发", at_local(DAY + timedelta(days=1), 9, 30)),
        (" 今天晚上11点", at_local(DAY + timedelta(days=1), 8)),
        (" 周三 19:15", at_local(DAY + timedelta(days=2), 19, 15)),
    ],
)
async def test_given_a_time_in_words_when_proposed_then_it_is_that_time(
    clock: FrozenClock, words: str, at: datetime
) -> None:
    clerk, _, _ = await world(clock)
    offer = await push_commands.handle_new(call(clerk, clock.now(), title() + words))
    assert offer.ask is not None
    assert datetime.fromisoformat(str(offer.ask.data["at"])) == at


async def test_given_a_group_by_name_when_proposed_then_only_it_is_meant(
    clock: FrozenClock,
) -> None:
    clerk, _, _ = await world(clock)
    offer = await push_commands.handle_new(call(clerk, clock.now(), f"{title()} 1号群"))
    assert offer.ask is not None
    assert offer.ask.data["groups"] == [(await Group.get(name="1号群")).id]


async def test_given_the_night_when_an_hour_of_it_is_named_then_the_morning_is_said(
    clock: FrozenClock,
) -> None:
    clerk, _, _ = await world(clock)
    now = at_local(DAY, 21, 20)
    offer = await push_commands.handle_new(call(clerk, now, f"{title()} 今晚11点"))
    assert said(offer).startswith("现在晚上9点多，我11月24日早上8点发。急事请打电话。")


async def confirmed(actor: Actor, second: Actor, clock: FrozenClock) -> str:
    """Order the first piece for tonight and let it be confirmed; return its slug."""
    uid = await proposed(actor, clock)
    await orders.approve(actor=second, uid=uid, says=(), now=clock.now())
    return (await orders.confirm(actor=actor, uid=uid, now=clock.now())).piece.slug


async def test_given_a_confirmed_push_when_its_hour_came_then_catching_up_knows_it(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    slug = await confirmed(clerk, second, clock)
    village = await Unit.get(name="王家村")
    worker = Actor(person_id=9_999, home_path=village.path)
    assert await queries.missed(worker, clock.now()) == ()
    usual = library.of_the_week(library.current(), DAY)
    assert usual is not None
    assert usual.slug != slug
    assert await queries.piece_of_the_week(worker, CHAT, clock.now()) == usual
    later = at_local(DAY, 20, 5)
    assert [piece.slug for piece in await queries.missed(worker, later)] == [slug]
    found = await queries.piece_of_the_week(worker, CHAT, later)
    assert found is not None
    assert found.slug == slug
    rows = await Push.all()
    assert {row.is_ordered for row in rows} == {True}
    assert len(rows) == 3


async def test_given_a_confirmed_push_when_the_digest_is_planned_then_it_comes_with_another_piece(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    slug = await confirmed(clerk, second, clock)
    clock.advance_to(at_local(DAY, 20))
    assert await planning.plan_digests(now=clock.now()) == 3
    digests = await Push.filter(is_ordered=False)
    assert len(digests) == 3
    assert slug not in {row.material for row in digests}


async def test_given_two_orders_of_one_minute_when_confirmed_then_both_are_remembered(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    await confirmed(clerk, second, clock)
    await confirmed(clerk, second, clock)
    assert await Push.filter(is_ordered=True).count() == 6


async def test_given_a_piece_some_groups_had_when_proposed_again_then_it_is_said(
    clock: FrozenClock,
) -> None:
    clerk, second, _ = await world(clock)
    await confirmed(clerk, second, clock)
    clock.advance_to(at_local(DAY + timedelta(days=3), 9))
    offer = await push_commands.handle_new(call(clerk, clock.now(), title()))
    assert said(offer).startswith("其中 3 个群有过这一件，最近是11月23日。")
