"""What waits for somebody (待办): contacts, reports, inspections, and what other rooms hand over.

While somebody stands in for a mentor (代班), Monday's list goes to the deputy; inspections stay
with the mentor. Who asks by hand sees everything that is his. Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actors import Actor
from core.clock import local_day
from core.todo import TodoItem
from plugins.identity import reach
from plugins.mentoring import inspections, queries, todo_sources
from plugins.mentoring.inspections import Due
from plugins.mentoring.queries import Mentee, Todo


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits for one person."""

    todo: Todo
    inspections: tuple[Due, ...] = ()
    elsewhere: tuple[TodoItem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.todo or self.inspections or self.elsewhere)

    @property
    def is_due(self) -> bool:
        """Whether there is anything for which a list is sent on Monday."""
        return bool(self.todo or self.inspections or _press(self.elsewhere))


def _press(items: Sequence[TodoItem]) -> bool:
    return any(item.is_due for item in items)


async def of_actor(actor: Actor, now: datetime) -> Waiting:
    """Return everything that waits for the actor."""
    return await _of(actor, await queries.mentees(actor, local_day(now)), now)


async def on_monday(actor: Actor, now: datetime) -> Waiting:
    """Return what Monday's list of the actor holds: without what a deputy does for him."""
    return await _of(actor, await _on_list(actor, now), now)


async def is_due(actor: Actor, now: datetime) -> bool:
    """Whether anything is left for which Monday's list of the actor is sent."""
    today = local_day(now)
    if await queries.todo(actor, today, await _on_list(actor, now)):
        return True
    if await inspections.due_of(actor, today):
        return True
    return _press(await todo_sources.elsewhere(actor, now))


async def _of(actor: Actor, people: Sequence[Mentee], now: datetime) -> Waiting:
    today = local_day(now)
    return Waiting(
        await queries.todo(actor, today, people),
        await inspections.due_of(actor, today),
        await todo_sources.elsewhere(actor, now),
    )


async def _on_list(actor: Actor, now: datetime) -> Sequence[Mentee]:
    today = local_day(now)
    found = await queries.mentees(actor, today)
    if actor.person_id is None or not await reach.deputies_of([actor.person_id], today):
        return found
    return [one for one in found if one.mentor_id != actor.person_id]


async def of_mentors(now: datetime) -> dict[int, Waiting]:
    """Return what Monday's list holds for every mentor and deputy for whom anything waits.

    A fixed number of statements, and some for each of those who are away or stand in.
    """
    today = local_day(now)
    todos = await queries.mentors_due(queries.EVERYWHERE, today)
    inspected = await inspections.due_by_mentor(today)
    deputies = await reach.deputies_of(None, today)
    apart = {*deputies, *deputies.values()}
    found = {}
    for person_id in dict.fromkeys([*todos, *inspected, *sorted(apart)]):
        mentor = Actor(person_id=person_id, is_mentor=True)
        if person_id in apart:
            found[person_id] = await on_monday(mentor, now)
        else:
            elsewhere = await todo_sources.elsewhere(mentor, now)
            found[person_id] = Waiting(
                todos.get(person_id, Todo()), inspected.get(person_id, ()), elsewhere
            )
    return {person_id: one for person_id, one in found.items() if one.is_due}
