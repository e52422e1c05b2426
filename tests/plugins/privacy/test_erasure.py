"""Erasing one's own data: the whole database is searched, not only what the rooms say is theirs."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

import models
from core import crypto, database, files
from core.actors import RoleKind
from core.clock import local_day
from core.config import Settings
from core.conversation import Slot
from core.database import run_tx
from core.messages import Chat, ChatKind
from core.scheduling import Tick
from models import (
    Account,
    AuditLog,
    BudgetUse,
    ConsoleLink,
    ConsoleSession,
    Contact,
    Delivery,
    Dialogue,
    DoomedFile,
    Escalation,
    Inspection,
    Mentorship,
    Message,
    Parcel,
    Person,
    ReportExport,
    ReportReview,
    Role,
    RosterImport,
    StandIn,
    ThoughtReport,
    Unreached,
)
from models.enums import DeliveryState, EscalationLevel, ExportKind, StandInState
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.movement import cards
from plugins.privacy import doomed, retention, rooms, service
from plugins.study import library
from tests.conftest import HOUSE, POSTGRES
from tests.plugins.privacy.conftest import at, body_of, kept_files, owed
from tests.plugins.privacy.test_privacy_script import REPORT
from tests.plugins.study.reading import reviewed

NOTE = "宿舍的事说了"
TABLES: tuple[type[Model], ...] = tuple(
    model for name in models.__all__ if issubclass(model := getattr(models, name), Model)
)
# Ids that stay: what somebody did in the rows of others, counted receipts, and the stub itself.
ACTS = {
    ("audit_log", "actor_id"), ("audit_log", "subject_id"), ("delivery", "target"),
    ("person", "id"), ("read_log", "reader_id"), ("contact", "entered_by_id"),
    ("report_review", "reviewer_id"), ("mentorship", "mentor_id"),
    ("study_record", "entered_by_id"), ("invitation", "issued_by_id"),
    ("push_order", "asked_by_id"), ("rebinding", "decided_by_id"), ("correction", "decided_by_id"),
    ("report_original", "received_by_id"), ("movement", "talk_by_id"),
    ("assistance_case", "opened_by_id"), ("assistance_case", "taken_by_id"),
    ("inspection", "entered_by_id"),
}  # fmt: skip


async def rich(branch: Any) -> Person:
    """王建国 with something in every table that may hold something of a person."""
    code = await branch.code("王建国")
    await branch.says("新号", "00000000")
    branch.go(at(11, 23, 19))
    library.use(reviewed())
    await branch.says("王建国", "学习")
    await branch.says("王建国", "1")
    await branch.says("王建国", "答题")
    for _ in range(3):
        await branch.says("王建国", "1")
    cards.use(cards.load(cards.FOLDER))
    await branch.says("王建国", "出发 东莞 11月25日")
    for word in ("求助", "1", "欠两个月工钱，老板老说月底"):
        await branch.says("王建国", word)
    await branch.says("王建国", "夜班到 11月30日")
    await branch.says("王建国", "别联系我到 11月29日")
    await branch.says("刘长河", "登记学时 王建国 2小时 党章学习 11月20日")
    branch.go(at(12, 2, 18))
    await branch.says("刘长河", "延期 王建国 1月10日 夜班多")
    await branch.says("王建国", "交汇报")
    await branch.says("王建国", REPORT)
    for shade in (200, 150, 100):
        await branch.says("王建国", "", branch.picture(shade))
    await branch.says("王建国", "删第2页")
    await branch.deliver()
    await branch.says("王建国", "完成")
    assert NOTE in await branch.says("周德厚", "昨天跟建国打电话了 " + NOTE)
    await branch.says("周德厚", "阅汇报")
    await branch.says("周德厚", "1")
    await branch.says("周德厚", "请补充 落款少个日期")
    await branch.deliver()
    await branch.says("王建国", "补汇报")
    await branch.says("王建国", "", branch.picture(50))
    await branch.says("王建国", "完成")
    await branch.says("王建国", "更正 姓名 王健国")
    await branch.says("王建国", "更正 阶段 3月5日定的")
    await branch.says("王建国", "补汇报")
    await branch.says("王建国", "", branch.picture(30))
    await branch.says("新号", code)
    await branch.says("新号", "王建国")
    await branch.says("王建国", "导出")
    branch.go(at(12, 7, 9, 1))
    await branch.says("刘长河", "原件已收 王建国 四季度")
    for job in (*HOUSE.doors["mentoring"].JOBS, *HOUSE.doors["thought_report"].JOBS):
        await job.run(_tick(branch, job))
    await branch.deliver()
    await branch.says("王建国", "看看")
    await branch.says("周德厚", "待办")
    person = await Person.get(name="王建国")
    await plant_the_rest(branch, person)
    return person


def _tick(branch: Any, job: Any) -> Any:

    now = branch.clock.now()
    return Tick(now=now, fire_at=job.when.latest(now))


async def plant_the_rest(branch: Any, person: Person) -> None:
    """Rows whose rooms stand elsewhere or need a broken end."""
    now = branch.clock.now()
    await Parcel.create(person=person, items=["x"], asked_at=now)
    await Unreached.create(person=person, since=now, reason="not_friend")
    await Role.create(
        person=person,
        unit_id=2,
        kind=RoleKind.DEPUTY_SECRETARY,
        from_on=at(1, 5).date(),
        until_on=at(2, 5).date(),
    )
    pair = await Mentorship.get(person=person)
    await Escalation.create(
        mentorship=pair, person=person, unit_id=2, level=EscalationLevel.SECRETARY,
        since=at(8, 1).date(), asked_at=now, ended_at=now,
    )  # fmt: skip
    await Inspection.create(
        person=person, inspected_on=at(9, 1).date(), entered_by=branch.people["刘长河"],
        entered_at=now, source_key="inspection",
    )  # fmt: skip
    await StandIn.create(
        uid="stand-in", mentor=branch.people["周德厚"], deputy=person, from_on=at(12, 1).date(),
        until_on=at(12, 5).date(), state=StandInState.ENDED, source_key="stand-in", asked_at=now,
    )  # fmt: skip
    account = await Account.get(person=person, account_id="王建国")
    signed_in = {"account": account, "person_id": person.id}
    token = {"token_hash": "x" * 64}
    await ConsoleLink.create(made_at=now, expires_at=now, **token, **signed_in)
    await ConsoleSession.create(begun_at=now, seen_at=now, ends_at=now, **token, **signed_in)
    stored = await files.put(b"one report", suffix="docx")
    await ReportExport.create(
        uid="export", asked_by=branch.people["刘长河"], account_id=1, kind=ExportKind.PERSON,
        about_id=person.id, source_key="export", confirmed_at=now, made_at=now,
        blobs=[stored.blob_id],
    )  # fmt: skip
    table = await files.put("王建国".encode(), suffix="json")
    codes = await files.put("王建国 1234 5678".encode(), suffix="xlsx")
    secretary = branch.people["刘长河"]
    await RosterImport.create(
        uid="open", asked_by=secretary, source_key="open", received_at=now,
        table_blob=table.blob_id,
    )  # fmt: skip
    before = json.dumps({"before": {"people": {str(person.id): {"city": "南港"}}}})
    await RosterImport.create(
        uid="done", asked_by=secretary, source_key="done", received_at=now, confirmed_at=now,
        applied_at=now, made={"people": [person.id]}, codes=[codes.blob_id],
        before_sealed=crypto.seal_text(before, place="roster_import.before:done"),
    )  # fmt: skip
    await RosterImport.create(
        uid="own", asked_by=person, source_key="own", received_at=now, dropped_at=now
    )
    await BudgetUse.create(budget="month:onebot11:private:王建国", period="2026-12", used=1)
    for state, occasion in ((DeliveryState.UNKNOWN, "u"), (DeliveryState.LEASED, "l")):
        uid = f"rich{occasion}"
        message = await Message.create(
            uid=uid,
            purpose="x",
            body_sealed=bodies.seal((), None, uid=uid),
            created_at=now,
        )
        await Delivery.create(
            message=message, purpose="x", occasion=occasion, target=f"person:{person.id}",
            priority=10, state=state, not_before=now, created_at=now, updated_at=now,
            reference={"person": person.id}, platform_message_id="77",
        )  # fmt: skip


def pointers(model: type[Model]) -> Iterator[str]:
    """The columns in which ids of people or of their accounts may stand."""
    for name, column in model._meta.fields_map.items():
        if isinstance(column, ForeignKeyFieldInstance) and column.model_name == "models.Person":
            yield f"{name}_id"
        elif name in {"person_id", "actor_id", "subject_id", "reader_id"} or name.endswith(
            "_by_id"
        ):
            yield name


async def rows_about(model: type[Model], person_id: int) -> list[tuple[str, Any]]:
    """Columns of a table that hold the person's id."""
    found = []
    for column in set(pointers(model)):
        for row in await model.filter(**{column: person_id}):
            if column == "subject_id" and row.subject_kind != "person":
                continue
            found.append((column, row))
    return found


async def everything() -> list[tuple[str, str]]:
    """Every readable value of every table as text, sealed bodies and dialogues opened."""
    found: list[tuple[str, str]] = []
    for model in TABLES:
        table = model._meta.db_table
        for row in await model.all():
            for name in model._meta.db_fields:
                value = getattr(row, name)
                if not isinstance(value, bytes):
                    found.append((f"{table}.{name}", str(value)))
    for message in await Message.all():
        body = bodies.unseal(message.body_sealed, uid=message.uid)
        found.append((f"message.body:{message.purpose}", repr(body)))
    for row in await Dialogue.all():
        kind = ChatKind.PRIVATE
        chat = Chat(row.platform, "", kind, row.account_id)
        standing = dialogues.opened(chat, row.account_id, Slot(row.slot), row.kind, row.body_sealed)
        found.append(("dialogue.body", repr(standing)))
    return found


def naming(values: Iterable[tuple[str, str]], *words: str) -> set[str]:
    return {place for place, text in values if any(word in text for word in words)}


async def test_given_a_rich_person_when_planted_then_every_claimed_table_holds_something(
    branch: Any, settings: Settings
) -> None:
    person = await rich(branch)
    empty = [
        table
        for _, room in rooms.bottom_up()
        for table in room.tables
        if not await _model(table).all().exists()
    ]
    assert empty == []
    assert len(kept_files(settings)) >= 5
    direct = [model for model in TABLES if any(c == "person_id" for c in pointers(model))]
    bare = [
        model._meta.db_table
        for model in direct
        if not [one for one in await rows_about(model, person.id) if one[0] == "person_id"]
    ]
    assert bare == []


def _model(table: str) -> type[Model]:
    return next(model for model in TABLES if model._meta.db_table == table)


async def test_given_a_rich_person_when_erased_then_no_row_points_to_him_and_no_file_stays(
    branch: Any, settings: Settings
) -> None:
    person = await rich(branch)
    before = await counts()
    await branch.says("王建国", "删除")
    assert (await branch.says("王建国", "确认删除")).startswith("删好了。")
    left = {
        (model._meta.db_table, column)
        for model in TABLES
        for column, _ in await rows_about(model, person.id)
    }
    assert left <= ACTS
    assert kept_files(settings) == []
    assert await DoomedFile.all().count() == 0
    assert await Account.filter(account_id__in=["王建国"]).count() == 0
    stub = await Person.get(id=person.id)
    assert (stub.name, stub.city, stub.activist_on) == ("", None, None)
    assert stub.erased_on == local_day(branch.clock.now())
    found = await everything()
    said = naming(found, "王建国", "王健国", NOTE, "师傅学焊接", "落款少个日期")
    assert said == {f"message.body:{service.ERASED}"}
    assert await counts() == (before[0] + 2, before[1])
    acts = await AuditLog.exclude(action="privacy.erased").filter(
        subject_kind__in=["person", "contact", "thought_report", "report_draft"]
    )
    assert [row.detail for row in acts if row.detail] == []


async def counts() -> tuple[int, int]:
    """How many receipts the ledger counts, and how many messages were sent."""
    return await Delivery.all().count(), await Delivery.filter(state=DeliveryState.SENT).exclude(
        reason="erased"
    ).count()


async def test_given_somebody_erased_when_what_was_told_is_sent_then_its_body_is_emptied(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    await branch.deliver()
    gone = await retention.run(now=branch.clock.now())
    assert gone["privacy.told"] == 2
    assert naming(await everything(), "王建国", "王健国") == set()
    assert (await retention.run(now=branch.clock.now()))["privacy.told"] == 0


async def test_given_a_sqlite_file_when_somebody_is_erased_then_its_bytes_do_not_say_his_name(
    branch: Any, settings: Settings
) -> None:
    if POSTGRES:
        return
    await rich(branch)
    path = settings.data_dir / "yanzhen.db"
    await database.forget_deleted()
    assert "王建国".encode() in path.read_bytes()
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    await branch.deliver()
    await retention.run(now=branch.clock.now())
    await database.forget_deleted()
    log = settings.data_dir / "yanzhen.db-wal"
    assert "王建国".encode() not in path.read_bytes()
    assert not log.exists() or "王建国".encode() not in log.read_bytes()


async def test_given_what_others_count_when_one_is_erased_then_the_rest_is_as_before(
    branch: Any,
) -> None:
    await rich(branch)
    branch.go(at(12, 8, 18))
    await branch.says("陈玉梅", "交汇报")
    await branch.says("陈玉梅", REPORT)
    await branch.says("陈玉梅", "", branch.picture(77))
    await branch.says("陈玉梅", "完成")
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    other = branch.people["陈玉梅"].id
    assert await ThoughtReport.filter(person_id=other).count() == 1
    assert (await branch.says("陈玉梅", "我的数据")).startswith("我这里有您的姓名")
    assert "1 陈玉梅，2 页" in await branch.says("刘长河", "阅汇报")
    totals = await branch.says("刘长河", "统计")
    assert "积极分子 1" in totals


async def test_given_somebody_erased_when_a_mentor_asks_then_the_list_is_without_him(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    for word in ("待办", "阅汇报", "等点头", "我带的人"):
        assert "王建国" not in await branch.says("周德厚", word), word
        assert "王建国" not in await branch.says("刘长河", word), word
    branch.go(at(12, 17, 19, 1))
    for door in ("thought_report", "mentoring"):
        for job in HOUSE.doors[door].JOBS:
            await job.run(_tick(branch, job))
    sent = [text for to, text in await branch.deliver() if "删了自己的数据" not in text]
    assert naming(enumerate_(sent), "王建国") == set()
    assert not [to for to, _ in branch.end.sent if to == "王建国" and "12月17日" in _]


def enumerate_(texts: list[str]) -> list[tuple[str, str]]:
    return [(str(number), text) for number, text in enumerate(texts)]


async def test_given_an_erasure_when_run_again_then_nothing_more_happens(branch: Any) -> None:
    person = await rich(branch)
    now = branch.clock.now()
    await service.erase(person_id=person.id, now=now)
    again = await counts(), await AuditLog.all().count()
    branch.go(at(12, 20))
    await service.erase(person_id=person.id, now=branch.clock.now())
    assert (await counts(), await AuditLog.all().count()) == again
    assert (await Person.get(id=person.id)).erased_on == local_day(now)


async def test_given_a_kill_after_the_commit_when_the_clock_goes_on_then_the_files_go_too(
    branch: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await rich(branch)

    async def killed() -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(doomed, "purge", killed)  # the process ends right after the commit
        with pytest.raises(KeyboardInterrupt):
            await service.erase(person_id=person.id, now=branch.clock.now())
    assert (await Person.get(id=person.id)).name == ""
    assert len(kept_files(settings)) >= 5
    for job in HOUSE.doors["privacy"].JOBS:
        await job.run(_tick(branch, job))
    assert kept_files(settings) == []
    assert await DoomedFile.all().count() == 0


async def test_given_a_room_that_breaks_when_somebody_is_erased_then_nothing_is_gone(
    branch: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await rich(branch)
    kept = len(kept_files(settings))
    values = await everything()
    broken = dict(rooms.bottom_up())

    async def breaks(_leaving: Any) -> Any:
        raise ZeroDivisionError

    broken["identity"] = dataclasses.replace(broken["identity"], erase=breaks)
    whole = dict(rooms.bottom_up())
    rooms.use_rooms(broken)
    try:
        with pytest.raises(ZeroDivisionError):
            await service.erase(person_id=person.id, now=branch.clock.now())
    finally:
        rooms.use_rooms(whole)
    assert len(kept_files(settings)) == kept
    assert await everything() == values


async def test_given_a_mentor_when_he_is_erased_then_his_peoples_log_stays_without_his_name(
    branch: Any,
) -> None:
    await rich(branch)
    mentor = branch.people["周德厚"]
    await branch.says("周德厚", "删除")
    assert (await branch.says("周德厚", "确认删除")).startswith("删好了。")
    assert await Contact.all().count() == 1
    assert await ReportReview.all().count() == 1
    pair = await Mentorship.get(mentor_id=mentor.id)
    assert pair.until_on == local_day(branch.clock.now()) - timedelta(days=1)
    assert "一位已退出的人（联系人），四季度汇报" in await branch.says("王建国", "谁看过")
    left = naming(await everything(), "周德厚")
    assert left <= {f"message.body:{service.ERASED}", "message.body:thought_report.reviewed"}
    assert "交汇报" in await branch.says("王建国", "菜单")


async def test_given_two_of_one_name_when_one_is_erased_then_nothing_of_the_other_is_emptied(
    branch: Any,
) -> None:
    twin = await branch.person("王建国二", unit=2)
    await Person.filter(id=twin.id).update(name="王建国")
    branch.people["二"] = twin
    await branch.mentors("周德厚", "王建国二")
    branch.go(at(12, 7, 9, 1))
    for job in HOUSE.doors["mentoring"].JOBS:
        await job.run(_tick(branch, job))
    target = f"person:{branch.people['周德厚'].id}"
    before = await owed(target)
    assert "王建国" in before[0]
    await service.erase(person_id=twin.id, now=branch.clock.now())
    assert (await owed(target))[0] == before[0]
    row = await Delivery.filter(target=target).order_by("id").first()
    assert row is not None
    assert row.state is DeliveryState.DUE
    assert "王建国" in await body_of(row.message_id)


async def test_given_somebody_who_comes_back_when_he_has_a_new_code_then_he_begins_anew(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    again = await branch.person("王建国", bound=False)
    await branch.says("王建国", await branch.code("王建国"))
    assert "有 2 件事要您点头" in await branch.says("王建国", "王建国")
    await branch.says("王建国", "1")
    await branch.says("王建国", "2")
    assert (await Account.get(account_id="王建国")).person_id == again.id
    assert await ThoughtReport.all().count() == 0


async def test_given_files_when_doomed_twice_then_they_go_once(
    branch: Any, settings: Settings
) -> None:
    stored = await files.put(b"x", suffix="txt")
    now = branch.clock.now()
    for _ in range(2):
        await run_tx(lambda: doomed.doom([stored.blob_id, stored.blob_id], now))
    assert await doomed.purge() == 1
    assert kept_files(settings) == []
    assert await doomed.purge() == 0


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


async def test_given_an_import_that_named_somebody_when_he_is_erased_then_it_holds_nothing_of_him(
    branch: Any,
) -> None:
    person = await rich(branch)
    await branch.says("王建国", "删除")
    await branch.says("王建国", "确认删除")
    done = await RosterImport.get(uid="done")
    assert (done.made, done.codes, done.before_sealed) == ({"people": []}, [], None)
    assert (await RosterImport.get(uid="open")).dropped_at is not None
    assert not await RosterImport.filter(asked_by_id=person.id).exists()
