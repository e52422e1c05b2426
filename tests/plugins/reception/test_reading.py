"""Lines as people type them: bare words, lone numbers, courtesy, danger."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.messages import Media, MediaKind, Other, Text
from plugins.reception import reading


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1", 1), ("１", 1), ("一", 1), ("①", 1), ("选1", 1), ("选 3", 3), ("第2个", 2),
        ("我选2", 2), ("十", 10), ("十二", 12), ("20", 20), ("（2）", 2), ("2.", 2), ("2、", 2),
        ("两", 2), ("3项", 3), ("①。", 1), ("⑤", 5), ("/2", 2), ("「1」", 1), ("0", 0),
    ],
)  # fmt: skip
def test_given_a_lone_number_when_it_is_read_then_it_counts(said: str, number: int) -> None:
    assert reading.number(said) == number


@pytest.mark.parametrize(
    "said", ["", "第2页", "1 2", "一二", "123", "1天", "选", "-1", "1号", "百"]
)
def test_given_anything_else_when_it_is_read_then_it_is_no_number(said: str) -> None:
    assert reading.number(said) is None


@pytest.mark.parametrize(
    ("said", "bare"),
    [
        ("「学习」。", "学习"),
        ("/学习", "学习"),
        ("学习！！", "学习"),
        ("删第２页", "删第2页"),
        ("…", ""),
    ],
)
def test_given_marks_around_a_word_when_it_is_bared_then_the_word_is_left(
    said: str, bare: str
) -> None:
    assert reading.bare(said) == bare


def test_given_a_picture_when_thanks_stand_under_it_then_it_is_more_than_courtesy() -> None:
    photo = Media(MediaKind.IMAGE, "1.jpg")
    assert not reading.is_courtesy("谢谢", (Text("谢谢"), photo))
    assert not reading.is_courtesy("", (photo,))
    assert not reading.is_courtesy("", (Other("card"),))
    assert not reading.is_courtesy("", ())
    assert reading.is_courtesy("", (Other("sticker"), Other("sticker")))
    assert reading.is_courtesy("谢谢", (Text("谢谢"), Other("sticker")))


@pytest.mark.parametrize("said", ["救命", "宿舍着火了", "我不想活了", "真活不下去"])
def test_given_danger_when_it_is_read_then_it_is_seen(said: str) -> None:
    assert reading.danger(said)


def test_given_a_long_report_when_it_tells_of_a_fire_then_it_is_no_alarm() -> None:
    report = "上个月车间着火，我和工友一起救火，" * 6
    assert not reading.danger(report)
    assert reading.danger(f"{report}有时候真不想活了")


@pytest.mark.parametrize("said", ["党的救命之恩", "救命钱", "您是我的救命恩人"])
def test_given_a_figure_of_speech_when_it_is_read_then_it_is_no_danger(said: str) -> None:
    assert not reading.danger(said)


@given(some.text(max_size=30))
def test_given_any_text_when_it_is_read_then_it_never_raises(said: str) -> None:
    reading.number(said)
    reading.bare(said)
    reading.is_courtesy(said, (Text(said),))
    reading.danger(said)
