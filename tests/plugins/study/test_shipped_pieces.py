"""The pieces that come with the program are whole and well formed, and no link in them is dead."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from core.texts import current
from plugins.study import checking
from plugins.study.front_matter import examine
from plugins.study.library import FOLDER, Library
from tests.conftest import HOUSE

DAY = date(2026, 12, 1)

# Words of the script book that pieces tell readers to answer with before a room answers to them.
# Take a word off this list once its command is there.
COMING = frozenset({"我的数据", "更正", "导出", "删除", "谁看过"})

pytestmark = pytest.mark.usefixtures("texts")


@pytest.fixture(autouse=True)
def catalogue() -> Iterator[None]:
    """The words of the whole house, as a run of ``bot.py check`` knows them."""
    commands = [word for door in HOUSE.doors.values() for word in getattr(door, "COMMANDS", ())]
    checking.use_commands(commands)
    yield
    checking.use_commands(())


def remarks() -> list[checking.Remark]:
    files = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*.md"))
    }
    return checking.remarks_on(files, DAY)


def test_given_the_shipped_pieces_when_checked_then_no_link_is_dead_and_nothing_is_malformed() -> (
    None
):
    dead = [
        (remark.file, remark.line, current().render(remark.what))
        for remark in remarks()
        if remark.is_fault and remark.what.fields.get("word") not in COMING
    ]
    assert dead == []


def test_given_the_shipped_pieces_when_checked_then_nothing_is_left_to_weigh() -> None:
    hints = {
        (remark.file, remark.line, current().render(remark.what))
        for remark in remarks()
        if not remark.is_fault
    }
    assert hints == set()


def test_given_the_shipped_pieces_when_counted_then_there_are_sixty_in_eight_series() -> None:
    series = Counter(piece.series for piece in Library.load(FOLDER).effective(DAY))
    assert series.total() >= 60
    assert len(series) >= 8


def test_given_nobody_reviewed_them_when_read_then_no_shipped_piece_claims_it() -> None:
    claimed = [
        path.name
        for path in FOLDER.rglob("*.md")
        if (front := examine(path.read_bytes()).front) and front.reviewed_by
    ]
    assert claimed == []
