"""联系记录 of people who came from elsewhere: what was said at home stays there (3.10)."""

from datetime import date

from core.actors import RoleKind, Stage
from models import ReadLog
from models.enums import UnitKind
from tests.plugins.mentoring.town import Town


async def away(town: Town) -> None:
    """王建国 lives at 驻南港, whose officer 何志远 is a mentor of somebody else himself."""
    await town.unit("驻南港", UnitKind.LIAISON_OFFICE)
    await town.person("何志远", "驻南港", stage=Stage.FULL_MEMBER)
    await town.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    await town.person("马小军", "驻南港")
    await town.mentor("何志远", "马小军")
    moved = town.people["王建国"]
    moved.inflow_unit = town.units["驻南港"]
    await moved.save()
    assert "记下了" in await town.says("周德厚", "今天跟建国打电话了 挺好")


async def test_given_a_liaison_officer_who_is_a_mentor_when_he_asks_then_home_is_not_read_to_him(
    town: Town,
) -> None:
    await away(town)

    assert "挺好" not in await town.says("何志远", "联系记录 王建国")
    assert not await ReadLog.filter(reader_id=town.people["何志远"].id).exists()
    assert "王建国" not in await town.says("何志远", "考察 王建国")


async def test_given_a_secretary_who_is_a_mentor_when_he_looks_then_it_is_noted_as_the_branch(
    town: Town,
) -> None:
    await town.person("赵小满")
    await town.mentor("刘长河", "赵小满", last=date(2026, 11, 1))
    assert "记下了" in await town.says("周德厚", "今天跟建国打电话了 挺好")

    assert "挺好" in await town.says("刘长河", "联系记录 王建国")
    assert (await ReadLog.get(reader_id=town.people["刘长河"].id)).reader_role == "secretary"
