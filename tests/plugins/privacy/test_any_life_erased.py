"""Any life that one can have here, erased: nothing of it is left, in no table and no file."""

from itertools import count
from typing import Any

import hypothesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.config import Settings
from plugins.privacy import service
from tests.plugins.privacy.conftest import at, kept_files
from tests.plugins.privacy.persons_rows import TABLES, rows_about
from tests.plugins.privacy.rich_life import ACTS, NOTE, everything, naming
from tests.plugins.privacy.test_privacy_script import REPORT

SAYINGS = st.lists(
    st.sampled_from(
        [
            "交汇报", "完成", "补汇报", "删第1页", "看看", "撤销", "取消", "PHOTO", REPORT, "学习",
            "答题", "1", "2", "导出", "更正 姓名 王健国", "撤回同意", "同意书", "夜班到 12月20日",
            "MENTOR LOGS", "MENTOR READS", "MENTOR ASKS", "DELIVER", "NEW PHONE", "我的数据",
        ]
    ),
    min_size=3,
    max_size=16,
)  # fmt: skip

NUMBERS = count(1)


async def live(branch: Any, name: str, what: str) -> None:
    """Let one thing happen in the life of ``name``."""
    match what:
        case "PHOTO":
            await branch.says(name, "", branch.picture(next(NUMBERS) % 250))
        case "MENTOR LOGS":
            await branch.says("周德厚", f"记联系 {name} 电话 今天 {NOTE}")
        case "MENTOR READS":
            await branch.says("周德厚", "阅汇报")
            await branch.says("周德厚", "1")
        case "MENTOR ASKS":
            await branch.says("周德厚", "请补充 落款少个日期")
        case "DELIVER":
            await branch.deliver()
        case "NEW PHONE":
            code = await branch.code(name)
            await branch.says(f"{name}新", code)
            await branch.says(f"{name}新", name)
        case _:
            await branch.says(name, what)


@hypothesis.settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sayings=SAYINGS)
async def test_given_any_life_when_it_is_erased_then_nothing_of_it_is_left(
    branch: Any, settings: Settings, sayings: list[str]
) -> None:
    if branch.clock.now() < at(12, 2, 18):
        branch.go(at(12, 2, 18))
    name = f"甲{next(NUMBERS):04d}乙"
    person = await branch.person(name)
    await branch.mentors("周德厚", name)
    for what in sayings:
        await live(branch, name, what)
    await branch.says(name, "取消")
    await service.erase(person_id=person.id, now=branch.clock.now())
    left = {
        (model._meta.db_table, column)
        for model in TABLES
        for column, _ in await rows_about(model, person.id)
    }
    assert left <= ACTS
    assert kept_files(settings) == []
    places = naming([one for one in await everything() if one[0] != "account.account_id"], name)
    assert places <= {f"message.body:{service.ERASED}"}
    assert naming(await everything(), NOTE, "师傅学焊接", "落款少个日期") == set()
