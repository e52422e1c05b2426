"""The rules of feeds: which source is looked at when, and what a person makes of a new title."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from tortoise.expressions import Q

from core import logs
from core.actors import ROLE_WHO, Actor, Grant, Who
from core.clock import local_day
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from core.messages import Text
from models import AuditLog, FeedItem, FeedSource, LocalMaterial
from models.enums import FeedItemState, MaterialState
from plugins.study import feed_fetching, feed_reading, local_notices, local_pieces
from plugins.study.feed_fetching import Fetched, NotFetched
from plugins.study.feed_reading import Item, NotReadable

log = logs.get("study")

SUMMARY_LEAST, SUMMARY_MOST = 20, 200
# News grows old: a piece made of a feed is good for two months.
PIECE_LIFE = timedelta(days=60)

_FIRST_PAUSE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(days=1)
_DOUBLINGS = 6
_AT_ONCE = 4
_NAME, _ETAG, _MODIFIED, _TITLE, _CODE = 48, 200, 64, 64, 32
_DECIDING = frozenset({Who.SECRETARY, Who.TOWNSHIP})


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A title that waits for somebody to decide about it."""

    id: int
    source: str
    title: str
    link: str
    published_on: date | None


async def look(now: datetime) -> int:
    """Look at every source whose hour has come; return how many new titles there are.

    Whatever is wrong with one source is noted in its row and one line of the log, and stops no
    other. Each source commits on its own.
    """
    await _know_sources(now=now)
    due = await FeedSource.filter(name__in=list(settings().feeds.sources)).filter(
        Q(next_look_at__isnull=True) | Q(next_look_at__lte=now)
    )
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(source: FeedSource) -> int:
        async with gate:
            return await _look_at(source, now)

    found = await asyncio.gather(*(one(source) for source in due))
    await _prune(now=now)
    return sum(found)


@transactional
async def _know_sources(*, now: datetime) -> None:
    names = [name for name in settings().feeds.sources if len(name) <= _NAME]
    if len(names) < len(settings().feeds.sources):
        log.warning("feed_name_too_long", most=_NAME)
    known: set[object] = set(await FeedSource.all().values_list("name", flat=True))
    rows = [FeedSource(name=name, next_look_at=now) for name in names if name not in known]
    if rows:
        await FeedSource.bulk_create(rows, ignore_conflicts=True)


async def _look_at(source: FeedSource, now: datetime) -> int:
    if not await _claim(source=source, now=now):
        return 0
    address = settings().feeds.sources[source.name]
    try:
        fetched = await feed_fetching.fetch(address, etag=source.etag, modified=source.modified)
        items: Sequence[Item] = ()
        if fetched.body is not None:
            items = await asyncio.to_thread(feed_reading.read, fetched.body, fetched.charset)
    except (NotFetched, NotReadable) as error:
        code = error.code
    except Exception as error:  # noqa: BLE001  # a stranger's bytes must not stop the others
        log.fault("feed_broke_reading", error, feed=source.id)
        code = "fault"
    else:
        return await _keep(source=source, fetched=fetched, items=items, now=now)
    log.warning("feed_not_read", feed=source.id, name=source.name, code=code)
    await _note(source=source, code=code, now=now)
    return 0


@transactional
async def _claim(*, source: FeedSource, now: datetime) -> bool:
    """Take a source for this look; another process that looks at it meanwhile gets no."""
    soon = now + _FIRST_PAUSE
    mine = FeedSource.filter(id=source.id, next_look_at=source.next_look_at)
    return bool(await mine.update(next_look_at=soon))


@transactional
async def _note(*, source: FeedSource, code: str, now: datetime) -> None:
    failures = min(source.failures + 1, 1000)
    pause = min(_FIRST_PAUSE * 2 ** min(failures - 1, _DOUBLINGS), _LONGEST_PAUSE)
    await FeedSource.filter(id=source.id).update(
        looked_at=now, next_look_at=now + pause, failures=failures, problem=code[:_CODE]
    )


@transactional
async def _keep(
    *, source: FeedSource, fetched: Fetched, items: Sequence[Item], now: datetime
) -> int:
    """Store new titles, and remember that those dismissed are still there."""
    unchanged = fetched.body is None
    await FeedSource.filter(id=source.id).update(
        etag=source.etag if unchanged else _whole(fetched.etag, _ETAG),
        modified=source.modified if unchanged else _whole(fetched.modified, _MODIFIED),
        looked_at=now,
        next_look_at=now + timedelta(hours=settings().feeds.every_hours),
        failures=0,
        problem="",
    )
    oldest = local_day(now) - timedelta(days=settings().feeds.keep_days)
    keys = [item.key for item in items]
    of_feed = FeedItem.filter(source=source.name, key__in=keys)
    known: set[object] = set(await of_feed.values_list("key", flat=True)) if keys else set()
    if known:
        await of_feed.filter(state=FeedItemState.DISMISSED).update(found_at=now)
    rows = [
        FeedItem(
            source=source.name,
            key=item.key,
            title=item.title,
            link=item.link,
            published_on=item.published_on,
            found_at=now,
            state=FeedItemState.NEW,
        )
        for item in reversed(items)
        if item.key not in known and (item.published_on or local_day(now)) >= oldest
    ]
    if rows:
        await FeedItem.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _whole(value: str, most: int) -> str:
    """Return a header to send back; a cut one would never match."""
    return value if len(value) <= most and value.isprintable() else ""


@transactional
async def _prune(*, now: datetime) -> None:
    await FeedItem.filter(
        state__in=[FeedItemState.NEW, FeedItemState.DISMISSED],
        found_at__lt=now - timedelta(days=settings().feeds.keep_days),
    ).delete()


async def open_items(actor: Actor, *, before: int | None = None) -> tuple[OpenItem, ...]:
    """Return the titles nobody decided about yet, newest first; none to who may not decide.

    ``before`` goes on behind the item with that id.
    """
    if actor.roles.isdisjoint(_DECIDING):
        return ()
    rows = FeedItem.filter(state=FeedItemState.NEW).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return tuple([_open(row) for row in await rows])


async def open_item(actor: Actor, item: int) -> OpenItem:
    """Return one title that waits; Refusal ``study.feed_decided`` when it does not any more."""
    may = not actor.roles.isdisjoint(_DECIDING)
    row = await FeedItem.filter(id=item, state=FeedItemState.NEW).first() if may else None
    if row is None:
        raise Refusal("study.feed_decided")
    return _open(row)


def _open(row: FeedItem) -> OpenItem:
    return OpenItem(row.id, row.source, row.title, row.link, row.published_on)


@transactional
async def dismiss(*, actor: Actor, item: int, now: datetime) -> None:
    """Drop a title. Raises Refusal ``study.feed_decided``."""
    await _decide(actor, item, FeedItemState.DISMISSED, now)


@transactional
async def take(*, actor: Actor, item: int, summary: str, now: datetime) -> int:
    """Make a local piece of a title and one's own ``summary``; return its id.

    It waits for a second person, who is told. Of the article only title and
    link are kept. Raises Refusal ``study.feed_summary_length`` and ``study.feed_decided``.
    """
    words = summary.strip()
    if not SUMMARY_LEAST <= len(words) <= SUMMARY_MOST:
        raise Refusal("study.feed_summary_length", least=SUMMARY_LEAST, most=SUMMARY_MOST)
    office = _office(actor)
    found = await _decide(actor, item, FeedItemState.TAKEN, now)
    uid = uuid4().hex
    made = await LocalMaterial.create(
        uid=uid,
        unit_id=office.unit_id,
        title=found.title[:_TITLE],
        body_sealed=local_pieces.seal_body((Text(words),), uid=uid),
        source=found.source,
        source_on=found.published_on,
        link=found.link,
        effective_until=local_day(now) + PIECE_LIFE,
        state=MaterialState.WAITING,
        proposed_by_id=actor.person_id,
        proposed_at=now,
        feed_item_id=item,
    )
    await local_notices.ask_second(actor, made, now)
    return made.id


async def _decide(actor: Actor, item: int, state: FeedItemState, now: datetime) -> FeedItem:
    """Close an item for whoever comes first."""
    _office(actor)
    mine = FeedItem.filter(id=item, state=FeedItemState.NEW)
    if not await mine.update(state=state, decided_by_id=actor.person_id):
        raise Refusal("study.feed_decided")
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action=f"study.feed_{state.value}",
        subject_kind="feed_item",
        subject_id=item,
        detail={},
    )
    return await FeedItem.get(id=item)


def _office(actor: Actor) -> Grant:
    """Return the highest office in which somebody may decide; Refusal when there is none."""
    offices = [grant for grant in actor.grants if ROLE_WHO[grant.role] in _DECIDING]
    if not offices or actor.person_id is None:
        raise Refusal("study.feed_decided")
    return min(offices, key=lambda grant: len(grant.unit_path))
