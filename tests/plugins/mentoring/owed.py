"""What is owed to somebody, as words; and reading it, so that its numbers can be answered."""

from core.messages import Chat, ChatKind
from models import Delivery, Message, Person
from plugins.delivery import bodies
from plugins.identity import dialogues
from tests.plugins.mentoring.town import Town


async def words_to(name: str, purpose: str = "") -> list[str]:
    """Return the words owed to somebody, the oldest first."""
    person = await Person.get(name=name)
    rows = Delivery.filter(target=f"person:{person.id}").order_by("id")
    if purpose:
        rows = rows.filter(purpose=purpose)
    found = []
    for row in await rows:
        message = await Message.get(id=row.message_id)
        found.append(bodies.unseal(message.body_sealed, uid=message.uid).parts[0].text)
    return found


async def opens(town: Town, name: str, purpose: str) -> str:
    """Let the newest message owed to somebody arrive: its question is open; return its words."""
    person = await Person.get(name=name)
    row = (
        await Delivery.filter(target=f"person:{person.id}", purpose=purpose).order_by("-id").first()
    )
    assert row is not None
    message = await Message.get(id=row.message_id)
    body = bodies.unseal(message.body_sealed, uid=message.uid)
    assert body.ask is not None
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    await dialogues.open_question(chat, name, body.ask, town.clock.now())
    return str(body.parts[0].text)
