"""The chat face of reception: 帮助, 菜单, 你好, 取消."""

from dataclasses import replace

from core.actors import Who
from core.conversation import (
    Ask,
    Call,
    Command,
    Continuation,
    Open,
    Option,
    Place,
    Reply,
    Reveals,
    Say,
    Slot,
)
from core.errors import Refusal
from core.messages import Text
from plugins.reception import desk, menus, words

_CANCEL = "取消"
_CONFIRM_EXPORT = "确认导出"


async def handle_menu(call: Call) -> Reply:
    """Show the menu of the asker's role, some words, or the rest; in a group what is public."""
    here = desk.current()
    if not call.chat.is_private:
        return menus.in_group(here)
    wanted = call.words.split()
    if not wanted or not call.actor.is_bound:
        return menus.menu(here, call.actor)
    if wanted[0] == words.MORE:
        page = int(wanted[1]) if wanted[1:] and wanted[1].isdecimal() else 1
        return menus.more(here, call.actor, max(page, 1))
    return menus.several(here, call.actor, wanted)


async def handle_hello(call: Call) -> Reply:
    """Greet a stranger and ask for his code; everybody else gets the menu."""
    if call.chat.is_private and not call.actor.is_bound:
        return Reply.of("reception.welcome")
    return await handle_menu(replace(call, words=""))


async def handle_cancel(call: Call) -> Reply:
    """Drop the newest unfinished thing; ask which, when two rooms have one."""
    question, draft = _unfinished(call.question), call.draft
    if question is None and draft is None:
        return Reply.of("reception.nothing_open")
    if draft is None:
        return Reply(says=(Say("reception.dropped"),), close=frozenset({Slot.QUESTION}))
    if question is None or _room(question) == _room(draft):
        return await _cancel_draft(call, draft)
    options = (
        Option(Say("reception.option_question"), value="question"),
        Option(Say("reception.option_draft"), value="draft"),
    )
    return Reply(
        says=(Say("reception.cancel_which"),), ask=Ask("reception.cancel", options=options)
    )


def _unfinished(question: Open | None) -> Open | None:
    """Leave out our own lists: a menu is nothing to be finished."""
    return None if question is None or _room(question) == "reception" else question


def _room(standing: Open) -> str:
    return standing.kind.split(".", 1)[0]


async def _cancel_draft(call: Call, draft: Open) -> Reply:
    handler = desk.current().continuations.get(draft.kind)
    if handler is None:
        raise Refusal("reception.nothing_open")
    return await handler(replace(call, words=_CANCEL, parts=(Text(_CANCEL),), choice=None))


async def continue_cancel(call: Call) -> Reply:
    """Drop what was chosen."""
    if call.choice == "draft" and call.draft is not None:
        return await _cancel_draft(replace(call, question=None), call.draft)
    return Reply(says=(Say("reception.dropped"),), close=frozenset({Slot.QUESTION}))


async def handle_export_confirmed(call: Call) -> Reply:
    """Let the room that asked about a file make it (确认导出)."""
    question = call.question
    handler = desk.current().confirmed.get(question.kind) if question else None
    if handler is None:
        raise Refusal("reception.export_first")
    return await handler(call)


COMMANDS = (
    Command(
        name="reception.menu",
        words=("帮助", "菜单"),
        aliases=("怎么用", "0"),
        handler=handle_menu,
        summary="reception.help_menu",
        place=Place.BOTH,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="reception.hello",
        words=("你好",),
        aliases=("在吗", "您好"),
        handler=handle_hello,
        summary="reception.help_hello",
        place=Place.BOTH,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="reception.cancel",
        words=(_CANCEL,),
        aliases=("算了", "不写了"),
        handler=handle_cancel,
        summary="reception.help_cancel",
        place=Place.BOTH,
    ),
    Command(
        name="reception.export_confirm",
        words=(_CONFIRM_EXPORT,),
        handler=handle_export_confirmed,
        summary="reception.help_export_confirm",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.BRANCH,
    ),
)

CONTINUATIONS = (Continuation("reception.cancel", continue_cancel),)
