"""The chat face of reviewing the library: 审材料, one piece after the other."""

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals, Say
from core.errors import Refusal
from models.enums import MaterialDecision
from plugins.study import (
    holding,
    library,
    local_commands,
    material_words,
    officers,
    review_views,
    reviews,
)
from plugins.study.library import Material
from plugins.study.search import plain_form


async def handle_review(call: Call) -> Reply:
    """Go on where one stopped: what others brought in first, then the library; or a series."""
    officers.office(call.actor)
    words = call.words.strip(material_words.QUOTES)
    if words in material_words.LEFT:
        return await _left(call)
    if words == material_words.HELD:
        return await _held(call)
    if not words:
        return await local_commands.next_waiting(call) or await _next(call, "")
    series = reviews.of_series(material_words.SERIES_END.sub("", words))
    return await (_next(call, series) if series else _titled(call, words))


async def _next(call: Call, series: str, before: tuple[Say, ...] = ()) -> Reply:
    line = _line(call)
    left = reviews.waiting(await reviews.read(line), line, call.today, series)
    if not left:
        return review_views.nothing_left(series, before)
    return review_views.piece(left[0], len(left), series, today=call.today, before=before)


def _line(call: Call) -> tuple[int, ...]:
    return reviews.line_of(officers.office(call.actor).unit_path)


async def _titled(call: Call, words: str) -> Reply:
    wanted = plain_form(words)
    found = [piece for piece in library.current().all if wanted in plain_form(piece.title)]
    if not found:
        raise Refusal("study.review_not_found")
    if len(found) > 1:
        return review_views.which(found, "study.review_which")
    return await _opened(call, found[0])


async def _opened(call: Call, piece: Material) -> Reply:
    """Show one piece, whatever was said about it before."""
    line = _line(call)
    left = len(reviews.waiting(await reviews.read(line), line, call.today))
    said = await reviews.said_about(call.actor, piece)
    return review_views.piece(piece, left, "", said, today=call.today)


async def _left(call: Call) -> Reply:
    line = _line(call)
    verdicts = await reviews.read(line)
    names = dict.fromkeys(piece.series for piece in library.current().all)
    counts = [(name, len(reviews.waiting(verdicts, line, call.today, name))) for name in names]
    return review_views.left([one for one in counts if one[1]], len(_held_back(verdicts, line)))


def _held_back(verdicts: reviews.Verdicts, line: tuple[int, ...]) -> list[Material]:
    return [
        piece
        for piece in library.current().all
        if not verdicts.held.get(piece.slug, frozenset()).isdisjoint(line)
    ]


async def _held(call: Call) -> Reply:
    line = _line(call)
    found = _held_back(await reviews.read(line), line)
    if not found:
        return Reply.of("study.review_none_held")
    return review_views.which(found, "study.review_held_list")


async def continue_piece(call: Call) -> Reply:
    """Take what somebody says about a piece, and show the next one."""
    data = dict(call.question.data) if call.question else {}
    decision = MaterialDecision(str(call.choice))
    slug, sha256 = str(data.get("slug")), str(data.get("sha256"))
    if decision is MaterialDecision.HOLD:
        held, taken = await holding.hold(actor=call.actor, slug=slug, sha256=sha256, now=call.now)
        return review_views.why(held, taken, data)
    piece = await reviews.decide(
        actor=call.actor, slug=slug, sha256=sha256, decision=decision, now=call.now
    )
    passed = decision is MaterialDecision.PASS
    key = "study.review_passed" if passed else "study.review_later"
    return await _next(call, str(data.get("series", "")), (Say(key, title=piece.title),))


async def continue_reason(call: Call) -> Reply:
    """Keep the reason, if there is one, and show the next piece."""
    data = call.question.data if call.question else {}
    series = str(data.get("series", ""))
    if call.choice == "next":
        return await _next(call, series)
    await reviews.give_reason(
        actor=call.actor, slug=str(data.get("slug")), sha256=str(data.get("sha256")),
        reason=call.text, now=call.now,
    )  # fmt: skip
    return await _next(call, series, (Say("study.review_reason_kept"),))


async def continue_pick(call: Call) -> Reply:
    """Open the piece whose number was chosen."""
    piece = library.current().find(str(call.choice))
    if piece is None:
        raise Refusal("study.review_changed")
    return await _opened(call, piece)


REVIEW_COMMANDS = (
    Command(
        name="study.review",
        words=(material_words.REVIEW,),
        aliases=material_words.REVIEW_TOO,
        handler=handle_review,
        summary="study.help_review",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.PUBLIC,
        arguments=material_words.REVIEW_ARGUMENTS,
    ),
)

REVIEW_CONTINUATIONS = (
    Continuation(review_views.PIECE, continue_piece),
    Continuation(review_views.REASON, continue_reason),
    Continuation(review_views.PICK, continue_pick),
)
