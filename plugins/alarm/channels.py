"""Ways to the operator that do not lead over the accounts which may be in trouble.

A WeCom group webhook (20 messages a minute, 2,048 bytes each, answered with an errcode) and mail
over TLS. A channel never raises: it took the message, has no room just now, or did not take it.
"""

import asyncio
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from core import config, logs, secrets
from core.errors import StartRefused

log = logs.get("alarm")

# Limits of the webhook, developer.work.weixin.qq.com, "group robot" (read 2026-11-23).
LARGEST_BYTES = 2048
PER_MINUTE = 20
_TOO_OFTEN = 45009

_HOST = "qyapi.weixin.qq.com"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TIMEOUT_S = 15.0
_TLS_AT_ONCE = 465


class Taken(StrEnum):
    """What became of a message handed to a channel."""

    TOOK = "took"
    NO_ROOM = "no_room"
    """Nothing was sent; there is room in a minute."""
    NOT = "not"
    """Not taken, or nobody knows."""


class Channel(Protocol):
    """One way to the operator."""

    async def tell(self, subject: str, words: str, *, now: datetime) -> Taken:
        """Hand over one message; never raises for trouble of the other side."""
        ...


class WeComGroup:
    """The webhook of a WeCom group. Its address is a secret: whoever has it may write there."""

    def __init__(self, address: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._seconds = seconds
        self._sent_at: deque[float] = deque(maxlen=PER_MINUTE)

    async def tell(self, subject: str, words: str, *, now: datetime) -> Taken:
        """Write ``words`` into the group; ``subject`` is not shown there."""
        del subject, now
        present = self._seconds()
        if len(self._sent_at) == PER_MINUTE and present - self._sent_at[0] < 60.0:  # noqa: PLR2004  # a minute
            return Taken.NO_ROOM
        self._sent_at.append(present)
        try:
            code = await self._post(_cut(words))
        except Exception as error:  # noqa: BLE001  # the net fails in too many ways to name
            log.warning("wecom.no_answer", error=type(error).__name__)
            return Taken.NOT
        if code == 0:
            return Taken.TOOK
        log.warning("wecom.refused", code=code)
        return Taken.NO_ROOM if code == _TOO_OFTEN else Taken.NOT

    async def _post(self, words: str) -> int:
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        payload = {"msgtype": "text", "text": {"content": words}}
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self._address, json=payload, allow_redirects=False) as answer,
        ):
            if answer.status != 200:  # noqa: PLR2004  # anything else is not the webhook's own word
                return -answer.status
            return int((await answer.json(content_type=None))["errcode"])


def _cut(words: str) -> str:
    return words.encode()[:LARGEST_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, spoken to over TLS only; signs in when there is a name for it."""

    host: str
    port: int
    sender: str
    receivers: Sequence[str]
    user: str = ""
    password: str | None = None
    is_tls_at_once: bool = True
    trust: ssl.SSLContext | None = None
    """Whose certificates are believed; None: those the machine believes."""

    async def tell(self, subject: str, words: str, *, now: datetime) -> Taken:
        """Send one mail to all receivers; taken when the server took it for one of them."""
        mail = EmailMessage()
        mail["Subject"] = subject
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.receivers)
        mail["Date"] = format_datetime(now)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(words)
        try:
            await asyncio.to_thread(self._send, mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            code = getattr(error, "smtp_code", None)
            log.warning("mail.not_taken", error=type(error).__name__, code=code)
            return Taken.NOT
        return Taken.TOOK

    def _send(self, mail: EmailMessage) -> None:
        trust = self.trust or ssl.create_default_context()
        if self.is_tls_at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_TIMEOUT_S, context=trust
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)
        with server:
            if not self.is_tls_at_once:
                server.starttls(context=trust)
            if self.user:
                server.login(self.user, self.password or "")
            server.send_message(mail, self.sender, list(self.receivers))


def configured() -> tuple[Channel, ...]:
    """Return the channels that the operator set up, none when he set up nothing.

    Raises StartRefused ``alarm.wrong_webhook`` and ``alarm.mail_incomplete``.
    """
    channels: list[Channel] = []
    address = secrets.given("wecom_webhook")
    if address is not None:
        _require_webhook(address)
        channels.append(WeComGroup(address))
    wanted = config.settings().alarm
    if wanted.mail_to:
        if not wanted.smtp_host or not wanted.mail_from:
            raise StartRefused("alarm.mail_incomplete")
        channels.append(
            Mail(
                host=wanted.smtp_host,
                port=wanted.smtp_port,
                sender=wanted.mail_from,
                receivers=tuple(wanted.mail_to),
                user=wanted.smtp_user,
                password=secrets.given("smtp_password"),
                is_tls_at_once=wanted.smtp_port == _TLS_AT_ONCE,
            )
        )
    return tuple(channels)


def _require_webhook(address: str) -> None:
    """Refuse an address that would carry alarms to anybody else; loopback is for trying out."""
    try:
        parts = urlsplit(address)
        is_wecom = (parts.scheme, parts.netloc) == ("https", _HOST)
        is_own = parts.scheme == "http" and parts.hostname in _LOOPBACK
    except ValueError:
        is_wecom = is_own = False
    if not is_wecom and not is_own:
        raise StartRefused("alarm.wrong_webhook")
