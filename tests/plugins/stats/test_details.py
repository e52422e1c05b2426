"""明细: the word it needs, the rows in the file, and that words, picture and file say the same."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis

from core import files
from core.actors import Stage
from core.config import Settings
from core.database import run_tx
from core.errors import Refusal
from core.messages import Blob, Chat, ChatKind, Text
from core.texts import current, render
from models import AuditLog, Delivery, Message, Person, ReadLog, ReportExport, Role
from models.enums import DeliveryState
from plugins.delivery import bodies, exports
from plugins.identity.policy import visible_units
from plugins.identity.queries import who_is
from plugins.stats import chart_views, counts, details, queries, views
from plugins.stats.counts import People
from plugins.stats.periods import of_days
from tests.plugins.mentoring.town import Town
from tests.plugins.stats import sheets
from tests.plugins.stats.test_scope import PERIOD, TODAY, World, actor_of, build, worlds

MADE = "做好了，这就发您。"


async def sent() -> tuple[Blob | Text, bytes]:
    """The one thing that is owed under the purpose of files, and its content."""
    row = await Delivery.get(purpose=details.PURPOSE)
    message = await Message.get(id=row.message_id)
    (part,) = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert isinstance(part, Blob | Text)
    return part, await files.read(part.blob_id) if isinstance(part, Blob) else b""


async def test_given_a_secretary_when_the_rows_are_confirmed_then_they_add_up_by_person(
    township: Town, settings: Settings
) -> None:
    await township.says("刘长河", "统计 三季度")
    assert await township.says("刘长河", "3") == (
        "王家村 三季度的明细，8 个人，做成表格。\n"
        "里面写着您的名字和时间，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔，里面的人查得到。\n定了就回「确认导出」。"
    )
    assert await ReportExport.all().count() == 0
    assert await township.says("刘长河", "1") in {
        render("stats.export_word"), render("reception.number_unknown"),
    }  # fmt: skip
    assert await township.says("刘长河", "确认导出") == MADE
    blob, data = await sent()
    assert isinstance(blob, Blob)
    assert blob.name == "王家村_2026年三季度明细.xlsx"
    book = sheets.read(data)
    assert list(book) == ["数字", "单位", "人", "期限"]
    totals = {row[0]: row[1] for row in book["数字"][1:]}
    assert (totals["该交汇报"], totals["交了"], totals["最长几天没联系"]) == (8, 7, 29)
    people = book["人"]
    assert (sheets.total(people, "该交汇报"), sheets.total(people, "交了")) == (8, 7)
    assert sheets.column(people, "姓名") == [f"王家村{number}" for number in range(8)]
    looks = await ReadLog.all().order_by("person_id")
    assert [look.person_id for look in looks] == [
        township.people[f"王家村{number}"].id for number in range(8)
    ]
    assert {(look.reader_role, look.what) for look in looks} == {("secretary", "figures")}
    row = await AuditLog.get(action="stats.export")
    assert row.detail == {
        "unit": township.units["王家村"].id,
        "period": "quarter:2026-07-01:2026-09-30",
        "people": 8,
    }
    assert b"".join(path.read_bytes() for path in _left(settings)) == b""


def _left(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "books").rglob("*") if path.is_file()]


async def test_given_a_township_when_the_rows_are_confirmed_then_nobody_is_named_in_them(
    township: Town,
) -> None:
    assert await township.says("孙敏", "明细 三季度") == (
        "柳河乡 三季度的明细，3 个单位，做成表格，没有姓名。\n"
        "里面写着您的名字和时间，只在私聊发给您，别转到群里。\n"
        "这次导出会记一笔。\n定了就回「确认导出」。"
    )
    assert await township.says("孙敏", "确认导出") == MADE
    _, data = await sent()
    book = sheets.read(data)
    assert list(book) == ["数字", "单位"]
    assert sheets.column(book["单位"], "单位") == ["王家村", "李家村", "赵家村"]
    assert sheets.column(book["单位"], "交了") == [7, 11, 8]
    said = str(book)
    names = await Person.filter(stage__not=Stage.FULL_MEMBER).values_list("name", flat=True)
    assert [name for name in names if str(name) in said.replace("'王家村'", "")] == []
    assert await ReadLog.all().count() == 0


async def test_given_names_that_look_like_formulas_when_a_file_is_made_then_they_are_words(
    township: Town,
) -> None:
    person = township.people["王家村0"]
    person.name = "=1+1&<b>"
    await person.save()
    await township.says("刘长河", "明细 三季度")
    await township.says("刘长河", "确认导出")
    _, data = await sent()
    assert sheets.column(sheets.read(data)["人"], "姓名")[0] == "=1+1&<b>"


@pytest.mark.parametrize("who", ["何志远", "王家村0"])
async def test_given_somebody_else_when_he_wants_the_rows_then_he_gets_none(
    township: Town, who: str
) -> None:
    assert await township.says(who, "明细") == render("reception.not_allowed")
    assert "明细" not in await township.says(who, "统计")


async def test_given_an_office_that_ended_when_the_file_is_made_then_it_is_not_made(
    township: Town,
) -> None:
    actor_name = "刘长河"
    await township.says(actor_name, "明细 三季度")
    order = await _ordered(township, actor_name)
    await Role.filter(person=township.people[actor_name]).delete()
    await exports.make_waiting(details.MAKER, now=township.clock.now())
    part, _ = await sent()
    assert part == Text(render("stats.export_not_made"))
    assert (await ReportExport.get(uid=order)).made_at is not None


async def _ordered(town: Town, name: str) -> str:
    """Confirm the file of a branch as the room does, and make nothing yet."""
    now = town.clock.now()
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    actor = (await who_is(chat, name, now)).actor
    path = town.units["王家村"].path
    first = await details.confirm(actor=actor, path=path, period=Q3, key="k", now=now)
    again = await details.confirm(actor=actor, path=path, period=Q3, key="k", now=now)
    assert first == again
    with pytest.raises(Refusal, match=r"identity\.unit_unknown"):
        await details.confirm(
            actor=actor, path=town.units["李家村"].path, period=Q3, key="o", now=now
        )
    return first


Q3 = of_days(date(2026, 7, 1), date(2026, 9, 30))


async def test_given_a_restart_when_the_clock_ticks_then_the_file_is_made_sent_and_removed(
    township: Town, settings: Settings
) -> None:
    await _ordered(township, "刘长河")
    left = settings.data_dir / "books" / "book-killed"
    left.mkdir(parents=True)
    (left / "rows").write_text("x")
    assert await exports.make_waiting(details.MAKER, now=township.clock.now()) == 1
    assert _left(settings) == []
    part, _ = await sent()
    assert isinstance(part, Blob)
    await Delivery.filter(purpose=details.PURPOSE).update(state=DeliveryState.SENT)
    assert await exports.clear_sent(details.MAKER, now=township.clock.now()) == 1
    assert (await ReportExport.get()).blobs == []


@pytest.mark.usefixtures("texts", "keys", "settings")
@hypothesis(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
async def test_given_any_world_when_it_is_said_drawn_and_filed_then_the_numbers_are_the_same(
    database: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two people at a time: nobody falls between two readings.
    monkeypatch.setattr(counts, "BATCH", 2)
    await run_tx(lambda: build(world))
    scope = visible_units(actor_of(world))
    area = await queries.area_of(scope, "")
    page = await queries.page(scope, area, PERIOD, TODAY)
    parts = await queries.parts(scope, area, PERIOD, TODAY)
    said = views.statistics(area, PERIOD, page, TODAY, again="", with_details=True).says
    words = [int(number) for say in said[1:3] for number in re.findall(r"\d+", _words(say))]
    book = sheets.read(await details.build(People(scope, area), PERIOD, "甲", TODAY))

    filed = {row[0]: row[1] if len(row) > 1 else None for row in book["数字"][1:]}
    heads = ["申请人", "积极分子", "发展对象", "预备党员", "该交汇报", "交了", "看过", "请补"]
    if page.figures.late:
        heads.insert(6, "补交")
    assert words == [filed[head] for head in heads]
    units = book["单位"]
    for head in units[0][1:]:
        if head != "最长几天没联系":
            assert sheets.total(units, str(head)) == (filed.get(head) or 0)
    if "人" in book:
        for head in ("该交汇报", "交了", "补交", "看过", "请补", "有联系人", "有联系记录", "走了"):
            assert sheets.total(book["人"], head) == filed[head]
    chart = chart_views.of_parts(area, PERIOD, parts, TODAY)
    drawn = {bar.label: (bar.whole, bar.done) for bar in chart.bars} if chart else {}
    owing = {one.name: one.figures for one in parts if one.figures.expected}
    assert drawn == {name: (one.expected, one.handed_in) for name, one in owing.items()}
    if not world.grants or not parts:
        # A branch alone has nothing below it to draw.
        assert not drawn
        return
    assert sum(whole for whole, _ in drawn.values()) == filed["该交汇报"] or _some_live_elsewhere(
        world
    )


def _words(say: object) -> str:
    return current().render(say)  # type: ignore[arg-type]


def _some_live_elsewhere(world: World) -> bool:
    """Whether people count here by the place that looks after them, their home being outside."""
    return any(one.inflow is not None for one in world.people)
