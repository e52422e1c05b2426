"""Cities and addresses in what people write."""

import pytest

from core.placewords import Place, bare_city, find_city, has_address, without_houses


@pytest.mark.parametrize(
    ("said", "city"),
    [
        ("南港", Place("南港", True)),
        ("去南港打工", Place("南港", True)),
        ("南港市", Place("南港", True)),
        ("南港市东城区幸福路12号", Place("南港", True, True)),
        ("广东东莞长安镇", Place("东莞", True, True)),
        ("广东省东莞市", Place("东莞", True)),
        ("吉林长春", Place("长春", True)),
        ("吉林", Place("吉林", True)),
        ("上海浦东", Place("上海", True)),
        ("新疆维吾尔自治区乌鲁木齐", Place("乌鲁木齐", True)),
        ("我换到苏州了", Place("苏州", True)),
        ("坐火车南下去东莞电子厂", Place("东莞", True, True)),
        ("永嘉县", Place("永嘉县", False)),
        ("大理石市", Place("大理", True)),
        ("白鹤市", Place("白鹤", False)),
        ("哈哈哈", Place("哈哈哈", False)),
    ],
)
def test_given_a_place_when_it_is_read_then_the_city_is_found(said: str, city: Place) -> None:
    assert find_city(said, ["南港市"]) == city


@pytest.mark.parametrize(
    "said",
    [
        "",
        "广东",
        "去湖南",
        "厂里",
        "幸福路",
        "12号",
        "3栋402室",
        "???",
        "长安镇",
        "A city",
        "今天加班好累明天再说",
        "我不想去",
    ],
)
def test_given_no_city_when_it_is_read_then_there_is_none(said: str) -> None:
    assert find_city(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "南港市东城区幸福路12号",
        "东莞长安镇厚街工业园",
        "3栋402室",
        "寄到柳河乡王家村",
        "王家村３组",
        "地址：老地方",
        "邮编 123456",
    ],
)
def test_given_an_address_when_it_is_looked_for_then_it_is_seen(said: str) -> None:
    assert has_address(said)


@pytest.mark.parametrize(
    "said",
    ["11月20号寄的", "王家村", "王建国 学习小册子 11月20日", "南港市", "海星电子厂", "党章2本"],
)
def test_given_no_address_when_it_is_looked_for_then_none_is_seen(said: str) -> None:
    assert not has_address(said)


def test_given_a_house_when_it_is_taken_out_then_days_stay() -> None:
    assert without_houses("幸福路12号3栋 11月25日") == "幸福路   11月25日"
    assert bare_city("南港市") == "南港"
    assert bare_city("沙市") == "沙市"
