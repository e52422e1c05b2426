"""Pushes and our accounts: how far each push has come, stop and go on, settle what is unsure."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from core.conversation import Say
from core.errors import Refusal
from models.enums import DeliveryState as S
from plugins.console import accounts, rendering
from plugins.console.visits import Visit
from plugins.delivery import holds, pushes, queries, recall_orders, settlement
from plugins.delivery.pushes import Progress, Push

# Pushes on one page; older ones are found by their title in chat.
MOST = 40


async def show_all(visit: Visit) -> Response:
    """List the newest pushes, what waits for a word, and how our accounts are."""
    found = await pushes.of(visit.actor)
    return rendering.page(
        visit,
        "pushes.html",
        pushes=found[:MOST],
        older=max(0, len(found) - MOST),
        states=S,
        moving=pushes.MOVING,
        items=await queries.open_items(visit.actor, now=visit.now),
        accounts=await accounts.of(visit.actor, now=visit.now),
    )


async def show(visit: Visit) -> Response:
    """Show one push with its groups that need somebody."""
    push = await _push(visit)
    come = await pushes.progress(visit.actor, push, now=visit.now)
    items = await queries.open_items(visit.actor, now=visit.now)
    return rendering.page(
        visit,
        "push.html",
        push=push,
        come=come,
        sentence=_sentence(come),
        sent=come.counts.get(S.SENT, 0),
        can_recall=push.is_recent(visit.now) and recall_orders.can_recall(push),
        items=[item for item in items if item.message_id in push.messages],
    )


async def _push(visit: Visit) -> Push:
    push = await pushes.find(visit.actor, visit.number("message"))
    if push is None:
        raise Refusal("delivery.no_such_push")
    return push


def _sentence(come: Progress) -> str:
    """Say how far a push has come; the page and what keeps it current use the same words."""
    counts = come.counts
    fields: Mapping[str, object] = {
        "total": come.total,
        "sent": counts.get(S.SENT, 0),
        "waiting": come.waiting,
        "unknown": counts.get(S.UNKNOWN, 0),
        "rejected": counts.get(S.REJECTED, 0),
    }
    return rendering.words(Say("console.push_counts", **fields))


async def state(visit: Visit) -> Response:
    """Return how far a push has come, for the bar of its page."""
    come = await pushes.progress(visit.actor, await _push(visit), now=visit.now)
    return JSONResponse(
        {
            "sent": come.counts.get(S.SENT, 0),
            "total": come.total,
            "sentence": _sentence(come),
            "moving": come.waiting > 0,
        }
    )


async def hold(visit: Visit) -> Response:
    """Stop a push, or let it go on (暂停发送, 继续发送)."""
    push = await _push(visit)
    is_pause = visit.form.get("do") == "pause"
    change = holds.pause if is_pause else holds.resume
    count = await change(
        actor=visit.actor,
        purpose=push.purpose,
        occasion=push.occasion,
        messages=push.messages,
        now=visit.now,
    )
    if not count:
        raise Refusal("delivery.nothing_moving" if is_pause else "delivery.nothing_held")
    return rendering.go(f"/pushes/{push.message_id}", "paused" if is_pause else "resumed")


async def settle(visit: Visit) -> Response:
    """Settle one delivery that waits for a word (补发, 当作已发)."""
    number, do = visit.number("delivery"), visit.form.get("do", "")
    if do == "refused":
        await settlement.resend_refused(actor=visit.actor, delivery_id=number, now=visit.now)
    else:
        again = do == "again"
        if not again and do != "taken":
            raise Refusal("delivery.settled_already")
        await settlement.decide(actor=visit.actor, delivery_id=number, again=again, now=visit.now)
    return rendering.go("/pushes", "taken" if do == "taken" else "resent")
