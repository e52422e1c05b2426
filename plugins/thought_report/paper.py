"""What a reader's messages about paper do: the handlers of 原件已收, 原件 and of 撤销 after it."""

from collections.abc import Sequence
from datetime import date

from core import daywords
from core.conversation import Call, Reply
from core.daywords import Ambiguous
from core.errors import Refusal
from core.periods import Quarter
from plugins.identity.reach import Reached
from plugins.thought_report import archive, originals, paper_views, words

PURPOSE = "original"


async def handle_list(call: Call) -> Reply:
    """Show whose originals are outstanding."""
    found = await originals.outstanding(call.actor, call.today)
    return paper_views.outstanding(found, call.today)


async def handle_received(call: Call) -> Reply:
    """Note that somebody's original came in; without a name show what is outstanding."""
    said = words.about(call.words, call.today)
    if not said.name:
        return await handle_list(call)
    _day_of(call, said.rest)
    found = await archive.people_called(call.actor, said.name, call.today)
    if len(found) > 1:
        return paper_views.whose(found, PURPOSE, call.words)
    return await go_on(call, found[0], call.words)


async def go_on(call: Call, person: Reached, said: str) -> Reply:
    """Note the original of a known person, or ask of which quarter it is."""
    line = words.about(said, call.today)
    on = _day_of(call, line.rest)
    if line.quarter is not None:
        return await _receive(call, person.person_id, [line.quarter], on)
    quarters = await originals.outstanding_of(person.person_id)
    if len(quarters) > 1:
        return paper_views.which_quarter(person, quarters, on, call.today)
    if not quarters:
        raise Refusal("thought_report.original_quarter", name=person.name)
    return await _receive(call, person.person_id, quarters, on)


def _day_of(call: Call, said: str) -> date:
    """Return the day an original came in; today when nothing was said of it."""
    if not said:
        return call.today
    found = daywords.parse_day(said, call.today, past=True, night=daywords.is_night(call.now))
    if isinstance(found, Ambiguous) and found.day is not None and found.day > call.today:
        raise Refusal("thought_report.original_future", on=found.day, today=call.today)
    if not isinstance(found, date):
        raise Refusal("thought_report.original_how")
    return found


async def _receive(call: Call, person_id: int, quarters: Sequence[Quarter], on: date) -> Reply:
    result = await originals.receive(
        actor=call.actor,
        person_id=person_id,
        quarters=quarters,
        on=on,
        key=call.message_key,
        now=call.now,
    )
    return paper_views.received(result, call.today)


async def choose(call: Call) -> Reply:
    """Mark the original that was chosen from the list as received today."""
    chosen = call.choice if isinstance(call.choice, dict) else {}
    quarters = [Quarter.parse(str(chosen.get("quarter", "")))]
    return await _receive(call, int(chosen.get("person", 0)), quarters, call.today)


async def choose_quarter(call: Call) -> Reply:
    """Take the quarter, or all of them, of somebody's original."""
    data = call.question.data if call.question else {}
    quarters = [Quarter.parse(str(quarter)) for quarter in call.choice or ()]
    on = date.fromisoformat(str(data["on"]))
    return await _receive(call, int(data["person"]), quarters, on)


async def undo(call: Call) -> Reply:
    """Take the asker's last entry back, or put it back."""
    result = await originals.take_back(actor=call.actor, key=call.message_key, now=call.now)
    return paper_views.taken_back(result, call.today)
