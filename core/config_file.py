"""Reads one TOML file into a settings class, and finds the line of whatever is wrong in it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.conversation import Say
from core.errors import StartRefused

_M = TypeVar("_M", bound=BaseModel)

_SECRET = re.compile(r"token|secret|passw|api_?key|access_?key|private_?key", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"\w+://[^/@\s]*:[^/@\s]*@|[?&]passw", re.IGNORECASE)
_SYNTAX_LINE = re.compile(r"at line (\d+)")
_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

# pydantic's names of what went wrong, and the key of the sentence that says what is wanted.
_EXPECTED = {
    "extra_forbidden": "start.expect_known",
    "bool_type": "start.expect_bool",
    "string_type": "start.expect_text",
    "model_type": "start.expect_section",
    "model_attributes_type": "start.expect_section",
    "dict_type": "start.expect_section",
    "time": "start.expect_time",
    "platform": "start.expect_platform",
    "database": "start.expect_database",
    "accounts": "start.expect_accounts",
    "budgets": "start.expect_budgets",
    "parts": "start.expect_parts",
    "mails": "start.expect_mails",
    "addresses": "start.expect_addresses",
    "page_address": "start.expect_page_address",
    "string_pattern_mismatch": "start.expect_group_number",
}


def read(path: Path, model: type[_M], *, outside: Mapping[str, Any]) -> _M:
    """Return ``model`` filled from the TOML file at ``path`` and from ``outside``.

    Fields of ``outside`` may not stand in the file. Raises StartRefused naming file and line, see
    ``core.config.load``.
    """
    source = _source(path)
    data = _parsed(path, source)
    _refuse_secrets(path, source, data)
    unwanted = sorted(set(outside) & set(data))
    if unwanted:
        raise _broken(path, source, (unwanted[0],), Say("start.expect_known"))
    try:
        return model.model_validate({**data, **outside})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    places = [(_place(item), item) for item in details]
    place, first = min(places, key=lambda pair: line_of(source, pair[0]))
    raise _broken(path, source, place, _expected(model, place, first))


def _source(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise StartRefused("start.file_missing", file=path.name) from None
    except UnicodeDecodeError:
        raise StartRefused("start.config_encoding", file=path.name) from None


def _parsed(path: Path, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
    line = int(found[1]) if found else max(1, len(source.splitlines()))
    raise StartRefused("start.config_syntax", file=path.name, line=line)


def _refuse_secrets(path: Path, source: str, data: Mapping[str, Any]) -> None:
    for place, value in _leaves(data, ()):
        named = _SECRET.search(place[-1])
        if named or (isinstance(value, str) and _URL_PASSWORD.search(value)):
            raise StartRefused(
                "start.config_secret",
                file=path.name,
                line=line_of(source, place),
                setting=".".join(place),
            )


def _leaves(
    data: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in data.items():
        yield (*above, name), value
        if isinstance(value, dict):
            yield from _leaves(value, (*above, name))


def _place(error: ErrorDetails) -> tuple[str, ...]:
    place = tuple(str(part) for part in error["loc"])
    if error["type"] == "order":
        return (*place, str(error["ctx"]["key"]))
    return place


def _broken(path: Path, source: str, place: tuple[str, ...], expected: Say) -> StartRefused:
    return StartRefused(
        "start.config_broken",
        file=path.name,
        line=line_of(source, place),
        setting=".".join(place),
        expected=expected,
    )


def _expected(model: type[BaseModel], place: tuple[str, ...], error: ErrorDetails) -> Say:
    if error["type"] == "order":
        return Say("start.expect_order", other=str(error["ctx"]["other"]))
    if error["type"] in _EXPECTED:
        return Say(_EXPECTED[error["type"]])
    kind, low, high = _bounds(model, place)
    return Say("start.expect_int" if kind is int else "start.expect_number", low=low, high=high)


def _bounds(model: type[BaseModel], place: tuple[str, ...]) -> tuple[type, int, int]:
    """Return type and limits of a number; every number in the tree has both limits."""
    for name in place[:-1]:
        inner = model.model_fields[name].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel)  # noqa: S101, PT018  # shape of our own tree
        model = inner
    field = model.model_fields[place[-1]]
    low = next(item.ge for item in field.metadata if isinstance(item, Ge))
    high = next(item.le for item in field.metadata if isinstance(item, Le))
    return float if field.annotation is float else int, int(str(low)), int(str(high))


def line_of(source: str, place: tuple[str, ...]) -> int:
    """Return the line, from 1, on which the key at ``place`` stands in TOML ``source``.

    A key inside an inline table or a list is found at the line where that begins; a key that is
    nowhere, at line 1.
    """
    best, best_depth = 1, 0
    above: tuple[str, ...] = ()
    for number, line in _code_lines(source):
        header = _HEADER.fullmatch(line)
        if header:
            above = _parts(header[1])
            here = above
        else:
            key = _KEY.match(line)
            here = (*above, *_parts(key[1])) if key else ()
        if len(here) > best_depth and here == place[: len(here)]:
            best, best_depth = number, len(here)
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _code_lines(source: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines, those inside multi-line strings left out."""
    fence = None
    for number, line in enumerate(source.splitlines(), 1):
        if fence is None:
            yield number, line
        for mark in re.findall(r'"""|\'\'\'', line):
            fence = mark if fence is None else (None if mark == fence else fence)
