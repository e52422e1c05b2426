"""Whose yes is waited for (等点头): the branch's, and that of those above only without one."""

from typing import Any

from models import Role


async def test_given_a_branch_that_answers_when_those_above_look_then_they_see_nobody(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 姓名 王健国")

    assert "王健国" in await branch.says("刘长河", "等点头")
    above = await branch.says("孙敏", "等点头")
    assert "王建国" not in above
    assert "王健国" not in above


async def test_given_a_branch_without_anybody_when_those_above_look_then_they_answer(
    branch: Any,
) -> None:
    await Role.filter(unit_id=2).delete()
    await branch.says("王建国", "更正 姓名 王健国")

    assert "王健国" in await branch.says("孙敏", "等点头")
