"""Somebody silent: the mentor may have the place away from home look for him, once, after a yes."""

from datetime import date

import pytest_asyncio

from core.actors import RoleKind, Stage
from models import AuditLog, Delivery, Person
from models.enums import UnitKind
from plugins.mentoring import escalation_notices as notices
from tests.plugins.mentoring.owed import words_to
from tests.plugins.mentoring.town import Town, at


@pytest_asyncio.fixture
async def away(town: Town) -> Town:
    """驻南港 with 何志远 in office; 李强 is on its list."""
    await town.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
    await town.person("何志远", stage=Stage.FULL_MEMBER)
    await town.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    await Person.filter(id=town.people["李强"].id).update(inflow_unit_id=town.units["驻南港"].id)
    return town


async def test_given_a_dead_number_when_the_mentor_says_yes_then_the_place_is_asked(
    away: Town,
) -> None:
    heard = await away.says("周德厚", "李强停机，问了他爱人，人在南港")
    assert heard.endswith("请驻南港找找吗？1 请  2 我再试试")
    assert await Delivery.filter(purpose=notices.INFLOW).count() == 0

    assert await away.says("周德厚", "1") == "已经请驻南港找了，有消息他们会告诉您。"

    assert await words_to("何志远") == [
        "王家村的李强 82 天没联系上了，人可能在您那边。请您问问，问到了告诉周德厚一声。"
    ]
    row = await AuditLog.get(action="contact.inflow_asked")
    assert row.subject_id == away.people["李强"].id


async def test_given_a_place_that_was_asked_when_he_is_tried_again_then_it_is_not_asked_twice(
    away: Town,
) -> None:
    await away.says("周德厚", "李强停机")
    await away.says("周德厚", "1")
    away.later(days=1)

    assert "找找吗" not in await away.says("周德厚", "李强停机")
    assert await Delivery.filter(purpose=notices.INFLOW).count() == 1


async def test_given_the_question_when_the_mentor_tries_himself_then_nobody_is_asked(
    away: Town,
) -> None:
    await away.says("周德厚", "李强停机")

    assert await away.says("周德厚", "2") == "好，您再试试。"
    assert await Delivery.filter(purpose=notices.INFLOW).count() == 0


async def test_given_a_vain_try_when_he_is_not_over_due_then_no_question_comes(away: Town) -> None:
    assert "找找吗" not in await away.says("周德厚", "李强电话没人接")

    away.go(at(12, 20))

    assert "请驻南港找找吗？" in await away.says("周德厚", "李强电话没人接")


async def test_given_no_place_on_record_when_kin_name_a_city_then_the_place_there_is_offered(
    away: Town,
) -> None:
    await Person.filter(id=away.people["李强"].id).update(inflow_unit_id=None)

    assert "找找吗" not in await away.says("周德厚", "李强停机，问了他爱人，人在温州")
    away.later(days=1)
    assert "请驻南港找找吗？" in await away.says("周德厚", "李强停机，问了他爱人，人在南港")


async def test_given_nobody_in_office_there_when_the_number_is_dead_then_no_question_comes(
    town: Town,
) -> None:
    await town.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
    await Person.filter(id=town.people["李强"].id).update(inflow_unit_id=town.units["驻南港"].id)

    assert "找找吗" not in await town.says("周德厚", "李强停机")


async def test_given_somebody_who_paused_when_a_try_is_vain_then_nobody_is_asked(
    away: Town,
) -> None:
    await Person.filter(id=away.people["李强"].id).update(paused_until=date(2026, 12, 20))

    assert "找找吗" not in await away.says("周德厚", "李强停机")
