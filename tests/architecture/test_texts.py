"""Every sentence exists, is used, fits its placeholders, and keeps the voice."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

from jinja2 import Environment, nodes

import bot
from core.texts import Texts, placeholders_of

ROOT = Path(bot.__file__).parent
FOLDER = ROOT / "content" / "texts"
TEXTS = Texts.load(FOLDER)
KEYS = TEXTS.keys()
_PAGES = Environment(autoescape=True)
CALLS = {"Say", "of", "Refusal", "StartRefused", "render", "say"}
HAN = re.compile(r"[\u4e00-\u9fff]")
BANNED = re.compile(
    r"！|!|打卡|接龙|逾期|违规|失败|系统|指令|提交成功|请务必|收到请回复|合格|排名|亲，"
)


def _template_strings() -> set[str]:
    return {
        str(constant.value)
        for path in (ROOT / "plugins").rglob("templates/*.html")
        for constant in _PAGES.parse(path.read_text("utf-8")).find_all(nodes.Const)
    }


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


def in_templates() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Return key → (place, field names) of what the pages say."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for path in sorted((ROOT / "plugins").rglob("templates/*.html")):
        for call in _PAGES.parse(path.read_text("utf-8")).find_all(nodes.Call):
            first = call.args[0] if call.args else None
            if (
                isinstance(call.node, nodes.Name)
                and call.node.name == "t"
                and isinstance(first, nodes.Const)
            ):
                names = frozenset(keyword.key for keyword in call.kwargs)
                found[str(first.value)].append((f"{path.name}:{call.lineno}", names))
    return found


def literals() -> set[str]:
    """Return every string constant of the sources (keys may pass through a variable)."""
    return (
        set(in_templates())
        | _template_strings()
        | {
            node.value
            for folder in ("core", "plugins")
            for path in (ROOT / folder).rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        | {
            node.value
            for node in ast.walk(ast.parse((ROOT / "bot.py").read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    )


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


def test_given_a_page_when_it_says_a_text_then_the_text_exists_and_is_filled() -> None:
    wrong = [
        f"{place} {key}"
        for key, places in in_templates().items()
        for place, fields in places
        if key not in KEYS or TEXTS.placeholders(key) - fields
    ]
    assert wrong == []


def test_given_a_page_when_it_is_read_then_its_words_stand_in_content_texts() -> None:
    strays = [
        f"{path.name}: {data.data.strip()[:40]}"
        for path in sorted((ROOT / "plugins").rglob("templates/*.html"))
        for data in _PAGES.parse(path.read_text("utf-8")).find_all(nodes.TemplateData)
        if HAN.search(data.data)
    ]
    assert strays == []


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
