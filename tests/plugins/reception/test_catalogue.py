"""Commands are found by their first word or first character; doubles stop the start."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.conversation import Call, Command, Reply
from core.errors import Fault
from plugins.reception.catalogue import Catalogue, first_characters
from plugins.thought_report import words as pages


async def nothing(_call: Call) -> Reply:
    return Reply(silent=True)


def command(
    name: str, *words: str, aliases: tuple[str, ...] = (), pattern: str | None = None
) -> Command:
    return Command(name, words, nothing, "a.b", aliases=aliases, pattern=pattern)


CATALOGUE = Catalogue(
    [
        command("study", "学习", aliases=("上课",)),
        command("push", "推送"),
        command("progress", "推送 进度"),
        command("remove", "删第2页", pattern=pages.REMOVE_PATTERN),
        command("code", pattern=r"[0-9]{4}[ -]?[0-9]{4}"),
        command("report", "交汇报", aliases=("交回报",)),
        command("any", pattern=r".*号卷子"),
    ]
)


@pytest.mark.parametrize(
    ("said", "name", "rest"),
    [
        ("学习", "study", ""),
        ("上课 ", "study", ""),
        ("推送 新建 一", "push", "新建 一"),
        ("推送 进度", "progress", ""),
        ("推送　进度", "progress", ""),
        ("推送进度", "progress", ""),
        ("推送 进度 三", "progress", "三"),
        ("删第2页", "remove", "删第2页"),
        ("第 3 页 不要了", "remove", "第 3 页 不要了"),
        ("４８２９ １３５７", "code", "4829 1357"),
        ("三号卷子", "any", "三号卷子"),
    ],
)
def test_given_a_line_when_it_is_looked_up_then_its_command_and_rest_are_found(
    said: str, name: str, rest: str
) -> None:
    match = CATALOGUE.find(said)
    assert match is not None
    assert (match.command.name, match.rest) == (name, rest)


@pytest.mark.parametrize("said", ["学习了", "我学习", "", " ", "48291", "交 汇报", "推"])
def test_given_another_line_when_it_is_looked_up_then_nothing_is_found(said: str) -> None:
    assert CATALOGUE.find(said) is None


@pytest.mark.parametrize(
    "commands",
    [
        [command("a", "学习"), command("b", "上课", aliases=("学习",))],
        [command("a", "学习", aliases=("学习",))],
        [command("a", "删2"), command("b", "删２")],
        [command("a", "学习"), command("a", "上课")],
        [command("a")],
        [command("a", "。")],
    ],
)
def test_given_commands_that_clash_when_the_catalogue_is_made_then_it_is_a_fault(
    commands: list[Command],
) -> None:
    with pytest.raises(Fault):
        Catalogue(commands)


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("交汇抱", ["report"]),
        ("我想交汇报怎么弄啊谢谢你了", ["report"]),
        ("学系", ["study"]),
        ("天气", []),
        ("今天我们这里下了很大很大的雨没有出工", []),
    ],
)
def test_given_a_typo_when_near_words_are_asked_then_the_nearest_comes_first(
    said: str, nearest: list[str]
) -> None:
    found = CATALOGUE.nearest(said, lambda _command: True)
    assert [item.name for item in found][: len(nearest) or 1] == nearest


def test_given_a_command_not_allowed_when_near_words_are_asked_then_it_is_left_out() -> None:
    assert CATALOGUE.nearest("交汇抱", lambda item: item.name != "report") == ()


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("删", "删"),
        ("(?:删|换)第", "删换"),
        (r"^第?\s*[0-3]", "第 \t\r\n0123"),
        (r"\d+页", "0123456789"),
        ("[^删]页", None),
        (".*页", None),
        (r"\w页", None),
        ("(甲)?", None),
        ("(?=甲)乙", None),
    ],
)
def test_given_a_pattern_when_its_first_characters_are_asked_then_they_are_told_or_unknown(
    pattern: str, characters: str | None
) -> None:
    found = first_characters(pattern)
    assert found == (None if characters is None else frozenset(characters))


@given(
    some.sampled_from([pages.REMOVE_PATTERN, pages.REPLACE_PATTERN, pages.MOVE_PATTERN]),
    some.data(),
)
def test_given_a_page_pattern_when_a_line_fits_it_then_its_bucket_holds_it(
    pattern: str, data: some.DataObject
) -> None:
    said = data.draw(some.from_regex(re.compile(pattern), fullmatch=True))
    found = first_characters(pattern)
    assert found is None or said[0] in found or said[0].isspace() or said[0].isdecimal()


def test_given_many_commands_when_one_is_looked_up_then_no_pattern_of_another_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []
    catalogue = Catalogue(command(f"c{n}", pattern=f"{chr(0x4E00 + n)}[0-9]+") for n in range(500))
    buckets = [len(entries) for entries in catalogue._patterns.values()]
    assert max(buckets) == 1
    assert all(a == b for a, b in pairwise(buckets))
    assert not tried
