"""The channels against a real web server and a real mail server, with TLS."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core import config
from core.clock import FrozenClock
from core.database import run_tx
from core.errors import StartRefused
from models import Alarm, InstanceMark
from plugins.alarm import channels, service, telling
from plugins.alarm.channels import Mail, Taken, WeComGroup

RIGHT, WRONG = "richtig", "falsch"
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


@dataclass
class Webhook:
    """The far side of a group webhook."""

    address: str = ""
    code: int = 0
    status: int = 200
    leads_to: str = ""
    said: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        said: dict[str, Any] = await request.json()
        assert said["msgtype"] == "text"
        self.said.append(said["text"]["content"])
        if self.leads_to:
            raise web.HTTPTemporaryRedirect(self.leads_to)
        return web.json_response({"errcode": self.code, "errmsg": "x"}, status=self.status)


@pytest_asyncio.fixture
async def webhook() -> AsyncIterator[Webhook]:
    hook = Webhook()
    app = web.Application()
    app.router.add_post("/cgi-bin/webhook/send", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    hook.address = f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key=k"
    yield hook
    await runner.cleanup()


async def test_given_a_webhook_when_it_takes_words_then_they_are_taken(webhook: Webhook):
    assert await WeComGroup(webhook.address).tell("s", "掉线了。", now=NOW) is Taken.TOOK
    assert webhook.said == ["掉线了。"]


@pytest.mark.parametrize(
    ("code", "status", "taken"),
    [(45009, 200, Taken.NO_ROOM), (93000, 200, Taken.NOT), (0, 502, Taken.NOT)],
)
async def test_given_a_webhook_when_it_says_no_then_nothing_counts_as_told(
    webhook: Webhook, code: int, status: int, taken: Taken
):
    webhook.code, webhook.status = code, status
    assert await WeComGroup(webhook.address).tell("s", "w", now=NOW) is taken


async def test_given_a_webhook_when_it_leads_elsewhere_then_nobody_follows(webhook: Webhook):
    webhook.leads_to = webhook.address
    assert await WeComGroup(webhook.address).tell("s", "w", now=NOW) is Taken.NOT
    assert webhook.said == ["w"]


async def test_given_nobody_at_the_address_when_it_is_told_then_nothing_is_raised_or_printed(
    capsys: pytest.CaptureFixture[str],
):
    way = WeComGroup("http://127.0.0.1:9/cgi-bin/webhook/send?key=geheim")
    assert await way.tell("s", "w", now=NOW) is Taken.NOT
    printed = capsys.readouterr()
    assert "geheim" not in printed.out + printed.err


async def test_given_twenty_a_minute_when_there_is_one_more_then_it_is_not_written(
    webhook: Webhook,
):
    at = [100.0]
    way = WeComGroup(webhook.address, lambda: at[0])
    for _ in range(20):
        assert await way.tell("s", "w", now=NOW) is Taken.TOOK
    assert await way.tell("s", "w", now=NOW) is Taken.NO_ROOM
    assert len(webhook.said) == 20
    at[0] += 60
    assert await way.tell("s", "w", now=NOW) is Taken.TOOK


async def test_given_too_many_words_when_they_are_told_then_they_are_cut_between_characters(
    webhook: Webhook,
):
    await WeComGroup(webhook.address).tell("s", "雁" * 1000, now=NOW)
    assert webhook.said == ["雁" * 682]


@dataclass
class MailServer:
    """A mail server on loopback that keeps what it takes."""

    port: int
    trust: ssl.SSLContext
    mails: list[bytes] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    answer: str = "250 OK"
    signed_in: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        self.receivers.append(envelope.rcpt_tos)
        return self.answer

    def sign_in(self, _s: Any, _session: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
        self.signed_in.append(data.password)
        return AuthResult(success=data.password == RIGHT.encode())

    def mail(self, **more: Any) -> Mail:
        usual = {"sender": "bot@example.cn", "receivers": ("clerk@example.cn", "b@example.cn")}
        return Mail("127.0.0.1", self.port, trust=self.trust, **usual | more)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server at 127.0.0.1 and of a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving, ssl.create_default_context(cafile=str(pem))


@pytest_asyncio.fixture(params=["at_once", "starttls"])
async def mail_server(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[MailServer, bool]]:
    is_at_once = request.param == "at_once"
    serving, trusting = certificate(tmp_path)
    kept = MailServer(0, trusting)
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            kept,
            tls_context=None if is_at_once else serving,
            require_starttls=not is_at_once,
            authenticator=kept.sign_in,
            auth_require_tls=not is_at_once,
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=serving if is_at_once else None)
    kept.port = server.sockets[0].getsockname()[1]
    yield kept, is_at_once
    server.close()
    await server.wait_closed()


async def test_given_a_mail_server_when_it_takes_a_mail_then_all_receivers_read_it(
    mail_server: tuple[MailServer, bool],
):
    server, is_at_once = mail_server
    way = server.mail(is_tls_at_once=is_at_once, user="bot", password=RIGHT)
    assert await way.tell("雁阵：有件事请看一眼", "掉线 10 分钟了。\n没丢。", now=NOW) is Taken.TOOK
    mail = message_from_bytes(server.mails[0], policy=default)
    assert mail["Subject"] == "雁阵：有件事请看一眼"
    assert mail.get_content().splitlines() == ["掉线 10 分钟了。", "没丢。"]
    assert server.receivers == [["clerk@example.cn", "b@example.cn"]]
    assert server.signed_in == [RIGHT.encode()]


async def test_given_a_mail_server_when_it_refuses_then_nothing_counts_as_told(
    mail_server: tuple[MailServer, bool],
):
    server, is_at_once = mail_server
    server.answer = "451 later"
    assert await server.mail(is_tls_at_once=is_at_once).tell("s", "w", now=NOW) is Taken.NOT
    wrong = server.mail(is_tls_at_once=is_at_once, user="bot", password=WRONG)
    assert await wrong.tell("s", "w", now=NOW) is Taken.NOT
    stranger = server.mail(is_tls_at_once=is_at_once)
    stranger = Mail(**{**{f: getattr(stranger, f) for f in stranger.__slots__}, "trust": None})
    assert await stranger.tell("s", "w", now=NOW) is Taken.NOT
    assert len(server.mails) == 1


ADDRESSES = [
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", True),
    ("http://127.0.0.1:8000/cgi-bin/webhook/send?key=1", True),
    ("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", False),
    ("https://qyapi.weixin.qq.com.example.org/x", False),
    ("https://user@qyapi.weixin.qq.com/x", False),
    ("https://qyapi.weixin.qq.com:444/x", False),
    ("https://[/", False),
    ("key=1", False),
]


@pytest.mark.parametrize(("address", "is_right"), ADDRESSES)
@pytest.mark.usefixtures("settings")
def test_given_an_address_when_it_is_not_wecoms_then_the_start_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, *, is_right: bool
):
    monkeypatch.setenv("YANZHEN_WECOM_WEBHOOK", address)
    if is_right:
        assert len(channels.configured()) == 1
        return
    with pytest.raises(StartRefused) as refused:
        channels.configured()
    assert refused.value.key == "alarm.wrong_webhook"


def test_given_settings_when_channels_are_made_then_mail_is_whole_or_refused(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
):
    assert channels.configured() == ()
    monkeypatch.setenv("YANZHEN_SMTP_PASSWORD", "geheim")
    whole = config.Alarm(
        mail_to=["a@b.cn"], mail_from="c@b.cn", smtp_host="smtp.b.cn", smtp_port=587, smtp_user="c"
    )
    config.use(settings.model_copy(update={"alarm": whole}))
    (mail,) = channels.configured()
    assert isinstance(mail, Mail)
    assert (mail.port, mail.password, mail.is_tls_at_once) == (587, "geheim", False)
    broken = config.Alarm(mail_to=["a@b.cn"], mail_from="c@b.cn")
    config.use(settings.model_copy(update={"alarm": broken}))
    with pytest.raises(StartRefused):
        channels.configured()


@pytest.mark.usefixtures("database", "texts")
@pytest.mark.parametrize("kind", ["production", "demo"])
async def test_given_a_run_when_it_starts_then_it_tells_unless_it_is_a_demo(
    kind: str, webhook: Webhook, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YANZHEN_WECOM_WEBHOOK", webhook.address)
    await InstanceMark.all().update(kind=kind)
    await run_tx(
        lambda: service.raise_alarm(
            kind="silent", key="account:onebot11:10001", detail={"waiting": 3}, now=clock.now()
        )
    )
    clock.advance_to(clock.now() + dt.timedelta(minutes=2))
    await telling.start()
    await telling.stop()
    is_told = kind == "production"
    assert len(webhook.said) == is_told
    assert ((await Alarm.get()).told_at is not None) is is_told
    await InstanceMark.all().update(kind="production")
