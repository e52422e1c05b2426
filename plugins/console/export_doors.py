"""Everything that can be taken out (导出), in one list: what chat offers by word, here by name."""

from core.actors import Actor
from core.conversation import Say
from core.errors import Refusal
from models.enums import ExportKind
from plugins.console import rendering
from plugins.console.export_families import Details, Door, Ledgers, Roster, ThoughtReports

DOORS: tuple[Door, ...] = (ThoughtReports(), Ledgers(), Roster(), Details())


def offered(actor: Actor) -> list[tuple[ExportKind, Say, Say]]:
    """Return what somebody may take out, in the order of the page: name, and what to write."""
    return [
        (kind, *labels_of)
        for door in DOORS
        for kind, labels_of in door.kinds.items()
        if door.is_for(actor, kind)
    ]


def door_of(actor: Actor, said: str) -> tuple[Door, ExportKind]:
    """Return the door of a kind.

    Raises Refusal ``console.export_gone`` for what is none, ``reception.not_allowed`` for what is
    not the actor's to take.
    """
    for door in DOORS:
        kind = next((one for one in door.maker.kinds if one.value == said), None)
        if kind is not None:
            if not door.is_for(actor, kind):
                raise Refusal("reception.not_allowed")
            return door, kind
    raise Refusal("console.export_gone")


def title(kind: ExportKind) -> str:
    """Return what a kind of file is called on the page."""
    if kind is ExportKind.CYCLE:
        kind = ExportKind.PERSON
    return next(rendering.words(door.kinds[kind][0]) for door in DOORS if kind in door.kinds)
