"""Looking at what somebody wants to send (推送 审核): the whole text, and a yes or a no."""

from collections.abc import Sequence

from starlette.responses import Response

from core.config import settings
from core.conversation import Say
from core.errors import Refusal
from models.enums import OrderState
from plugins.console import rendering
from plugins.console.visits import Visit
from plugins.delivery import forecast, push_views
from plugins.gateway import outbound
from plugins.study import local_materials, orders
from plugins.study.orders import Order


async def show_all(visit: Visit) -> Response:
    """List what waits for somebody's look, and what waits for his word."""
    found = await orders.open_for(visit.actor, now=visit.now)
    pieces = await local_materials.waiting_for(visit.actor)
    return rendering.page(visit, "approvals.html", orders=found, pieces=pieces)


async def show(visit: Visit) -> Response:
    """Show the whole piece, where it goes, when, and what it takes."""
    order = await orders.of(visit.actor, visit.uid())
    return rendering.page(
        visit,
        "approval.html",
        order=order,
        is_own=order.asked_by == visit.actor.person_id,
        waits=order.state is OrderState.WAITING,
        approved=order.state is OrderState.APPROVED,
        coming=await _coming(visit, order),
    )


async def decide(visit: Visit) -> Response:
    """Take the second person's yes or no, or the asker's word."""
    uid, do = visit.uid(), visit.form.get("do", "")
    if do == "approve":
        order = await orders.of(visit.actor, uid)
        coming = await _coming(visit, order)
        await orders.approve(actor=visit.actor, uid=uid, says=coming, now=visit.now)
        return rendering.go("/approvals", "approved")
    if do == "return":
        await orders.send_back(actor=visit.actor, uid=uid, now=visit.now)
        return rendering.go("/approvals", "returned")
    if do == "confirm":
        await orders.confirm(actor=visit.actor, uid=uid, now=visit.now)
        return rendering.go("/approvals", "confirmed")
    raise Refusal("study.push_gone")


async def _coming(visit: Visit, order: Order) -> Sequence[Say]:
    """Say how many groups, how long, and what is used up, at the hour of sending."""
    platforms = (name for name, is_on in settings().platforms.items() if is_on)
    found = await forecast.forecast(
        [f"group:{number}" for number in order.groups],
        reach={name: outbound.connected(name) for name in platforms},
        calls_all=False,
        now=max(visit.now, order.send_at),
    )
    return push_views.forecast(found)
