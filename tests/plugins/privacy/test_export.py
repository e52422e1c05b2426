"""A copy of everything (导出): to read, for programs, with the files, never open on the disk."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from core import files
from core.config import Settings
from models import AuditLog, DataExport, ReportPart
from plugins.privacy import exporting, rooms
from tests.plugins.privacy.conftest import kept_files, photo
from tests.plugins.privacy.rich_life import NOTE, rich
from tests.plugins.privacy.test_privacy_script import REPORT


async def archives(branch: Any, name: str = "王建国") -> list[zipfile.ZipFile]:
    start = len(branch.last_blobs)
    await branch.says(name, "导出")
    blobs = branch.last_blobs[start:]
    return [zipfile.ZipFile(io.BytesIO(await files.read(blob.blob_id))) for blob in blobs]


async def test_given_a_rich_person_when_exported_then_text_json_and_files_hold_everything(
    branch: Any,
) -> None:
    await rich(branch)
    await branch.says("王建国", "取消")
    await branch.says("王建国", "1")
    (archive,) = await archives(branch)
    assert archive.testzip() is None
    readable = archive.read("我的数据.txt").decode("utf-8-sig")
    for piece in (
        "雁阵记着的您的全部内容", "【您是谁】", "姓名：王建国。支部：王家村。", "【思想汇报】",
        REPORT, "落款少个日期", "【联系人和联系记录】", NOTE, "【学习】", "《党章学习》，2 学时",
        "更正过姓名：「王健国」", "周德厚看了您的四季度汇报", "没交的页：",
    ):  # fmt: skip
        assert piece in readable, piece
    machine = json.loads(archive.read("我的数据.json"))
    assert (machine["format"], machine["version"]) == ("yanzhen-personal-data", 1)
    assert set(machine["rooms"]) == {name for name, _ in rooms.bottom_up()}
    pages = machine["rooms"]["thought_report"]["pages"]
    assert REPORT in {page["text"] for page in pages}
    assert machine["rooms"]["identity"]["person"]["name"] == "王建国"
    assert machine["rooms"]["identity"]["looks"][0]["reader_role"] == "mentor"
    inside = {name for name in archive.namelist() if name.startswith("附件/")}
    assert inside == {f"附件/{page['file']}" for page in pages if page["file"]}
    assert archive.read(min(inside)) in {photo(shade) for shade in (200, 150, 100, 50, 30)}


async def test_given_the_columns_of_a_person_when_exported_then_none_but_what_is_ours_is_missing(
    branch: Any,
) -> None:
    await rich(branch)
    (archive,) = await archives(branch)
    machine = json.loads(archive.read("我的数据.json"))["rooms"]
    for table, row in (
        ("reports", "quarter"), ("drafts", "state"), ("pages", "sha256"), ("reviews", "decision"),
    ):  # fmt: skip
        assert row in machine["thought_report"][table][0]
    assert "code_hash" not in json.dumps(machine)
    assert machine["study"]["parcel"]
    assert machine["delivery"]["budget_use"]
    assert machine["mentoring"]["contacts"][0]["note"]


async def test_given_a_copy_when_it_lies_there_then_it_is_sealed_and_gone_after_an_hour(
    branch: Any, settings: Settings
) -> None:
    said = await branch.says("王建国", "导出")
    assert said == (
        "都在这个压缩包里：我的数据.txt 是给您看的，另一个给电脑用。这份 1 小时后我删掉。"
    )
    (blob,) = branch.last_blobs
    assert blob.name == "我的数据20261123.zip"
    (path,) = kept_files(settings)
    assert not zipfile.is_zipfile(path)
    assert "王建国".encode() not in path.read_bytes()
    assert await AuditLog.filter(action="privacy.exported").count() == 1
    assert await exporting.remove_old(now=branch.clock.now()) == 0
    branch.clock.advance_to(branch.clock.now() + timedelta(minutes=61))
    assert await exporting.remove_old(now=branch.clock.now()) == 1
    assert kept_files(settings) == []
    assert await exporting.remove_old(now=branch.clock.now()) == 0


async def test_given_words_behind_it_when_asked_then_nobody_gets_what_he_did_not_mean(
    branch: Any,
) -> None:
    assert await branch.says("刘长河", "导出 全村") == "要自己的一份，只回「导出」两个字。"
    assert await DataExport.all().count() == 0


async def test_given_more_than_a_phone_takes_when_exported_then_it_comes_in_parts(
    branch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rich(branch)
    monkeypatch.setattr(exporting, "MOST_BYTES", 12_000)
    parts = await archives(branch)
    assert len(parts) > 1
    assert "我的数据.txt" in parts[0].namelist()
    names = [name for part in parts for name in part.namelist()]
    assert len(names) == len(set(names))
    blobs = ReportPart.filter(blob_id__isnull=False)
    assert len(names) == 2 + await blobs.count()


async def test_given_a_disk_that_breaks_when_the_copy_is_put_away_then_its_note_is_there(
    branch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_args: object, **_more: object) -> None:
        raise OSError

    monkeypatch.setattr(files, "put", breaks)
    await branch.says("王建国", "导出")
    assert await DataExport.all().count() == 1
    branch.clock.advance_to(branch.clock.now() + timedelta(minutes=61))
    assert await exporting.remove_old(now=branch.clock.now()) == 1
