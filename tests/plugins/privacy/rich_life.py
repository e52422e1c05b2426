"""王建国 with something in every table, and the search for what is left of him."""

import json
from collections.abc import Iterable
from typing import Any

from core import crypto, files
from core.actors import RoleKind
from core.conversation import Slot
from core.messages import Chat, ChatKind
from core.scheduling import Tick
from models import (
    Account,
    BudgetUse,
    ConsoleLink,
    ConsoleSession,
    Delivery,
    Dialogue,
    Escalation,
    Inspection,
    Mentorship,
    Message,
    Parcel,
    Person,
    ReportExport,
    Role,
    RosterImport,
    StandIn,
    Unreached,
)
from models.enums import DeliveryState, EscalationLevel, ExportKind, StandInState
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.movement import cards
from plugins.study import library
from tests.conftest import HOUSE
from tests.plugins.privacy.conftest import at
from tests.plugins.privacy.persons_rows import TABLES
from tests.plugins.privacy.test_privacy_script import REPORT
from tests.plugins.study.reading import reviewed

NOTE = "宿舍的事说了"

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
        await job.run(tick(branch, job))
    await branch.deliver()
    await branch.says("王建国", "看看")
    await branch.says("周德厚", "待办")
    person = await Person.get(name="王建国")
    await plant_the_rest(branch, person)
    return person


def tick(branch: Any, job: Any) -> Any:
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


def numbered(texts: list[str]) -> list[tuple[str, str]]:
    return [(str(number), text) for number, text in enumerate(texts)]


async def counts() -> tuple[int, int]:
    """How many receipts the ledger counts, and how many messages were sent."""
    return await Delivery.all().count(), await Delivery.filter(state=DeliveryState.SENT).exclude(
        reason="erased"
    ).count()
