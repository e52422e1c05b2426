"""The contracts of the house that no import tool sees: names, sizes, wording, clocks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent
SOURCES = [
    *sorted(
        path
        for folder in ("core", "models", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    ),
    ROOT / "bot.py",
]
ROLES = {
    "__init__.py", "commands.py", "service.py", "queries.py", "jobs.py", "views.py", "policy.py",
    "words.py",
}  # fmt: skip
FEATURE_ROOMS = (
    "roster", "study", "thought_report", "mentoring", "assistance", "movement", "stats", "dossier",
    "ledgers", "privacy",
)  # fmt: skip
# Rooms may hold more than the role table when the extra file is one clear notion.
EXTRA_FILES: dict[str, set[str]] = {}
HAN = re.compile(r"[\u4e00-\u9fff]")
HAN_ALLOWED = {
    "__init__.py", "commands.py", "daywords.py", "doubt_words.py", "feed_words.py", "form_words.py",
    "next_words.py", "pause_words.py",
    "material_words.py",
    "outcome_words.py", "pair_words.py", "parcel_words.py", "part_words.py", "periodwords.py",
    "placewords.py", "plan_words.py", "push_words.py", "texts.py", "topic_words.py", "words.py",
}  # fmt: skip
BANNED_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text("utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_given_the_tree_when_files_are_measured_then_none_is_over_the_ceiling() -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text("utf-8").splitlines())) > 305
    }
    assert large == {}


def test_given_the_tree_when_functions_are_measured_then_none_is_over_the_ceiling() -> None:
    large = {
        f"{path.relative_to(ROOT)}:{node.name}": lines
        for path, tree in trees()
        for node in functions(tree)
        if (lines := (node.end_lineno or 0) - node.body[0].lineno + 1) > 42
    }
    assert large == {}


def test_given_the_tree_when_names_are_read_then_no_file_is_a_drawer() -> None:
    assert [path for path in SOURCES if path.stem in BANNED_NAMES] == []


def _docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree):
        for child in getattr(node, "body", []) if isinstance(node, holders) else []:
            # A docstring, or the string under a settings field.
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                found.add(id(child.value))
    return found


def test_given_the_tree_when_strings_are_read_then_chinese_stands_only_where_words_are() -> None:
    strays = []
    for path, tree in trees():
        if path.name in HAN_ALLOWED:
            continue
        docs = _docstrings(tree)
        strays += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and HAN.search(node.value)
        ]
    assert strays == []


def test_given_the_tree_when_the_time_is_asked_then_only_the_clock_asks() -> None:
    asking = re.compile(r"datetime\.now|datetime\.utcnow|date\.today|time\.time\(")
    strays = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name != "clock.py" and asking.search(path.read_text("utf-8"))
    ]
    assert strays == []


def test_given_the_tree_when_transactions_are_opened_then_only_the_floor_opens_them() -> None:
    opening = re.compile(r"in_transaction\(|\batomic\(|get_or_create\(|update_or_create\(")
    strays = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name not in {"database.py", "migrating.py"}
        and opening.search(path.read_text("utf-8"))
    ]
    assert strays == []


def test_given_the_tree_when_messages_are_built_then_no_text_is_parsed_for_codes() -> None:
    parsing = re.compile(r"(?<![A-Za-z])Message\((?!\[|\))|send_(group|private)_msg\(")
    strays = [
        f"{path.relative_to(ROOT)}"
        for path in (ROOT / "plugins").rglob("*.py")
        # The gate reads what an end sent in the old string form; it never writes one.
        if path.parent.name != "sandbox"
        and path.name != "gate.py"
        and parsing.search(re.sub(r"class \w*Message\(.*", "", path.read_text("utf-8")))
    ]
    assert strays == []


def test_given_a_feature_room_when_its_files_are_listed_then_each_has_a_role() -> None:
    for room in FEATURE_ROOMS:
        files = {path.name for path in (ROOT / "plugins" / room).glob("*.py")}
        assert {"__init__.py", "commands.py", "service.py"} - files <= {"service.py"}, room


def test_given_queries_when_they_are_read_then_they_never_write() -> None:
    writing = re.compile(r"await [^\n]*\.(create|bulk_create|save|update|delete|bulk_update)\(")
    strays = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name == "queries.py" and writing.search(path.read_text("utf-8"))
    ]
    assert strays == []


def test_given_queries_when_they_are_read_then_each_takes_a_scope_first() -> None:
    scopes = {"Actor", "UnitScope", "Chat", "Known"}
    strays = []
    for path, tree in trees():
        if path.name != "queries.py" or path.parent.name == "delivery":
            continue
        for node in tree.body:
            if not isinstance(node, ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            first = (node.args.args or node.args.kwonlyargs)[0].annotation
            if first is None or ast.unparse(first) not in scopes:
                strays.append(f"{path.parent.name}.{node.name}")
    assert strays == []


def test_given_the_rooms_when_bot_names_them_then_every_folder_is_named() -> None:
    folders = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert folders == set(bot.ROOMS)


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "HACK"])
def test_given_the_tree_when_marks_are_searched_then_nothing_was_left_open(word: str) -> None:
    assert [path for path in SOURCES if re.search(rf"#.*\b{word}\b", path.read_text("utf-8"))] == []
