"""The words of pushes through the real router: who may say them, and that none is shadowed."""

import pytest
import pytest_asyncio

from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Text
from models import Delivery, Group, Unit
from models.enums import DeliveryState as S
from models.enums import UnitKind
from plugins import delivery, identity, mentoring
from plugins.delivery import service
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from tests.plugins.mentoring.town import Town, plant

WORDS = ("发送进度", "暂停发送", "继续发送", "撤回", "确认撤回", "补发", "当作已发")


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    await plant(made)
    await made.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await made.person("何志远", "李家村", stage=Stage.FULL_MEMBER)
    await made.office("何志远", RoleKind.BRANCH_SECRETARY, "李家村")
    rooms = (identity, mentoring, delivery)
    desk.open_desk(
        (*COMMANDS, *(one for room in rooms for one in room.COMMANDS)),
        (*CONTINUATIONS, *(one for room in rooms for one in room.CONTINUATIONS)),
        mentoring.LINE_READERS,
        {},
        send=made._send,
    )
    return made


async def group(town: Town, unit: str) -> str:
    row = await Group.create(
        platform="onebot11",
        chat_id=f"77{unit}",
        self_id="10001",
        name=f"{unit}群",
        unit=await Unit.get(name=unit),
        bound_at=town.clock.now(),
    )
    return f"group:{row.id}"


async def push(town: Town, *targets: str, title: str = "冬天宿舍用电") -> None:
    now = town.clock.now()
    await run_tx(
        lambda: service.broadcast(
            purpose="test.push", occasion=title, targets=targets, parts=(Text("别用。"),), now=now,
            priority=30, title=title,
        )
    )  # fmt: skip


async def test_given_the_script_when_a_push_is_stopped_and_taken_back_then_all_goes_by_words(
    town: Town,
) -> None:
    here, there = await group(town, "王家村"), await group(town, "李家村")
    await push(town, here, there)
    assert (await town.says("孙敏", "发到哪了")).startswith("「冬天宿舍用电」\n2 个群：发了 0，")
    assert "停下了，1 个群先不发。" in await town.says("刘长河", "先停")
    assert "停着 1" in await town.says("孙敏", "推送 进度")
    assert "好，1 个群接着发。" in await town.says("孙敏", "接着发")
    assert "停下了，2 个群先不发。" in await town.says("孙敏", "先停")
    await Delivery.filter(target=here).update(
        state=S.SENT, platform_message_id="9", self_id="onebot11:10001"
    )
    assert "1 个群里发出的会试着收回，还没发的 1 个不发了。" in await town.says("孙敏", "撤回")
    # A number is not the word, and other talk is let through.
    assert "数字" in await town.says("孙敏", "1")
    assert (await town.says("孙敏", "确认撤回")).startswith("好，1 个群我一个个去收")
    assert (await Delivery.get(target=there)).state is S.CANCELLED
    assert await town.says("孙敏", "确认撤回") == "先回「撤回」，我说清楚会怎样，您再定。"


async def test_given_a_secretary_of_another_branch_when_he_says_the_words_then_nothing_is_his(
    town: Town,
) -> None:
    here = await group(town, "王家村")
    await push(town, here)
    heard = [await town.says("何志远", word) for word in WORDS]
    assert heard == [
        "还没有发过推送。",
        "现在没有在发的推送。以前的，回「发送进度」看。",
        "没有停着的推送。",
        "近 7 天没有能撤回的推送。",
        "先回「撤回」，我说清楚会怎样，您再定。",
        "没有要补发的。看发到哪了，回「发送进度」。",
        "没有要补发的。看发到哪了，回「发送进度」。",
    ]
    row = await Delivery.get()
    assert (row.state, row.is_held, row.recall_at) == (S.DUE, False, None)


@pytest.mark.parametrize("who", ["王建国", "周德厚"])
async def test_given_a_worker_or_mentor_when_he_says_the_words_then_nothing_moves(
    who: str, town: Town
) -> None:
    await push(town, await group(town, "王家村"))
    for word in WORDS:
        assert "群" not in await town.says(who, word)
    assert "撤回同意" in await town.says(who, "撤回")
    row = await Delivery.get()
    assert (row.state, row.is_held, row.recall_at) == (S.DUE, False, None)


async def test_given_other_words_with_the_same_beginning_when_they_are_said_then_they_hold(
    town: Town,
) -> None:
    await push(town, await group(town, "王家村"))
    for word in ("撤回同意", "不同意了"):
        answer = await town.says("王建国", word)
        assert "撤回哪一件" in answer, word
    assert "撤回哪一件" in await town.says("刘长河", "撤回同意")
    # 撤销 is a contact's.
    assert await town.says("刘长河", "撤销") == "您还没记过联系。要记，回「记联系」。"
    assert "停下了" not in await town.says("刘长河", "停")


async def test_given_the_words_in_a_group_when_they_are_said_then_the_answer_is_private(
    town: Town,
) -> None:
    await push(town, await group(town, "王家村"))
    heard = await town.hear("刘长河", "撤回", group="77王家村")
    assert not heard[0].startswith("group:")
    assert heard[1].startswith("group:这个我私下回您")


async def test_given_two_pushes_when_recall_is_said_then_number_and_word_lead_to_the_right_one(
    town: Town,
) -> None:
    here = await group(town, "王家村")
    await push(town, here, title="工钱被拖")
    await push(town, here)
    assert (await town.says("刘长河", "收回来")).startswith("哪一次？1 「冬天宿舍用电」")
    assert "「工钱被拖」" in await town.says("刘长河", "2")
    assert await town.says("刘长河", "确认撤回") == "还没发的 1 个群不发了。"
    assert (await Delivery.get(occasion="工钱被拖")).state is S.CANCELLED
    assert (await Delivery.get(occasion="冬天宿舍用电")).state is S.DUE


async def test_given_the_night_words_when_a_secretary_says_them_then_his_unit_is_set(
    town: Town,
) -> None:
    assert "王家村晚上9点到早上8点" in await town.says("刘长河", "安静时间")
    assert "好，王家村晚上8点到上午9点" in await town.says("刘长河", "安静时间 20点到9点")
    assert (await Unit.get(name="王家村")).quiet_from == 1200
    assert (await Unit.get(name="李家村")).quiet_from is None
    assert "看不" not in await town.says("何志远", "安静时间")
    assert "不能给您看" in await town.says("王建国", "安静时间")
