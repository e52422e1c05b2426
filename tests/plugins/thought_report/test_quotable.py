"""What anybody may quote: formulae from a file, and the library as it is now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StartRefused
from plugins.study import pieces
from plugins.thought_report import quotable
from plugins.thought_report.clauses import clauses_of

OATH = "我志愿加入中国共产党，随时准备为党和人民牺牲一切。"
PIECE = "先留好考勤和工资条的照片，再把聊天记录存到电脑里。"


def letters(text: str) -> list[str]:
    return [clause.letters for clause in clauses_of(text)]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    quotable.use_library(pieces)
    quotable.load()


def test_given_the_file_that_comes_along_when_it_is_read_then_the_oath_is_free() -> None:
    quotable.load()
    quotable.use_library(lambda: ())
    free = quotable.current()
    assert all(one in free for one in letters(OATH))
    assert letters("母亲说再也不用挑着水桶上坡了")[0] not in free


def test_given_a_piece_that_is_new_when_it_is_asked_for_then_its_title_is_known() -> None:
    given: list[tuple[str, str]] = []
    quotable.use_library(lambda: tuple(given))
    assert letters(PIECE)[0] not in quotable.current()
    given.append(("工钱被拖", PIECE))
    assert quotable.current().titles == dict.fromkeys(letters(PIECE), "工钱被拖")
    assert quotable.current() is quotable.current()


@pytest.mark.parametrize(
    ("content", "entry"),
    [("[oath]\ntext = ", ""), ('[oath]\ntext = "a"\n', "oath"), ("oath = 1\n", "oath"), (None, "")],
)
def test_given_a_broken_file_when_it_is_read_then_the_start_is_refused(
    tmp_path: Path, content: str | None, entry: str
) -> None:
    path = tmp_path / "reports.toml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(StartRefused) as refused:
        quotable.load(path)
    assert refused.value.key == "start.text_broken"
    assert refused.value.fields["file"] == "content/quotable/reports.toml"
    assert refused.value.fields["entry"] == entry
