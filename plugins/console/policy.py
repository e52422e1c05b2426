"""Who may open the console, and what of it somebody is shown. Pure."""

from dataclasses import dataclass

from core.actors import ROLE_WHO, Actor, Who
from plugins.identity import policy as identity
from plugins.identity.looks import Office

# Whose word 打开网页 is (dialogues 2.2).
IN_CHARGE = frozenset({Who.SECRETARY, Who.TOWNSHIP})


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the navigation: its path below the console, and the key of its name."""

    path: str
    name: str


_EVERYBODY = (
    Page("/units", "console.nav_units"),
    Page("/pushes", "console.nav_pushes"),
    Page("/calendar", "console.nav_calendar"),
    Page("/approvals", "console.nav_approvals"),
    Page("/exports", "console.nav_exports"),
    Page("/imports", "console.nav_imports"),
    Page("/log", "console.nav_log"),
)
_WITH_NAMES = (Page("/reports", "console.nav_reports"), Page("/people", "console.nav_people"))


def may_enter(actor: Actor) -> bool:
    """Whether somebody holds an office for which the pages are."""
    return actor.is_bound and identity.may(actor, IN_CHARGE)


def meets_people(actor: Actor) -> bool:
    """Whether somebody may see anybody's name: in a branch of his, or as a mentor."""
    return actor.is_mentor or bool(identity.named_units(actor).paths)


def acts_for_branch(actor: Actor) -> bool:
    """Whether somebody acts for a branch, whose official forms he may take out."""
    return identity.may(actor, {Who.SECRETARY})


def reads_notes(actor: Actor, home_path: str) -> bool:
    """Whether somebody reads for the branch of that path, so that notes are for his eyes.

    A liaison officer sees days and outcomes of the people who came to him, not what was said
    (dialogues 3.10).
    """
    return any(
        ROLE_WHO[grant.role] is Who.SECRETARY and home_path.startswith(grant.unit_path)
        for grant in actor.grants
    )


def pages(actor: Actor) -> tuple[Page, ...]:
    """Return the navigation of somebody, to-do first."""
    named = _WITH_NAMES if meets_people(actor) else ()
    return (Page("/", "console.nav_today"), *named, *_EVERYBODY)


def office_of(actor: Actor, home_path: str, *, is_mentor: bool) -> Office:
    """Return in what office somebody looks at a person's page."""
    if reads_notes(actor, home_path):
        return Office.SECRETARY
    return Office.MENTOR if is_mentor else Office.LIAISON
