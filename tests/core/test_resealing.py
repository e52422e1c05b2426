"""A new key, everything sealed anew in batches, the old key gone, and a kill in between."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tortoise.fields import BinaryField

import models as tables
from core import config, crypto, files, resealing
from core import database as db
from core.clock import FrozenClock
from core.config import Settings
from core.conversation import Ask
from core.errors import Fault
from core.messages import Chat, ChatKind, Text
from models import Message, Person, ReportDraft, ReportPart, Unit
from models.enums import PartKind, UnitKind
from models.sealed import sealed_columns
from plugins.delivery import bodies
from plugins.identity import dialogues, rotation
from plugins.identity.queries import who_is
from plugins.thought_report import pages

CHILD = Path(__file__).with_name("rotation_child.py")
CHAT = Chat("onebot11", "1", ChatKind.PRIVATE, "101")


async def fill(clock: FrozenClock, rows: int, kept: int) -> list[str]:
    """Some pages, a body, an open question, and files; gives the files' ids."""
    now = clock.now()
    unit = await Unit.create(
        name="王家村", kind=UnitKind.VILLAGE_BRANCH, path="/1/", created_at=now
    )
    person = await Person.create(
        uid="p1", name="王建国", home_unit=unit, stage="activist", created_at=now
    )
    draft = await ReportDraft.create(
        uid="d1", person=person, quarter="2026Q4", opened_at=now, updated_at=now
    )
    parts = [
        ReportPart(
            uid=f"u{n}", draft=draft, position=n, kind=PartKind.TEXT, source_key=f"k{n}",
            text_sealed=crypto.seal_text(f"第 {n} 页", place=pages.text_place(f"u{n}")),
            extract_sealed=pages.sealed_extract(f"u{n}", "附件" if n % 7 == 0 else ""),
            added_at=now,
        )
        for n in range(rows)
    ]  # fmt: skip
    await ReportPart.bulk_create(parts, batch_size=500)
    body = bodies.seal((Text("您好"),), None, uid="m1")
    await Message.create(uid="m1", purpose="a.b", occasion="c", body_sealed=body, created_at=now)
    await dialogues.open_question(CHAT, "101", Ask("thought_report.hold", data={"x": 1}), now)
    return [(await files.put(f"文件 {n}".encode(), suffix="jpg")).blob_id for n in range(kept)]


async def assert_all_opens(rows: int, kept: list[str], clock: FrozenClock) -> None:
    found = await ReportPart.all().order_by("id")
    assert [pages.text_of(part) for part in found] == [f"第 {n} 页" for n in range(rows)]
    assert all(pages.extract_of(part) in {"", "附件"} for part in found)
    assert bodies.unseal((await Message.get()).body_sealed, uid="m1").parts == (Text("您好"),)
    known = await who_is(CHAT, "101", clock.now())
    assert known.question is not None
    assert known.question.data == {"x": 1}
    for n, blob_id in enumerate(kept):
        assert await files.read(blob_id) == f"文件 {n}".encode()


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_rows_and_files_when_the_key_is_changed_then_the_old_one_can_go(
    clock: FrozenClock, settings: Settings
) -> None:
    kept = await fill(clock, 1203, 5)
    said = await rotation.rotate((), clock.now())
    assert said[0] == "现在用第 2 把钥匙，重新封好 1377 行、5 个文件。"
    assert await resealing.is_done(sealed_columns())
    assert await rotation.rotate(("drop",), clock.now()) == (
        "去掉了 1 把旧钥匙。从前的备份里封着的，以后打不开了。",
    )
    assert not crypto.open_keys(settings.data_dir).has_older
    await assert_all_opens(1203, kept, clock)


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_something_under_the_old_key_when_it_shall_go_then_it_is_sealed_anew_first(
    clock: FrozenClock, settings: Settings
) -> None:
    kept = await fill(clock, 3, 1)
    crypto.add_key(settings.data_dir)
    assert not await resealing.is_done(sealed_columns())
    assert await resealing.drop_older_keys(settings.data_dir, sealed_columns()) is None
    assert (await rotation.rotate((), clock.now()))[0].startswith("现在用第 2 把钥匙")
    await rotation.rotate(("drop",), clock.now())
    await assert_all_opens(3, kept, clock)


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_a_value_that_opens_with_no_key_when_the_old_one_shall_go_then_it_stays(
    clock: FrozenClock, settings: Settings
) -> None:
    await fill(clock, 3, 0)
    await ReportPart.filter(uid="u1").update(text_sealed=b"\x01" + b"x" * 60)
    assert "有 1 处打不开，原样留着，详情在日志里。" in await rotation.rotate((), clock.now())
    assert await rotation.rotate(("drop",), clock.now()) == (
        "还有 1 处要用旧钥匙，先不去掉，详情在日志里。",
    )
    assert crypto.open_keys(settings.data_dir).has_older


@pytest.mark.usefixtures("database", "keys", "texts")
async def test_given_words_it_does_not_know_when_the_key_is_to_change_then_it_says_how(
    clock: FrozenClock,
) -> None:
    assert "rotate drop" in (await rotation.rotate(("all",), clock.now()))[0]


@pytest.mark.usefixtures("database", "keys")
async def test_given_a_night_when_there_is_one_key_then_nothing_is_done_and_else_the_rest_is(
    clock: FrozenClock, settings: Settings
) -> None:
    kept = await fill(clock, 2, 1)
    assert await rotation.reseal_rest() == resealing.Resealed()
    crypto.add_key(settings.data_dir)
    assert (await rotation.reseal_rest()).files == 1
    assert (await rotation.reseal_rest()) == resealing.Resealed()
    await assert_all_opens(2, kept, clock)


@pytest.mark.usefixtures("database", "keys")
async def test_given_a_row_written_meanwhile_when_it_is_sealed_anew_then_the_newer_value_stays(
    clock: FrozenClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(clock, 1, 0)
    crypto.add_key(settings.data_dir)
    batch = resealing._batch

    async def overtaken(*args: object, **kwargs: object) -> list[dict[str, object]]:
        rows = await batch(*args, **kwargs)
        newer = crypto.seal_text("新的", place=pages.text_place("u0"))
        await ReportPart.filter(uid="u0").update(text_sealed=newer)
        return rows

    monkeypatch.setattr(resealing, "_batch", overtaken)
    await resealing.reseal(sealed_columns())
    assert pages.text_of(await ReportPart.get()) == "新的"


@pytest.mark.usefixtures("keys")
async def test_given_a_file_removed_meanwhile_when_it_is_sealed_anew_then_it_stays_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await files.put(b"mine", suffix="jpg")
    crypto.add_key(settings.data_dir)
    seal = crypto.seal

    def overtaken(plain: bytes, *, place: str) -> bytes:
        files._delete(stored.blob_id)
        return seal(plain, place=place)

    monkeypatch.setattr(crypto, "seal", overtaken)
    assert not await files.reseal(stored.blob_id)
    assert await files.all_ids() == []


@pytest.mark.usefixtures("keys")
async def test_given_a_file_when_it_is_sealed_anew_then_it_keeps_its_age(
    settings: Settings, clock: FrozenClock
) -> None:
    stored = await files.put(b"mine", suffix="jpg")
    before = await files.kept_before(clock.now() + timedelta(days=36500))
    (path,) = (settings.data_dir / "files").glob("??/*")
    age = path.stat().st_mtime_ns
    crypto.add_key(settings.data_dir)
    assert await files.reseal(stored.blob_id)
    assert (path.stat().st_mtime_ns, before) == (age, [stored.blob_id])


@pytest.mark.usefixtures("keys")
def test_given_a_key_added_by_another_process_when_its_value_comes_then_the_key_is_read(
    settings: Settings, keys: crypto.KeyRing
) -> None:
    other = crypto.add_key(settings.data_dir)
    sealed = other.seal(b"new", place="a.b:1")
    crypto.use(keys, settings.data_dir)
    assert crypto.unseal(sealed, place="a.b:1") == b"new"
    assert crypto.current().current == 2
    with pytest.raises(Fault):
        crypto.unseal(b"\x09" + sealed[1:], place="a.b:1")


@pytest.mark.usefixtures("database")
def test_given_the_tables_when_their_columns_are_read_then_every_sealed_one_is_known() -> None:
    binary = {
        (model._meta.db_table, name)
        for model in (getattr(tables, name) for name in tables.__all__)
        for name, field in model._meta.fields_map.items()
        if isinstance(field, BinaryField)
    } - {("report_fingerprint", "hashes")}  # keyed hashes, made anew under another key
    known = sealed_columns()
    assert {(column.table, column.column) for column in known} == binary
    for column in known:
        model = next(
            getattr(tables, name)
            for name in tables.__all__
            if getattr(tables, name)._meta.db_table == column.table
        )
        assert {"id", *column.named_by} <= set(model._meta.fields_map)


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.4])
async def test_given_a_rotation_when_it_is_killed_in_between_then_nothing_is_lost_and_it_goes_on(
    database: str, keys: crypto.KeyRing, clock: FrozenClock, settings: Settings, after_s: float
) -> None:
    kept = await fill(clock, 2600, 60)
    crypto.add_key(settings.data_dir)
    await db.close_database()
    child = await asyncio.to_thread(
        subprocess.Popen,
        [sys.executable, str(CHILD), str(settings.data_dir), database],
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await asyncio.to_thread(child.stdout.readline) == b"begins\n"
    await asyncio.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    await asyncio.to_thread(child.wait)
    child.stdout.close()
    config.use(settings)
    await db.open_database(database, kind=db.PRODUCTION, data_dir=settings.data_dir)
    await assert_all_opens(2600, kept, clock)
    await resealing.reseal(sealed_columns())
    assert await resealing.drop_older_keys(settings.data_dir, sealed_columns()) == 1
    await assert_all_opens(2600, kept, clock)
