"""What goes out over every other adapter: through uniseg, which must not turn files into words."""

from collections.abc import Sequence

from nonebot.adapters import Bot
from nonebot.exception import ActionFailed, AdapterException
from nonebot_plugin_alconna import uniseg
from nonebot_plugin_alconna.uniseg.adapters import alter_get_exporter

from core import files
from core.errors import Fault
from core.messages import (
    Blob,
    Chat,
    Forward,
    MediaKind,
    Mention,
    OutPart,
    SendOutcome,
    SendResult,
    Text,
)
from plugins.gateway.splitting import runs
from plugins.gateway.verdicts import outcome_of, told

_MEDIA: dict[MediaKind, type[uniseg.segment.Media]] = {
    MediaKind.IMAGE: uniseg.Image,
    MediaKind.VOICE: uniseg.Voice,
    MediaKind.VIDEO: uniseg.Video,
    MediaKind.FILE: uniseg.File,
}


async def send(bot: Bot, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
    """Say ``parts`` in ``chat`` as ``bot``: words together, every file by itself."""
    messages = await _messages(parts)
    target = uniseg.Target(chat.chat_id, private=chat.is_private, self_id=bot.self_id)
    ids: list[str] = []
    for number, message in enumerate(messages):
        try:
            receipt = await message.send(
                target, bot, fallback=uniseg.FallbackStrategy.forbid, no_wrapper=True
            )
        except (uniseg.SerializeFailed, NotImplementedError):
            failed = SendOutcome(SendResult.REJECTED, reason="unsupported")
        except (AdapterException, OSError, TimeoutError) as error:
            failed = outcome_of(error)
        else:
            if message_id := _message_id(receipt):
                ids.append(message_id)
            continue
        return told(SendResult.UNKNOWN, ids, "partial") if number else failed
    return told(SendResult.SENT, ids)


def _message_id(receipt: uniseg.Receipt) -> str | None:
    try:
        reply = receipt.get_reply(0)
    except (AttributeError, KeyError, TypeError):
        return None
    return reply.id if reply is not None else None


async def _messages(parts: Sequence[OutPart]) -> list["uniseg.UniMessage[uniseg.Segment]"]:
    return [
        uniseg.UniMessage([await _segment(part) for part in run])
        for run in runs(parts, most_images=0)
    ]


async def _segment(part: OutPart) -> uniseg.Segment:
    match part:
        case Text(text=text):
            return uniseg.Text(text)
        case Mention(account_id="all"):
            return uniseg.AtAll()
        case Mention(account_id=account_id):
            return uniseg.At("user", account_id)
        case Blob(kind=kind, blob_id=blob_id, name=name):
            content = await files.read(blob_id)
            return _MEDIA[kind](raw=content, name=name)
        case Forward():
            raise Fault("a forward was not unfolded")


async def recall(bot: Bot, chat: Chat, message_id: str) -> bool:
    """Take a message back; False when the platform does not."""
    exporter = alter_get_exporter(bot.adapter.get_name())
    if exporter is None:
        return False
    target = uniseg.Target(chat.chat_id, private=chat.is_private, self_id=bot.self_id)
    try:
        await exporter.recall(message_id, bot, target)
    except (ActionFailed, AdapterException, NotImplementedError, OSError, TimeoutError):
        return False
    return True
