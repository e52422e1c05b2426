"""A room that is not loaded, or not named, stops the start instead of vanishing silently."""

import subprocess
import sys
from pathlib import Path

import pytest

import bot
from core.errors import Fault

ROOT = Path(bot.__file__).parent


def run(code: str) -> str:
    """Run ``code`` in a fresh interpreter: NoneBot loads a plugin once in a process."""
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own words
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_given_a_folder_that_is_not_named_when_rooms_load_then_it_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "stray").mkdir()
    (tmp_path / "stray" / "__init__.py").touch()
    with pytest.raises(Fault, match="stray"):
        bot.load_rooms((), tmp_path)


def test_given_a_named_room_without_a_folder_when_rooms_load_then_it_is_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(Fault, match="ghost"):
        bot.load_rooms(("ghost",), tmp_path)


TRAP = """
import os, nonebot
nonebot.init(_env_file=(os.devnull,), driver="~none", log_level="CRITICAL")
import plugins.sandbox
print("silently", nonebot.load_plugin("plugins.sandbox"))
"""


def test_given_a_room_imported_before_loading_when_loaded_then_nonebot_only_says_none() -> None:
    assert "silently None" in run(TRAP)


CURE = """
import os, nonebot, tempfile
from pathlib import Path
nonebot.init(_env_file=(os.devnull,), driver="~none", log_level="CRITICAL")
import bot, plugins.sandbox
folder = Path(tempfile.mkdtemp())
(folder / "sandbox").mkdir()
(folder / "sandbox" / "__init__.py").touch()
try:
    bot.load_rooms(("sandbox",), folder)
except bot.Fault as fault:
    print("refused:", fault)
"""


def test_given_a_room_imported_before_it_is_loaded_when_rooms_load_then_it_is_refused() -> None:
    assert "refused: room sandbox did not load" in run(CURE)
