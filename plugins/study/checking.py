"""What ``python bot.py check`` says about the materials: everything at once, in plain words.

Faults stop the start of the bot; the rest are hints for the people who write. Nothing here touches
the database.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.clock import local_day
from core.conversation import Command, Say
from core.errors import StartRefused
from core.texts import current
from plugins.study import words
from plugins.study.front_matter import Examined, Front, Problem, Wrong, examine
from plugins.study.library import FOLDER, bare_city

# What content/README.md asks of writers; the start only stops at coarser limits.
TITLE_MOST = 16
PUSH_MOST = 120
PUSH_LINES = 4
BUBBLES = range(2, 5)
BUBBLE_MOST = 220
BODY_MOST = 700
OPTION_MOST = 14
EXPLAIN_MOST = 40
# Read aloud in one breath; primary-school texts stay below these.
SENTENCE_MOST = 45
CLAUSE_MOST = 22
# Of a hundred characters of the body, so many may be rare before it is said.
RARE_PERCENT = 1
EXPIRES_WITHIN = timedelta(days=60)
# The 3,755 characters of GB 2312 level 1, the common ones, stand in these rows of the table.
_COMMON_ROWS = range(0xB0, 0xD8)

_commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the answer."""

    file: str
    line: int
    what: Say
    is_fault: bool = False


def use_commands(commands: Iterable[Command]) -> None:
    """Tell which words the bot answers to; without them no word in a piece is held to be dead."""
    global _commands
    _commands = tuple(commands)


async def check(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Return what there is to say about every material: ``check`` or ``check <folder>``.

    Raises StartRefused ``study.check_faults`` with all of it when the bot would not start.
    """
    folder = Path(arguments[0]) if arguments else FOLDER
    files = await asyncio.to_thread(_contents, folder)
    remarks = remarks_on(files, local_day(now))
    lines = [_said(remark) for remark in remarks]
    faults = sum(remark.is_fault for remark in remarks)
    total = current().render(
        Say("study.check_total", files=len(files), faults=faults, hints=len(remarks) - faults)
    )
    if faults:
        raise StartRefused("study.check_faults", lines="\n".join(lines), total=total)
    return (*lines, *_about_reviews(files.values()), total)


def _about_reviews(files: Iterable[bytes]) -> tuple[str, ...]:
    """Say how many pieces name nobody who read them, and how they come to be read."""
    fronts = [front for data in files if (front := examine(data).front)]
    unread = sum(front.reviewed_on is None for front in fronts)
    return (current().render(Say("study.check_unread", count=unread)),) if unread else ()


def _contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(folder.rglob("*.md"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _said(remark: Remark) -> str:
    key = "study.check_fault" if remark.is_fault else "study.check_hint"
    return current().render(Say(key, file=remark.file, line=remark.line, what=remark.what))


def remarks_on(files: Mapping[str, bytes], today: date) -> list[Remark]:
    """Return everything that is wrong or doubtful with the files, by file and line."""
    examined = {name: examine(data) for name, data in files.items()}
    titles = {one.front.title for one in examined.values() if one.front}
    remarks = [
        remark
        for name, one in examined.items()
        for remark in (*_faults(name, one), *_hints(name, one, today, titles))
    ]
    remarks += _doubles(examined)
    return sorted(remarks, key=lambda remark: (remark.file, remark.line))


def _faults(name: str, one: Examined) -> Iterator[Remark]:
    for problem in one.problems:
        yield Remark(name, problem.line, _sentence(problem), is_fault=True)


_SENTENCES: Mapping[Wrong, str] = {
    Wrong.ENCODING: "study.wrong_encoding",
    Wrong.HEAD: "study.wrong_head",
    Wrong.MISSING: "study.wrong_missing",
    Wrong.UNKNOWN: "study.wrong_unknown",
    Wrong.TOO_LONG: "study.wrong_too_long",
    Wrong.TOO_MANY: "study.wrong_too_many",
    Wrong.TOO_FEW: "study.wrong_too_few",
    Wrong.DAY: "study.wrong_day",
    Wrong.SWITCH: "study.wrong_switch",
    Wrong.NUMBER: "study.wrong_number",
    Wrong.LIST: "study.wrong_list",
    Wrong.STAGE: "study.wrong_stage",
    Wrong.ANSWER: "study.wrong_answer",
    Wrong.ORDER: "study.wrong_order",
    Wrong.REVIEW: "study.wrong_review",
    Wrong.EMPTY: "study.wrong_empty",
    Wrong.OTHER: "study.wrong_other",
}


def _sentence(problem: Problem) -> Say:
    return Say(_SENTENCES[problem.wrong], setting=problem.key, limit=problem.limit)


def _doubles(examined: Mapping[str, Examined]) -> Iterator[Remark]:
    """Find names and places in a series that two files share."""
    places: dict[object, str] = {}
    for name, one in examined.items():
        slug = Path(name).stem
        if (other := places.setdefault(slug, name)) != name:
            yield Remark(name, 1, Say("study.wrong_name", other=other), is_fault=True)
        if one.front is None:
            continue
        place = (one.front.series, one.front.order)
        if (other := places.setdefault(place, name)) != name:
            line = one.head.line_of("order")
            yield Remark(name, line, Say("study.wrong_place", other=other), is_fault=True)


def _hints(name: str, one: Examined, today: date, titles: set[str]) -> Iterator[Remark]:
    front = one.front
    if front is None:
        return
    for key, what in (*_lengths(front), *_days(front, today), *_sources(front)):
        yield Remark(name, one.head.line_of(key), what)
    yield from _about_quiz(name, one, front)
    yield from _about_body(name, one)
    for place, (line, text) in enumerate(_texts(one, front)):
        for what in (*_banned(text), *_dead_words(text), *_dead_titles(text, titles)):
            yield Remark(name, line, what)
        if place >= _HEAD_TEXTS:
            yield from (Remark(name, line, what) for what in _breath(text))


def _lengths(front: Front) -> Iterator[tuple[str, Say]]:
    if len(front.title) > TITLE_MOST:
        yield "title", Say("study.hint_long", count=len(front.title), most=TITLE_MOST)
    push = front.push.strip()
    if len(push) > PUSH_MOST:
        yield "push", Say("study.hint_long", count=len(push), most=PUSH_MOST)
    if push.count("\n") >= PUSH_LINES:
        yield "push", Say("study.hint_lines", count=push.count("\n") + 1, most=PUSH_LINES)


def _days(front: Front, today: date) -> Iterator[tuple[str, Say]]:
    until = front.effective_until
    if until < today:
        yield "effective_until", Say("study.hint_expired", on=until, today=today)
    elif until <= today + EXPIRES_WITHIN:
        yield "effective_until", Say("study.hint_expires", on=until, today=today)
    if front.reviewed_on is not None and front.reviewed_on < front.checked_on:
        yield "reviewed_on", Say("study.hint_review_old")
    for key in ("source_date", "checked_on", "reviewed_on"):
        day = getattr(front, key)
        if day is not None and day > today:
            yield key, Say("study.hint_future", on=day, today=today)


def _sources(front: Front) -> Iterator[tuple[str, Say]]:
    if not words.NAMED_DOCUMENT.search(front.source):
        yield "source", Say("study.hint_source")
    if any(city != bare_city(city) for city in front.cities):
        yield "cities", Say("study.hint_city")


def _about_quiz(name: str, one: Examined, front: Front) -> Iterator[Remark]:
    for number, question in enumerate(front.quiz):
        line = one.head.line_of("quiz", number, "options")
        if any(option[0].isdecimal() for option in question.options):
            yield Remark(name, line, Say("study.hint_digit"))
        longest = max(map(len, question.options))
        if longest > OPTION_MOST:
            yield Remark(name, line, Say("study.hint_long", count=longest, most=OPTION_MOST))
        if len(question.explain) > EXPLAIN_MOST:
            what = Say("study.hint_long", count=len(question.explain), most=EXPLAIN_MOST)
            yield Remark(name, one.head.line_of("quiz", number, "explain"), what)


def _about_body(name: str, one: Examined) -> Iterator[Remark]:
    line, bubbles = one.body_line, one.sections
    if len(bubbles) not in BUBBLES:
        what = Say(
            "study.hint_bubbles", count=len(bubbles), least=BUBBLES.start, most=BUBBLES.stop - 1
        )
        yield Remark(name, line, what)
    whole = sum(map(len, bubbles))
    if whole > BODY_MOST:
        yield Remark(name, line, Say("study.hint_long", count=whole, most=BODY_MOST))
    for number, bubble in enumerate(bubbles, 1):
        if len(bubble) > BUBBLE_MOST:
            what = Say("study.hint_bubble", number=number, count=len(bubble), most=BUBBLE_MOST)
            yield Remark(name, line, what)
    rare = [c for bubble in bubbles for c in bubble if _is_rare(c)]
    if len(rare) * 100 > whole * RARE_PERCENT:
        what = Say("study.hint_rare", characters="".join(dict.fromkeys(rare)))
        yield Remark(name, line, what)


def _is_rare(character: str) -> bool:
    if not words.HAN.match(character):
        return False
    try:
        return character.encode("gb2312")[0] not in _COMMON_ROWS
    except UnicodeEncodeError:
        return True


# Title and push come before the lines of the body: they are too short to be long-winded.
_HEAD_TEXTS = 2


def _texts(one: Examined, front: Front) -> Iterator[tuple[int, str]]:
    """Return what people read, a paragraph at a time, with its line."""
    yield one.head.line_of("title"), front.title
    yield one.head.line_of("push"), front.push
    for number, line in enumerate(one.body.splitlines(), one.body_line):
        if line.strip() and not words.SECTION_MARK.match(line):
            yield number, line
    for number, question in enumerate(front.quiz):
        said = (question.ask, *question.options, question.explain)
        yield one.head.line_of("quiz", number), "\n".join(said)


def _banned(text: str) -> Iterator[Say]:
    for found in dict.fromkeys(words.BANNED.findall(text)):
        yield Say("study.hint_banned", word=found)


def _breath(text: str) -> Iterator[Say]:
    yield from _longer(text, words.SENTENCE_ENDS, SENTENCE_MOST, _long_sentence)
    yield from _longer(text, words.CLAUSE_ENDS, CLAUSE_MOST, _long_clause)


def _longer(
    text: str, ends: re.Pattern[str], most: int, say: Callable[[str, int], Say]
) -> Iterator[Say]:
    for piece in ends.split(text):
        if len(piece) > most:
            yield say(piece[:6], len(piece))


def _long_sentence(begin: str, count: int) -> Say:
    return Say("study.hint_sentence", begin=begin, count=count, most=SENTENCE_MOST)


def _long_clause(begin: str, count: int) -> Say:
    return Say("study.hint_clause", begin=begin, count=count, most=CLAUSE_MOST)


def _dead_words(text: str) -> Iterator[Say]:
    if not _commands:
        return
    for found in words.REPLY_WORD.finditer(text):
        for word in words.QUOTED.findall(found["words"]):
            if not any(_answers(command, word) for command in _commands):
                yield Say("study.hint_dead_word", word=word)


def _answers(command: Command, said: str) -> bool:
    known = (*command.words, *command.aliases)
    if said in known or (command.pattern and re.fullmatch(command.pattern, said)):
        return True
    return bool(command.arguments) and said.split(maxsplit=1)[0] in known


def _dead_titles(text: str, titles: set[str]) -> Iterator[Say]:
    for found in words.OTHER_PIECE.finditer(text):
        if found["title"] not in titles:
            yield Say("study.hint_dead_title", title=found["title"])


ERRANDS = {"check": check}
