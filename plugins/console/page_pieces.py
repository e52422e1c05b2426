"""Looking at a piece that somebody brought in (加材料, 审材料): words, files, and a yes or a no.

The same service as in chat decides; the reason goes to whoever brought it in, word for word.
"""

from starlette.responses import Response

from core import files
from core.errors import Refusal
from plugins.console import pictures, rendering
from plugins.console.visits import Visit
from plugins.study import library, local_materials, local_notices


async def show(visit: Visit) -> Response:
    """Show a piece of somebody else that waits for a look."""
    return await _looking(visit)


async def _looking(visit: Visit, *, problem: str = "", said: str = "") -> Response:
    piece = await local_materials.to_review(visit.actor, visit.uid())
    read = library.current().find(piece.voice_of) if piece.voice_of else None
    return rendering.page(
        visit,
        "piece.html",
        status=409 if problem else 200,
        piece=piece,
        read_title=read.title if read else "",
        shows=pictures.shows,
        suffix=pictures.suffix_of,
        most=local_notices.REASON_MOST,
        problem=problem,
        said=said,
    )


async def send_file(visit: Visit) -> Response:
    """Send one file of a piece to whoever may look at it."""
    piece = await local_materials.to_review(visit.actor, visit.uid())
    number = visit.number("page")
    if not 1 <= number <= len(piece.files):
        raise Refusal("study.local_gone")
    blob = piece.files[number - 1]
    return pictures.answer(
        await files.read(blob.blob_id), number=number, suffix=pictures.suffix_of(blob.name)
    )


async def decide(visit: Visit) -> Response:
    """Take the second person's yes, or his no with its reason; what was typed stays."""
    do, said = visit.form.get("do", ""), visit.form.get("reason", "").replace("\r\n", "\n").strip()
    if do == "pass":
        await local_materials.approve(actor=visit.actor, uid=visit.uid(), now=visit.now)
        return rendering.go("/approvals", "piece_passed")
    if do != "return":
        raise Refusal("study.local_gone")
    try:
        await local_materials.send_back(
            actor=visit.actor, uid=visit.uid(), reason=said, now=visit.now
        )
    except Refusal as refusal:
        if refusal.key != "study.local_why":
            raise
        problem = rendering.say("console.piece_why", most=local_notices.REASON_MOST)
        return await _looking(visit, problem=problem, said=said)
    return rendering.go("/approvals", "piece_returned")
