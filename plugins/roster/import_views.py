"""What is said about a table on its way in: its columns, what it would do, what does not fit."""

from collections.abc import Sequence

from core.actors import Stage
from core.conversation import Ask, OpenDraft, Option, Reply, Say, Slot
from core.errors import Refusal
from core.messages import Blob
from core.texts import current
from plugins.roster import words
from plugins.roster.imports import Checked, Pending, Settled
from plugins.roster.service import ImportResult
from plugins.roster.tables import Brought
from plugins.roster.undoing import Undoable

DRAFT = "roster.import"
COLUMNS = "roster.import_columns"
MEANING = "roster.import_meaning"
COLUMN = "roster.import_column"
STAGE = "roster.import_stage"
DOUBT = "roster.import_doubt"
APPLY = "roster.import_apply"
UNDO = "roster.import_undo"

YES = "yes"
CHANGE = "change"
STOP = "stop"
MORE = "more"
NONE = "none"
ONE_STAGE = "stage"

# At most six options (dialogues.md 5), the last of them leads on.
_ON_A_PAGE = 5
_MOST_PROBLEMS = 5
_MOST_NAMES = 6
_ALL_CLOSED = frozenset({Slot.QUESTION, Slot.DRAFT})

_STAGES = {
    Stage.APPLICANT: Say("identity.stage_applicant"),
    Stage.ACTIVIST: Say("identity.stage_activist"),
    Stage.DEVELOPMENT_TARGET: Say("identity.stage_development_target"),
    Stage.PROBATIONARY_MEMBER: Say("identity.stage_probationary_member"),
    Stage.FULL_MEMBER: Say("identity.stage_full_member"),
}


def wanted() -> Reply:
    """Ask for the file, and wait for it."""
    return Reply(says=(Say("roster.import_send"),), draft=OpenDraft(DRAFT))


def waiting() -> Reply:
    """Say that a file is waited for, to whoever writes words instead."""
    return Reply.of("roster.import_waiting")


def over(key: str) -> Reply:
    """Say that it is over, whatever was open."""
    return Reply(says=(Say(key),), close=_ALL_CLOSED)


def _joined(names: Sequence[str]) -> str:
    return words.LIST_MARK.join(names[:_MOST_NAMES])


def columns(found: Pending) -> Reply:
    """Show what each column was taken for, and ask whether that is right."""
    table, settled = found.table, found.settled
    options = (
        Option(Say("roster.option_right"), value=YES),
        Option(Say("roster.option_other_column"), value=CHANGE),
        Option(Say("roster.option_stop"), value=STOP),
    )
    return Reply(
        says=(Say("roster.import_rows", rows=len(table.rows)), *taken_for(table, settled)),
        ask=Ask(COLUMNS, options=options, data={"uid": found.uid}),
        close=frozenset({Slot.DRAFT}),
    )


def taken_for(table: Brought, settled: Settled) -> tuple[Say, ...]:
    """Say what each column was taken for, and which are left out."""
    says = [
        Say("roster.import_column", meaning=meaning, label=table.labels[place])
        for meaning in words.MEANINGS
        if (place := settled.place_of(meaning)) is not None
    ]
    if settled.fixed.unit:
        unit = words.PATH_MARK.join(settled.fixed.unit)
        says.append(Say("roster.import_one_unit", unit=unit))
    if settled.fixed.stage:
        says.append(Say("roster.import_one_stage", stage=_STAGES[settled.fixed.stage]))
    return (*says, *left_out(table, settled))


def left_out(table: Brought, settled: Settled) -> tuple[Say, ...]:
    """Say which columns are not even read, and which are of no use."""
    says = []
    if table.dropped:
        says.append(Say("roster.dropped", columns=words.LIST_MARK.join(table.dropped)))
    if unused := table.unused(settled.columns):
        says.append(Say("roster.unused", columns=words.LIST_MARK.join(unused)))
    return tuple(says)


def _page(options: Sequence[Option], page: int) -> tuple[Option, ...]:
    """Return six options at most: a page of them, and the way to the next."""
    if len(options) <= _ON_A_PAGE + 1:
        return tuple(options)
    pages = -(-len(options) // _ON_A_PAGE)
    start = page % pages * _ON_A_PAGE
    return (
        *options[start : start + _ON_A_PAGE],
        Option(Say("roster.option_more"), value=MORE),
    )


def which_meaning(found: Pending, page: int = 0) -> Reply:
    """Ask which of the meanings has another column."""
    options = [Option(meaning, value=meaning) for meaning in words.MEANINGS]
    return Reply(
        says=(Say("roster.import_which_meaning"),),
        ask=Ask(MEANING, options=_page(options, page), data={"uid": found.uid, "page": page}),
    )


def which_column(found: Pending, meaning: str, page: int = 0) -> Reply:
    """Ask which column has a meaning."""
    options = [Option(label, value=place) for place, label in found.table.labels.items()]
    if meaning == words.STAGE:
        options.insert(0, Option(Say("roster.option_one_stage"), value=ONE_STAGE))
    options.append(Option(Say("roster.option_no_column"), value=NONE))
    data = {"uid": found.uid, "page": page, "meaning": meaning}
    return Reply(
        says=(Say("roster.import_which_column", meaning=meaning),),
        ask=Ask(COLUMN, options=_page(options, page), data=data),
        close=frozenset({Slot.DRAFT}),
    )


def which_stage(uid: str) -> Reply:
    """Ask at which stage all people of a table stand."""
    options = tuple(Option(label, value=stage.value) for stage, label in _STAGES.items())
    return Reply(
        says=(Say("roster.import_which_stage"),), ask=Ask(STAGE, options=options, data={"uid": uid})
    )


def ready(uid: str, found: Checked) -> Reply:
    """Say what a table would do, and ask for the word."""
    options = (
        Option(Say("roster.option_import"), value=YES),
        Option(Say("roster.option_stop"), value=STOP),
    )
    return Reply(says=would(found), ask=Ask(APPLY, options=options, data={"uid": uid}))


def would(found: Checked) -> tuple[Say, ...]:
    """Say what a table would do."""
    says = [
        Say(
            "roster.import_would",
            added=found.added,
            updated=found.updated,
            unchanged=found.unchanged,
        )
    ]
    if found.units:
        says.append(
            Say("roster.import_new_units", count=len(found.units), units=_joined(found.units))
        )
    if found.months:
        says.append(Say("roster.import_months", count=found.months))
    return tuple(says)


def doubtful(uid: str, lines: Sequence[int]) -> Reply:
    """Ask what rows mean that may be somebody known, or a namesake."""
    options = (
        Option(Say("roster.option_same_person"), value="same"),
        Option(Say("roster.option_other_person"), value="other"),
        Option(Say("roster.option_stop"), value=STOP),
    )
    say = Say(
        "roster.import_doubtful", lines=_joined([str(line) for line in lines]), count=len(lines)
    )
    return Reply(says=(say,), ask=Ask(DOUBT, options=options, data={"uid": uid}))


def words_of(say: Say) -> str:
    """Return one sentence in words, for the console."""
    return current().render(say)


def problem(refusal: Refusal) -> str:
    """Return what is wrong with a row, without the end that a list says once."""
    said = current().render(Say(refusal.key, **refusal.fields))
    head, found, _ = said.partition(words.NOTHING_WRITTEN)
    return f"{head}。" if found else said


def problems(found: Sequence[Refusal], sheet: Blob | None) -> Reply:
    """Say which rows do not fit; the file is waited for again. Many are in a table of their own."""
    draft = OpenDraft(DRAFT)
    close = frozenset({Slot.QUESTION})
    if len(found) == 1:
        says: tuple[Say, ...] = (Say(found[0].key, **found[0].fields),)
        return Reply(says=says, draft=draft, close=close)
    lines = [Say("roster.import_line", line=problem(one)) for one in found[:_MOST_PROBLEMS]]
    says = (Say("roster.import_problems", count=len(found)), *lines)
    if sheet is None:
        return Reply(says=says, draft=draft, close=close)
    more = Say("roster.import_more_problems", count=len(found) - _MOST_PROBLEMS)
    return Reply(says=(*says, more), draft=draft, close=close, blobs=(sheet,))


def has_many(found: Sequence[Refusal]) -> bool:
    """Whether there are more problems than one message says."""
    return len(found) > _MOST_PROBLEMS


def done(result: ImportResult) -> Reply:
    """Say what was done, and that codes are on their way."""
    says = [
        Say(
            "roster.imported",
            added=result.added,
            updated=result.updated,
            unchanged=result.unchanged,
            units=result.units,
        )
    ]
    if result.invited:
        says.append(Say("roster.import_codes"))
    return Reply(says=(*says, Say("roster.import_can_undo")), close=_ALL_CLOSED)


def in_the_making(rows: int) -> Reply:
    """Say that writing takes a moment, and that its end is told."""
    return Reply(says=(Say("roster.import_slow", rows=rows),), close=_ALL_CLOSED)


def ask_undo(found: Undoable) -> Reply:
    """Say what would be taken back, and ask for the word."""
    options = (
        Option(Say("roster.option_undo"), value=YES),
        Option(Say("roster.option_leave"), value=STOP),
    )
    say = Say("roster.undo_would", at=found.applied_at, added=found.added, updated=found.updated)
    return Reply(says=(say,), ask=Ask(UNDO, options=options, data={"uid": found.uid}))
