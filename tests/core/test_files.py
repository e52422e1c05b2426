"""Files: sealed, whole or not there, and a full disk."""

import errno
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import config, disk, files
from core.errors import Fault, Refusal
from core.messages import MediaKind

pytestmark = pytest.mark.usefixtures("keys")
PLAIN = "手写汇报第一页".encode() * 50


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "secrets" not in path.parts]


async def test_given_bytes_when_put_then_they_read_back_and_lie_sealed(
    settings: config.Settings,
) -> None:
    stored = await files.put(PLAIN, suffix=".JPG")
    assert (stored.sha256, stored.size_bytes) == (hashlib.sha256(PLAIN).hexdigest(), len(PLAIN))
    assert (stored.suffix, stored.kind) == ("jpg", MediaKind.IMAGE)
    (path,) = _all(settings.data_dir)
    assert path == settings.data_dir / "files" / stored.blob_id[:2] / stored.blob_id
    assert PLAIN[:9] not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert await files.read(stored.blob_id) == PLAIN


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [("png", MediaKind.IMAGE), ("amr", MediaKind.VOICE), ("docx", MediaKind.FILE), ("", "file")],
)
async def test_given_a_suffix_when_put_then_the_kind_is_known(suffix: str, kind: str) -> None:
    assert (await files.put(b"x", suffix=suffix)).kind == kind


async def test_given_a_file_when_deleted_then_it_is_gone_and_again_is_no_error() -> None:
    stored = await files.put(PLAIN, suffix="jpg")
    await files.delete(stored.blob_id)
    await files.delete(stored.blob_id)
    with pytest.raises(Fault, match="no file"):
        await files.read(stored.blob_id)


async def test_given_two_files_swapped_on_disk_when_read_then_it_is_a_fault() -> None:
    first, second = await files.put(b"one", suffix=""), await files.put(b"two", suffix="")
    files._path(first.blob_id).write_bytes(files._path(second.blob_id).read_bytes())
    with pytest.raises(Fault, match="another place"):
        await files.read(first.blob_id)


@pytest.mark.parametrize("blob_id", ["../../secrets/keys.json", "a" * 31, "A" * 32, "", "a/" * 16])
async def test_given_no_id_when_used_then_it_is_a_fault(blob_id: str) -> None:
    with pytest.raises(Fault, match="bad file id"):
        await files.read(blob_id)
    with pytest.raises(Fault, match="bad file id"):
        await files.delete(blob_id)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
async def test_given_a_full_disk_when_put_then_it_is_said_and_nothing_stays(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(Refusal) as refused:
        await files.put(PLAIN, suffix="jpg")
    assert refused.value.key == "start.disk_full_worker"
    assert _all(settings.data_dir) == []


async def test_given_another_error_when_put_then_it_is_not_hidden(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(OSError, match="broken disk"):
        await files.put(PLAIN, suffix="jpg")
    assert _all(settings.data_dir) == []


async def test_given_too_much_when_put_then_it_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    with pytest.raises(Fault, match="limit"):
        await files.put(b"x" * 11, suffix="")


async def test_given_old_files_when_asked_then_ids_are_told_and_unfinished_ones_removed() -> None:
    stored = await files.put(b"old", suffix="")
    fresh = await files.put(b"fresh", suffix="")
    unfinished = files._path(stored.blob_id).with_name(f"{stored.blob_id}.aa.part")
    unfinished.write_bytes(b"half")
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    before = (moment - timedelta(days=1)).timestamp()
    for path in (unfinished, files._path(stored.blob_id)):
        os.utime(path, (before, before))
    after = (moment + timedelta(seconds=1)).timestamp()
    os.utime(files._path(fresh.blob_id), (after, after))
    assert await files.kept_before(moment) == [stored.blob_id]
    assert not unfinished.exists()
