"""What must not be sent is found however it is written; what merely looks like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.messages import Media, MediaKind, Text
from plugins.reception.screening import Unwanted, find

PHOTO = Media(MediaKind.IMAGE, "1.jpg")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("我身份证 11010519491231002X", Unwanted.ID_NUMBER),
        ("11010519491231002x", Unwanted.ID_NUMBER),
        ("１１０１０５１９４９１２３１００２Ｘ", Unwanted.ID_NUMBER),
        ("110105 19491231 002X", Unwanted.ID_NUMBER),
        ("证号110105-1949-1231-002X的", Unwanted.ID_NUMBER),
        ("2 11010519491231002X", Unwanted.ID_NUMBER),
        ("13800138000", Unwanted.PHONE),
        ("打我138-0013-8000吧", Unwanted.PHONE),
        ("+86 138 0013 8000", Unwanted.PHONE),
        ("１３８００１３８０００", Unwanted.PHONE),
        ("2 138 0013 8000", Unwanted.PHONE),
        ("卡号6222021234567890128", Unwanted.BANK_CARD),
        ("6222 0212 3456 7890 128", Unwanted.BANK_CARD),
        ("4111 1111 1111 1111", Unwanted.BANK_CARD),
        ("秘密★ 关于", Unwanted.SECRET),
        ("机密 ★10年", Unwanted.SECRET),
        ("绝密", Unwanted.SECRET),
        ("【机密】\n通知", Unwanted.SECRET),
        ("内部资料，请勿外传", Unwanted.SECRET),
        ("内部文件 注意保密", Unwanted.SECRET),
        ("学习材料 严禁外传", Unwanted.SECRET),
        ("密级：秘密", Unwanted.SECRET),
    ],
)
def test_given_something_unwanted_when_it_is_sent_then_it_is_found(
    said: str, found: Unwanted
) -> None:
    assert find((Text(said),)) is found


@pytest.mark.parametrize(
    "said",
    [
        "110105194912310021",
        "我志愿加入中国共产党，保守党的秘密，对党忠诚",
        "这是我们两个人的秘密",
        "会上说要做好保密工作，不该说的机密不说",
        "今天传达了乡里的红头文件精神",
        "12345678901234567890123",
        "订单 2026112012345678",
        "4829 1357",
        "2026-11-23 19:10",
        "2026.11.20 到 2027.01.31",
        "QQ群 123456789",
        "8613 1234",
        "工资 13800 13800 0",
        "6222021234567890129",
        "",
    ],
)
def test_given_something_harmless_when_it_is_sent_then_nothing_is_found(said: str) -> None:
    assert find((Text(said),)) is None


@pytest.mark.parametrize(
    "caption", ["乡里的红头文件，内部的，大家学学", "涉密", "机密的，看完就删"]
)
def test_given_a_document_when_a_picture_of_it_is_sent_then_the_caption_is_enough(
    caption: str,
) -> None:
    assert find((PHOTO, Text(caption))) is Unwanted.SECRET


def test_given_a_file_when_its_name_is_a_mark_then_it_is_found() -> None:
    assert find((Media(MediaKind.FILE, "绝密文件.docx"),)) is Unwanted.SECRET
    assert find((Media(MediaKind.FILE, "思想汇报.docx"),)) is None


@given(
    area=some.integers(110000, 659001),
    born=some.dates(min_value=__import__("datetime").date(1930, 1, 1),
                    max_value=__import__("datetime").date(2010, 12, 31)),
    serial=some.integers(0, 999),
    before=some.sampled_from(["", "我的证", "身份证号码：", "a "]),
)  # fmt: skip
def test_given_any_citizen_number_when_it_is_sent_then_it_is_found(
    area: int, born: object, serial: int, before: str
) -> None:
    digits = f"{area}{born:%Y%m%d}{serial:03d}"
    check = "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11]
    assert find((Text(f"{before}{digits}{check}"),)) is Unwanted.ID_NUMBER


@given(some.text(max_size=60))
def test_given_any_text_when_it_is_screened_then_it_never_raises(said: str) -> None:
    find((Text(said), PHOTO))
