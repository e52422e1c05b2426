"""代班: asked, answered, in force on its days only, and listed on the morning after (3.11)."""

from datetime import date

import pytest
import pytest_asyncio

from core.actors import Stage
from core.conversation import Ask
from core.messages import Chat, ChatKind, Text
from models import (
    AuditLog,
    Contact,
    Delivery,
    Message,
    ReportDraft,
    ReportReview,
    StandIn,
    ThoughtReport,
)
from models.enums import DraftState, ReportState, ReviewDecision, StandInState, UnitKind
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.mentoring import standing_in, standing_in_lists
from tests.plugins.mentoring.town import Town, at

HOW = "这样写就行：「代班 李秀兰 12月1日到15日」。"
ASKED = (
    "12月1日（周二）到12月15日（周二），3 个人请李秀兰代，名单、日子、等着看的汇报看得到，"
    "以前的谈话看不到。要问吗？\n1 问  2 改改"
)


@pytest_asyncio.fixture
async def two(town: Town) -> Town:
    """李秀兰 is a full member of 王家村 and nobody's mentor."""
    await town.person("李秀兰", stage=Stage.FULL_MEMBER)
    return town


async def owed(purpose: str, to: str, town: Town) -> list[tuple[str, Ask | None]]:
    rows = await Delivery.filter(purpose=purpose, target=f"person:{town.people[to].id}").order_by(
        "id"
    )
    found = []
    for row in rows:
        message = await Message.get(id=row.message_id)
        body = bodies.unseal(message.body_sealed, uid=message.uid)
        found.append(
            ("".join(part.text for part in body.parts if isinstance(part, Text)), body.ask)
        )
    return found


async def arrange(town: Town, answer: str = "1") -> str:
    """Ask 李秀兰, and let her answer as if the question had just been sent to her."""
    await town.says("周德厚", "代班 李秀兰 12月1日到15日")
    assert await town.says("周德厚", "1") == "问了李秀兰，有回音告诉您。"
    ((said, ask),) = await owed(standing_in.ASKED, "李秀兰", town)
    assert said == "周德厚请您代他 15 天，12月1日到12月15日，3 个人。1 行  2 不行"
    assert ask is not None
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, "李秀兰")
    await dialogues.open_question(chat, "李秀兰", ask, town.clock.now())
    return await town.says("李秀兰", answer)


async def test_given_the_script_when_she_says_yes_then_the_mentor_hears_and_she_sees_his_people(
    two: Town,
) -> None:
    assert await two.says("周德厚", "代班 李秀兰 12月1日到15日") == ASKED
    assert await arrange(two) == "好，跟周德厚说了。那几天有事您这里也看得到，回「待办」。"
    ((said, _),) = await owed(standing_in.ANSWERED, "周德厚", two)
    assert said == "李秀兰答应了。12月16日我把这段的事列给您。"
    for day, sees in ((date(2026, 11, 30), False), (date(2026, 12, 1), True),
                      (date(2026, 12, 15), True), (date(2026, 12, 16), False)):  # fmt: skip
        two.go(at(day.month, day.day))
        assert ("王建国" in await two.says("李秀兰", "我带的人")) is sees


async def test_given_her_days_when_she_logs_a_contact_then_it_stands_under_her_own_name(
    two: Town,
) -> None:
    await arrange(two)
    two.go(at(12, 3))
    assert (await two.says("李秀兰", "昨天跟建国打电话了 挺好")).startswith(
        "记下了：王建国，12月2日"
    )
    row = await Contact.get()
    assert row.entered_by_id == two.people["李秀兰"].id
    assert (await row.mentorship).mentor_id == two.people["周德厚"].id


async def test_given_she_says_no_when_it_is_told_then_mentor_and_secretary_hear_and_nothing_holds(
    two: Town,
) -> None:
    assert await arrange(two, "2") == "好，跟周德厚说了，不用您代。"
    assert [said for said, _ in await owed(standing_in.ANSWERED, "周德厚", two)] == [
        "李秀兰那几天不方便。要请别人，回「代班」。"
    ]
    assert [said for said, _ in await owed(standing_in.ANSWERED, "刘长河", two)] == [
        "周德厚12月1日到12月15日不在，请李秀兰代，李秀兰不方便。请您帮着定一位。"
    ]
    two.go(at(12, 3))
    assert "王建国" not in await two.says("李秀兰", "我带的人")


async def test_given_an_answer_when_it_is_said_again_then_nothing_changes(two: Town) -> None:
    await arrange(two)
    row = await StandIn.get()
    actor_chat = Chat("onebot11", "10001", ChatKind.PRIVATE, "李秀兰")
    await dialogues.open_question(
        actor_chat,
        "李秀兰",
        standing_in._question(row, "周德厚", 3)[1],
        two.clock.now(),
    )
    assert (await two.says("李秀兰", "2")).startswith("好，跟周德厚说了。")
    assert (await StandIn.get()).state is StandInState.AGREED
    assert await AuditLog.filter(action="mentoring.stand_in_declined").count() == 0


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("代班", HOW),
        ("代班 李秀兰", HOW),
        ("代班 李秀兰 那几天", HOW),
        ("代班 李秀兰 12月1日到明年6月1日", "一次最多代 92 天。再久，请跟支书商量换联系人。"),
        ("代班 王建国 12月1日到15日", "支部里没找到这位正式党员，或者还没绑定，没法请。"),
        ("代班 查无此人 12月1日到15日", "支部里没找到这位正式党员，或者还没绑定，没法请。"),
        ("代班 赵永福 12月1日到15日", "支部里没找到这位正式党员，或者还没绑定，没法请。"),
        ("代班 周德厚 12月1日到15日", "支部里没找到这位正式党员，或者还没绑定，没法请。"),
    ],
)
async def test_given_what_cannot_be_asked_when_it_is_typed_then_a_sentence_says_so(
    two: Town, said: str, answer: str
) -> None:
    await two.unit("赵家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await two.person("赵永福", "赵家村", stage=Stage.FULL_MEMBER)
    assert await two.says("周德厚", said) == answer
    assert await StandIn.all().count() == 0


async def test_given_somebody_asked_when_the_days_overlap_then_it_is_said_and_can_be_ended(
    two: Town,
) -> None:
    await arrange(two)
    assert await two.says("周德厚", "代班 李秀兰 12月10日到20日") == (
        "12月1日到12月15日已经请了李秀兰。要改，回「代班」。"
    )
    assert await two.says("周德厚", "代班") == "李秀兰代您到12月15日。\n1 不用代了  2 照旧"
    assert await two.says("周德厚", "1") == "好，从现在起不用李秀兰代了，都归您。"
    two.go(at(12, 3))
    assert "王建国" not in await two.says("李秀兰", "我带的人")
    assert await two.says("周德厚", "代班 李秀兰 12月10日到20日") != ASKED


async def test_given_a_question_taken_back_when_it_is_about_to_go_out_then_it_does_not(
    two: Town,
) -> None:
    await two.says("周德厚", "代班 李秀兰 12月1日到15日")
    await two.says("周德厚", "1")
    row = await StandIn.get()
    assert await standing_in_lists.stand_in_waits({"stand_in": row.uid})
    await two.says("周德厚", "代班")
    await two.says("周德厚", "1")
    assert not await standing_in_lists.stand_in_waits({"stand_in": row.uid})


async def test_given_the_last_day_over_when_the_clock_plans_then_the_list_comes_once(
    two: Town,
) -> None:
    await arrange(two)
    two.go(at(12, 3))
    await two.says("李秀兰", "昨天跟建国打电话了 挺好")
    await read_by(two, "李秀兰")
    two.go(at(12, 15, 23))
    assert await standing_in_lists.owe_lists(now=two.clock.now()) == 0
    two.go(at(12, 16, 0, 30))
    assert await standing_in_lists.owe_lists(now=two.clock.now()) == 1
    assert await standing_in_lists.owe_lists(now=two.clock.now()) == 0
    assert [said for said, _ in await owed(standing_in.LISTED, "周德厚", two)] == [
        "李秀兰代您到12月15日：记了 1 次联系（王建国）；看了 1 份汇报（陈玉梅）。"
    ]
    (row,) = await Delivery.filter(purpose=standing_in.LISTED)
    assert row.not_before == at(12, 16)


async def read_by(town: Town, deputy: str) -> None:
    person, now = town.people["陈玉梅"], town.clock.now()
    draft = await ReportDraft.create(
        uid="d", person=person, quarter="2026Q4", state=DraftState.SUBMITTED, opened_at=now,
        updated_at=now,
    )  # fmt: skip
    report = await ThoughtReport.create(
        uid="r", person=person, draft=draft, quarter="2026Q4", state=ReportState.DONE, pages=1,
        submitted_at=now,
    )  # fmt: skip
    await ReportReview.create(
        uid="v", report=report, reviewer=town.people[deputy], as_mentor=True,
        for_mentor_id=town.people["周德厚"].id, decision=ReviewDecision.PASSED, decided_at=now,
    )  # fmt: skip


async def test_given_nothing_done_when_the_clock_plans_then_the_list_says_so(two: Town) -> None:
    await arrange(two)
    two.go(at(12, 16, 0, 30))
    await standing_in_lists.owe_lists(now=two.clock.now())
    assert [said for said, _ in await owed(standing_in.LISTED, "周德厚", two)] == [
        "李秀兰代您到12月15日，这段没有要办的事。"
    ]
