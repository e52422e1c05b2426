"""docs/commands.md says what the catalogue says."""

import os
import subprocess
import sys
from pathlib import Path

from core.conversation import Call, Command, Reply
from core.texts import Texts
from plugins.reception.catalogue import Catalogue
from plugins.reception.handbook import commands_page

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "commands.md"

# A process of its own: the whole house is loaded once in a process.
WHOLE_HOUSE = """
import pathlib, sys
import bot
from core import config
folder = pathlib.Path(sys.argv[1])
bot.build(config.Settings(data_dir=folder), folder)
from plugins.reception import desk, handbook
page = handbook.commands_page(desk.current().catalogue)
(folder / "page.md").write_text(page, "utf-8")
"""


def test_given_the_whole_house_when_its_page_is_made_then_it_is_the_one_in_docs(
    tmp_path: Path,
) -> None:
    subprocess.run(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", WHOLE_HOUSE, str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "YANZHEN_DATA": str(tmp_path)},
    )
    made = (tmp_path / "page.md").read_text("utf-8")
    if os.environ.get("YANZHEN_WRITE_DOCS"):
        PAGE.write_text(made, "utf-8")
    assert PAGE.read_text("utf-8") == made


async def _nothing(_call: Call) -> Reply:
    return Reply(silent=True)


def test_given_a_pattern_with_bars_when_its_line_is_made_then_the_table_stays_whole(
    texts: Texts,
) -> None:
    command = Command("a.b", (), _nothing, "reception.help_menu", pattern=r"(?:甲|乙)\d")
    line = commands_page(Catalogue([command])).splitlines()[-1]
    assert line == (
        r"| `(?:甲\|乙)\d` |  |  | anyone | private | nothing | 看能做什么；群里只说公开的 |"
    )
