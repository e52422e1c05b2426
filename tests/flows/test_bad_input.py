"""What people send by mistake, over the wire: a clear sentence, and nothing kept is lost."""

import io
import struct
import zipfile
import zlib

from plugins.sandbox.entities import group, private
from tests.flows.conftest import County
from tests.flows.test_main_job import REPORT, ask, page

MEGABYTE = 1024 * 1024


def huge_photo() -> bytes:
    """A JPEG of over 20 MB: a real picture with a long tail that its readers skip."""
    return page(120) + bytes(20 * MEGABYTE)


def pixel_bomb() -> bytes:
    """A PNG of some bytes whose header promises 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def unpacking_bomb() -> bytes:
    """A Word file of some kilobytes that would unpack to 300 MB."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("word/document.xml", "w") as document:
            for _ in range(300):
                document.write(b" " * MEGABYTE)
    return held.getvalue()


async def hears(county: County, *pieces: str) -> None:
    found = await county.world.wait_for_message(
        private(county.ids["王建国"]), lambda message: bool(message.text), timeout_s=30
    )
    for piece in pieces:
        assert piece in found.text, found.text


async def test_given_a_draft_when_everything_wrong_is_sent_then_its_page_is_still_there(
    county: County,
) -> None:
    user = county.ids["王建国"]
    await ask(county, "王建国", "交汇报", "开好了")
    await ask(county, "王建国", "完成", "还没收到内容，先不交")
    await county.world.say(user, REPORT)
    await ask(county, "王建国", "看看", "第 1 页文字")

    await county.world.send_image(user, huge_photo())
    await hears(county, "这张太大，没存")
    await county.world.send_image(user, pixel_bomb())
    await hears(county, "没存")
    await county.world.send_file(user, "汇报.exe", b"MZ" + bytes(4096))
    await hears(county, "这种文件我不收，也没打开")
    await county.world.send_file(user, "汇报.docx", unpacking_bomb())
    await hears(county, "这个文件打不开，没存")
    await county.world.send_file(user, "汇报.docx", b"PK\x03\x04" + bytes(200))
    await hears(county, "没")

    await ask(county, "王建国", "看看", "第 1 页文字")
    await ask(county, "王建国", "完成", "1 就这样交")


async def test_given_codes_that_do_not_fit_when_typed_then_each_is_answered_in_words(
    county: County,
) -> None:
    await ask(county, "马小军", "0000 0000", "码没对上", "今天还能试 4 次")
    code = county.codes["马小军"]
    for words, answer in (
        (code, "码对上了"),
        ("马小军", "有 2 件事"),
        ("1", "第 2 件"),
        ("1", "绑定好了"),
    ):
        await ask(county, "马小军", words, answer)
    await ask(county, "刘小燕", code, "这个码用过了")


async def test_given_numbers_that_must_not_be_kept_when_typed_then_they_are_refused(
    county: County,
) -> None:
    await ask(county, "王建国", "我身份证 110101199003074514", "里面像有证件号，我没存")
    await ask(county, "王建国", "搜 没有的材料", "")


async def test_given_a_report_typed_in_a_group_when_it_comes_then_it_is_sent_to_private_chat(
    county: County,
) -> None:
    village = county.ids["王家村在外群"]
    await county.world.say(
        county.ids["王建国"], "交汇报 敬爱的党组织……", group_id=village, at_bot=True
    )

    found = await county.world.wait_for_message(group(village), timeout_s=20)
    assert found.text == "汇报不在群里收，请先撤回那条。\n私聊我回「交汇报」就行。"


async def test_given_a_report_of_many_photos_when_sent_in_one_breath_then_all_are_kept_in_order(
    county: County,
) -> None:
    await ask(county, "王建国", "交汇报", "开好了")
    for shade in range(24):
        await county.world.send_image(county.ids["王建国"], page(10 * shade))
    await ask(county, "王建国", "看看", "第 1 到 24 页照片")
