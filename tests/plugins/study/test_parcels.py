"""资料包, 已收到, 寄送登记, 资料包 单子 through the real router; sentences are exact."""

from datetime import date

import pytest
import pytest_asyncio

from core import config
from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.scheduling import Tick
from models import Account, AuditLog, Delivery, Message, Parcel, Person
from models.enums import UnitKind
from plugins import roster, study
from plugins.delivery.dispatcher import Dispatcher
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.study import jobs
from tests.plugins.mentoring.town import Town, at, plant
from tests.plugins.movement.conftest import FarEnd

WISH = (
    "能寄这些：1 学习小册子  2 《党章》  3 写汇报的信纸  4 出门小卡片  5 都要\n"
    "寄到哪里，支部当面问您或打电话问，地址别发给我，我不存。"
)
NO_ADDRESS = "地址我不存，这句没留。寄的人知道寄哪里，不知道会打电话问您。"


class Post(Town):
    """The town with a sender and the job that asks about parcels."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.end = FarEnd()
        self.sender = Dispatcher(study.CHECKS, far_end=self.end)
        desk.open_desk(
            (*COMMANDS, *roster.COMMANDS, *study.COMMANDS),
            (*CONTINUATIONS, *roster.CONTINUATIONS, *study.CONTINUATIONS),
            (),
            {},
            send=self._send,
        )

    async def until(self, moment: object) -> list[tuple[str, str]]:
        self.go(moment)  # type: ignore[arg-type]
        await jobs.ask_about_parcels(Tick(now=self.clock.now(), fire_at=self.clock.now()))
        start = len(self.end.sent)
        while await self.sender.step():
            pass
        return self.end.sent[start:]


@pytest_asyncio.fixture
async def post(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: config.Settings
) -> Post:
    paces = config.Delivery(min_interval_s=0, max_interval_s=0, warm_up_s=0)
    config.use(settings.model_copy(update={"delivery": paces}))
    made = Post(clock)
    await plant(made)
    return made


async def test_given_no_data_when_a_parcel_is_asked_for_then_it_is_sent_and_comes_by_a_word(
    post: Post,
) -> None:
    assert await post.says("王建国", "没流量") == WISH
    assert await post.says("王建国", "1") == ("记下了：学习小册子。我告诉支书，寄出了跟您说一声。")
    assert await post.until(at(11, 23, 9, 10)) == [
        (
            "刘长河",
            "王建国想要寄：学习小册子。\n寄出了，回「寄送登记 王建国」加东西和日子。"  # noqa: ISC004
            "都有谁等着，回「资料包 单子」。",
        )
    ]
    assert await post.says("刘长河", "资料包 单子") == (
        "资料包：\n1 王建国等着：学习小册子，11月23日要的\n回数字就办。"
    )
    assert await post.says("刘长河", "寄送登记 王建国 学习小册子 今天") == (
        "记下了：11月23日（周一）给王建国寄了学习小册子。我跟本人说一声。"
    )
    assert await post.until(at(11, 23, 10)) == [
        ("王建国", "支部11月23日给您寄了：学习小册子。\n收到了，回「已收到」。")
    ]
    assert await post.says("王建国", "收到") == ""
    assert (await Parcel.get()).received_at is None
    assert await post.says("王建国", "书到了") == "记下了，收到了：学习小册子。"
    row = await Parcel.get()
    assert (row.sent_on, row.sent_by_id) == (date(2026, 11, 23), post.people["刘长河"].id)
    assert await post.says("王建国", "已收到") == "没有寄给您的东西记着。想要，回「资料包」。"
    assert await post.says("刘长河", "资料包 单子") == "没有等着寄的，也没有在路上的。"
    assert [one.action for one in await AuditLog.filter(action__startswith="study.parcel")] == [
        "study.parcel_asked",
        "study.parcel_sent",
        "study.parcel_received",
    ]


async def test_given_a_wish_when_more_is_asked_for_then_it_is_one_parcel_and_one_notice(
    post: Post,
) -> None:
    await post.says("王建国", "资料包")
    await post.says("王建国", "2")
    assert await post.says("王建国", "资料包") == (
        "已经记着要：《党章》。\n" + WISH.replace("5 都要", "5 都要  6 不要了")
    )
    assert await post.says("王建国", "要信纸，还要学习小册子和写汇报的信纸") == (
        "记下了：《党章》、学习小册子、写汇报的信纸。我告诉支书，寄出了跟您说一声。"
    )
    sent = await post.until(at(11, 23, 9, 10))
    assert len(sent) == 1
    assert "《党章》、学习小册子、写汇报的信纸" in sent[0][1]
    assert await Parcel.all().count() == 1
    await post.says("王建国", "资料包")
    assert await post.says("王建国", "不要了") == "好，不寄了：《党章》、学习小册子、写汇报的信纸。"
    assert await post.says("刘长河", "资料包 单子") == "没有等着寄的，也没有在路上的。"


@pytest.mark.parametrize("first", ["资料包 柳河乡幸福路12号", "资料包"])
async def test_given_an_address_when_it_is_typed_then_it_is_refused_and_nowhere(
    post: Post, first: str
) -> None:
    answer = await post.says("王建国", first)
    if first == "资料包":
        answer = await post.says("王建国", "寄到南港市东城区幸福路12号 王建国收")
    assert answer == NO_ADDRESS
    assert await post.says("刘长河", "寄送登记 王建国 书 南港市东城区幸福路12号") == (
        "里面像有地址，没记，也没存。只写姓名、东西、日子就行。"
    )
    assert await Parcel.all().count() == 0
    assert await Message.all().count() == 0


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("寄送登记 没有人 书", "您能看的人里没有这个名字，没记。"),
        (
            "寄送登记 王建国",
            "给王建国寄的是什么？连东西一起写，比如「寄送登记 王建国 学习小册子」。",
        ),
        ("寄送登记 王建国 书 12月30日", "12月30日还没到，没记。寄出了再登记。"),
        ("寄送登记 王建国 书 前两天", "没看懂是哪天，没记。日子写成「11月20日」就行。"),
        (
            "寄送登记 王建国 党章和信纸 11月20日",
            "记下了：11月20日（周五）给王建国寄了党章、信纸。我跟本人说一声。",
        ),
        ("寄送登记", "没有等着寄的，也没有在路上的。"),
    ],
)
async def test_given_a_line_when_a_parcel_is_registered_then_it_is_read_or_refused(
    post: Post, said: str, answer: str
) -> None:
    assert await post.says("刘长河", said) == answer


async def test_given_the_same_line_twice_when_it_is_registered_then_it_is_one_parcel(
    post: Post,
) -> None:
    await post.says("刘长河", "寄送登记 王建国 书 11月20日")
    assert await post.says("刘长河", "寄送登记 王建国 书 11月20日") == (
        "这份已经记过了：王建国，同一天、同样的东西。"
    )
    assert await Parcel.all().count() == 1


async def test_given_a_month_without_a_word_when_it_is_over_then_he_is_asked_once(
    post: Post,
) -> None:
    await post.says("刘长河", "寄送登记 王建国 书 11月23日")
    await post.until(at(11, 23, 9, 10))
    assert await post.until(at(12, 22, 19)) == []
    assert await post.says("刘长河", "资料包 单子") == "没有等着寄的。1 份寄出不久，在路上。"
    assert await post.until(at(12, 23, 19)) == [
        ("王建国", "11月23日寄的书，收到了吗？1 收到了  2 没收到")
    ]
    assert await post.says("刘长河", "资料包 单子") == (
        "资料包：\n1 王建国没回话：书，11月23日寄的，30 天了\n回数字就办。"
    )
    assert await post.says("王建国", "2") == (
        "好，我告诉支书，这事我不再问了。后来收到了，回「已收到」。"
    )
    assert await post.until(at(12, 23, 19, 30)) == [("刘长河", "王建国说11月23日寄的书没收到。")]
    for day in (24, 31):
        assert await post.until(at(12, day, 19)) == []
    assert await post.until(at(2, 1, 19, year=2027)) == []
    assert await post.says("刘长河", "资料包 单子") == (
        "资料包：\n1 王建国说没收到：书，2026年11月23日寄的\n回数字就办。"
    )
    assert await post.says("刘长河", "1") == (
        "2026年11月23日给王建国寄的书：1 本人说收到了  2 记错了，还没寄  3 先放着"
    )
    assert await post.says("刘长河", "2") == "改好了，给王建国的还等着寄。"
    assert "1 王建国等着：书" in await post.says("刘长河", "资料包 单子")
    await post.says("刘长河", "1")
    assert await post.says("刘长河", "2") == (
        "记下了：1月31日（周日）给王建国寄了书。我跟本人说一声。"
    )


async def test_given_a_pause_when_the_month_is_over_then_he_is_asked_after_it(
    post: Post,
) -> None:
    await post.says("刘长河", "寄送登记 王建国 书 11月23日")
    await post.until(at(11, 23, 9, 10))
    await Person.filter(name="王建国").update(paused_until=date(2026, 12, 28))
    assert await post.until(at(12, 23, 19)) == []
    assert await post.until(at(12, 28, 19)) == []
    assert len(await post.until(at(12, 29, 19))) == 1
    assert await post.until(at(12, 30, 19)) == []


async def test_given_a_pause_when_a_parcel_is_sent_then_he_hears_of_it_afterwards(
    post: Post,
) -> None:
    await Person.filter(name="王建国").update(paused_until=date(2026, 11, 25))
    await post.says("刘长河", "寄送登记 王建国 书")
    assert await post.until(at(11, 25, 12)) == []
    assert len(await post.until(at(11, 26, 9))) == 1


async def test_given_several_under_way_when_one_came_then_it_is_asked_which(post: Post) -> None:
    await post.says("刘长河", "寄送登记 王建国 书 11月10日")
    await post.says("刘长河", "寄送登记 王建国 信纸 11月20日")
    assert await post.says("王建国", "已收到") == (
        "收到的是哪份？1 11月10日寄的书  2 11月20日寄的信纸  3 都收到了"
    )
    assert await post.says("王建国", "2") == "记下了，收到了：信纸。"
    assert await Parcel.filter(received_at__isnull=True).count() == 1


async def test_given_a_parcel_that_came_meanwhile_when_an_old_number_is_sent_then_nothing_moves(
    post: Post,
) -> None:
    await post.says("刘长河", "寄送登记 王建国 书 11月10日")
    await post.until(at(12, 23, 19))
    await post.says("刘长河", "资料包 单子")
    await Parcel.all().update(received_at=post.clock.now())
    assert await post.says("刘长河", "1") == "这一份前面已经变了，这次没动。"
    assert await post.says("王建国", "1") == "这一份前面已经变了，这次没动。"


async def test_given_another_branch_when_parcels_are_listed_then_its_people_are_not_there(
    post: Post,
) -> None:
    await post.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await post.person("李国民", "李家村", Stage.FULL_MEMBER)
    await post.office("李国民", RoleKind.BRANCH_SECRETARY, "李家村")
    await post.says("王建国", "资料包")
    await post.says("王建国", "1")
    assert await post.says("李国民", "资料包 单子") == "没有等着寄的，也没有在路上的。"
    assert await post.says("李国民", "寄送登记 王建国 书") == "您能看的人里没有这个名字，没记。"
    await post.says("刘长河", "资料包 单子")
    await Person.filter(name="王建国").update(home_unit=post.units["李家村"])
    assert await post.says("刘长河", "1") == "这一份前面已经变了，这次没动。"
    assert "1 王建国等着：学习小册子" in await post.says("李国民", "资料包 单子")
    await post.says("李国民", "1")
    await Person.filter(name="王建国").update(home_unit=post.units["王家村"])
    assert await post.says("李国民", "1") == "这一份前面已经变了，这次没动。"
    assert (await Parcel.get()).sent_on is None
    for name in ("王建国", "周德厚", "孙敏"):
        assert (
            await post.says(name, "寄送登记 王建国 书")
            == "这个我不能给您看。看自己的，回「我的数据」。"
        )
    assert (await post.says("陌生人", "资料包")).startswith("我是雁阵")


async def test_given_no_secretary_with_an_account_when_it_is_asked_for_then_he_says_it_himself(
    post: Post,
) -> None:
    await Account.filter(account_id="刘长河").update(person_id=None, bound_at=None)
    await post.says("王建国", "资料包")
    assert await post.says("王建国", "5") == (
        "记下了：学习小册子、《党章》、写汇报的信纸、出门小卡片。支书还没绑定，您也当面或打电话说一声。"
    )
    assert await Delivery.all().count() == 0


async def test_given_it_was_never_registered_when_it_comes_then_the_word_is_enough(
    post: Post,
) -> None:
    await post.says("王建国", "资料包")
    await post.says("王建国", "1")
    assert await post.says("王建国", "已收到") == "记下了，收到了：学习小册子。"
    assert await post.until(at(11, 23, 9, 10)) == []
