"""Who goes first, what waits, and what goes together: fairness, gaps, quiet hours, merging."""

from datetime import timedelta

import pytest

from core.clock import FrozenClock, at_local, local_day
from core.config import Delivery as Limits
from core.config import Settings, use
from core.conversation import Ask, Option
from core.database import run_tx
from core.messages import Mention, SendOutcome, SendResult, Text
from models import BudgetUse, Delivery
from models.enums import DeliveryState as S
from models.enums import Priority
from plugins.delivery import budgets, ledger, merging, pacing, results, service
from plugins.delivery.dispatcher import Dispatcher
from tests.plugins.delivery.conftest import (
    SELF,
    End,
    Seconds,
    account,
    group,
    owe,
    person,
    state_of,
    unit,
)
from tests.plugins.delivery.sending import drain


@pytest.fixture
def paced(settings: Settings) -> Limits:
    """One message every two seconds, no warm-up, no gap in a group."""
    limits = Limits(min_interval_s=2.0, max_interval_s=2.0, warm_up_s=0.0, group_gap_s=0.0)
    use(settings.model_copy(update={"delivery": limits}))
    return limits


def in_use(settings: Settings, **limits: object) -> None:
    paced = {"min_interval_s": 2.0, "max_interval_s": 2.0, "warm_up_s": 0.0, "group_gap_s": 0.0}
    use(settings.model_copy(update={"delivery": Limits(**{**paced, **limits})}))  # type: ignore[arg-type]


async def push(targets: list[str], occasion: str, clock: FrozenClock, words: str = "学习") -> None:
    await run_tx(
        lambda: service.broadcast(
            purpose="push",
            occasion=occasion,
            targets=targets,
            parts=(Text(words),),
            now=clock.now(),
            priority=Priority.DIGEST,
        )
    )


async def test_given_a_county_push_under_way_when_a_village_pushes_then_it_goes_in_between(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, paced: Limits
) -> None:
    county = await unit(clock, "柳河县", "/1/")
    rows = [await group(county, clock, str(700 + n)) for n in range(30)]
    await push([f"group:{row.id}" for row in rows[:27]], "county", clock, "县里的")
    for _ in range(5):
        await sender.step()
        seconds.at += 2.001
    clock.advance_to(clock.now() + timedelta(seconds=10))
    await push([f"group:{row.id}" for row in rows[27:]], "village", clock, "村里的")
    for _ in range(9):
        await sender.step()
        seconds.at += 2.001
    after = [words for words in end.words if words][5:]
    assert after.count("村里的") == 3
    assert after.count("县里的") >= 4


async def test_given_a_notice_when_a_push_is_under_way_then_the_notice_goes_first(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, paced: Limits
) -> None:
    county = await unit(clock)
    rows = [await group(county, clock, str(700 + n)) for n in range(6)]
    await push([f"group:{row.id}" for row in rows], "county", clock)
    await sender.step()
    await owe(f"group:{rows[5].id}", clock, "今晚停电。", priority=Priority.NOTICE)
    await owe(f"group:{rows[4].id}", clock, "汇报还差一份。", priority=Priority.REMINDER)
    for _ in range(2):
        seconds.at += 2.001
        await sender.step()
    assert end.words[1:] == ["今晚停电。", "汇报还差一份。"]


async def test_given_a_priority_that_is_none_when_owing_then_it_is_a_fault(
    sender: Dispatcher, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    with pytest.raises(Exception, match="not a priority"):
        await owe(f"group:{mine.id}", clock, priority=7)


async def test_given_a_held_delivery_when_sending_then_it_stays_until_it_is_let_go(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    await owe(f"group:{mine.id}", clock)
    await Delivery.all().update(is_held=True)
    await drain(sender)
    assert end.sent == []
    await Delivery.all().update(is_held=False)
    clock.advance_to(clock.now() + timedelta(seconds=1))
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_an_account_that_just_came_when_planning_then_its_pauses_are_longer(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, settings: Settings
) -> None:
    in_use(settings, warm_up_s=60.0, warm_up_factor=5.0)
    mine = await unit(clock)
    for number in range(4):
        await owe(f"group:{(await group(mine, clock, f'7{number}')).id}", clock)
    await sender.step()
    seconds.at += 8.9
    await sender.step()
    assert len(end.sent) == 1
    seconds.at += 1.2
    await sender.step()
    assert len(end.sent) == 2
    seconds.at += 60
    clock.advance_to(clock.now() + timedelta(seconds=60))
    await sender.step()
    seconds.at += 2.1
    await sender.step()
    assert len(end.sent) == 4


async def test_given_a_large_push_when_planning_then_pauses_are_longer(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, settings: Settings
) -> None:
    in_use(settings, large_push=3, large_push_factor=4.0)
    mine = await unit(clock)
    rows = [await group(mine, clock, f"7{number}") for number in range(6)]
    await push([f"group:{row.id}" for row in rows], "county", clock)
    for expected in (1, 1, 1, 1, 2):
        await sender.step()
        assert len(end.sent) == expected
        seconds.at += 2.01


async def test_given_two_for_one_group_when_the_first_went_out_then_the_second_waits_its_gap(
    sender: Dispatcher, end: End, clock: FrozenClock, seconds: Seconds, settings: Settings
) -> None:
    in_use(settings, group_gap_s=10.0)
    mine = await group(await unit(clock), clock)
    for number in range(2):
        await owe(f"group:{mine.id}", clock, f"第{number}条", occasion=str(number))
    await drain(sender)
    assert end.words == ["第0条"]
    for passed, count in ((9.0, 1), (2.0, 2)):
        seconds.at += passed
        clock.advance_to(clock.now() + timedelta(seconds=passed))
        await drain(sender)
        assert len(end.sent) == count


async def test_given_a_limit_a_minute_when_the_pace_is_asked_then_it_can_not_be_broken() -> None:
    limits = Limits(min_interval_s=0.5, max_interval_s=0.7, per_minute={"satori": 20})
    assert pacing.pace(limits, platform="satori", factor=1.0) == pacing.Pace(3.0, 3.0)
    assert pacing.pace(limits, platform="onebot11", factor=2.0) == pacing.Pace(1.0, 1.4)


async def test_given_quiet_hours_of_a_unit_when_sending_then_only_it_waits_until_they_end(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    town = await unit(clock, "柳河乡", "/1/")
    village = await unit(clock, "王家村", "/1/2/")
    other = await unit(clock, "别处", "/9/")
    await town.filter(id=town.id).update(quiet_from=20 * 60, quiet_until=10 * 60)
    targets = [
        f"group:{(await group(at, clock, c)).id}" for at, c in ((village, "1"), (other, "2"))
    ]
    mine = await person(village, clock)
    await account(mine, clock)
    for target in targets:
        await owe(target, clock)
    await owe(f"person:{mine.id}", clock, "答您的话", in_quiet_hours=True)
    await drain(sender)
    assert sorted(chat.chat_id for chat, _ in end.sent) == ["2", "20001"]
    row = await Delivery.get(target=targets[0])
    assert (row.state, row.not_before) == (S.DUE, clock.now().replace(hour=2, minute=0))
    clock.advance_to(clock.now() + timedelta(hours=1, seconds=1))
    await drain(sender)
    assert await state_of(targets[0]) is S.SENT


async def test_given_hours_of_a_village_when_its_town_has_others_then_its_own_hold(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    town = await unit(clock, "柳河乡", "/1/")
    village = await unit(clock, "王家村", "/1/2/")
    await town.filter(id=town.id).update(quiet_from=20 * 60, quiet_until=10 * 60)
    await town.filter(id=village.id).update(quiet_from=20 * 60, quiet_until=8 * 60 + 30)
    await owe(f"group:{(await group(village, clock)).id}", clock)
    await drain(sender)
    assert len(end.sent) == 1


async def test_given_messages_missed_in_an_outage_when_the_line_is_back_then_they_come_as_one(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    other = await group(await unit(clock, "李家村", "/2/"), clock, "701")
    end.voices = {}
    for number in range(3):
        await owe(f"group:{mine.id}", clock, f"第{number}条。", occasion=str(number))
        clock.advance_to(clock.now() + timedelta(minutes=20))
    await owe(f"group:{other.id}", clock, "就一条。")
    clock.advance_to(clock.now() + timedelta(hours=1))
    await owe(f"group:{mine.id}", clock, "刚刚的。", occasion="now")
    end.voices = {"onebot11": (SELF,)}
    await drain(sender)
    assert sorted(end.words) == [
        "刚刚的。",
        "前面有几条没发出来，一起发在这里：\n\n第0条。\n\n第1条。\n\n第2条。",
        "就一条。",
    ]
    rows = await Delivery.filter(target=f"group:{mine.id}").order_by("id")
    assert {row.state for row in rows} == {S.SENT}
    assert len({row.platform_message_id for row in rows[:3]}) == 1


async def test_given_a_merged_message_when_its_fate_is_unknown_then_all_of_it_is(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    for number in range(2):
        await owe(f"group:{mine.id}", clock, f"第{number}条。", occasion=str(number))
    clock.advance_to(clock.now() + timedelta(hours=1))
    end.script = [SendOutcome(SendResult.UNKNOWN, reason="timeout")]
    await drain(sender)
    assert len(end.sent) == 1
    assert {row.state for row in await Delivery.all()} == {S.UNKNOWN}
    assert {row.written_at for row in await Delivery.all()} == {clock.now()}
    assert {row.look_at for row in await Delivery.all()} == {clock.now() + results.LOOK_UNKNOWN}


async def test_given_missed_questions_and_long_ones_when_sending_then_they_go_by_themselves(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await person(await unit(clock), clock)
    await account(mine, clock)
    ask = Ask(kind="test", options=(Option("好", value=1),))
    await owe(f"person:{mine.id}", clock, "要不要？", occasion="ask", ask=ask)
    for number in range(2):
        words = f"{number}" * (merging.LONGEST - 10)
        await owe(f"person:{mine.id}", clock, words, occasion=str(number))
    clock.advance_to(clock.now() + timedelta(hours=1))
    await drain(sender)
    assert [words[:2] for words in end.words] == ["要不", "00", "11"]


async def test_given_more_than_five_missed_when_sending_then_the_rest_follows_in_the_next(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    for number in range(merging.MOST + 2):
        await owe(f"group:{mine.id}", clock, f"第{number}条。", occasion=str(number))
    clock.advance_to(clock.now() + timedelta(hours=1))
    await drain(sender)
    assert [words.count("条。") for words in end.words] == [5, 2]


async def test_given_a_merged_row_taken_back_meanwhile_when_marking_then_none_goes_with_it(
    sender: Dispatcher, end: End, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await group(await unit(clock), clock)
    for number in range(2):
        await owe(f"group:{mine.id}", clock, f"第{number}条。", occasion=str(number))
    clock.advance_to(clock.now() + timedelta(hours=1))
    merge = merging.merge

    def taken_back(*args: object, **kwargs: object) -> object:
        monkeypatch.setattr(merging, "merge", merge)
        return merge(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "merge", taken_back)
    gather = merging.gather

    async def cancelled(*args: object, **kwargs: object) -> object:
        rows = await gather(*args, **kwargs)  # type: ignore[arg-type]
        await run_tx(
            lambda: service.cancel(purpose="test", occasion="1", now=clock.now(), reason="done")
        )
        return rows

    monkeypatch.setattr(merging, "gather", cancelled)
    await sender.step()
    assert end.sent == []
    monkeypatch.setattr(merging, "gather", gather)
    await drain(sender)
    assert end.words == ["第0条。"]


async def test_given_a_missed_answer_by_night_when_it_goes_then_the_rest_waits_for_the_morning(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await person(await unit(clock), clock)
    await account(mine, clock)
    clock.advance_to(at_local(local_day(clock.now()), 20, 30))
    await owe(f"person:{mine.id}", clock, "交上了。", occasion="1", in_quiet_hours=True)
    await owe(f"person:{mine.id}", clock, "汇报快到日子了。", occasion="2")
    # In the evening its voice was chosen already; then the line before it was long.
    await ledger.route({f"onebot11:{SELF}": [row.id for row in await Delivery.all()]})
    clock.advance_to(at_local(local_day(clock.now()), 23))
    await drain(sender)
    assert end.words == ["交上了。"]
    clock.advance_to(at_local(local_day(clock.now()) + timedelta(days=1), 9))
    await drain(sender)
    assert end.words == ["交上了。", "汇报快到日子了。"]


CALL = (Mention("all"), Text("今晚学习。"))


async def call_all(target: str, clock: FrozenClock, occasion: str) -> None:
    await run_tx(
        lambda: service.enqueue(
            purpose="call",
            occasion=occasion,
            target=target,
            parts=CALL,
            now=clock.now(),
            priority=Priority.NOTICE,
        )
    )


async def test_given_the_calls_of_a_day_when_they_are_used_up_then_it_goes_without(
    sender: Dispatcher, end: End, clock: FrozenClock, settings: Settings
) -> None:
    limits = {"min_interval_s": 0.0, "max_interval_s": 0.0}
    in_use(settings, **limits, at_all_account_day=2, at_all_group_day=1)
    mine = await unit(clock)
    rows = [await group(mine, clock, f"7{number}") for number in range(4)]
    for number, row in enumerate((rows[0], rows[0], rows[1], rows[2])):
        await call_all(f"group:{row.id}", clock, str(number))
    await drain(sender)
    assert [Mention("all") in parts for _, parts in end.sent] == [True, False, True, False]
    assert sum(row.used for row in await BudgetUse.filter(budget__startswith="at_all:account")) == 2
    clock.advance_to(clock.now() + timedelta(days=1))
    await call_all(f"group:{rows[3].id}", clock, "tomorrow")
    await drain(sender)
    assert Mention("all") in end.sent[-1][1]


async def test_given_a_refused_call_when_sending_then_it_goes_once_more_without(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    await call_all(f"group:{mine.id}", clock, "one")
    end.script = [SendOutcome(SendResult.REJECTED, reason="at_all_used_up")]
    await drain(sender)
    assert [parts for _, parts in end.sent] == [CALL, (Text("今晚学习。"),)]
    assert await state_of(f"group:{mine.id}") is S.SENT


async def test_given_a_refused_call_twice_when_sending_then_a_person_has_to_look(
    sender: Dispatcher, end: End, clock: FrozenClock
) -> None:
    mine = await group(await unit(clock), clock)
    await call_all(f"group:{mine.id}", clock, "one")
    end.script = [SendOutcome(SendResult.REJECTED, reason="at_all_used_up")] * 2
    await drain(sender)
    assert len(end.sent) == 2
    assert await state_of(f"group:{mine.id}") is S.REJECTED


async def test_given_a_monthly_quota_when_it_is_used_up_then_the_next_month_has_a_new_one(
    sender: Dispatcher, end: End, clock: FrozenClock, settings: Settings
) -> None:
    limits = {"min_interval_s": 0.0, "max_interval_s": 0.0}
    in_use(settings, **limits, per_month={"onebot11": 2})
    mine = await group(await unit(clock), clock)
    for number in range(3):
        await owe(f"group:{mine.id}", clock, occasion=str(number))
    await drain(sender)
    assert len(end.sent) == 2
    (left,) = await Delivery.filter(state=S.REJECTED)
    assert left.reason == "quota_used"
    clock.advance_to(clock.now() + timedelta(days=10))
    await owe(f"group:{mine.id}", clock, occasion="december")
    await drain(sender)
    assert len(end.sent) == 3


async def test_given_a_budget_when_it_is_kept_twice_then_it_adds_up(
    database: str, clock: FrozenClock
) -> None:
    purse = budgets.Purse(clock.now())
    purse.spent["at_all:group:onebot11:1", "2026-11-23"] = 2
    for _ in range(2):
        await run_tx(lambda: budgets.keep(purse.spent))
    (row,) = await BudgetUse.all()
    assert row.used == 4


async def test_given_a_backlog_when_it_is_counted_then_only_what_may_go_now_counts(
    sender: Dispatcher, clock: FrozenClock
) -> None:
    mine = await unit(clock)
    voice = f"onebot11:{SELF}"
    for number in range(4):
        await owe(f"group:{(await group(mine, clock, f'7{number}')).id}", clock)
    await Delivery.all().update(self_id=voice)
    await Delivery.filter(id=1).update(is_held=True)
    await Delivery.filter(id=2).update(not_before=clock.now() + timedelta(hours=1))
    assert await ledger.backlog(voice, now=clock.now(), most=10) == 2
    assert await ledger.backlog(voice, now=clock.now(), most=1) == 1
