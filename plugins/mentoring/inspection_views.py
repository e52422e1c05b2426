"""The facts for an inspection in sentences, and what is answered about it."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from core import files, parcels
from core.clock import local
from core.conversation import Ask, Option, Reply, Say
from core.errors import Refusal
from core.messages import Blob
from core.texts import render
from models.enums import Evidence
from plugins.mentoring import inspection_paper, pair_words, words
from plugins.mentoring.inspection_paper import Blank
from plugins.mentoring.inspections import Due, Pack

# The file that was offered below the facts, and whose facts were chosen from a list: both come back
# to ``inspection_commands``.
ANSWER = "mentoring.inspection"
LISTED = "mentoring.inspection_of"
# Six options are the most in a chat (dialogues 5).
_MOST = 6
# A paper is kept for years: a year of its own makes every day be said with its year.
_ELSEWHEN = date(1900, 1, 1)
# Room for a paragraph in handwriting, and for a name and a day.
_WORDS_CM, _SIGNED_CM = 8.0, 2.0

_HOURS = {
    Evidence.DECLARED: "mentoring.hours_declared",
    Evidence.QUIZ: "mentoring.hours_quiz",
    Evidence.ATTENDED: "mentoring.hours_attended",
}


def due_label(one: Due, today: date) -> Say:
    """Return an inspection that waits, as one line of a list."""
    if one.due_on < today:
        return Say("mentoring.option_inspection_late", name=one.name, due=one.due_on, today=today)
    return Say("mentoring.option_inspection", name=one.name, due=one.due_on, today=today)


def due_list(found: Sequence[Due], today: date) -> Reply:
    """List the inspections that wait; Refusal ``mentoring.inspect_how`` when there are none."""
    if not found:
        raise Refusal("mentoring.inspect_how")
    options = tuple(Option(due_label(one, today), value=one.person_id) for one in found[:_MOST])
    says = [Say("mentoring.inspections_due", count=len(found))]
    if len(found) > _MOST:
        says.append(Say("mentoring.inspections_more", count=len(found) - _MOST))
    return Reply(says=tuple(says), ask=Ask(LISTED, options, again=pair_words.INSPECT))


def facts(found: Pack) -> str:
    """Return the facts as lines: contacts, reports, study, journeys."""
    return "\n".join(_lines(found, found.last_on))


def _lines(found: Pack, today: date) -> list[str]:
    lines = [
        render("mentoring.facts_span", first=found.first_on, last=found.last_on, today=today),
        render("mentoring.facts_contacts", lines=found.lines, reached=found.reached),
    ]
    if found.channels:
        ways = (f"{words.CHANNEL_LABELS[channel]} {count}" for channel, count in found.channels)
        lines.append(render("mentoring.facts_channels", ways=pair_words.COMMA.join(ways)))
    lines.append(
        render(
            "mentoring.facts_reports",
            reports=found.reports,
            paper=_on_paper(found),
            late=found.reports_late,
            read=found.reports_read,
        )
    )
    hours = [render(_HOURS[kind], hours=f"{tenths / 10:g}") for kind, tenths in found.hours]
    said = pair_words.COMMA.join(hours) if hours else render("mentoring.hours_none")
    lines.append(render("mentoring.facts_study", hours=said))
    lines.append(render("mentoring.facts_moves", count=found.moves))
    return lines


def _on_paper(found: Pack) -> str:
    if not found.reports_on_paper:
        return ""
    return render("mentoring.facts_paper", count=found.reports_on_paper)


def pack(found: Pack, person_id: int) -> Reply:
    """Show the facts, and offer the Word file: what is taken out is asked for once more."""
    says = [Say("mentoring.pack", name=found.name, facts=facts(found))]
    if found.due_on is not None:
        says.append(
            Say("mentoring.pack_due", due=found.due_on, name=found.name, today=found.last_on)
        )
    offer = Option(Say("mentoring.option_word"), value=person_id)
    return Reply(says=tuple(says), ask=Ask(ANSWER, (offer,)))


async def paper(found: Pack, *, reader: str, now: datetime) -> Reply:
    """Hand over the Word file to write on, marked with who took it out and when."""
    title = render("mentoring.paper_title", unit=found.unit, name=found.name)
    mark = render("mentoring.paper_mark", name=reader, at=f"{local(now):%Y-%m-%d %H:%M}")
    days = [render("mentoring.paper_day", day=day, today=_ELSEWHEN) for day in found.days]
    said = pair_words.COMMA.join(days) if days else render("mentoring.paper_days_none")
    lines = [*_lines(found, _ELSEWHEN), render("mentoring.paper_days", days=said)]
    blanks = [
        Blank(render("mentoring.paper_words"), _WORDS_CM),
        Blank(render("mentoring.paper_signed"), _SIGNED_CM),
    ]
    data = await asyncio.to_thread(inspection_paper.build, title, mark, lines, blanks)
    stored = await files.put(data, suffix="docx")
    name = pair_words.FILE_NAME.format(name=parcels.safe_name(found.name))
    given = Say("mentoring.pack_given", name=found.name)
    return Reply(says=(given,), blobs=(Blob(stored.kind, stored.blob_id, name),))


def recorded(name: str, inspected_on: date, next_on: date, today: date) -> Reply:
    """Say that it was noted, and when the next one is due."""
    return Reply.of("mentoring.inspected", name=name, on=inspected_on, next=next_on, today=today)
