"""The chat face of privacy: 我的数据, 更正, 导出, 删除, 谁看过, and 等点头 for who says yes."""

from core.actors import Who
from core.conversation import QUESTION_LIFE, Call, Command, Continuation, Reply, Reveals, Say
from core.errors import Refusal
from core.personal import CorrectionItem
from plugins.delivery import rerouting
from plugins.identity.handed import Handed
from plugins.privacy import (
    corrections,
    exporting,
    notices,
    queries,
    rebinding,
    service,
    views,
    words,
)


async def handle_mine(call: Call) -> Reply:
    """Say what is held of the asker, or all of it line by line."""
    held = await queries.held(call.actor, call.today)
    return views.detail(held) if call.words == words.DETAIL else views.mine(held)


async def handle_looks(call: Call) -> Reply:
    """Say who else looked at the asker's dossier within a year."""
    return views.looks(await queries.looks(call.actor, call.now))


async def handle_export(call: Call) -> Reply:
    """Give the asker a copy of everything."""
    if call.words:
        raise Refusal("privacy.export_alone")
    return views.exported(await exporting.export(actor=call.actor, now=call.now))


async def handle_erase(call: Call) -> Reply:
    """Say what would go; nothing goes yet."""
    if call.words:
        raise Refusal("privacy.erase_alone")
    return views.ask_erase()


async def handle_confirm_erase(call: Call) -> Reply:
    """Erase everything, when exactly this was said to the question that is open."""
    question = call.question
    is_open = question is not None and question.kind == views.ERASE
    if not is_open or question is None or call.now - question.asked_at > QUESTION_LIFE:
        raise Refusal("privacy.erase_first")
    if call.words:
        raise Refusal("privacy.erase_alone")
    await service.erase(person_id=service.own_id(call.actor), now=call.now)
    return views.erased()


async def handle_correct(call: Call) -> Reply:
    """Begin to put something right; item and what is right may come at once."""
    item, right = words.item_and_right(call.words)
    if item is None:
        return views.which_item()
    return await _put(call, item, right) if right else views.what_is_right(item)


async def continue_item(call: Call) -> Reply:
    """Ask what is right about the item that was chosen."""
    return views.what_is_right(CorrectionItem(call.choice))


async def continue_right(call: Call) -> Reply:
    """Take what is right."""
    item = call.question.data["item"] if call.question else CorrectionItem.OTHER
    return await _put(call, CorrectionItem(item), call.text)


async def _put(call: Call, item: CorrectionItem, right: str) -> Reply:
    return views.put(await corrections.put(actor=call.actor, item=item, right=right, now=call.now))


async def handle_waiting(call: Call) -> Reply:
    """Ask the first thing that waits for the asker's yes."""
    return views.waiting(await queries.waiting(call.actor, call.today))


async def continue_rebind(call: Call) -> Reply:
    """Take what a mentor or the branch says about a new account."""
    decided = await rebinding.decide(
        actor=call.actor, uid=call.choice["uid"], yes=call.choice["yes"], now=call.now
    )
    found = await queries.waiting(call.actor, call.today)
    return views.waiting(found, views.rebind_decided(decided))


async def continue_correction(call: Call) -> Reply:
    """Take what the branch says about a correction."""
    decided = await corrections.decide(
        actor=call.actor, uid=call.choice["uid"], yes=call.choice["yes"], now=call.now
    )
    found = await queries.waiting(call.actor, call.today)
    return views.waiting(found, views.correction_decided(decided))


async def rebind(call: Call, invitation_id: int) -> Reply:
    """Ask a mentor about the account of a call whose code and name fit (for identity)."""
    try:
        asked = await rebinding.request(
            chat=call.chat, account_id=call.sender_id, invitation_id=invitation_id, now=call.now
        )
    except Refusal as refusal:
        return views.closed(Say(refusal.key, **refusal.fields))
    return views.rebind_asked(asked)


async def withdraw_reports(call: Call) -> Reply:
    """Take back the second consent of the asker (for identity)."""
    return views.withdrawn(await service.withdraw_reports(actor=call.actor, now=call.now))


async def continue_forget(call: Call) -> Reply:
    """Erase what was kept under the second consent, or leave it."""
    if call.choice != "forget":
        return views.closed(Say("privacy.kept"))
    await service.forget_reports(actor=call.actor, now=call.now)
    return views.closed(Say("privacy.forgotten"))


async def leave(call: Call) -> Reply:
    """Let the asker go (for identity)."""
    await service.leave(actor=call.actor, now=call.now)
    return views.left()


HANDED = Handed(
    rebind=rebind,
    withdraw_reports=withdraw_reports,
    leave=leave,
    released=rerouting.nothing_more_to,
)

COMMANDS = (
    Command(
        name="privacy.mine",
        words=(words.MINE,),
        aliases=("你记了我啥",),
        arguments=words.DETAIL,
        handler=handle_mine,
        summary="privacy.help_mine",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.correct",
        words=(words.CORRECT,),
        aliases=("写错了",),
        arguments="城市 南港",
        handler=handle_correct,
        summary="privacy.help_correct",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.export",
        words=(words.EXPORT,),
        handler=handle_export,
        summary="privacy.help_export",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.erase",
        words=(words.ERASE,),
        aliases=("删掉我",),
        handler=handle_erase,
        summary="privacy.help_erase",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.confirm_erase",
        words=(words.CONFIRM_ERASE,),
        handler=handle_confirm_erase,
        summary="privacy.help_confirm_erase",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.looks",
        words=(words.LOOKS,),
        aliases=("谁看了我",),
        handler=handle_looks,
        summary="privacy.help_looks",
        reveals=Reveals.OWN,
    ),
    Command(
        name="privacy.waiting",
        words=(words.WAITING,),
        handler=handle_waiting,
        summary="privacy.help_waiting",
        who=frozenset({Who.MENTOR, Who.SECRETARY, Who.TOWNSHIP, Who.INFLOW}),
        reveals=Reveals.BRANCH,
    ),
)

CONTINUATIONS = (
    Continuation(views.ITEM, continue_item),
    Continuation(views.RIGHT, continue_right),
    Continuation(notices.REBIND, continue_rebind),
    Continuation(notices.CORRECTION, continue_correction),
    Continuation(views.FORGET, continue_forget),
)
