"""The chat face of feeds: 来稿, a title, one's own words about it; and the job that looks."""

from core.actors import Who
from core.conversation import (
    Ask,
    Call,
    Command,
    Continuation,
    Option,
    Reply,
    Reveals,
    Say,
    Slot,
    Takes,
)
from core.scheduling import Every, Job, Tick
from plugins.study import feeds
from plugins.study.feed_words import FEEDS, FEEDS_TOO
from plugins.study.feeds import OpenItem

_PAGE = 5
_SHOWN = 30


async def handle_feeds(call: Call) -> Reply:
    """List the newest titles that wait."""
    return _listed(await feeds.open_items(call.actor))


async def continue_list(call: Call) -> Reply:
    """Show the title chosen, or the next ones."""
    if "before" in call.choice:
        return _listed(await feeds.open_items(call.actor, before=int(call.choice["before"])))
    item = await feeds.open_item(call.actor, int(call.choice["item"]))
    return Reply(
        says=(Say("study.feed_item", title=item.title, source=item.source, link=item.link),),
        ask=Ask(
            kind="study.feed_item",
            data={"item": item.id},
            options=(
                Option(Say("study.feed_option_write"), value="write"),
                Option(Say("study.feed_option_drop"), value="drop"),
            ),
        ),
    )


async def continue_item(call: Call) -> Reply:
    """Ask for a summary, or drop the title and show what is left."""
    item = int(call.question.data["item"]) if call.question else 0
    if call.choice == "write":
        await feeds.open_item(call.actor, item)
        ask = Ask(kind="study.feed_summary", data={"item": item}, takes=Takes.TEXT)
        least, most = feeds.SUMMARY_LEAST, feeds.SUMMARY_MOST
        return Reply(says=(Say("study.feed_write", least=least, most=most),), ask=ask)
    await feeds.dismiss(actor=call.actor, item=item, now=call.now)
    return Reply(says=(Say("study.feed_dropped"),), close=frozenset({Slot.QUESTION}))


async def continue_summary(call: Call) -> Reply:
    """Take the summary; from here on a second person decides."""
    item = int(call.question.data["item"]) if call.question else 0
    await feeds.take(actor=call.actor, item=item, summary=call.text, now=call.now)
    return Reply(says=(Say("study.feed_taken"),), close=frozenset({Slot.QUESTION}))


def _listed(items: tuple[OpenItem, ...]) -> Reply:
    if not items:
        return Reply(says=(Say("study.feed_nothing"),), close=frozenset({Slot.QUESTION}))
    page = items[:_PAGE]
    options = [Option(_short(item.title), value={"item": item.id}) for item in page]
    if len(items) > _PAGE:
        options.append(Option(Say("study.feed_option_more"), value={"before": page[-1].id}))
    return Reply(
        says=(Say("study.feed_list", count=len(items)),),
        ask=Ask(kind="study.feeds", options=tuple(options), again=FEEDS),
    )


def _short(title: str) -> str:
    return title if len(title) <= _SHOWN else f"{title[: _SHOWN - 1]}…"


async def look(tick: Tick) -> None:
    """Look at the sources whose hour has come."""
    await feeds.look(tick.now)


FEED_COMMANDS = (
    Command(
        name="study.feeds",
        words=(FEEDS,),
        aliases=FEEDS_TOO,
        handler=handle_feeds,
        summary="study.help_feeds",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP}),
        reveals=Reveals.PUBLIC,
    ),
)

FEED_CONTINUATIONS = (
    Continuation("study.feeds", continue_list),
    Continuation("study.feed_item", continue_item),
    Continuation("study.feed_summary", continue_summary),
)

FEED_JOBS = (Job("study.feeds", Every(seconds=1800), look),)
