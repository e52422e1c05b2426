"""Files that no row names: they go a day later, and never one that anything names."""

import json
import random
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tortoise import Tortoise

from core import config, crypto, files, pictures
from core.actors import Stage
from core.clock import FrozenClock
from core.conversation import Ask
from core.errors import Fault
from core.messages import Blob, Chat, ChatKind, Forward, MediaKind, Text
from core.pictures import Bar, Chart, keeping
from models import (
    AuditLog,
    DataExport,
    LocalMaterial,
    Message,
    Person,
    ReportDraft,
    ReportExport,
    ReportPart,
    RosterImport,
    Unit,
)
from models.enums import DraftState, ExportKind, MaterialState, PartKind, UnitKind
from models.filed import naming_columns
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.privacy import strays
from plugins.study import local_pieces, recordings
from tests.plugins.mentoring.town import at
from tests.plugins.privacy.rich_life import rich


def blob(blob_id: str) -> Blob:
    return Blob(MediaKind.FILE, blob_id, "表.docx")


class Shelf:
    """Rows of every kind that names files, one after the other."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.holders = (
            self.page, self.sheet, self.export, self.table, self.codes, self.message, self.nested,
            self.piece, self.question, self.copy, self.nothing, self.nothing,
        )  # fmt: skip

    async def plant(self) -> None:
        now = self.clock.now()
        self.unit = await Unit.create(
            name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=now
        )
        self.person = await Person.create(
            uid="p", name="王建国", home_unit=self.unit, stage=Stage.ACTIVIST, created_at=now
        )

    async def _draft(self, **more: Any) -> ReportDraft:
        now = self.clock.now()
        return await ReportDraft.create(
            uid=uuid4().hex, person=self.person, quarter="2026Q4", state=DraftState.SUBMITTED,
            opened_at=now, updated_at=now, **more,
        )  # fmt: skip

    async def page(self, blob_id: str) -> None:
        await ReportPart.create(
            uid=uuid4().hex, draft=await self._draft(), position=1, kind=PartKind.FILE,
            source_key=uuid4().hex, blob_id=blob_id, added_at=self.clock.now(),
        )  # fmt: skip

    async def sheet(self, blob_id: str) -> None:
        await self._draft(sheet_blob_id=blob_id, sheet_revision=0)

    async def export(self, blob_id: str) -> None:
        now = self.clock.now()
        await ReportExport.create(
            uid=uuid4().hex, asked_by=self.person, account_id=1, kind=ExportKind.PERSON,
            source_key=uuid4().hex, confirmed_at=now, made_at=now, blobs=["0" * 32, blob_id],
        )  # fmt: skip

    async def table(self, blob_id: str) -> None:
        await self._import(table_blob=blob_id)

    async def codes(self, blob_id: str) -> None:
        await self._import(codes=[blob_id, "f" * 32])

    async def _import(self, **more: Any) -> None:
        await RosterImport.create(
            uid=uuid4().hex, asked_by=self.person, source_key=uuid4().hex,
            received_at=self.clock.now(), **more,
        )  # fmt: skip

    async def message(self, blob_id: str) -> None:
        await self._message((Text("给您"), blob(blob_id)))

    async def nested(self, blob_id: str) -> None:
        await self._message((Forward(((Text("一"), blob(blob_id)),), "合集"),))

    async def _message(self, parts: Any) -> None:
        uid = uuid4().hex
        await Message.create(
            uid=uid, purpose="x", body_sealed=bodies.seal(parts, None, uid=uid),
            created_at=self.clock.now(),
        )  # fmt: skip

    async def piece(self, blob_id: str) -> None:
        uid = uuid4().hex
        await LocalMaterial.create(
            uid=uid, unit=self.unit, title="防火", effective_until=date(2027, 1, 1),
            body_sealed=local_pieces.seal_body((blob(blob_id),), uid=uid),
            state=MaterialState.APPROVED, proposed_by_id=1, proposed_at=self.clock.now(),
        )  # fmt: skip

    async def question(self, blob_id: str) -> None:
        chat = Chat("onebot11", "10001", ChatKind.PRIVATE, uuid4().hex)
        ask = Ask("x", data={"file": blob_id})
        await dialogues.open_question(chat, chat.chat_id, ask, self.clock.now())

    async def copy(self, blob_id: str) -> None:
        await DataExport.create(person=self.person, blob_id=blob_id, made_at=self.clock.now())

    async def nothing(self, blob_id: str) -> None:
        """No row: the process was killed just then."""


@pytest.mark.parametrize("seed", range(4))
async def test_given_files_of_any_kind_and_age_when_swept_then_only_old_nameless_ones_go(
    database: str, keys: object, texts: object, clock: FrozenClock, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # no secret
    shelf = Shelf(clock)
    await shelf.plant()
    old, young = [], []
    for batch in (old, young):
        for _ in range(30):
            holder = dice.choice(shelf.holders)
            stored = await files.put(b"x", suffix="docx")
            await holder(stored.blob_id)
            batch.append((stored.blob_id, holder == shelf.nothing))
        clock.advance_to(clock.now() + timedelta(hours=25))
    now = clock.now() - timedelta(hours=12)

    gone = await strays.sweep(now=now)

    left = set(await files.all_ids())
    assert left == {one for one, _ in young} | {one for one, stray in old if not stray}
    assert gone == sum(stray for _, stray in old) > 0
    audit = await AuditLog.get(action="files.swept")
    assert (audit.actor_id, audit.detail) == (None, {"count": gone})
    assert await strays.sweep(now=now) == 0
    assert await AuditLog.filter(action="files.swept").count() == 1


async def test_given_a_body_that_does_not_open_when_swept_then_nothing_goes(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> None:
    shelf = Shelf(clock)
    await shelf.plant()
    stored = await files.put(b"x", suffix="docx")
    sealed = crypto.seal(b"{}", place="elsewhere")
    await Message.create(uid="m", purpose="x", body_sealed=sealed, created_at=clock.now())
    clock.advance_to(clock.now() + timedelta(days=9))
    with pytest.raises(Fault):
        await strays.sweep(now=clock.now())
    assert await files.all_ids() == [stored.blob_id]


async def test_given_a_rich_life_when_its_rows_are_read_then_every_file_in_them_is_known(
    branch: Any,
) -> None:
    await rich(branch)
    kept = set(await files.all_ids())
    known = {(one.table, one.column) for one in naming_columns()}
    naming = set()
    for model in Tortoise.apps["models"].values():
        table = model._meta.db_table
        for row in await model.all():
            for name in model._meta.db_fields:
                if files.ids_in(str(getattr(row, name))) & kept:
                    naming.add((table, name))
    # The notes of what is to be removed go with the files.
    assert {("report_part", "blob_id"), ("report_export", "blobs")} <= naming <= known
    branch.clock.advance_to(at(12, 30))
    named = {one for one in kept if one in await _all_names()}
    assert await strays.sweep(now=branch.clock.now()) == len(kept - named - await _pictures())
    assert named <= set(await files.all_ids())


async def _all_names() -> set[str]:
    found: set[str] = set()
    for model in Tortoise.apps["models"].values():
        for row in await model.all():
            for name in model._meta.db_fields:
                found |= files.ids_in(str(getattr(row, name)))
    for message in await Message.all():
        body = bodies.unseal(message.body_sealed, uid=message.uid)
        found |= files.ids_in(repr(body))
    for row in await LocalMaterial.all():
        found |= files.ids_in(repr(local_pieces.body_of(row)))
    return found


async def _pictures() -> set[str]:
    return set(await pictures.kept_ids())


def test_given_the_tables_when_a_column_sounds_like_files_then_the_sweep_knows_it() -> None:
    known = {(one.table, one.column) for one in naming_columns()}
    for model in Tortoise.apps["models"].values():
        for name in model._meta.db_fields:
            if "blob" in name or name == "body_sealed":
                assert (model._meta.db_table, name) in known
    assert ("roster_import", "codes") in known


def chart(number: int) -> Chart:
    return Chart("汇报", "交了", "没交", (Bar("王家村", "都交了", number, number),))


async def test_given_pictures_that_the_list_forgot_when_swept_then_they_go_and_the_listed_stay(
    database: str, keys: object, texts: object, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    (first,) = await pictures.blobs_of(chart(1), name="图")
    (second,) = await pictures.blobs_of(chart(2), name="图")
    clock.advance_to(clock.now() + timedelta(days=2))
    assert await strays.sweep(now=clock.now()) == 1
    assert await files.all_ids() == [second.blob_id]
    assert first.blob_id != second.blob_id
    # A list of another process counts as well.
    keeping._known.clear()
    index = config.settings().data_dir / "pictures.json"
    index.write_text(json.dumps({"x": [second.blob_id]}))
    assert await strays.sweep(now=clock.now()) == 0


async def test_given_a_file_that_is_used_again_when_swept_then_it_counts_as_young(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> None:
    stored = await files.put(b"x", suffix="png")
    clock.advance_to(clock.now() + timedelta(days=3))
    assert await files.use(stored.blob_id)
    assert not await files.use("0" * 32)
    assert await strays.sweep(now=clock.now()) == 0
    # Between the look and the removal: what is young by then stays.
    assert not await files.delete_older(stored.blob_id, clock.now() - timedelta(days=1))
    assert await files.all_ids() == [stored.blob_id]


async def test_given_a_recording_that_was_swept_when_asked_for_again_then_it_is_kept_anew(
    database: str, keys: object, clock: FrozenClock, tmp_path: Any
) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "fire.mp3").write_bytes(b"ID3 voice")
    recordings.use(tmp_path / "voices")
    first = await recordings.blob_of("fire")
    clock.advance_to(clock.now() + timedelta(days=3))
    assert await strays.sweep(now=clock.now()) == 1
    again = await recordings.blob_of("fire")
    assert again.blob_id != first.blob_id
    assert await files.read(again.blob_id) == b"ID3 voice"
    recordings.use(tmp_path)
