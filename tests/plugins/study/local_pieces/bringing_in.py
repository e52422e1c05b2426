"""Bringing a local piece in (加材料): its words and files, and the county in which it is done."""

from datetime import date

from core.actors import Actor
from core.errors import Refusal
from core.messages import Chat, ChatKind, Media, MediaKind
from models import (
    LocalMaterial,
)
from plugins.identity.queries import who_is
from tests.core.hostile import pdf_of
from tests.plugins.study.county import County, piece

MONDAY = date(2026, 11, 23)

WAGES = piece("wages", "工钱被拖，先做哪三步", 1)

WORDS = "县里开了讨薪窗口，周一到周五都有人。带上工资条和考勤，身份证件也带着。"

PDF = pdf_of("讨薪窗口开到年底")

SCRIPTED = b"%PDF-1.7\n1 0 obj<</JavaScript 1>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF"

AMR = b"#!AMR\n" + b"\x3c" + b"\0" * 31


class Sent:
    """What the platform keeps of files that people send."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def media(self, name: str, data: bytes, kind: MediaKind = MediaKind.FILE) -> Media:
        url = f"test://{len(self.kept)}/{name}"
        self.kept[url] = data
        return Media(kind, name, url=url)

    async def fetch(self, _chat: object, media: Media, *, limit_bytes: int) -> bytes:
        data = self.kept[str(media.url)]
        if len(data) > limit_bytes:
            raise Refusal("file.too_big")
        return data


async def bring_in(county: County, name: str = "刘长河", title: str = "讨薪窗口开了") -> str:
    """Bring in a piece of words, valid for three months; return the last answer."""
    for words in ("加材料", WORDS, "完成", title, "县人社局的通知", "11月20日", "2"):
        await county.tells(name, words)
    return await county.tells(name, "1")


async def approved(county: County) -> LocalMaterial:
    await bring_in(county)
    await county.tells("吴芳", "审材料")
    await county.tells("吴芳", "1")
    return await LocalMaterial.get()


async def actor_of(county: County, name: str) -> Actor:
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    return (await who_is(chat, name, county.clock.now())).actor
