"""发送进度, 补发, 当作已发: who sees what, and what a person decides."""

from datetime import timedelta

import pytest

from core.actors import Actor, Grant, RoleKind
from core.clock import FrozenClock
from core.conversation import Ask, Call, Reply
from core.errors import Refusal
from core.messages import Chat, ChatKind
from core.texts import current
from models import AuditLog, Delivery, Unit
from models.enums import DeliveryState as S
from plugins.delivery import commands, views
from tests.plugins.delivery.conftest import account, group, owe, person, state_of, unit

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")
CHAT = Chat("onebot11", "3889000001", ChatKind.PRIVATE, "20009")


def officer(kind: RoleKind, path: str) -> Actor:
    return Actor(account_id=1, person_id=7, grants=(Grant(kind, 1, path),))


CLERK = officer(RoleKind.TOWNSHIP_CLERK, "/1/")
SECRETARY = officer(RoleKind.BRANCH_SECRETARY, "/1/2/")
OPERATOR = officer(RoleKind.OPERATOR, "/9/")


def call(actor: Actor, clock: FrozenClock, words: str = "", choice: object = None) -> Call:
    return Call(actor, CHAT, CHAT.chat_id, clock.now(), words=words, choice=choice)


def said(reply: Reply) -> str:
    return "\n".join(current().render(say) for say in reply.says)


def asked(reply: Reply) -> Ask:
    assert reply.ask is not None
    return reply.ask


@pytest.fixture
async def village(clock: FrozenClock) -> Unit:
    await unit(clock, "柳河乡", "/1/")
    return await unit(clock, "王家村", "/1/2/")


async def push(village: Unit, clock: FrozenClock, *states: S, reasons: dict[int, str]) -> list[str]:
    """Owe one push to as many groups as there are states, and put them there."""
    targets = []
    for number, state in enumerate(states):
        name = f"{number}号村群"
        row = await group(village, clock, f"7{number:02d}", name=name)
        targets.append(f"group:{row.id}")
        await owe(targets[-1], clock, occasion="week")
        await Delivery.filter(target=targets[-1]).update(
            state=state, reason=reasons.get(number), updated_at=clock.now()
        )
    return targets


async def test_given_a_push_half_out_when_its_progress_is_asked_then_it_says_so_and_asks_on(
    village: Unit, clock: FrozenClock
) -> None:
    await push(
        village,
        clock,
        *[S.SENT] * 31,
        *[S.DUE] * 11,
        S.SENDING,
        S.UNKNOWN,
        S.UNKNOWN,
        S.REJECTED,
        reasons={45: "muted"},
    )
    reply = await commands.handle_progress(call(CLERK, clock))
    assert said(reply) == (
        "46 个群：发了 31，等着 12，不确定 2，发不进 1。\n"
        "45号村群把我禁言了，请群主解开，再回「补发」。\n"
        "大约还要 1 分钟。\n"
        "有 2 条发没发出去不确定，怕重复，我没再发。请看一眼。\n"
        "43号村群：1 没看到，补发  2 看到了，当作已发"
    )
    ask = asked(reply)
    assert (ask.kind, ask.listed, ask.again) == (views.SETTLE, True, "发送进度")


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("removed", "1号村群里没有我了，这条留着。请群主拉我进去，再回「补发」。"),
        ("no_group", "1号村群里没有我了，这条留着。请群主拉我进去，再回「补发」。"),
        ("refused", "1号村群发不进，请进群看看，好了回「补发」。"),
    ],
)
async def test_given_a_refusal_when_progress_is_asked_then_it_says_what_to_do(
    reason: str, line: str, village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.SENT, S.REJECTED, reasons={1: reason})
    assert line in said(await commands.handle_progress(call(CLERK, clock)))


async def test_given_many_refusals_and_some_dropped_when_progress_is_asked_then_it_stays_short(
    village: Unit, clock: FrozenClock
) -> None:
    await push(
        village,
        clock,
        *[S.REJECTED] * 5,
        S.EXPIRED,
        S.CANCELLED,
        reasons=dict.fromkeys(range(5), "muted"),
    )
    text = said(await commands.handle_progress(call(CLERK, clock)))
    assert text.count("禁言") == 3
    assert "还有 2 个群也发不进。" in text
    assert "另有 2 个群过了时候或撤下了，没发。" in text


async def test_given_all_sent_or_nothing_when_progress_is_asked_then_one_line_says_it(
    village: Unit, clock: FrozenClock
) -> None:
    assert said(await commands.handle_progress(call(CLERK, clock))) == "还没有发过推送。"
    await push(village, clock, S.SENT, S.SENT, reasons={})
    assert said(await commands.handle_progress(call(CLERK, clock))) == "2 个群都发到了。"
    assert said(await commands.handle_progress(call(OPERATOR, clock))) == "2 个群都发到了。"


@pytest.mark.parametrize("actor", [officer(RoleKind.BRANCH_SECRETARY, "/1/3/"), Actor()])
async def test_given_groups_of_others_when_progress_is_asked_then_nothing_is_shown(
    actor: Actor, village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.UNKNOWN, S.REJECTED, reasons={})
    assert said(await commands.handle_progress(call(actor, clock))) == "还没有发过推送。"
    for handler in (commands.handle_resend, commands.handle_taken):
        with pytest.raises(Refusal) as caught:
            await handler(call(actor, clock, "0号村群"))
        assert caught.value.key == "delivery.nothing_open"


async def test_given_two_unsure_when_they_are_settled_by_number_then_one_after_the_other(
    village: Unit, clock: FrozenClock
) -> None:
    one, two = await push(village, clock, S.UNKNOWN, S.UNKNOWN, reasons={0: "timeout"})
    first = asked(await commands.handle_progress(call(CLERK, clock)))
    reply = await commands.handle_choice(call(CLERK, clock, choice=first.options[1].value))
    assert said(reply) == (
        "记下了，0号村群当作已发。\n再看1号村群：1 没看到，补发  2 看到了，当作已发"
    )
    last = await commands.handle_choice(call(CLERK, clock, choice=asked(reply).options[0].value))
    assert said(last) == "记下了，1号村群那条重新排上了。"
    assert last.ask is None
    assert [await state_of(one), await state_of(two)] == [S.SENT, S.DUE]
    rows = await AuditLog.all().order_by("id")
    assert [(row.action, row.actor_id, row.subject_kind) for row in rows] == [
        ("delivery.taken_as_sent", 7, "delivery"),
        ("delivery.resent", 7, "delivery"),
    ]
    with pytest.raises(Refusal) as caught:
        await commands.handle_choice(call(CLERK, clock, choice=first.options[0].value))
    assert caught.value.key == "delivery.settled_already"


async def test_given_refused_and_unsure_when_resend_is_said_alone_then_only_the_refused_go(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, S.REJECTED, S.REJECTED, S.UNKNOWN, S.UNKNOWN, reasons={})
    reply = await commands.handle_resend(call(CLERK, clock))
    assert said(reply).splitlines()[0] == "记下了，2 个群重新排上了。"
    assert said(reply).splitlines()[1].startswith("再看2号村群：")
    assert [await state_of(t) for t in targets] == [S.DUE, S.DUE, S.UNKNOWN, S.UNKNOWN]


async def test_given_a_name_when_a_word_is_said_with_it_then_that_group_is_settled(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, S.UNKNOWN, S.UNKNOWN, S.UNKNOWN, reasons={})
    await commands.handle_resend(call(CLERK, clock, "1号村群"))
    await commands.handle_taken(call(CLERK, clock, "2号村群"))
    assert [await state_of(t) for t in targets] == [S.UNKNOWN, S.DUE, S.SENT]
    await commands.handle_taken(call(CLERK, clock))
    assert await state_of(targets[0]) is S.SENT


async def test_given_several_unsure_when_taken_is_said_alone_then_it_asks_and_takes_nothing(
    village: Unit, clock: FrozenClock
) -> None:
    targets = await push(village, clock, S.UNKNOWN, S.UNKNOWN, reasons={})
    reply = await commands.handle_taken(call(CLERK, clock))
    assert said(reply).startswith("0号村群：")
    assert [await state_of(t) for t in targets] == [S.UNKNOWN, S.UNKNOWN]


async def test_given_a_refusal_when_taken_is_said_then_it_stays_refused(
    village: Unit, clock: FrozenClock
) -> None:
    (target,) = await push(village, clock, S.REJECTED, reasons={0: "muted"})
    with pytest.raises(Refusal) as caught:
        await commands.handle_taken(call(CLERK, clock, "0号村群"))
    assert caught.value.key == "delivery.nothing_open"
    assert await state_of(target) is S.REJECTED
    assert await AuditLog.all().count() == 0


async def test_given_a_time_that_passed_when_it_is_sent_again_then_it_lives_one_more_day(
    village: Unit, clock: FrozenClock
) -> None:
    (target,) = await push(village, clock, S.UNKNOWN, reasons={})
    await Delivery.all().update(expires_at=clock.now() - timedelta(hours=1), attempts=5)
    await commands.handle_resend(call(CLERK, clock))
    row = await Delivery.get(target=target)
    assert row.expires_at == clock.now() + timedelta(days=1)
    assert (row.state, row.attempts, row.reason) == (S.DUE, 0, None)


async def test_given_an_old_refusal_when_open_ones_are_asked_then_only_doubts_are_kept(
    village: Unit, clock: FrozenClock
) -> None:
    await push(village, clock, S.REJECTED, S.UNKNOWN, reasons={})
    clock.advance_to(clock.now() + timedelta(days=8))
    reply = await commands.handle_resend(call(CLERK, clock))
    assert said(reply) == "记下了，1号村群那条重新排上了。"


async def test_given_a_private_message_that_is_unsure_when_asked_then_only_who_may_name_sees_it(
    village: Unit, clock: FrozenClock
) -> None:
    worker = await person(village, clock)
    await account(worker, clock)
    await push(village, clock, S.SENT, reasons={})
    await owe(f"person:{worker.id}", clock, occasion="private")
    await Delivery.filter(target=f"person:{worker.id}").update(state=S.UNKNOWN)
    assert said(await commands.handle_progress(call(CLERK, clock))) == "1 个群都发到了。"
    shown = said(await commands.handle_progress(call(SECRETARY, clock)))
    assert "给王建国的一条，问问本人：1 没看到，补发  2 看到了，当作已发" in shown
    await commands.handle_taken(call(SECRETARY, clock, "王建国"))
    assert await state_of(f"person:{worker.id}") is S.SENT
