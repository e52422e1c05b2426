"""What ``python bot.py check`` says about the materials: everything at once, in plain words.

Faults must be mended: what is malformed stops the start of the bot, and a word to answer with that
no command has, or a lesson that does not exist, leads its reader nowhere. The rest are hints for
the people who write. Nothing here touches the database.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.clock import local_day
from core.conversation import Command, Say
from core.errors import StartRefused
from core.texts import current
from plugins.study import links, reading_level, words
from plugins.study.echoes import Echoes
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
# An explanation that is shorter only says yes or no again.
EXPLAIN_LEAST = 4
EXPIRES_WITHIN = timedelta(days=60)
# Laws change: what nobody compared with its source for so long is looked at again.
LOOKED_AT_WITHIN = timedelta(days=365)

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

    Raises StartRefused ``study.check_faults`` with all of it when there is a fault.
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
        for remark in (*_faults(name, one), *_hints(name, one, today), *_dead(name, one, titles))
    ]
    remarks += [*_doubles(examined), *_echoes(examined)]
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


def _hints(name: str, one: Examined, today: date) -> Iterator[Remark]:
    front = one.front
    if front is None:
        return
    for key, what in (*_lengths(front), *_days(front, today), *_sources(front)):
        yield Remark(name, one.head.line_of(key), what)
    yield from _about_quiz(name, one, front)
    yield from _about_body(name, one)
    for place, (line, text) in enumerate(_texts(one, front)):
        yield from (Remark(name, line, what) for what in _wording(text))
        if place >= _HEAD_TEXTS:
            yield from (Remark(name, line, what) for what in reading_level.breath(text))


def _dead(name: str, one: Examined, titles: set[str]) -> Iterator[Remark]:
    """Find what leads a reader nowhere."""
    for line, text in _texts(one, one.front) if one.front else ():
        for what in (*links.dead_words(text, _commands), *links.dead_titles(text, titles)):
            yield Remark(name, line, what, is_fault=True)


def _echoes(examined: Mapping[str, Examined]) -> Iterator[Remark]:
    """Find what two pieces say in the same words; the later file is named."""
    echoes = Echoes()
    for name, one in sorted(examined.items()):
        for line, text in _texts(one, one.front) if one.front else ():
            yield from (Remark(name, line, what) for what in echoes.found(name, text))


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
    if front.checked_on + LOOKED_AT_WITHIN < today:
        yield "checked_on", Say("study.hint_stale", on=front.checked_on, year=front.checked_on.year)
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
    if len({question.answer for question in front.quiz}) == 1:
        yield Remark(name, one.head.line_of("quiz"), Say("study.hint_one_place"))
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
        if len(question.explain.strip("。")) < EXPLAIN_LEAST:
            what = Say("study.hint_explain")
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
    yield from (Remark(name, line, what) for what in reading_level.level(bubbles))


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


def _wording(text: str) -> Iterator[Say]:
    for found in dict.fromkeys(words.BANNED.findall(text)):
        yield Say("study.hint_banned", word=found)
    if words.PLAIN_YOU.search(words.QUOTATION.sub("", text)):
        yield Say("study.hint_you")
    for found in dict.fromkeys(words.FOREIGN.findall(text)):
        yield Say("study.hint_foreign", word=found)


ERRANDS = {"check": check}
