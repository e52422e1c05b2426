"""The OneBot v11 actions of the end: the table, and the answer around each result."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from plugins.sandbox import lookups
from plugins.sandbox.bot_messages import read_message, read_nodes
from plugins.sandbox.entities import Chat, NotPermitted, group, private
from plugins.sandbox.failures import BAD_REQUEST, ActionError, refused, unreadable, unsupported
from plugins.sandbox.lookups import Desk, number
from plugins.sandbox.media import UnreadableSource
from plugins.sandbox.segments import At, Attachment, Part, Quote, Text

_Params = Mapping[str, Any]
_Action = Callable[[Desk, _Params], Awaitable[Any]]


async def call(desk: Desk, action: str, params: _Params) -> dict[str, Any]:
    """Carry out one call and build its answer, without the echo.

    Unanswered and LinkCut pass through: such a call gets no answer.
    """
    try:
        handler = _ACTIONS.get(action) or _lookup(action)
        if handler is None:
            raise unsupported(action)
        data = await handler(desk, params)
    except ActionError as error:
        return {
            "status": "failed",
            "retcode": error.retcode,
            "data": None,
            "message": error.message,
            "wording": error.message,
        }
    return {"status": "ok", "retcode": 0, "data": data, "message": "", "wording": ""}


def action_names() -> frozenset[str]:
    """List the actions the end knows."""
    return frozenset(_ACTIONS) | frozenset(lookups.LOOKUPS)


def _lookup(action: str) -> _Action | None:
    found = lookups.LOOKUPS.get(action)
    if found is None:
        return None

    async def answer(desk: Desk, params: _Params) -> Any:
        return found(desk, params)

    return answer


def _target(params: _Params) -> Chat:
    kind = params.get("message_type")
    if kind == "group" or (kind is None and params.get("group_id")):
        return group(number(params, "group_id"))
    return private(number(params, "user_id"))


async def _send_message(desk: Desk, chat: Chat, params: _Params) -> dict[str, Any]:
    auto_escape = str(params.get("auto_escape", False)).lower() == "true"
    parts = await read_message(params.get("message"), desk.media, auto_escape=auto_escape)
    message = await desk.sending.send(chat, parts)
    return {"message_id": message.message_id}


async def _send_private_msg(desk: Desk, params: _Params) -> Any:
    return await _send_message(desk, private(number(params, "user_id")), params)


async def _send_group_msg(desk: Desk, params: _Params) -> Any:
    return await _send_message(desk, group(number(params, "group_id")), params)


async def _send_msg(desk: Desk, params: _Params) -> Any:
    return await _send_message(desk, _target(params), params)


async def _send_forward(desk: Desk, chat: Chat, params: _Params) -> Any:
    forward = await read_nodes(params.get("messages"), desk.media, desk.world.bot.nickname)
    message = await desk.sending.send(chat, (forward,))
    return {"message_id": message.message_id, "forward_id": forward.forward_id}


async def _send_private_forward_msg(desk: Desk, params: _Params) -> Any:
    return await _send_forward(desk, private(number(params, "user_id")), params)


async def _send_group_forward_msg(desk: Desk, params: _Params) -> Any:
    return await _send_forward(desk, group(number(params, "group_id")), params)


async def _upload(desk: Desk, chat: Chat, params: _Params) -> Any:
    source = str(params.get("file") or "")
    fallback = "" if "://" in source else source
    try:
        kept = await desk.media.take(source, str(params.get("name") or fallback))
    except UnreadableSource as error:
        raise unreadable(source[:80]) from error
    await desk.sending.send(chat, (Attachment(kept.media_id, kept.name, len(kept.content)),))
    return {"file_id": kept.media_id}


async def _upload_private_file(desk: Desk, params: _Params) -> Any:
    return await _upload(desk, private(number(params, "user_id")), params)


async def _upload_group_file(desk: Desk, params: _Params) -> Any:
    return await _upload(desk, group(number(params, "group_id")), params)


async def _delete_msg(desk: Desk, params: _Params) -> None:
    try:
        desk.world.recall(number(params, "message_id"), desk.world.bot.user_id)
    except NotPermitted as error:
        raise refused(error.refusal) from error


async def _quick_operation(desk: Desk, params: _Params) -> None:
    context, operation = params.get("context"), params.get("operation")
    if not isinstance(context, Mapping) or not isinstance(operation, Mapping):
        raise ActionError(BAD_REQUEST, "context and operation are needed")
    if operation.get("delete"):
        await _delete_msg(desk, context)
    if not operation.get("reply"):
        return
    chat = _target(context)
    reply = await read_message(
        operation["reply"], desk.media, auto_escape=bool(operation.get("auto_escape"))
    )
    head: tuple[Part, ...] = ()
    if chat.kind == "group":
        head = (Quote(number(context, "message_id")),)
        if operation.get("at_sender"):
            head += (At(number(context, "user_id")), Text(" "))
    await desk.sending.send(chat, head + reply)


_ACTIONS: Mapping[str, _Action] = {
    "send_private_msg": _send_private_msg,
    "send_group_msg": _send_group_msg,
    "send_msg": _send_msg,
    "send_private_forward_msg": _send_private_forward_msg,
    "send_group_forward_msg": _send_group_forward_msg,
    "upload_private_file": _upload_private_file,
    "upload_group_file": _upload_group_file,
    "delete_msg": _delete_msg,
    ".handle_quick_operation": _quick_operation,
    ".handle_quick_operation_async": _quick_operation,
}
