"""Every sentence exists, is used, fits its placeholders, and keeps the voice."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import bot
from core.texts import Texts, placeholders_of

ROOT = Path(bot.__file__).parent
FOLDER = ROOT / "content" / "texts"
TEXTS = Texts.load(FOLDER)
KEYS = TEXTS.keys()
CALLS = {"Say", "of", "Refusal", "StartRefused", "render", "say"}
BANNED = re.compile(
    r"！|!|打卡|接龙|逾期|违规|失败|系统|指令|提交成功|请务必|收到请回复|合格|排名|亲，"
)


def used() -> dict[str, list[tuple[str, frozenset[str] | None]]]:
    """Return key → (place, field names or None when they are passed as a mapping)."""
    found: dict[str, list[tuple[str, frozenset[str] | None]]] = defaultdict(list)
    for path in [
        *sorted((ROOT / "core").rglob("*.py")),
        *sorted((ROOT / "plugins").rglob("*.py")),
        ROOT / "bot.py",
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            first = node.args[0]
            if (
                name not in CALLS
                or not isinstance(first, ast.Constant)
                or "." not in str(first.value)
            ):
                continue
            names = [keyword.arg for keyword in node.keywords]
            fields = None if None in names else frozenset(str(item) for item in names)
            found[str(first.value)].append((f"{path.name}:{node.lineno}", fields))
    return found


def literals() -> set[str]:
    """Return every string constant of the sources (keys may pass through a variable)."""
    return {
        node.value
        for folder in ("core", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    } | {
        node.value
        for node in ast.walk(ast.parse((ROOT / "bot.py").read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_given_the_code_when_it_names_a_text_then_the_text_exists() -> None:
    assert {key: places for key, places in used().items() if key not in KEYS} == {}


def test_given_the_code_when_it_fills_a_text_then_every_placeholder_gets_a_field() -> None:
    missing = [
        f"{place} {key} lacks {sorted(lacking)}"
        for key, places in used().items()
        if key in KEYS
        for place, fields in places
        if fields is not None and (lacking := TEXTS.placeholders(key) - fields)
    ]
    assert missing == []


def test_given_a_text_when_the_code_is_read_then_somebody_says_it() -> None:
    said = literals()
    assert sorted(key for key in KEYS if key not in said) == []


def test_given_a_text_when_it_is_read_then_it_keeps_the_voice() -> None:
    assert [key for key in sorted(KEYS) if BANNED.search(TEXTS.raw(key))] == []


def test_given_a_text_when_it_is_read_then_it_says_who_sees_it_and_when() -> None:
    for path in FOLDER.glob("*.toml"):
        for name, entry in tomllib.loads(path.read_text("utf-8")).items():
            assert len(entry["note"]) > 15, f"{path.stem}.{name}"


def test_given_a_text_when_it_is_read_then_its_placeholders_parse() -> None:
    assert all(isinstance(placeholders_of(TEXTS.raw(key)), frozenset) for key in KEYS)
