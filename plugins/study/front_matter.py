"""The shape of a material file: its front matter, its bubbles, and where they are wrong.

``examine`` finds everything that is wrong at once, each with its line; the library stops at the
first of them, the checker prints them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from core.actors import Stage
from plugins.study import plain_text

# A push is at most 6 lines or about 120 characters (dialogues, voice, rule 1); the owner's ceiling
# for a push is 200 characters. A section stands alone in a bubble.
PUSH_CHARACTERS = 200
SECTION_CHARACTERS = 300
QUESTIONS_LEAST = 3
QUESTIONS_MOST = 5
OPTIONS_MOST = 6

# Where a file without any front matter, or with broken YAML, is wrong.
HEAD = "---"
BODY = "body"


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("one line")
    return text.strip()


Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Lines = Annotated[tuple[Line, ...], Field(strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Question(_Strict):
    """One quiz question. ``answer`` counts from 1."""

    ask: Annotated[Line, Field(max_length=60)]
    options: Annotated[
        tuple[Annotated[Line, Field(max_length=20)], ...],
        Field(min_length=2, max_length=OPTIONS_MOST, strict=False),
    ]
    answer: Annotated[int, Field(ge=1)]
    explain: Annotated[Line, Field(max_length=60)]


class Front(_Strict):
    """The keys of the front matter; content/README.md explains each to those who write."""

    title: Annotated[Line, Field(max_length=24)]
    series: Line
    order: Annotated[int, Field(ge=1)]
    audience: Annotated[
        frozenset[Annotated[Stage, Field(strict=False)]], Field(min_length=1, strict=False)
    ]
    public: bool
    tags: Lines = ()
    cities: Lines = ()
    trades: Lines = ()
    source: Line
    source_date: date
    checked_on: date
    reviewed_by: Line | None = None
    reviewed_on: date | None = None
    effective_from: date
    effective_until: date
    push: Annotated[str, Field(min_length=1, max_length=PUSH_CHARACTERS + 1)]
    quiz: Annotated[
        tuple[Question, ...],
        Field(min_length=QUESTIONS_LEAST, max_length=QUESTIONS_MOST, strict=False),
    ]


class Wrong(StrEnum):
    """In which way something is wrong: which sentence the checker says."""

    ENCODING = "encoding"
    HEAD = "head"
    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    DAY = "day"
    SWITCH = "switch"
    NUMBER = "number"
    LIST = "list"
    STAGE = "stage"
    ANSWER = "answer"
    ORDER = "order"
    REVIEW = "review"
    EMPTY = "empty"
    OTHER = "other"


# pydantic's names of what is wrong; what is not here is said to be written wrongly.
_KINDS = {
    "missing": Wrong.MISSING,
    "extra_forbidden": Wrong.UNKNOWN,
    "string_too_long": Wrong.TOO_LONG,
    "string_too_short": Wrong.EMPTY,
    "too_long": Wrong.TOO_MANY,
    "too_short": Wrong.TOO_FEW,
    "date_type": Wrong.DAY,
    "bool_type": Wrong.SWITCH,
    "int_type": Wrong.NUMBER,
    "greater_than_equal": Wrong.NUMBER,
    "tuple_type": Wrong.LIST,
    "frozen_set_type": Wrong.LIST,
    "enum": Wrong.STAGE,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stops the start. ``limit`` is the number that was overstepped, else 0."""

    line: int
    key: str
    wrong: Wrong
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Examined:
    """A file as read. ``front`` is None when it cannot be used; ``body_line`` counts from 1."""

    front: Front | None
    sections: tuple[str, ...]
    body: str
    body_line: int
    head: "Head"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The front matter with the place of everything in it."""

    node: yaml.Node | None
    first_line: int = 1

    def line_of(self, *place: str | int) -> int:
        """Return the line of a key, or of an item in a list below it; 1 when it is not there."""
        node, line = self.node, 1
        for step in place:
            found = _below(node, step)
            if found is None:
                break
            node, mark = found
            line = mark + self.first_line
        return line


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line
    return None


def examine(data: bytes) -> Examined:
    """Read a file; what is wrong with it stands in ``problems``, in the order of its lines."""
    try:
        text = data.decode("utf-8-sig")
        head, meta, body = _parted(text)
    except UnicodeDecodeError:
        return _broken(Problem(1, HEAD, Wrong.ENCODING))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return _broken(Problem(mark.line + 2 if mark else 1, HEAD, Wrong.HEAD))
    if not meta:
        return _broken(Problem(1, HEAD, Wrong.HEAD))
    bubbles = plain_text.sections(body)
    front, problems = _front(meta, head)
    start = text[: text.find(body)].count("\n") + 1 if body else len(text.splitlines())
    if not bubbles:
        problems.append(Problem(start, BODY, Wrong.EMPTY))
    elif max(map(len, bubbles)) > SECTION_CHARACTERS:
        problems.append(
            Problem(len(text.splitlines()), BODY, Wrong.TOO_LONG, limit=SECTION_CHARACTERS)
        )
    return Examined(front, bubbles, body, start, head, tuple(sorted(problems, key=_by_line)))


def _by_line(problem: Problem) -> int:
    return problem.line


def _broken(problem: Problem) -> Examined:
    return Examined(None, (), "", 1, Head(None), (problem,))


def _parted(text: str) -> tuple[Head, dict[str, Any], str]:
    meta, body = frontmatter.parse(text)
    if not meta:
        return Head(None), {}, body
    inside = YAMLHandler().split(text)[0].lstrip("\n")
    first = text[: text.index(inside)].count("\n") + 1
    return Head(yaml.compose(inside, yaml.SafeLoader), first), meta, body


def _front(meta: dict[str, Any], head: Head) -> tuple[Front | None, list[Problem]]:
    try:
        front = Front.model_validate(meta)
    except ValidationError as error:
        found = error.errors()
        places = [item["loc"] for item in found]
        return None, [_problem(item, head) for item in found if not _is_echo(item, places)]
    problems = list(_contradictions(front, head))
    return (None if problems else front), problems


def _is_echo(item: Any, places: Sequence[tuple[int | str, ...]]) -> bool:
    """Whether a list is only too short because what is wrong in it was not counted."""
    place = item["loc"]
    inside = any(other[: len(place)] == place and other != place for other in places)
    return bool(_KINDS.get(item["type"]) is Wrong.TOO_FEW and inside)


def _problem(item: Any, head: Head) -> Problem:
    place = item["loc"]
    context = item.get("ctx", {})
    limit = context.get("max_length") or context.get("min_length") or context.get("ge") or 0
    return Problem(
        line=head.line_of(*place),
        key=".".join(str(step + 1 if isinstance(step, int) else step) for step in place),
        wrong=_KINDS.get(item["type"], Wrong.OTHER),
        limit=int(limit),
    )


def _contradictions(front: Front, head: Head) -> Iterator[Problem]:
    """Find what is wrong although every key alone is right."""
    if front.effective_until < front.effective_from:
        yield Problem(head.line_of("effective_until"), "effective_until", Wrong.ORDER)
    if (front.reviewed_by is None) != (front.reviewed_on is None):
        there = "reviewed_on" if front.reviewed_by is None else "reviewed_by"
        yield Problem(head.line_of(there), there, Wrong.REVIEW)
    for number, question in enumerate(front.quiz):
        if question.answer > len(question.options):
            line = head.line_of("quiz", number, "answer")
            yield Problem(line, f"quiz.{number + 1}.answer", Wrong.ANSWER)
