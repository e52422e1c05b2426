"""Taking back what was sent (撤回): a page that says what will happen, and a button for it."""

from starlette.responses import Response

from core.errors import Refusal
from plugins.console import rendering
from plugins.console.visits import Visit
from plugins.delivery import push_views, pushes, recall_orders
from plugins.delivery.pushes import Push


async def show(visit: Visit) -> Response:
    """Say in how many groups it is taken back and what the platform allows; nothing is done."""
    push = await _push(visit)
    if not (push.is_recent(visit.now) and recall_orders.can_recall(push)):
        raise Refusal("delivery.nothing_to_recall")
    return rendering.page(visit, "recall.html", push=push, means=push_views.what_recall_means(push))


async def order(visit: Visit) -> Response:
    """Have it taken back, by the same order as in chat."""
    push = await _push(visit)
    if not push.is_recent(visit.now):
        raise Refusal("delivery.nothing_to_recall")
    await recall_orders.order(actor=visit.actor, message_id=push.message_id, now=visit.now)
    return rendering.go(f"/pushes/{push.message_id}", "recalled")


async def _push(visit: Visit) -> Push:
    push = await pushes.find(visit.actor, visit.number("message"))
    if push is None:
        raise Refusal("delivery.no_such_push")
    return push
