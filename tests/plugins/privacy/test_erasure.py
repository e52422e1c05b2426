"""Erasing one's own data: the whole database is searched, not only what the rooms say is theirs."""

import dataclasses
from typing import Any

import pytest
from tortoise.models import Model

from core import database, files
from core.clock import local_day
from core.config import Settings
from core.database import run_tx
from models import (
    Account,
    AuditLog,
    DoomedFile,
    Person,
    RosterImport,
)
from plugins.privacy import doomed, retention, rooms, service
from tests.conftest import HOUSE, POSTGRES
from tests.plugins.privacy.conftest import at, kept_files
from tests.plugins.privacy.persons_rows import TABLES, pointers, rows_about
from tests.plugins.privacy.rich_life import (
    ACTS,
    NOTE,
    counts,
    everything,
    naming,
    rich,
    tick,
)


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
        await job.run(tick(branch, job))
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
