"""Local pieces and taking pushes back, on the pages: the same services as in chat."""

from models import AuditLog, Delivery, LocalMaterial
from models.enums import DeliveryState, MaterialState
from tests.plugins.console.conftest import Pages


async def test_given_a_piece_when_a_second_person_opens_it_then_words_and_files_stand_there(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    assert "讨薪窗口开了" in (await browser.get("/")).text
    assert "等您看的材料 1 件" in (await browser.get("/approvals")).text

    shown = (await browser.get("/pieces/piece1")).text
    picture = await browser.get("/pieces/piece1/files/1")
    voice = await browser.get("/pieces/piece1/files/2")
    paper = await browser.get("/pieces/piece1/files/3")

    assert "周一到周五都有人。" in shown
    assert 'href="/console/approvals" aria-current="page"' in shown
    assert 'href="https://www.example.gov.cn' not in shown
    assert "<b>" not in shown
    assert picture.headers["content-type"] == "image/jpeg"
    assert voice.headers["content-type"] == "audio/mpeg"
    assert paper.headers["content-type"] == "application/octet-stream"
    assert paper.headers["content-disposition"].startswith("attachment;")
    for answer in (picture, voice, paper):
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await browser.get("/pieces/piece1/files/4")).status == 404


async def test_given_a_piece_when_it_is_passed_then_it_is_so_as_in_chat(pages: Pages) -> None:
    browser = await pages.enter("刘长河")
    await browser.get("/pieces/piece1")

    done = await browser.post("/pieces/piece1", csrf=browser.csrf, do="pass")
    again = await browser.post("/pieces/piece1", csrf=browser.csrf, do="pass")

    assert "这件可以用了" in done.text
    assert again.status == 409
    assert (await LocalMaterial.get()).state is MaterialState.APPROVED
    assert await AuditLog.filter(action="study.local_approved").count() == 1
    owed = await Delivery.filter(target=f"person:{pages.county.person('吴芳')}").count()
    assert owed == 1


async def test_given_a_piece_when_it_is_sent_back_then_a_reason_is_asked_for_and_kept(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await browser.get("/pieces/piece1")

    bare = await browser.post("/pieces/piece1", csrf=browser.csrf, do="return", reason=" ")
    long = await browser.post("/pieces/piece1", csrf=browser.csrf, do="return", reason="长" * 900)
    back = await browser.post("/pieces/piece1", csrf=browser.csrf, do="return", reason="少个日期")

    assert (bare.status, long.status) == (409, 409)
    assert "写一句要改什么" in bare.text
    assert "长长长" in long.text
    assert "原话转给对方" in back.text
    assert (await LocalMaterial.get()).state is MaterialState.RETURNED


async def test_given_a_piece_of_others_when_its_address_is_typed_then_it_is_as_unknown(
    pages: Pages,
) -> None:
    for name in ("李国民", "石支书"):
        browser = await pages.enter(name)
        await browser.get("/")
        for path in ("/pieces/piece1", "/pieces/piece1/files/1"):
            theirs = await browser.get(path)
            unknown = await browser.get(path.replace("piece1", "piece9"))
            assert theirs.status == unknown.status == 404
            assert theirs.text == unknown.text
        posted = await browser.post("/pieces/piece1", csrf=browser.csrf, do="pass")
        assert posted.status == 409
    own = await pages.enter("吴芳")
    await own.get("/pieces/piece1")
    passed = await own.post("/pieces/piece1", csrf=own.csrf, do="pass")
    assert passed.status == 409
    assert (await LocalMaterial.get()).state is MaterialState.WAITING


async def test_given_a_push_when_it_is_taken_back_then_only_in_the_own_groups_and_once(
    pages: Pages,
) -> None:
    browser = await pages.enter("石支书")
    number = (await Delivery.filter(purpose="study.push").first()).message_id
    assert "/recall" in (await browser.get(f"/pushes/{number}")).text

    means = await browser.get(f"/pushes/{number}/recall")
    before = await Delivery.filter(state=DeliveryState.CANCELLED).count()
    done = await browser.post(f"/pushes/{number}/recall", csrf=browser.csrf)
    again = await browser.post(f"/pushes/{number}/recall", csrf=browser.csrf)

    assert "还没发的 1 个群都不发了" in means.text
    assert before == 0
    assert "我一个个去收" in done.text
    assert again.status == 409
    cancelled = await Delivery.filter(state=DeliveryState.CANCELLED)
    assert [row.target for row in cancelled] == [f"group:{pages.county.groups['桥头村群'].id}"]
    assert (await browser.get(f"/pushes/{number}/recall")).status == 404


async def test_given_a_push_that_is_out_when_taking_back_is_looked_at_then_the_limit_is_said(
    pages: Pages,
) -> None:
    await Delivery.all().update(state=DeliveryState.SENT)
    browser = await pages.enter("孙敏")
    number = (await Delivery.filter(purpose="study.push").first()).message_id

    shown = await browser.get(f"/pushes/{number}/recall")

    assert "2 个群里发出的会试着收回。" in shown.text
    assert "QQ 只让撤 2 分钟内发的" in shown.text


async def test_given_a_pause_when_the_calendar_is_opened_then_its_days_say_so(
    pages: Pages,
) -> None:
    for name, units in (("刘长河", 3), ("孙敏", 3), ("李国民", 0), ("石支书", 0)):
        shown = (await (await pages.enter(name)).get("/calendar")).text
        assert shown.count("停发：王家村") == units, name
        assert "放假" in shown
