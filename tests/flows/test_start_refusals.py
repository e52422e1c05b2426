"""The program refuses to start in words an operator understands, and touches nothing."""

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from core.database import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ("core", "models", "plugins", "content")


def copy_of_the_tree(folder: Path) -> Path:
    """A tree of its own to break, without data, tests and history."""
    for name in CONTENT:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("bot.py", "config.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


async def start(
    tree: Path, data: Path, *words: str, settings: Path | None = None
) -> tuple[int, str]:
    """Run ``python bot.py`` until it ends by itself; return its exit code and what it said."""
    environment = {**os.environ, "YANZHEN_DATA": str(data)}
    if settings is not None:
        environment["YANZHEN_CONFIG"] = str(settings)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "bot.py", *words,
        cwd=tree, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, said.decode()


def own_port(folder: Path) -> Path:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    settings = folder / "own.toml"
    settings.write_text(f"[web]\nport = {port}\n", "utf-8")
    return settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[quiet_hours]\nstart = 21\n", 'config.toml 第 2 行 quiet_hours.start：要写成 "21:00"。'),
        ("[web]\nport = 70000\n", "config.toml 第 2 行 web.port："),
        ("[web\n", "config.toml 第 1 行写法不对"),
        ("[web]\ntoken = 'x'\n", "config.toml 第 2 行 web.token：密码和令牌不写在这里"),
        ("[wbe]\nport = 1\n", "config.toml 第 1 行 wbe：没有这一项"),
    ],
)
async def test_given_a_broken_setting_when_started_then_line_and_wish_are_said(
    tmp_path: Path, text: str, said: str
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(text, "utf-8")
    code, words = await start(ROOT, tmp_path / "data", settings=settings)
    assert code == 1
    assert said in words
    assert "没启动，数据没动" in words
    assert not (tmp_path / "data" / "yanzhen.db").exists()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("content/texts/study.toml", "少了 content/texts/study.toml，没启动。从安装包拷回来。"),
        ("content/consent", "少了 content/consent"),
    ],
)
async def test_given_a_missing_file_when_started_then_its_name_is_said(
    tmp_path: Path, missing: str, said: str
) -> None:
    tree = copy_of_the_tree(tmp_path / "tree")
    gone = tree / missing
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    code, words = await start(tree, tmp_path / "data", settings=own_port(tmp_path))
    assert code == 1
    assert said in words


async def test_given_a_broken_material_when_started_then_file_line_and_key_are_said(
    tmp_path: Path,
) -> None:
    tree = copy_of_the_tree(tmp_path / "tree")
    piece = tree / "content" / "materials" / "2026" / "unpaid-wages.md"
    piece.write_text(piece.read_text("utf-8").replace("order: 2", "order: two"), "utf-8")
    code, words = await start(tree, tmp_path / "data", settings=own_port(tmp_path))
    assert code == 1
    assert "2026/unpaid-wages.md 第 4 行附近 order" in words


async def test_given_a_data_folder_that_takes_nothing_when_started_then_it_is_said(
    tmp_path: Path,
) -> None:
    # Root writes through any mode, so a file stands where the folder should be.
    (tmp_path / "data").write_text("", "utf-8")
    code, words = await start(ROOT, tmp_path / "data", settings=own_port(tmp_path))
    assert code == 1
    assert "data 文件夹写不进去" in words


async def test_given_a_port_in_use_when_started_then_it_is_said(tmp_path: Path) -> None:
    settings = own_port(tmp_path)
    port = int(settings.read_text("utf-8").split()[-1])
    with socket.socket() as door:
        door.bind(("127.0.0.1", port))
        door.listen()
        code, words = await start(ROOT, tmp_path / "data", settings=settings)
    assert code == 1
    assert f"{port} 端口有别的程序在用。关掉它，或改 config.toml。" in words


async def test_given_a_database_held_by_another_program_when_started_then_it_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    held = sqlite3.connect(tmp_path / "data" / "yanzhen.db", isolation_level=None)
    held.execute("CREATE TABLE x (y)")
    held.execute("BEGIN EXCLUSIVE")
    code, words = await start(ROOT, tmp_path / "data", settings=own_port(tmp_path))
    held.close()
    assert code == 1
    assert "数据库文件被别的程序占着" in words


async def test_given_a_real_database_when_the_demo_meets_it_then_it_refuses(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "demo"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "yanzhen.db") as made:
        made.execute("CREATE TABLE instance_mark (id INTEGER PRIMARY KEY, kind, created_at)")
        made.execute("INSERT INTO instance_mark VALUES (1, ?, '2026-11-23')", (PRODUCTION,))
    code, words = await start(ROOT, tmp_path / "data", "demo", settings=own_port(tmp_path))
    assert code == 1
    assert "这个数据库是" in words


async def test_given_an_unknown_word_when_started_then_the_few_words_are_listed(
    tmp_path: Path,
) -> None:
    code, _ = await start(ROOT, tmp_path / "data", "fly")
    assert code == 2
