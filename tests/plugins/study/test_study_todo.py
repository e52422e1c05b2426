"""What waits in study on the list of 待办: for whoever is asked first, and for nobody else."""

from collections.abc import Iterator

import pytest
import pytest_asyncio

from core.clock import FrozenClock, at_local
from core.config import Settings
from core.scheduling import Tick
from models import Delivery, Mentorship, PushOrder
from models.enums import OrderState
from plugins import mentoring, study
from plugins.mentoring import jobs
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.study import library
from plugins.study.library import Library
from tests.plugins.study.county import County, piece
from tests.plugins.study.local_pieces.bringing_in import MONDAY, bring_in
from tests.plugins.study.reading import reviewed

NOTHING = "眼下没有要办的，您歇着。有事下周一告诉您。"
ALONE = "这周 1 件事：\n1 {what}\n回数字就办，办完不提醒。"
PIECES = [piece("wages", "工钱被拖，先做哪三步", 1), piece("road", "路上带什么", 2)]


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    library.use(reviewed(PIECES))
    yield
    library.use(Library.load(library.FOLDER))


@pytest_asyncio.fixture
async def county(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: Settings
) -> County:
    made = County(clock, settings, database)
    await made.plant()
    await Mentorship.all().delete()
    mentoring.use_todo(study.TODO)
    desk.open_desk(
        (*COMMANDS, *study.COMMANDS, *mentoring.COMMANDS),
        (*CONTINUATIONS, *study.CONTINUATIONS, *mentoring.CONTINUATIONS),
        (), {**study.DRAFT_WORDS}, send=made._answer,
    )  # fmt: skip
    return made


async def lists(county: County) -> set[str]:
    """Let Monday's clock strike; return who is owed a list."""
    nine = at_local(MONDAY, 9)
    await jobs.owe_weekly_lists(Tick(now=nine, fire_at=nine))
    owed = await Delivery.filter(purpose="mentoring.weekly").values_list("target", flat=True)
    return {name for name, one in county.people.items() if f"person:{one.id}" in owed}


async def test_given_a_local_piece_when_it_waits_then_it_is_on_the_list_of_who_is_asked(
    county: County,
) -> None:
    await bring_in(county)

    assert await county.tells("吴芳", "待办") == ALONE.format(
        what="看一件新加的材料「讨薪窗口开了」"
    )
    for name in ("刘长河", "孙敏", "李国民", "钱进"):
        assert await county.tells(name, "待办") == NOTHING, name
    assert await lists(county) == {"吴芳"}
    assert (await county.tells("吴芳", "1")).startswith("刘长河加的材料「讨薪窗口开了」")
    await county.tells("吴芳", "1")
    assert await county.tells("吴芳", "待办") == NOTHING


async def test_given_unread_pieces_when_asked_then_the_clerk_sees_them_and_no_list_goes_for_them(
    county: County,
) -> None:
    library.use(Library(PIECES))

    assert await county.tells("孙敏", "待办") == ALONE.format(what="审学习材料（2 篇还没人看过）")
    for name in ("刘长河", "吴芳", "李国民"):
        assert await county.tells(name, "待办") == NOTHING, name
    assert await lists(county) == set()
    assert "工钱被拖" in await county.tells("孙敏", "1")


async def test_given_several_pieces_brought_in_when_asked_then_they_stand_in_one_line(
    county: County,
) -> None:
    await bring_in(county)
    await bring_in(county, title="窗口又开了")

    assert "1 看 2 件新加的材料" in await county.tells("吴芳", "待办")


async def orders_a_push(county: County, title: str = "工钱被拖", asker: str = "刘长河") -> None:
    await county.tells(asker, f"推送 新建 {title} 今天晚上8点")
    assert "看" in await county.tells(asker, "1")


async def test_given_a_push_when_it_waits_for_a_yes_then_its_number_opens_it_for_who_is_asked(
    county: County,
) -> None:
    await county.group("王家村群", "王家村")
    await orders_a_push(county)

    assert await county.tells("吴芳", "待办") == ALONE.format(
        what="看一件要发的学习「工钱被拖，先做哪三步」（刘长河）"
    )
    for name in ("刘长河", "孙敏", "李国民", "钱进"):
        assert await county.tells(name, "待办") == NOTHING, name
    assert await lists(county) == {"吴芳"}
    opened = await county.tells("吴芳", "1")
    assert opened.startswith("刘长河想发「工钱被拖，先做哪三步」")
    await county.tells("吴芳", "1")
    assert await county.tells("吴芳", "待办") == NOTHING

    assert await county.tells("刘长河", "待办") == ALONE.format(
        what="「工钱被拖，先做哪三步」看过了，等您说发"
    )
    assert "确认发送" in await county.tells("刘长河", "1")
    await county.tells("刘长河", "确认发送")
    assert await county.tells("刘长河", "待办") == NOTHING


async def test_given_two_pushes_when_asked_then_they_stand_in_one_line_that_opens_their_list(
    county: County,
) -> None:
    await county.group("王家村群", "王家村")
    await orders_a_push(county)
    await orders_a_push(county, "路上带什么")

    assert "1 看 2 件要发的学习" in await county.tells("吴芳", "待办")
    assert "路上带什么" in await county.tells("吴芳", "1")


async def test_given_somebody_was_quicker_when_the_number_is_answered_then_nothing_is_open(
    county: County,
) -> None:
    await county.group("王家村群", "王家村")
    await orders_a_push(county)
    await county.tells("吴芳", "待办")
    await PushOrder.all().update(state=OrderState.RETURNED)

    assert "刘长河想发" not in await county.tells("吴芳", "1")
