"""What waits in study for an officer's look (待办): pushes, pieces brought in, and unread ones.

Each stands on the list of whoever is asked first, not of everybody who may look. Reads only.
"""

from collections.abc import Sequence
from datetime import date, datetime

from core.actors import ROLE_WHO, Actor
from core.clock import local_day
from core.conversation import Say
from core.todo import TodoItem
from models import LocalMaterial, Unit
from models.enums import MaterialState, OrderState, UnitKind
from plugins.study import material_words, officers, orders, push_words, reviews
from plugins.study.orders import Order

# Those to whom pieces go out; what is above them reads for them.
_TAUGHT = (UnitKind.VILLAGE_BRANCH, UnitKind.MOBILE_PARTY_ORG)


async def to_look_at(actor: Actor, now: datetime) -> Sequence[TodoItem]:
    """Return what the actor is asked to look at: what others brought in, else the library.

    An unread library keeps nobody waiting for something that was promised: no list is sent for it
    alone, whoever gets nothing is told apart (``review_notices``).
    """
    if actor.person_id is None or not any(
        ROLE_WHO[grant.role] in officers.OFFICES for grant in actor.grants
    ):
        return ()
    today = local_day(now)
    titles = await _brought_in(actor, today)
    if titles:
        label = Say("study.todo_local", title=titles[0])
        if len(titles) > 1:
            label = Say("study.todo_locals", count=len(titles))
        return (TodoItem(label, material_words.REVIEW, len(titles), can_wait=True),)
    count = await _unread(actor, today)
    if not count:
        return ()
    label = Say("study.todo_unread", count=count)
    return (TodoItem(label, material_words.REVIEW, can_wait=True, is_due=False),)


async def to_send(actor: Actor, now: datetime) -> Sequence[TodoItem]:
    """Return the pushes that wait for the actor: for his look, and for his own last word.

    The number of a single one opens it, that of several their list.
    """
    if actor.person_id is None or not any(
        ROLE_WHO[grant.role] in officers.OFFICES for grant in actor.grants
    ):
        return ()
    today = local_day(now)
    found = await orders.open_for(actor, now=now)
    own = [one for one in found if one.state is OrderState.APPROVED]
    looks = [one for one in found if one.state is OrderState.WAITING]
    asked = [one for one in looks if await _is_asked(actor, one, today)]
    return (
        *_pushes(asked, "study.todo_push", "study.todo_pushes"),
        *_pushes(own, "study.todo_own_push", "study.todo_own_pushes"),
    )


async def _is_asked(actor: Actor, order: Order, today: date) -> bool:
    second = await officers.second_person(Actor(person_id=order.asked_by), order.path, today=today)
    return second is not None and second.id == actor.person_id


def _pushes(found: Sequence[Order], one: str, many: str) -> tuple[TodoItem, ...]:
    if not found:
        return ()
    if len(found) == 1:
        label = Say(one, title=found[0].piece.title, asker=found[0].asker)
        return (TodoItem(label, f"{push_words.REVIEW} {found[0].uid}", can_wait=True),)
    label = Say(many, count=len(found))
    return (TodoItem(label, push_words.REVIEW, len(found), can_wait=True),)


async def _brought_in(actor: Actor, today: date) -> list[str]:
    """Return the titles of the pieces for which the actor is the second person, oldest first."""
    rows = (
        await LocalMaterial.filter(state=MaterialState.WAITING)
        .exclude(proposed_by_id=actor.person_id or 0)
        .order_by("proposed_at", "id")
        .prefetch_related("unit")
    )
    titles = []
    for row in rows:
        if officers.looks_after(actor, row.unit.path):
            proposer = Actor(person_id=row.proposed_by_id)
            second = await officers.second_person(proposer, row.unit.path, today=today)
            if second is not None and second.id == actor.person_id:
                titles.append(row.title)
    return titles


async def _unread(actor: Actor, today: date) -> int:
    """Return how many pieces nobody has read, where reading them is the actor's matter."""
    path = officers.office(actor).unit_path
    rows = Unit.filter(path__startswith=path, kind__in=list(_TAUGHT)).order_by("path")
    paths: Sequence[str] = [str(one) for one in await rows.values_list("path", flat=True)]
    asked = await officers.in_charge(paths, today=today)
    if all(role.person_id != actor.person_id for role in asked.values()):
        return 0
    line = reviews.line_of(path)
    return len(reviews.waiting(await reviews.read(line), line, today))
