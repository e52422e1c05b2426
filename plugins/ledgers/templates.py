"""The templates of the official forms in content/forms, which a clerk may replace by his own."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.conversation import Say
from core.errors import Refusal, StartRefused
from core.texts import current
from models.enums import ExportKind
from plugins.ledgers import forms, labels, words
from plugins.ledgers.form_facts import NAMES

FOLDER = Path(__file__).resolve().parents[2] / "content" / "forms"
_FILES = {ExportKind.REGISTER: "register.docx", ExportKind.PROCESS: "process-log.docx"}


def path_of(kind: ExportKind) -> Path:
    """Return where the template of a form lies."""
    return FOLDER / _FILES[kind]


async def load(kind: ExportKind) -> tuple[bytes, tuple[str, ...]]:
    """Return a template and the names in it that nobody knows.

    Read anew each time, so that a replaced file counts at once. Raises Refusal
    ``ledgers.template_missing`` or ``ledgers.template_broken``.
    """
    path = path_of(kind)
    data = await asyncio.to_thread(forms.read, path)
    return data, await asyncio.to_thread(forms.unknown, data, NAMES, path.name)


async def check(_arguments: Sequence[str], _now: datetime) -> tuple[str, ...]:
    """Say what there is to say about the templates; StartRefused for one that cannot be opened."""
    said = []
    for kind in _FILES:
        try:
            _, strange = await load(kind)
        except Refusal as refusal:
            raise StartRefused(refusal.key, **refusal.fields) from None
        if strange:
            said.append(_unknown(kind, strange))
    total = Say("ledgers.check_total", count=len(_FILES))
    return tuple(current().render(say) for say in (*said, total))


def _unknown(kind: ExportKind, strange: Sequence[str]) -> Say:
    names = words.LIST_MARK.join(f"{{{{{name}}}}}" for name in strange)
    return Say(
        "ledgers.check_unknown",
        file=path_of(kind).name,
        form=labels.title_say(kind),
        names=names,
    )
