"""The chat face of study: 学习, 本周, 下一段, 答题, 学时, 补学, 搜, 登记学时, 退订, 订阅."""

from core import daywords
from core.actors import Who
from core.conversation import Ask, Call, Command, Continuation, Place, Reply, Reveals, Slot, Takes
from plugins.study import (
    attendance,
    form_commands,
    library,
    periods,
    queries,
    search,
    service,
    views,
    words,
)
from plugins.study.feed_commands import FEED_COMMANDS, FEED_CONTINUATIONS
from plugins.study.form_commands import FORM_COMMANDS
from plugins.study.library import Material
from plugins.study.local_commands import LOCAL_COMMANDS, LOCAL_CONTINUATIONS
from plugins.study.parcel_commands import PARCEL_COMMANDS, PARCEL_CONTINUATIONS
from plugins.study.pause_commands import PAUSE_COMMANDS, PAUSE_CONTINUATIONS
from plugins.study.plan_commands import PLAN_COMMANDS, PLAN_CONTINUATIONS
from plugins.study.push_commands import PUSH_COMMANDS, PUSH_CONTINUATIONS
from plugins.study.review_commands import REVIEW_COMMANDS, REVIEW_CONTINUATIONS
from plugins.study.totals_commands import TOTALS_COMMANDS, TOTALS_CONTINUATIONS


async def handle_lesson(call: Call) -> Reply:
    """Go on with one's own series; in a group show the piece of the week."""
    if not call.chat.is_private:
        return await handle_this_week(call)
    place = await queries.next_piece(call.actor, call.today)
    if place is None:
        return Reply.of("study.nothing_there")
    if place.read:
        return await _show_next(call, place.piece, place.read)
    return views.offer(place.piece, 0)


async def handle_this_week(call: Call) -> Reply:
    """Show what the group got this week."""
    piece = await queries.piece_of_the_week(call.actor, call.chat, call.now)
    if piece is None:
        return Reply.of("study.nothing_there")
    return views.offer(piece, 0) if call.chat.is_private else views.in_group(piece)


async def handle_next_section(call: Call) -> Reply:
    """Show the next section of what is being read."""
    question = call.question
    if question is not None and question.kind == "study.lesson":
        piece = await queries.shown(
            call.actor, call.chat, str(question.data["material"]), call.today
        )
        return await _show_next(call, piece, int(question.data["read"]))
    place = await queries.next_piece(call.actor, call.today)
    if place is None or not place.read:
        return Reply.of("study.nothing_open")
    return await _show_next(call, place.piece, place.read)


async def _show_next(call: Call, piece: Material | None, read: int) -> Reply:
    if piece is None:
        return Reply.of("study.piece_gone")
    if read >= len(piece.sections):
        return views.first_question(piece)
    if not piece.is_local and await queries.wants_pictures(call.actor):
        return await form_commands.as_picture(call, piece)
    await service.mark_read(actor=call.actor, material=piece.slug, sections=read + 1, now=call.now)
    return views.section(piece, read + 1)


async def handle_quiz(call: Call) -> Reply:
    """Begin the questions of the piece read last, else of this week's."""
    piece = await queries.last_piece(call.actor, call.today)
    piece = piece or await queries.piece_of_the_week(call.actor, call.chat, call.now)
    return views.first_question(piece) if piece else Reply.of("study.nothing_there")


async def continue_lesson(call: Call) -> Reply:
    """Take the number chosen under an offered piece."""
    data = call.question.data if call.question else {}
    piece = await queries.shown(call.actor, call.chat, str(data.get("material")), call.today)
    if piece is None:
        return Reply.of("study.piece_gone")
    if call.choice == "quiz":
        return views.first_question(piece)
    if call.choice == "listen":
        return await form_commands.listen(call, piece)
    return await _show_next(call, piece, int(data["read"]))


async def continue_quiz(call: Call) -> Reply:
    """Take an answer, explain it, ask the next one or close."""
    data = call.question.data if call.question else {}
    piece = library.current().find(str(data.get("material")))
    if piece is None:
        return Reply.of("study.piece_gone")
    index, right = int(data["question"]), int(data["right"])
    result = await service.answer(
        actor=call.actor, material=piece.slug, question=index, chosen=int(call.choice), now=call.now
    )
    right += result.is_right
    explained = views.explained(piece, index, result)
    if index + 1 < len(piece.quiz):
        return views.question(piece, index + 1, right, before=(explained,))
    return views.finished(piece, right, explained, earned=result.earned, bound=call.actor.is_bound)


async def handle_hours(call: Call) -> Reply:
    """Show one's own study hours, of this year when no period is named."""
    period = periods.read(call.words, call.today) if call.words else periods.this_year(call.today)
    if period is None:
        return views.no_period()
    return views.hours_of(period, await queries.hours(call.actor, period.span))


async def handle_missed(call: Call) -> Reply:
    """List what was pushed lately and not read yet."""
    pieces = await queries.missed(call.actor, call.now)
    if not pieces:
        return Reply.of("study.nothing_missed")
    return views.listed("study.missed", pieces[: search.RESULTS_MOST], words.CATCH_UP)


async def handle_search(call: Call) -> Reply:
    """Look for pieces by words."""
    if not call.words:
        ask = Ask(kind="study.search", takes=Takes.TEXT)
        return Reply(says=Reply.of("study.search_what").says, ask=ask)
    pieces = await queries.found_by(call.actor, call.chat, call.words, call.today)
    if not pieces:
        return Reply.of("study.nothing_found")
    return views.listed("study.found", pieces, f"{words.SEARCH} {call.words}")


async def continue_listed(call: Call) -> Reply:
    """Open the piece whose number was chosen."""
    piece = await queries.shown(call.actor, call.chat, str(call.choice), call.today)
    if piece is None:
        return Reply.of("study.piece_gone")
    return views.offer(piece, 0) if call.chat.is_private else views.in_group(piece)


async def handle_attended(call: Call) -> Reply:
    """Write down for people of one's own branch what they attended."""
    night = daywords.is_night(call.now)
    line = attendance.read_line(call.words, call.today, night=night)
    people = await attendance.people_of(call.actor, line.names)
    done = await attendance.enter(actor=call.actor, people=people, line=line, now=call.now)
    return views.entered(done, call.today)


async def handle_attended_undo(call: Call) -> Reply:
    """Take back what was written down last, within a day."""
    done = await attendance.take_back(actor=call.actor, now=call.now)
    return views.taken_back(done, call.today)


async def handle_unsubscribe(call: Call) -> Reply:
    """Stop study material in private chat."""
    await service.subscribe(actor=call.actor, wanted=False, now=call.now)
    return Reply(says=Reply.of("study.unsubscribed").says, close=frozenset({Slot.QUESTION}))


async def handle_subscribe(call: Call) -> Reply:
    """Want study material in private chat again."""
    await service.subscribe(actor=call.actor, wanted=True, now=call.now)
    return views.subscribed(call.now)


COMMANDS = (
    Command(
        name="study.lesson",
        words=("学习",),
        aliases=("上课", "学系", "下一课"),
        handler=handle_lesson,
        summary="study.help_lesson",
        place=Place.BOTH,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="study.this_week",
        words=("本周",),
        aliases=("这周学啥",),
        handler=handle_this_week,
        summary="study.help_this_week",
        place=Place.BOTH,
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="study.next_section",
        words=("下一段",),
        aliases=("下一页",),
        handler=handle_next_section,
        summary="study.help_next_section",
        reveals=Reveals.PUBLIC,
    ),
    Command(
        name="study.quiz",
        words=("答题",),
        aliases=("做题", "达题"),
        handler=handle_quiz,
        summary="study.help_quiz",
        reveals=Reveals.OWN,
    ),
    Command(
        name="study.hours",
        words=("学时",),
        aliases=("学了多少",),
        handler=handle_hours,
        summary="study.help_hours",
        reveals=Reveals.OWN,
        arguments="三季度",
    ),
    Command(
        name="study.missed",
        words=(words.CATCH_UP,),
        aliases=("补课",),
        handler=handle_missed,
        summary="study.help_missed",
        reveals=Reveals.OWN,
    ),
    Command(
        name="study.search",
        words=(words.SEARCH,),
        aliases=("搜索", "找一下"),
        handler=handle_search,
        summary="study.help_search",
        place=Place.BOTH,
        reveals=Reveals.PUBLIC,
        arguments="工钱",
    ),
    Command(
        name="study.attended",
        words=("登记学时",),
        handler=handle_attended,
        summary="study.help_attended",
        who=frozenset({Who.SECRETARY}),
        reveals=Reveals.BRANCH,
        arguments="王建国 2小时 党章学习 11月20日",
    ),
    Command(
        name="study.attended_undo",
        words=("撤销登记",),
        handler=handle_attended_undo,
        summary="study.help_attended_undo",
        who=frozenset({Who.SECRETARY}),
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="study.unsubscribe",
        words=("退订",),
        aliases=("别发了", "不要发了"),
        handler=handle_unsubscribe,
        summary="study.help_unsubscribe",
    ),
    Command(
        name="study.subscribe",
        words=("订阅",),
        aliases=("又想收",),
        handler=handle_subscribe,
        summary="study.help_subscribe",
    ),
    *PUSH_COMMANDS,
    *REVIEW_COMMANDS,
    *LOCAL_COMMANDS,
    *FEED_COMMANDS,
    *PLAN_COMMANDS,
    *PAUSE_COMMANDS,
    *FORM_COMMANDS,
    *TOTALS_COMMANDS,
    *PARCEL_COMMANDS,
)

CONTINUATIONS = (
    Continuation("study.lesson", continue_lesson),
    Continuation("study.quiz", continue_quiz),
    Continuation("study.listed", continue_listed),
    Continuation("study.search", handle_search),
    *PUSH_CONTINUATIONS,
    *REVIEW_CONTINUATIONS,
    *LOCAL_CONTINUATIONS,
    *FEED_CONTINUATIONS,
    *PLAN_CONTINUATIONS,
    *PAUSE_CONTINUATIONS,
    *TOTALS_CONTINUATIONS,
    *PARCEL_CONTINUATIONS,
)
