"""柳河乡 with two branches, what they handed in, what was pushed, and who may see which of it."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from PIL import Image, ImageDraw

from core import crypto, files
from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Blob, MediaKind, Text
from models import (
    AuditLog,
    BotAccount,
    Contact,
    Delivery,
    Group,
    LocalMaterial,
    PlanPause,
    PushOrder,
    ReportDraft,
    ReportPart,
    ThoughtReport,
)
from models.enums import (
    Channel,
    DeliveryState,
    DraftState,
    MaterialState,
    OrderState,
    Outcome,
    PartKind,
    PauseKind,
    Priority,
    ReportState,
    UnitKind,
)
from plugins.delivery import service as delivery
from plugins.study import library, local_pieces
from tests.plugins.mentoring.town import Town, at

_serial = count(1)
QUARTER = "2026Q4"


@dataclass
class County:
    """The town and what tests ask for by name."""

    town: Town
    reports: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    order: str = ""
    piece: str = ""

    def person(self, name: str) -> int:
        return self.town.people[name].id


def drawn_page() -> bytes:
    """A photo of a handwritten page, as far as a machine can draw one."""
    sheet = Image.new("RGB", (600, 800), "#f6f2e7")
    pen = ImageDraw.Draw(sheet)
    for top in range(70, 760, 40):
        for stroke in range(50, 540, 30):
            pen.line((stroke, top, stroke + 18, top + 20), fill="#2b3350", width=3)
    held = io.BytesIO()
    sheet.save(held, "JPEG")
    return held.getvalue()


async def plant(clock: FrozenClock) -> County:
    """王家村 and 李家村 under 柳河乡; a county above; a stranger branch beside it."""
    made = County(Town(clock))
    photo = await files.put(drawn_page(), suffix="jpg")
    await run_tx(lambda: _units_and_people(made.town))
    await run_tx(lambda: _reports(made, photo.blob_id))
    await run_tx(lambda: _pushes(made))
    voice = await files.put(b"ID3" + bytes(64), suffix="mp3")
    sheet = await files.put(b"%PDF-1.7", suffix="pdf")
    blobs = (
        Blob(MediaKind.IMAGE, photo.blob_id, "<b>窗口</b>.jpg"),
        Blob(MediaKind.VOICE, voice.blob_id, "voice.mp3"),
        Blob(MediaKind.FILE, sheet.blob_id, "通知.pdf"),
    )
    await run_tx(lambda: _piece(made, blobs))
    return made


async def _units_and_people(town: Town) -> None:
    await town.unit("青山县", UnitKind.COUNTY)
    await town.unit("柳河乡", UnitKind.TOWNSHIP, "青山县")
    await town.unit("王家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await town.unit("石桥乡", UnitKind.TOWNSHIP, "青山县")
    await town.unit("桥头村", UnitKind.VILLAGE_BRANCH, "石桥乡")
    for name in ("刘长河", "周德厚", "吴芳"):
        await town.person(name, "王家村", Stage.FULL_MEMBER)
    for name in ("王建国", "陈玉梅", "李强"):
        await town.person(name, "王家村")
    await town.person("李国民", "李家村", Stage.FULL_MEMBER)
    await town.person("李文斌", "李家村")
    await town.person("孙敏", "柳河乡", Stage.FULL_MEMBER)
    await town.person("郑海燕", "青山县", Stage.FULL_MEMBER)
    await town.person("石支书", "桥头村", Stage.FULL_MEMBER)
    await town.person("石远山", "桥头村")
    await town.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    await town.office("吴芳", RoleKind.ORGANIZATION_COMMISSIONER, "王家村")
    await town.office("李国民", RoleKind.BRANCH_SECRETARY, "李家村")
    await town.office("孙敏", RoleKind.TOWNSHIP_CLERK, "柳河乡")
    await town.office("郑海燕", RoleKind.COUNTY_CLERK, "青山县")
    await town.office("石支书", RoleKind.BRANCH_SECRETARY, "桥头村")
    pair = await town.mentor("周德厚", "王建国", last=date(2026, 8, 20), due=date(2026, 11, 20))
    await town.mentor("刘长河", "陈玉梅", last=date(2026, 8, 10), due=date(2026, 11, 10))
    await town.mentor("李国民", "李文斌", last=date(2026, 11, 1))
    contact = Contact(
        uid="c1", mentorship=pair, person=town.people["王建国"], entered_by=town.people["周德厚"],
        contacted_on=date(2026, 8, 20), channel=Channel.PHONE, outcome=Outcome.REACHED,
        source_key="c1", entered_at=at(8, 20),
    )  # fmt: skip
    contact.note_sealed = crypto.seal_text("夜校报上名了", place="contact.note:c1")
    await contact.save()
    await AuditLog.create(
        at=at(11, 20), actor_id=town.people["石支书"].id, action="identity.invite",
        subject_kind="person", subject_id=town.people["石远山"].id, detail={},
    )  # fmt: skip


async def _reports(made: County, blob_id: str) -> None:
    for name, state in (
        ("王建国", ReportState.WAITING_SECRETARY),
        ("陈玉梅", ReportState.WAITING_MENTOR),
        ("石远山", ReportState.WAITING_SECRETARY),
    ):
        made.reports[name] = await _report(made.town, name, state, blob_id)


async def _report(town: Town, name: str, state: ReportState, blob_id: str) -> str:
    number, now = next(_serial), at(11, 20)
    draft = await ReportDraft.create(
        uid=f"d{number}", person=town.people[name], quarter=QUARTER, state=DraftState.SUBMITTED,
        opened_at=now, updated_at=now, closed_at=now,
    )  # fmt: skip
    uid = f"part{number}"
    words = f"{name}的汇报：到南港这阵子，白天跟师傅学焊接。"
    await ReportPart.create(
        uid=uid, draft=draft, position=1, kind=PartKind.TEXT, source_key="1", added_at=now,
        text_sealed=crypto.seal_text(words, place=f"report_part.text:{uid}"), characters=len(words),
    )  # fmt: skip
    await ReportPart.create(
        uid=f"{uid}b", draft=draft, position=2, kind=PartKind.IMAGE, source_key="2", added_at=now,
        blob_id=blob_id, sha256="0" * 64, size_bytes=1, suffix="jpg",
    )  # fmt: skip
    report = await ThoughtReport.create(
        uid=f"report{number}", person=town.people[name], draft=draft, quarter=QUARTER, state=state,
        pages=2, submitted_at=now,
    )  # fmt: skip
    return report.uid


async def _pushes(made: County) -> None:
    town, now = made.town, at(11, 23, 8)
    for number, (name, unit) in enumerate(
        (("王家村群", "王家村"), ("李家村群", "李家村"), ("桥头村群", "桥头村")), 1
    ):
        made.groups[name] = await Group.create(
            platform="onebot11", chat_id=str(700 + number), self_id="10001", name=name,
            unit=town.units[unit], bound_at=now, next_digest_at=at(11, 23, 20),
        )  # fmt: skip
    await BotAccount.create(
        platform="onebot11", self_id="10001", first_seen_at=now, last_confirmed_at=now
    )
    await delivery.broadcast(
        purpose="study.push", occasion="one",
        targets=[f"group:{group.id}" for group in made.groups.values()],
        parts=(Text("冬天宿舍用电，三件别做。"),), now=now, priority=Priority.DIGEST,
        title="冬天宿舍用电", expires_at=now + timedelta(days=3),
    )  # fmt: skip
    target = f"group:{made.groups['王家村群'].id}"
    await Delivery.filter(target=target).update(state=DeliveryState.UNKNOWN, updated_at=now)
    target = f"group:{made.groups['李家村群'].id}"
    await Delivery.filter(target=target).update(
        state=DeliveryState.REJECTED, reason="muted", updated_at=now
    )
    order = await PushOrder.create(
        uid="order1", unit=town.units["柳河乡"], material=library.current().all[0].slug,
        groups=[made.groups["王家村群"].id], send_at=at(11, 23, 20), state=OrderState.WAITING,
        asked_by_id=town.people["孙敏"].id, asked_at=now,
    )  # fmt: skip
    made.order = order.uid


async def _piece(made: County, blobs: tuple[Blob, ...]) -> None:
    """What 吴芳 brought in for 王家村 waits for a second person; 王家村 rests for the harvest."""
    town, uid = made.town, "piece1"
    await LocalMaterial.create(
        uid=uid, unit=town.units["王家村"], title="讨薪窗口开了", source="县人社局的通知",
        body_sealed=local_pieces.seal_body((Text("周一到周五都有人。"), *blobs), uid=uid),
        source_on=date(2026, 11, 20), link="https://www.example.gov.cn/1",
        effective_until=date(2027, 2, 22), state=MaterialState.WAITING,
        proposed_by_id=town.people["吴芳"].id, proposed_at=at(11, 20),
    )  # fmt: skip
    await PlanPause.create(
        unit=town.units["王家村"], from_on=date(2026, 12, 7), until_on=date(2026, 12, 9),
        kind=PauseKind.HARVEST, created_at=at(11, 20),
    )  # fmt: skip
    made.piece = uid
