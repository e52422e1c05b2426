"""学时 汇总: totals by kind of evidence, of five people and more, in charge only, no person."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.actors import ConsentKind
from core.clock import FrozenClock
from models import Consent, Group, QuizAnswer, Role, StudyRecord
from models.enums import ConsentDecision, Evidence
from plugins.study import library
from plugins.study.library import Library
from tests.plugins.mentoring.town import at
from tests.plugins.study.place import PIECES, Place, planted
from tests.plugins.study.reading import reviewed

NAMES = ("王建国", "陈玉梅", "李强", "赵六", "钱七", "孙八")


@pytest_asyncio.fixture
async def town(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> AsyncIterator[Place]:
    library.use(reviewed(PIECES))
    made = await planted(clock)
    for name in NAMES[3:]:
        await made.person(name)
    yield made
    library.use(Library.load(library.FOLDER))


async def earned(
    town: Place, *names: str, kind: Evidence = Evidence.QUIZ, tenths: int = 5, day: int = 20
) -> None:
    for name in names:
        is_attended = kind is Evidence.ATTENDED
        await StudyRecord.create(
            person=town.people[name], material=f"{kind.value}{day}", evidence=kind,
            hours_tenths=tenths, earned_at=at(11, day),
            happened_on=at(11, day).date() if is_attended else None,
        )  # fmt: skip


async def test_given_enough_people_when_a_secretary_asks_then_each_kind_is_a_total(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    await earned(town, *NAMES[:5], kind=Evidence.DECLARED, tenths=10)
    await earned(town, "王建国", kind=Evidence.ATTENDED, tenths=20)
    answer = await town.says("刘长河", "学时 汇总")
    assert answer == (
        "王家村，2026年，大家的学时合起来：\n做题：6 人，记 3 学时。\n"
        "到场：1 人，共 2 小时，记 2 学时。\n自己说的：5 人，共 5 小时，记 5 学时。\n"
        "只有总数，不分人，不排先后。"
    )
    assert not any(name in answer for name in NAMES)
    assert (await town.says("刘长河", "学时 汇总 三季度")) == (
        "王家村，三季度（7月1日到9月30日）还没有学时。"
    )


async def test_given_few_people_when_asked_then_what_they_did_alone_is_not_said(
    town: Place,
) -> None:
    await earned(town, *NAMES[:4])
    await earned(town, "王建国", kind=Evidence.ATTENDED, tenths=20)
    few = "有一样不到 5 个人，总数就不说了，免得看出是谁的。\n只有总数，不分人，不排先后。"
    assert await town.says("刘长河", "学时 汇总") == (
        f"王家村，2026年，大家的学时合起来：\n到场：1 人，共 2 小时，记 2 学时。\n{few}"
    )
    # The township did not enter it, and one person's hours are no total.
    assert await town.says("孙敏", "学时 汇总") == f"柳河乡，2026年，大家的学时合起来：\n{few}"


async def test_given_a_group_when_asked_then_totals_of_five_are_said_and_others_are_private(
    town: Place,
) -> None:
    group = await Group.get(name="1号群")
    await earned(town, *NAMES[:4])
    heard = await town.hear("刘长河", "学时 汇总", group=group.chat_id)
    assert all("做题" not in line for line in heard if line.startswith("group:"))
    assert any(not line.startswith("group:") for line in heard)
    await earned(town, "钱七")
    await earned(town, "王建国", kind=Evidence.ATTENDED)
    assert await town.hear("刘长河", "学时 汇总", group=group.chat_id) == [
        "group:王家村，2026年，大家的学时合起来：\n做题：5 人，记 2.5 学时。"
    ]


async def test_given_a_worker_in_a_group_when_he_asks_his_hours_then_only_he_hears_them(
    town: Place,
) -> None:
    group = await Group.get(name="1号群")
    await earned(town, *NAMES)
    heard = await town.hear("王建国", "学时", group=group.chat_id)
    assert "您有 0.5 学时" in heard[0]
    assert not any("学时。" in line for line in heard if line.startswith("group:"))
    assert not any("做题" in line for line in await town.hear("王建国", "学时 汇总"))


async def test_given_another_branch_when_its_secretary_asks_then_he_hears_only_his_own(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    assert await town.says("赵国强", "学时 汇总 王家村") == (
        "您能看的单位里没有这个。您能看：李家村。"
    )
    assert await town.says("赵国强", "学时 汇总 没有这个村") == (
        "您能看的单位里没有这个。您能看：李家村。"
    )
    group = await Group.get(name="1号群")
    heard = await town.hear("赵国强", "学时 汇总", group=group.chat_id)
    assert not any("做题" in line for line in heard)
    assert any("李家村，2026年还没有学时。" in line for line in heard)


async def test_given_a_rest_of_one_when_a_part_is_asked_then_it_is_not_told_by_difference(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    await town.person("周九", unit="李家村")
    await earned(town, "周九")
    assert "做题：7 人" in await town.says("孙敏", "学时 汇总")
    assert "做题" not in await town.says("孙敏", "学时 汇总 王家村")


async def test_given_somebody_who_took_consent_back_when_asked_then_he_is_not_counted(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    await Consent.create(
        person=town.people["孙八"], kind=ConsentKind.BASICS, version="1",
        decision=ConsentDecision.WITHDRAWN, decided_at=at(11, 21),
    )  # fmt: skip
    assert "做题：5 人，记 2.5 学时。" in await town.says("刘长河", "学时 汇总")


async def test_given_the_turn_of_the_year_when_asked_then_each_year_has_its_own(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    town.go(at(1, 2, year=2027))
    assert await town.says("刘长河", "学时 汇总") == "王家村，2027年还没有学时。"
    assert "做题：6 人" in await town.says("刘长河", "学时 汇总 去年")


async def answered(town: Place, wrong: int, *names: str) -> None:
    for place, name in enumerate(names):
        for is_right in (place >= wrong, True):
            await QuizAnswer.create(
                person=town.people[name], material="wages", question=0,
                chosen=1 if is_right else 2, is_right=is_right, answered_at=at(11, 20),
            )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (6, "第 1 题，6 人做过，6 人没答对。"),
        (0, "第 1 题，6 人做过，都答对了。"),
        (5, "第 1 题，6 人做过，对错的人数少，不说。"),
        (1, "第 1 题，6 人做过，对错的人数少，不说。"),
    ],
)
async def test_given_answers_when_looked_at_then_only_counts_of_five_are_said(
    town: Place, wrong: int, line: str
) -> None:
    await earned(town, *NAMES)
    await answered(town, wrong, *NAMES)
    assert (await town.says("刘长河", "学时 汇总")).endswith("1 「工钱被拖先做三步」的题")
    answer = await town.says("刘长河", "1")
    assert answer == f"「工钱被拖先做三步」3 道题，看头一回答得怎么样：\n{line}"


async def test_given_four_who_answered_when_asked_then_no_quiz_is_offered(town: Place) -> None:
    await earned(town, *NAMES)
    await answered(town, 4, *NAMES[:4])
    assert "的题" not in await town.says("刘长河", "学时 汇总")


async def test_given_an_office_that_ended_when_a_quiz_is_chosen_then_nothing_is_said(
    town: Place,
) -> None:
    await earned(town, *NAMES)
    await answered(town, 6, *NAMES)
    await town.says("刘长河", "学时 汇总")
    await Role.filter(unit=town.units["王家村"]).update(unit_id=town.units["李家村"].id)
    assert (await town.says("刘长河", "1")).startswith("这个单位或群现在不归您管了")
