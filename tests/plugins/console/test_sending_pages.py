"""Pushes, our accounts, the calendar and the second look, on the pages."""

import re
from datetime import timedelta

import pytest

from core.clock import local_day
from models import BotAccount, Delivery, PushOrder
from models.enums import BreakerState, DeliveryState, OrderState
from plugins.study import library
from tests.plugins.console.conftest import Pages


async def test_given_a_push_when_it_is_stopped_and_let_go_then_only_in_the_own_groups(
    pages: Pages,
) -> None:
    browser = await pages.enter("石支书")
    number = (await Delivery.all().first()).message_id
    shown = await browser.get(f"/pushes/{number}")
    assert "1 个群：发了 0，等着 1，不确定 0，发不进 0。" in shown.text

    stopped = await browser.post(f"/pushes/{number}", csrf=browser.csrf, do="pause")
    twice = await browser.post(f"/pushes/{number}", csrf=browser.csrf, do="pause")
    state = await browser.get(f"/pushes/{number}/state")

    assert "停下了" in stopped.text
    assert twice.status == 409
    assert '"total":1' in state.text
    held = await Delivery.filter(is_held=True)
    assert [row.target for row in held] == [f"group:{pages.county.groups['桥头村群'].id}"]
    assert (
        "接着发了" in (await browser.post(f"/pushes/{number}", csrf=browser.csrf, do="resume")).text
    )
    assert not await Delivery.filter(is_held=True).exists()


async def test_given_unsure_and_refused_groups_when_they_are_settled_then_each_as_said(
    pages: Pages,
) -> None:
    browser = await pages.enter("孙敏")
    shown = (await browser.get("/pushes")).text
    assert shown.count("李家村群")
    assert shown.count("王家村群")
    assert "桥头村" not in shown
    assert "尾号 01" in shown
    assert "10001" not in shown
    unsure, refused = [
        (await Delivery.get(target=f"group:{pages.county.groups[name].id}")).id
        for name in ("王家村群", "李家村群")
    ]

    await browser.post(f"/deliveries/{unsure}", csrf=browser.csrf, do="taken")
    await browser.post(f"/deliveries/{refused}", csrf=browser.csrf, do="refused")
    again = await browser.post(f"/deliveries/{refused}", csrf=browser.csrf, do="refused")

    assert (await Delivery.get(id=unsure)).state is DeliveryState.SENT
    assert (await Delivery.get(id=refused)).state is DeliveryState.DUE
    assert again.status == 409


async def test_given_a_delivery_of_others_when_it_is_settled_then_nothing_is_done(
    pages: Pages,
) -> None:
    browser = await pages.enter("李国民")
    await browser.get("/")
    target = f"group:{pages.county.groups['王家村群'].id}"
    unsure = (await Delivery.get(target=target)).id

    for do in ("again", "taken", "refused", "nonsense"):
        answer = await browser.post(f"/deliveries/{unsure}", csrf=browser.csrf, do=do)
        assert answer.status == 409
    assert (await Delivery.get(id=unsure)).state is DeliveryState.UNKNOWN


async def test_given_a_push_order_when_a_second_person_approves_then_the_asker_confirms_it(
    pages: Pages,
) -> None:
    clerk, county = await pages.enter("孙敏"), await pages.enter("郑海燕")
    uid = pages.county.order
    own = await clerk.get(f"/approvals/{uid}")
    assert "这一次现在不等您定。" in own.text
    refused = await clerk.post(f"/approvals/{uid}", csrf=clerk.csrf, do="approve")
    assert refused.status == 409

    shown = await county.get(f"/approvals/{uid}")
    approved = await county.post(f"/approvals/{uid}", csrf=county.csrf, do="approve")
    await clerk.get(f"/approvals/{uid}")
    confirmed = await clerk.post(f"/approvals/{uid}", csrf=clerk.csrf, do="confirm")

    assert "全文" in shown.text
    assert "孙敏" in shown.text
    assert "记下了，可以发。" in approved.text
    assert "排上了" in confirmed.text
    assert (await PushOrder.get(uid=uid)).state is OrderState.CONFIRMED
    assert await Delivery.filter(purpose="study.push", occasion=uid).count() == 1
    title = library.current().all[0].title
    assert f"晚上8点，{title}，1 个群" in (await clerk.get("/calendar")).text


async def test_given_an_order_when_somebody_below_opens_it_then_it_is_not_his(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await browser.get("/")
    answer = await browser.get(f"/approvals/{pages.county.order}")
    posted = await browser.post(f"/approvals/{pages.county.order}", csrf=browser.csrf, do="approve")

    assert (answer.status, posted.status) == (404, 409)


async def test_given_groups_with_plans_when_the_calendar_is_opened_then_their_hours_stand_there(
    pages: Pages,
) -> None:
    secretary = (await (await pages.enter("刘长河")).get("/calendar")).text
    county = (await (await pages.enter("郑海燕")).get("/calendar")).text

    entries = re.findall(r"晚上8点，每周学习，(\d) 个群", secretary)
    assert len(entries) >= 5
    assert set(entries) == {"1"}
    assert "王家村群" in secretary
    assert "李家村群" not in secretary
    assert "晚上8点，每周学习，3 个群" in county
    assert local_day(pages.county.town.clock.now()).isoformat() in secretary


@pytest.mark.parametrize(
    ("state", "spoken_for", "words"),
    [
        (BreakerState.CLOSED, False, "没连上"),
        (BreakerState.CLOSED, True, "连着，能发"),
        (BreakerState.OPEN, True, "发不出，先歇着"),
        (BreakerState.PROBING, True, "正在试着发"),
    ],
)
async def test_given_an_account_when_its_state_is_looked_at_then_it_is_said_in_words(
    pages: Pages, state: BreakerState, spoken_for: bool, words: str
) -> None:
    until = pages.county.town.clock.now() + timedelta(minutes=1) if spoken_for else None
    await BotAccount.all().update(breaker=state, speaker="another", speaker_until=until)

    shown = (await (await pages.enter("刘长河")).get("/pushes")).text

    assert words in shown
