"""搜, 补学, 学时 and 登记学时 through the real router; sentences are exact."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import pytest_asyncio

from core import config
from core.actors import ConsentKind, Stage
from core.clock import FrozenClock
from models import AuditLog, Consent, Group, Push, StudyProgress, StudyRecord
from models.enums import ConsentDecision, Evidence
from plugins import study
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.study import library
from plugins.study.front_matter import Question
from plugins.study.library import Library, Material
from tests.plugins.mentoring.town import Town, at, plant
from tests.plugins.study.reading import reviewed

ASK = Question(ask="能吗？", options=("能", "不能"), answer=1, explain="能。")


def piece(slug: str, title: str, order: int, body: str = "正文。", **more: object) -> Material:
    given = {
        "audience": frozenset({Stage.ACTIVIST}), "public": True, "cities": frozenset[str](),
        "effective_until": date(2027, 12, 31),
    } | more  # fmt: skip
    return Material(
        slug=slug, title=title, series="出门在外", order=order, source="《某条例》",
        source_date=date(2020, 1, 1), effective_from=date(2026, 1, 1), push="先留证据。",
        sections=(body,), quiz=(ASK,) * 3, **given,
    )  # fmt: skip  # type: ignore[arg-type]


PIECES = (
    piece("wages", "工钱被拖，先做哪三步", 1, tags=("维权",)),
    piece("injury", "干活受了伤", 2, "先去医院，再报工伤。工钱照发。"),
    piece(
        "steps", "预备期怎么过", 3, audience=frozenset({Stage.PROBATIONARY_MEMBER}), public=False
    ),
    piece("old", "老办法讨工钱", 4, effective_until=date(2026, 11, 1)),
    piece("harbour", "南港的夜校", 5, cities=frozenset({"南港"})),
)


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    library.use(reviewed(PIECES))
    yield
    library.use(Library.load(library.FOLDER))


@pytest_asyncio.fixture
async def town(database: str, keys: object, texts: object, clock: FrozenClock) -> Town:
    made = Town(clock)
    await plant(made)
    desk.open_desk(
        (*COMMANDS, *study.COMMANDS), (*CONTINUATIONS, *study.CONTINUATIONS), (), {},
        send=made._send,
    )  # fmt: skip
    return made


async def pushed(town: Town, *slugs: str, weeks_ago: int = 1) -> None:
    group = await Group.create(
        platform="onebot11", chat_id=f"9{weeks_ago}", self_id="10001", bound_at=at(1, 5),
        unit=town.units["王家村"],
    )  # fmt: skip
    for place, slug in enumerate(slugs):
        slot = at(11, 16, 20) - timedelta(weeks=weeks_ago - 1) - timedelta(days=place)
        await Push.create(group=group, slot_at=slot, material=slug, created_at=slot)


async def test_given_words_when_searched_then_a_title_comes_before_a_body(town: Town) -> None:
    assert await town.says("王建国", "搜 工钱") == (
        "找到这些，回数字看。\n1 工钱被拖，先做哪三步  2 干活受了伤"
    )
    assert (await town.says("王建国", "2")).startswith("干活受了伤，1 分钟看完。")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("找一下 维权", "工钱被拖，先做哪三步"),
        ("搜索 工伤怎么办", "干活受了伤"),
        ("搜 夜校", "南港的夜校"),
        ("搜 医", "干活受了伤"),
    ],
)
async def test_given_a_way_of_asking_when_searched_then_the_piece_is_found(
    town: Town, typed: str, first: str
) -> None:
    assert f"1 {first}" in await town.says("王建国", typed)


async def test_given_a_piece_of_another_stage_or_expired_when_searched_then_it_is_not_found(
    town: Town,
) -> None:
    nothing = "没找到。换个短点的词，或回「学习」。"
    assert await town.says("王建国", "搜 预备期") == nothing
    assert "老办法" not in await town.says("王建国", "搜 讨工钱")
    await town.person("赵明", stage=Stage.PROBATIONARY_MEMBER)
    assert "1 预备期怎么过" in await town.says("赵明", "搜 预备期")
    assert await town.hear("赵明", "搜 预备期", group="77") == [f"group:{nothing}"]


async def test_given_no_words_when_searched_then_they_are_asked_for(town: Town) -> None:
    assert await town.says("王建国", "搜") == "想找什么？发一两个词来，比如「工钱」。"
    assert "1 工钱被拖" in await town.says("王建国", "工钱")


async def test_given_a_group_when_a_number_is_chosen_then_the_public_words_are_said(
    town: Town,
) -> None:
    await town.hear("王建国", "搜 工钱", group="77")
    heard = await town.hear("王建国", "1", group="77")
    assert heard[0].startswith("group:本周学习：工钱被拖，先做哪三步。")


async def test_given_pushes_when_catching_up_then_unread_ones_come_oldest_first(
    town: Town,
) -> None:
    await pushed(town, "wages", "injury", "old")
    await pushed(town, "harbour", weeks_ago=9)
    assert await town.says("王建国", "补学") == (
        "近 8 周发过、您还没看完的，回数字看。不看也行。\n1 干活受了伤  2 工钱被拖，先做哪三步"
    )
    await town.says("王建国", "1")
    await town.says("王建国", "看")
    assert (await StudyProgress.get()).material == "injury"
    assert (await town.says("王建国", "补课")).endswith("1 工钱被拖，先做哪三步")
    for typed in ("1", "做 3 道题", "1", "1", "1"):
        await town.says("王建国", typed)
    assert await town.says("王建国", "补学") == ("近 8 周发过的您都看了。想接着看，回「学习」。")


async def test_given_a_city_when_learning_then_its_pieces_come_only_there(town: Town) -> None:
    for slug in ("wages", "injury"):
        await StudyProgress.create(
            person=town.people["王建国"], material=slug, sections_read=1, updated_at=at(11, 20)
        )
    assert "南港" not in await town.says("王建国", "学习")
    person = town.people["王建国"]
    person.city = "南港市"
    await person.save()
    assert (await town.says("王建国", "学习")).startswith("南港的夜校")


LINE = "登记学时 王建国、陈玉梅 2小时 党章学习 11月20日"


async def test_given_a_secretary_when_he_enters_hours_then_each_has_a_row_of_one_event(
    town: Town,
) -> None:
    assert await town.says("刘长河", LINE) == (
        "登记好了：王建国、陈玉梅，11月20日（周五），「党章学习」，每人 2 小时，算到场。\n"
        "记错了，一天内回「撤销登记」。"
    )
    rows = await StudyRecord.all()
    assert {row.evidence for row in rows} == {Evidence.ATTENDED}
    assert len({row.material for row in rows}) == 1
    assert rows[0].material.startswith("attended:")
    assert await AuditLog.filter(action="study.attended").count() == 2
    assert "党章" not in str([row.detail for row in await AuditLog.all()])
    assert await town.says("刘长河", LINE) == "这一天的这件事记过了，没再记一遍。"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("登记学时 王建国 党章学习", "照这样发：「登记学时 王建国 2小时"),
        ("登记学时 王建国 2小时", "照这样发：「登记学时 王建国 2小时"),
        ("登记学时 王建国 2小时 党章学习 12月30日", "12月30日还没到，没记。"),
        ("登记学时 王建国 2小时 党章学习 下周一", "是哪一天，我没看懂"),
        ("登记学时 王建国 60小时 党章学习", "一次最多记 40 小时"),
        ("登记学时 张三 2小时 党章学习", "您支部里没找到张三"),
    ],
)
async def test_given_a_line_that_is_wrong_when_entered_then_nothing_is_written(
    town: Town, typed: str, answer: str
) -> None:
    assert (await town.says("刘长河", typed)).startswith(answer)
    assert await StudyRecord.all().count() == 0


async def test_given_no_consent_or_no_office_when_entered_then_nothing_is_written(
    town: Town,
) -> None:
    await Consent.create(
        person=town.people["陈玉梅"], kind=ConsentKind.BASICS, version="1",
        decision=ConsentDecision.WITHDRAWN, decided_at=at(11, 20),
    )  # fmt: skip
    assert (await town.says("刘长河", LINE)).startswith("陈玉梅没同意让我记")
    await town.says("周德厚", LINE)
    await town.unit("李家村", next(iter(town.units.values())).kind, "柳河乡")
    await town.person("李明", unit="李家村")
    answer = await town.says("刘长河", "登记学时 李明 2小时 党章学习")
    assert answer.startswith("您支部里没找到李明")
    assert await StudyRecord.all().count() == 0


async def test_given_an_entry_when_undone_within_a_day_then_it_is_gone(town: Town) -> None:
    await town.says("刘长河", LINE)
    assert await town.says("刘长河", "撤销登记") == (
        "撤掉了：王建国、陈玉梅，11月20日（周五），「党章学习」，2 小时。"
        "要重记，再发一遍「登记学时」。"
    )
    assert await StudyRecord.all().count() == 0
    assert await AuditLog.filter(action="study.attended_undone").count() == 2
    await town.says("刘长河", LINE)
    town.later(days=1, minutes=1)
    assert await town.says("刘长河", "撤销登记") == "近一天您没登记过学时，没有要撤的。"
    assert await StudyRecord.all().count() == 2


async def test_given_two_kinds_when_hours_are_shown_then_each_stands_apart(town: Town) -> None:
    await town.says("刘长河", LINE)
    await town.says("王建国", "搜 工钱")
    for typed in ("1", "做 3 道题", "1", "1", "1"):
        await town.says("王建国", typed)
    assert await town.says("王建国", "学时") == (
        "2026年您有 2.5 学时。分开看：\n做完 1 课的题，记 0.5 学时。\n"
        "到场 2 小时，支书登记的，1 小时算 1，记 2 学时。\n"
        "您、您的联系人和支部看得到；做题对错只有您看得到。"
    )
    assert await town.says("王建国", "学时 三季度") == (
        "三季度（7月1日到9月30日）还没有学时。回「学习」看一课，把题做完记 0.5 学时。"
    )
    assert (await town.says("王建国", "学时 本月")).startswith("本月（11月1日到11月30日）您有 2.5")
    assert (await town.says("王建国", "学时 去年的")).startswith("您说的日子我没看懂。")
    assert await town.hear("王建国", "学时", group="77") != []


async def test_given_a_factor_when_hours_are_shown_then_it_is_said(
    town: Town, settings: config.Settings
) -> None:
    study_rules = settings.study.model_copy(update={"attended_factor": 0.5})
    config.use(settings.model_copy(update={"study": study_rules}))
    await town.says("刘长河", LINE)
    answer = await town.says("王建国", "学时")
    assert answer.startswith("2026年您有 1 学时。")
    assert "到场 2 小时，支书登记的，1 小时算 0.5，记 1 学时。" in answer


async def test_given_another_hour_in_the_settings_when_somebody_subscribes_then_it_is_said(
    town: Town, settings: config.Settings
) -> None:
    assert await town.says("王建国", "订阅") == (
        "好，没有群的时候，每周一晚上8点私下发您一份。不想收，回「退订」。"
    )
    hours = settings.study.model_copy(update={"weekday": 4, "hour": 12, "minute": 30})
    config.use(settings.model_copy(update={"study": hours}))
    assert await town.says("王建国", "又想收") == (
        "好，没有群的时候，每周五中午12点半私下发您一份。不想收，回「退订」。"
    )
