"""Start and stop of the gateway."""

from core import config, secrets
from plugins.gateway import entry, onebot11_sending, signals
from plugins.gateway.adapters import ONEBOT11


async def start() -> None:
    """Make the token that ends must show, if there is none, and follow changes of our accounts."""
    if config.settings().platforms.get(ONEBOT11):
        secrets.secret(entry.TOKEN)
    signals.notices.add(_forget_lists)
    signals.accounts.add(_forget_lists)


async def stop() -> None:
    """Follow nothing any more; the connections ended with the server."""
    signals.notices.remove(_forget_lists)
    signals.accounts.remove(_forget_lists)


async def _forget_lists(_report: object) -> None:
    onebot11_sending.forget_lists()
