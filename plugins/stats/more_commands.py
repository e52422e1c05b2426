"""What lies behind the page of 统计: 图, 学时, 期限, 明细."""

from functools import partial

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from core.pictures import blobs_of
from core.texts import render
from plugins.delivery import exports
from plugins.stats import (
    asking,
    chart_views,
    deadlines,
    details,
    more_views,
    progress,
    queries,
    study_hours,
    words,
)
from plugins.stats.asking import Asked
from plugins.stats.deadlines import DeadlineKind
from plugins.stats.periods import Period

IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.INFLOW})
TAKES_FILES = frozenset({Who.SECRETARY, Who.TOWNSHIP})


async def chosen(call: Call, asked: Asked, choice: str) -> Reply:
    """Show what a number under the page opens."""
    made = {
        "chart": _chart,
        "study": _study,
        "deadlines": _deadlines,
        "details": _details,
    }[choice]
    return await progress.reply(call, asked, partial(made, call, asked))


async def handle_chart(call: Call) -> Reply:
    """Show the numbers as a picture: those of the open page, or those that are named."""
    asked = await asking.meant(call)
    return await progress.reply(call, asked, partial(_chart, call, asked))


async def _chart(call: Call, asked: Asked) -> Reply:
    area, period, today = asked.area, asked.period, call.today
    found = await queries.parts(asked.scope, area, period, today)
    if len(found) > 1:
        chart = chart_views.of_parts(area, period, found, today)
        beside = chart_views.beside_parts(area, found)
    else:
        whole = await queries.overview(asked.scope, area, period, today)
        chart = chart_views.of_whole(area, period, whole.figures, today)
        beside = chart_views.beside_whole(whole.figures)
    if chart is None:
        return Reply.of("stats.chart_nothing")
    return Reply(says=(beside,), blobs=await blobs_of(chart, name=render("stats.chart_name")))


async def _study(call: Call, asked: Asked) -> Reply:
    found = await study_hours.study(asked.people, asked.period)
    return more_views.study(asked.area, asked.period, found, call.today)


async def _deadlines(call: Call, asked: Asked) -> Reply:
    found = await deadlines.totals(asked.people, call.today)
    return more_views.deadlines(asked.area, found, call.today, names=asked.scope.names)


async def continue_deadlines(call: Call) -> Reply:
    """Name who is meant by one kind of deadline, or turn the page."""
    asked = await asking.open_one(call)
    kind, page = DeadlineKind(call.choice["kind"]), int(call.choice.get("page", 0))
    found = await deadlines.named(asked.people, kind, call.today)
    return more_views.who(asked.area, kind, found, call.today, page=page)


async def handle_details(call: Call) -> Reply:
    """Say what the file behind the numbers would be; nothing is made yet."""
    asked = await asking.meant(call)
    return await progress.reply(call, asked, partial(_details, call, asked))


async def _details(call: Call, asked: Asked) -> Reply:
    return more_views.proposed(
        await details.propose(asked.people, asked.period, call.today), call.today
    )


async def handle_confirmed(call: Call) -> Reply:
    """Owe the file that was asked about, and begin to make it."""
    data = call.question.data if call.question else {}
    uid = await details.confirm(
        actor=call.actor,
        path=str(data["path"]),
        period=Period.from_text(str(data["period"])),
        key=call.message_key,
        now=call.now,
    )
    is_made = await exports.begin(uid, details.MAKER)
    return more_views.made() if is_made else more_views.in_the_making()


async def say_word_again(_call: Call) -> Reply:
    """Say again by which word the file goes out."""
    raise Refusal("stats.export_word")


MORE_COMMANDS = (
    Command(
        name="stats.chart",
        words=(words.CHART,),
        aliases=words.CHART_ALIASES,
        handler=handle_chart,
        summary="stats.help_chart",
        who=IN_CHARGE,
        reveals=Reveals.TOTALS,
        arguments=words.ARGUMENTS,
    ),
    Command(
        name="stats.details",
        words=(words.DETAILS,),
        aliases=words.DETAILS_ALIASES,
        handler=handle_details,
        summary="stats.help_details",
        who=TAKES_FILES,
        reveals=Reveals.BRANCH,
        arguments=words.ARGUMENTS,
    ),
)

MORE_CONTINUATIONS = (
    Continuation("stats.deadlines", continue_deadlines),
    Continuation(more_views.EXPORT, say_word_again, confirmed=handle_confirmed),
)
