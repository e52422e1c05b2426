"""The templates of the official forms in content/forms, which a clerk may replace by his own."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.conversation import Say
from core.errors import Refusal, StartRefused
from core.texts import current
from models.enums import ExportKind
from plugins.ledgers import labels, template_reading, words
from plugins.ledgers.form_facts import NAMES
from plugins.ledgers.template_reading import Oddity, Place, Slip

FOLDER = Path(__file__).resolve().parents[2] / "content" / "forms"
_FILES = {ExportKind.REGISTER: "register.docx", ExportKind.PROCESS: "process-log.docx"}
# What Word writes beside a file that is open.
_OPEN_IN_WORD = "~$"
_SAID = {
    Slip.UNKNOWN: "ledgers.check_unknown",
    Slip.LOOSE: "ledgers.check_loose",
    Slip.UNFILLED: "ledgers.check_unfilled",
    Slip.MIXED: "ledgers.check_mixed",
}
_PLACES = {
    Place.BODY: Say("ledgers.place_body"),
    Place.BOX: Say("ledgers.place_box"),
    Place.HEADER: Say("ledgers.place_header"),
    Place.FOOTER: Say("ledgers.place_footer"),
    Place.ELSEWHERE: Say("ledgers.place_elsewhere"),
}


def path_of(kind: ExportKind) -> Path:
    """Return where the template of a form lies."""
    return FOLDER / _FILES[kind]


async def load(kind: ExportKind) -> tuple[bytes, tuple[str, ...]]:
    """Return a template and the names in it that nobody knows.

    Read anew each time, so that a replaced file counts at once. Raises the Refusals of
    ``template_reading.read``.
    """
    data, odd = await asyncio.to_thread(_read, kind)
    return data, tuple(dict.fromkeys(one.words for one in odd if one.slip is Slip.UNKNOWN))


def _read(kind: ExportKind) -> tuple[bytes, tuple[Oddity, ...]]:
    path = path_of(kind)
    data = template_reading.read(path)
    return data, template_reading.oddities(data, NAMES, path.name)


async def check(_arguments: Sequence[str], _now: datetime) -> tuple[str, ...]:
    """Say what there is to say about the templates; StartRefused for one that cannot be opened.

    Every template is looked at before it refuses, so that all of it is said at once.
    """
    said: list[Say] = []
    is_broken = False
    for kind in _FILES:
        try:
            _, odd = await asyncio.to_thread(_read, kind)
        except Refusal as refusal:
            said.append(Say(refusal.key, **refusal.fields))
            is_broken = True
        else:
            said += _oddities(kind, odd)
    said += await asyncio.to_thread(_strangers)
    if is_broken:
        lines = "\n".join(current().render(say) for say in said)
        raise StartRefused("ledgers.check_refused", lines=lines)
    total = Say("ledgers.check_total", count=len(_FILES))
    return tuple(current().render(say) for say in (*said, total))


def _oddities(kind: ExportKind, odd: Sequence[Oddity]) -> list[Say]:
    """Say what is odd, a line for each kind of it and place."""
    grouped: dict[tuple[Slip, Place], list[str]] = {}
    for one in odd:
        shown = one.words if one.slip is Slip.LOOSE else f"{{{{{one.words}}}}}"
        shown = one.words if one.slip is Slip.MIXED else shown
        grouped.setdefault((one.slip, one.place), []).append(shown)
    return [
        Say(
            _SAID[slip],
            file=path_of(kind).name,
            form=labels.title_say(kind),
            place=_PLACES[place],
            names=words.LIST_MARK.join(shown),
        )
        for (slip, place), shown in grouped.items()
    ]


def _strangers() -> list[Say]:
    """Name the Word files of the folder that no form uses: their names are not the right ones."""
    known = set(_FILES.values())
    names = sorted(
        path.name
        for path in FOLDER.glob("*.doc*")
        if path.name not in known and not path.name.startswith(_OPEN_IN_WORD)
    )
    wanted = words.LIST_MARK.join(_FILES.values())
    return [Say("ledgers.check_stranger", file=name, wanted=wanted) for name in names]
