"""What the console says in chat: the link."""

from core.config import settings
from core.conversation import Reply, Say

ROOT = "/console"


def page_address() -> str:
    """Return where browsers reach this program, without a slash at the end."""
    web = settings().web
    return settings().console.address or f"http://127.0.0.1:{web.port}"


def link(token: str) -> Reply:
    """Give the link, and say what is to be known about it."""
    minutes = settings().console.link_minutes
    says = [Say("console.link", url=f"{page_address()}{ROOT}/in/{token}", minutes=minutes)]
    if not settings().console.address:
        says.append(Say("console.link_here"))
    return Reply(says=tuple(says))
