"""Dialogues 3.9, word for word: leaving, arriving, changing employer; and the words around."""

from datetime import date

from models import AuditLog, Dialogue, Movement, Person
from models.enums import MovementSource, MovementState
from plugins.movement import service
from tests.plugins.movement.conftest import Away, at

LEFT = (
    "记下了，11月25日（周三）去南港，周德厚会知道。\n"
    "5 张小卡片，路上看：1 找谁  2 学什么  3 何时汇报  4 工钱工伤  5 手机防骗\n"
    "12月2日我问一声到了没有。变卦了，回「不走了」。"
)
NEWS = (
    "王建国说11月25日（周三）去南港。走之前，请您跟本人说几句。\n"
    "12月2日我问一声到了没有。这条不用回。"
)
HAS_OFFICE = (
    "好。南港有联络点，要告诉何志远您到了吗？\n他只看到姓名、村、申请阶段。1 告诉  2 先不用"
)


async def wang() -> Person:
    return await Person.get(name="王建国")


async def test_given_a_worker_when_he_leaves_arrives_and_changes_then_it_goes_as_scripted(
    away: Away,
) -> None:
    assert await away.says("王建国", "出发 南港 11月25日") == LEFT
    assert await away.until(at(11, 23, 9, 30)) == [
        ("周德厚", NEWS),
    ]
    assert await away.until(at(11, 25, 0, 30)) == []
    person = await wang()
    assert (person.city, person.left_on) == ("南港", date(2026, 11, 25))

    assert await away.until(at(12, 2, 18, 59)) == []
    assert await away.until(at(12, 2, 19)) == [("王建国", "到南港了吗？1 到了  2 还在路上  3 没去")]
    away.open()
    assert await away.says("王建国", "1") == HAS_OFFICE
    assert await away.says("王建国", "1") == "好，我告诉何志远。"
    assert await away.until(at(12, 2, 19, 30)) == [
        ("周德厚", "王建国到南港了。这条不用回。"),
        ("何志远", "王建国（王家村，积极分子）到南港了，本人请我告诉您。"),
    ]
    assert await away.says("王建国", "换厂了") == "还在南港吗？1 还在  2 换城市了"
    assert await away.says("王建国", "1") == (
        "记下了，换厂，还在南港。厂名想留就发来，不想留回「不说」。"
    )
    assert await away.says("王建国", "不说") == "好，不留。"
    assert await away.until(at(12, 2, 20)) == [("周德厚", "王建国换厂了，还在南港。这条不用回。")]
    assert await away.until(at(12, 20, 19)) == []

    rows = await Movement.all().order_by("id")
    assert [(row.source, row.state) for row in rows] == [
        (MovementSource.DEPARTURE, MovementState.ARRIVED),
        (MovementSource.EMPLOYER, MovementState.ARRIVED),
    ]
    assert rows[0].cards_version == "2026-11"
    audits = await AuditLog.filter(action__startswith="movement").order_by("id")
    assert [row.action for row in audits] == [
        "movement.reported",
        "movement.departed",
        "movement.arrived",
        "movement.officer_told",
        "movement.employer_changed",
    ]
    assert await Dialogue.all().count() == 0


async def test_given_nothing_but_the_word_when_he_leaves_then_city_and_day_are_asked(
    away: Away,
) -> None:
    assert await away.says("王建国", "出发") == "去哪座城市？1 南港  2 别的城市"
    assert await away.says("王建国", "1") == "哪天走？1 今天  2 明天  3 后天  4 别的日子"
    assert await away.says("王建国", "3") == LEFT

    assert await away.says("陈玉梅", "走了") == "去哪座城市？1 南港  2 别的城市"
    assert await away.says("陈玉梅", "2") == "去哪座城市？只要城市名，比如「东莞」。"
    assert await away.says("陈玉梅", "广东东莞") == "哪天走？1 今天  2 明天  3 后天  4 别的日子"
    assert await away.says("陈玉梅", "4") == (
        "哪天走？回日子就行，比如「11月25日」「腊月二十一」。"
    )
    assert (await away.says("陈玉梅", "下周一")).startswith("记下了，11月30日（周一）去东莞，")


async def test_given_one_message_twice_when_it_is_reported_then_it_is_one_journey(
    away: Away,
) -> None:
    from_her = {"city": "南港", "leaves_on": date(2026, 11, 25), "return_on": None}
    for _ in range(2):
        done = await service.report_departure(
            actor=await away.actor("王建国"),
            cards_version="2026-11",
            key="k1",
            now=away.clock.now(),
            **from_her,
        )
        assert done.replaced is None
    assert await Movement.all().count() == 1
    assert len(await away.until(at(11, 23, 9, 30))) == 1


async def test_given_a_changed_mind_when_he_stays_then_nobody_hears_of_it_before_it_was_said(
    away: Away,
) -> None:
    before = await wang()
    await away.says("王建国", "出发 南港 11月25日")

    assert await away.says("王建国", "不走了") == "好，11月25日去南港不算了。周德厚会知道。"
    assert await away.until(at(11, 23, 9, 30)) == []
    assert await away.until(at(12, 2, 19)) == []
    after = await wang()
    assert (after.city, after.left_on) == (before.city, before.left_on)
    assert await away.says("王建国", "不走了") == "现在没有记着要出发的事。要走，回「出发」。"


async def test_given_the_question_when_he_is_on_the_way_then_it_is_never_asked_again(
    away: Away,
) -> None:
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 2, 19))

    assert await away.says("王建国", "2") == ("好，路上慢点。这事我不再问了，到了回「到了」。")
    for day in (3, 9, 20, 29):
        assert [one for one in await away.until(at(12, day, 19)) if one[0] == "王建国"] == []
    assert await away.says("王建国", "到了") == HAS_OFFICE
    assert await away.says("王建国", "2") == "好，先不告诉。想说了，回「到了」。"
    assert await away.says("王建国", "到了") == HAS_OFFICE


async def test_given_the_question_when_he_did_not_leave_then_his_city_is_what_it_was(
    away: Away,
) -> None:
    await Person.filter(name="王建国").update(city="苏州", left_on=date(2026, 3, 1))
    await away.says("王建国", "出发 南港 11月25日")
    await away.until(at(12, 2, 19))
    assert (await wang()).city == "南港"

    assert await away.says("王建国", "没去") == "好，11月25日去南港不算了。周德厚会知道。"
    person = await wang()
    assert (person.city, person.left_on) == ("苏州", date(2026, 3, 1))
    assert await away.until(at(12, 2, 19, 30)) == [("周德厚", "王建国这趟不去南港了。这条不用回。")]
