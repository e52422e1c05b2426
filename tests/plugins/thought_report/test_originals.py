"""The paper chain: what came in, into whose hand, what is outstanding, and taking an entry back."""

from datetime import date

import pytest

from core.actors import ConsentKind, Stage
from core.conversation import Call, Say
from core.errors import Refusal
from core.texts import current
from models import AuditLog, Delivery, ReportOriginal, Unit
from models.enums import DeliveryState, UnitKind
from plugins.identity.queries import who_is
from plugins.mentoring.undoing import newer_entry
from plugins.thought_report import originals, paper_commands
from tests.plugins.thought_report.conftest import Village, Wire
from tests.plugins.thought_report.script import LONG
from tests.plugins.thought_report.talk import Talk, owed

HANDED_IN = date(2026, 12, 18)
HOME = date(2026, 12, 28)
LATER = "今天收到的，回数字；别的日子，回「原件已收 姓名 季度 日期」。"
NOTED = "记下了：王建国的四季度手写原件，12月28日（周一）收到，经您的手。\n不对就回「撤销」。"


@pytest.fixture
async def home(village: Village, wire: Wire) -> Village:
    """王建国 handed in here on the 18th; on the 28th he is home."""
    village.go(HANDED_IN, 9)
    await hand_in(village)
    village.go(HOME, 10)
    return village


async def hand_in(village: Village, name: str = "王建国", quarter: str = "四季度") -> None:
    talk = village.talks[name]
    await talk.says(f"交汇报 {quarter}")
    await talk.says(LONG)
    await talk.says("完成")


async def undo(talk: Talk, village: Village, key: str = "undo") -> str:
    """Say 撤销 as the router does: the room of the newest entry takes it."""
    now = village.clock.now()
    actor = (await who_is(talk.chat, talk.account_id, now)).actor
    call = Call(actor, talk.chat, talk.account_id, now, message_key=key)
    try:
        reply = await paper_commands.UNDOS[0].handler(call)
    except Refusal as refusal:
        return current().render(Say(refusal.key, **refusal.fields))
    return talk._words(reply)


async def test_given_a_report_when_the_secretary_has_the_paper_then_it_is_noted_and_told_once(
    home: Village,
) -> None:
    liu = home.talks["刘长河"]
    assert await liu.says("原件") == (
        f"还差 1 份手写原件：\n{LATER}\n1 王建国 四季度，12月18日在这里交的"
    )
    assert await liu.says("原件已收 王建国") == NOTED
    assert await owed(originals.TOLD) == ["您四季度汇报的手写原件，刘长河12月28日收到了，放心。"]
    row = await ReportOriginal.get()
    assert (row.received_on, row.received_by_id) == (HOME, home.people["刘长河"].id)
    assert await liu.says("缺原件") == "手写原件都收齐了。"
    assert await liu.says("原件已收 王建国 四季度") == (
        "王建国的四季度原件12月28日刘长河收到过了。"
    )
    assert await AuditLog.filter(action="thought_report.original_received").count() == 1
    assert await home.talks["王建国"].says("我的汇报") == (
        "四季度：12月18日交的，1 页，等周德厚看。原件12月28日收到了。\n"
        "想看经过，回「我的汇报 四季度」。"
    )


async def test_given_the_list_when_its_number_is_chosen_then_that_original_is_noted(
    home: Village,
) -> None:
    zhou = home.talks["周德厚"]
    await zhou.says("原件")
    assert await zhou.says("1") == NOTED


async def test_given_quarter_and_day_when_they_are_typed_then_both_are_taken(home: Village) -> None:
    zhou = home.talks["周德厚"]
    assert await zhou.says("原件已收 王建国 三季度 12月20日") == (
        "记下了：王建国的三季度手写原件，12月20日（周日）收到，经您的手。\n不对就回「撤销」。"
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("原件已收 王建国 四季度 明天", "12月29日还没到。收到了再记。"),
        (
            "原件已收 王建国 四季度 那天",
            "这样写就行：「原件已收 王建国 四季度 12月28日」。",
        ),
        ("原件已收 查无此人", "这个我不能给您看。看自己的，回「我的数据」。"),
        ("原件已收 赵家人", "这个我不能给您看。看自己的，回「我的数据」。"),
    ],
)
async def test_given_what_cannot_be_noted_when_it_is_typed_then_nothing_is(
    home: Village, said: str, answer: str
) -> None:
    other = await Unit.create(
        name="赵家村", kind=UnitKind.VILLAGE_BRANCH, path="/2/", created_at=home.clock.now()
    )
    await home.person("赵家人", unit=other)
    assert await home.talks["刘长河"].says(said) == answer
    assert await ReportOriginal.all().count() == 0


async def test_given_several_outstanding_when_a_name_is_typed_then_one_or_all_can_be_chosen(
    home: Village,
) -> None:
    await hand_in(home, quarter="三季度")
    liu = home.talks["刘长河"]
    assert await liu.says("原件已收 王建国") == (
        "王建国有几份原件没收，这次是哪份？\n1 三季度  2 四季度  3 都收到了"
    )
    assert await liu.says("3") == (
        "记下了：王建国的三季度、四季度手写原件，12月28日（周一）收到，经您的手。\n"
        "不对就回「撤销」。"
    )
    assert await owed(originals.TOLD) == [
        "您三季度、四季度汇报的手写原件，刘长河12月28日收到了，放心。"
    ]


async def test_given_two_of_a_name_when_it_is_typed_then_the_village_tells_them_apart(
    home: Village,
) -> None:
    below = await Unit.create(
        name="王家村二组", kind=UnitKind.VILLAGE_BRANCH, path="/1/3/", created_at=home.clock.now()
    )
    await home.person("王建国", unit=below, bound=False)
    liu = home.talks["刘长河"]
    assert await liu.says("原件已收 王建国 四季度") == (
        "有两位王建国：\n1 王家村的  2 王家村二组的"
    )
    assert (await liu.says("2")).startswith("记下了：王建国的四季度手写原件")
    assert (await ReportOriginal.get()).person_id == home.people["王建国"].id
    assert await owed(originals.TOLD) == []


async def test_given_an_entry_when_it_is_undone_twice_then_it_stands_again_and_nobody_is_told(
    home: Village,
) -> None:
    liu = home.talks["刘长河"]
    await liu.says("原件已收 王建国")
    reference = {"originals": [(await ReportOriginal.get()).uid]}
    assert await originals.original_stands(reference)
    assert await undo(liu, home) == ("拿掉了：王建国的四季度手写原件。要放回去，再回「撤销」。")
    assert not await originals.original_stands(reference)
    assert await undo(liu, home) == ("拿掉了：王建国的四季度手写原件。要放回去，再回「撤销」。")
    assert await undo(liu, home, "again") == "放回来了：王建国的四季度手写原件，算收到。"
    assert await originals.original_stands(reference)
    assert len(await owed(originals.TOLD)) == 1


async def test_given_a_day_over_when_it_is_undone_then_it_stays(home: Village) -> None:
    liu = home.talks["刘长河"]
    await liu.says("原件已收 王建国")
    home.wait(24 * 3600 + 1)
    assert await undo(liu, home) == "这份原件记了一天多，撤不了。真弄错了，请跟支书说一声。"
    assert await undo(home.talks["周德厚"], home) == ("您还没记过原件。要记，回「原件已收 姓名」。")


async def test_given_an_entry_taken_back_when_another_hand_has_it_then_it_does_not_come_back(
    home: Village,
) -> None:
    liu, zhou = home.talks["刘长河"], home.talks["周德厚"]
    await liu.says("原件已收 王建国")
    await undo(liu, home)
    await zhou.says("原件已收 王建国")
    assert await undo(liu, home, "again") == "王建国的四季度原件12月28日周德厚收到过了。"
    standing = await ReportOriginal.get(standing_key__isnull=False)
    assert standing.received_by_id == home.people["周德厚"].id


async def test_given_an_author_who_was_told_when_another_hand_has_it_then_he_is_not_told_again(
    home: Village,
) -> None:
    liu, zhou = home.talks["刘长河"], home.talks["周德厚"]
    await liu.says("原件已收 王建国")
    await Delivery.filter(purpose=originals.TOLD).update(state=DeliveryState.SENT)
    await undo(liu, home)
    await zhou.says("原件已收 王建国")
    assert await Delivery.filter(purpose=originals.TOLD).count() == 1


async def test_given_the_same_message_twice_when_it_is_taken_then_one_original_is_noted(
    home: Village,
) -> None:
    liu = home.talks["刘长河"]
    assert await liu.says("原件已收 王建国", key="k") == NOTED
    assert await liu.says("原件已收 王建国 四季度", key="k") == NOTED
    assert await ReportOriginal.all().count() == 1


async def test_given_somebody_without_consent_when_his_paper_comes_then_it_is_noted_as_well(
    home: Village,
) -> None:
    await home.person("李强", Stage.ACTIVIST, consents=(ConsentKind.BASICS,))
    liu = home.talks["刘长河"]
    assert await liu.says("原件已收 李强") == (
        "李强没有差着的原件。收的是哪一季的，比如「原件已收 李强 三季度」。"
    )
    assert (await liu.says("原件已收 李强 四季度")).startswith("记下了：李强的四季度手写原件")


async def test_given_entries_in_two_rooms_when_the_newest_is_asked_for_then_it_is_that_one(
    home: Village,
) -> None:
    liu = home.talks["刘长河"]
    actor = (await who_is(liu.chat, liu.account_id, home.clock.now())).actor
    assert await newer_entry(actor) is None
    await liu.says("原件已收 王建国")
    assert await newer_entry(actor) is paper_commands.UNDOS[0]
