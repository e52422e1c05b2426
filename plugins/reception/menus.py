"""Menus by role (dialogues.md 2.5), and what is offered when nothing was understood."""

from collections.abc import Sequence

from core.actors import Actor, Who
from core.conversation import Ask, Command, Option, Place, Reply, Reveals, Say
from core.texts import current
from plugins.identity import policy
from plugins.identity.dialogues import Standing
from plugins.reception import words
from plugins.reception.desk import Desk

# Commands that lead to the menus; a list of everything else leaves them out.
_OURS = "reception."
_PAGE = 6


def menu(desk: Desk, actor: Actor) -> Reply:
    """Return the menu of somebody's highest role; a stranger hears who we are."""
    if not actor.is_bound:
        return Reply.of("reception.stranger")
    key = (actor.roles, policy.menu_role(actor))
    options = desk.menus.get(key)
    if options is None:
        options = desk.menus[key] = _options(desk, actor)
    return _listed(desk, actor, options)


def _options(desk: Desk, actor: Actor) -> tuple[Option, ...]:
    role = policy.menu_role(actor)
    shown = [
        option
        for entry in words.MENUS[role]
        if (option := _option(entry, _existing(desk, actor, entry.words))) is not None
    ]
    if role in words.WITH_MORE and rest(desk, actor):
        shown.append(Option(words.MORE, run=f"{words.MENU_WORD} {words.MORE}"))
    return tuple(shown)


def _existing(desk: Desk, actor: Actor, wanted: Sequence[str]) -> list[str]:
    return [word for word in wanted if desk.command(word, actor) is not None]


def _option(entry: words.Entry, existing: Sequence[str]) -> Option | None:
    if not existing:
        return None
    complete = len(existing) == len(entry.words)
    label = entry.label if complete else words.LIST_MARK.join(existing)
    if len(existing) == 1:
        return Option(label, run=existing[0])
    return Option(label, run=f"{words.MENU_WORD} {' '.join(existing)}")


def _listed(desk: Desk, actor: Actor, options: Sequence[Option]) -> Reply:
    ask = Ask("reception.menu", options=tuple(options), again=words.MENU_WORD, listed=True)
    shown = current().options(options)
    if desk.command(words.HELP_WORD, actor) is not None:
        return Reply(says=(Say("reception.menu", options=shown),), ask=ask)
    return Reply(says=(Say("reception.menu_without_help", options=shown),), ask=ask)


def rest(desk: Desk, actor: Actor) -> tuple[str, ...]:
    """Return the words of everything somebody may use that his menu does not name."""
    entries = words.MENUS[policy.menu_role(actor)]
    named = words.NOT_LISTED | {word for entry in entries for word in entry.words}
    return tuple(
        command.words[0]
        for command in desk.catalogue.commands
        if command.words
        and not command.name.startswith(_OURS)
        and named.isdisjoint(command.words)
        and policy.may_use(actor, command)
    )


def more(desk: Desk, actor: Actor, page: int) -> Reply:
    """Return a page of everything else, 1 being the first; six a page and the way on."""
    everything = rest(desk, actor)
    start = (page - 1) * _PAGE
    shown = [Option(word, run=word) for word in everything[start : start + _PAGE]]
    if not shown:
        return menu(desk, actor)
    if len(everything) > start + _PAGE:
        run = f"{words.MENU_WORD} {words.MORE} {page + 1}"
        shown.append(Option(words.MORE, run=run))
    return _listed(desk, actor, shown)


def several(desk: Desk, actor: Actor, wanted: Sequence[str]) -> Reply:
    """Return a list of the given words, of those that exist and are allowed."""
    existing = _existing(desk, actor, wanted)
    if not existing:
        return menu(desk, actor)
    return _listed(desk, actor, [Option(word, run=word) for word in existing])


def in_group(desk: Desk) -> Reply:
    """Return what anybody may say in a group."""
    public = [
        f"{words.QUOTE_OPEN}{command.words[0]}{words.QUOTE_CLOSE}"
        for command in desk.catalogue.commands
        if _is_for_groups(command)
    ]
    if not public:
        return Reply.of("reception.menu_group_empty")
    return Reply.of("reception.menu_group", words="".join(public))


def _is_for_groups(command: Command) -> bool:
    return (
        command.place is Place.BOTH
        and command.reveals is Reveals.PUBLIC
        and Who.ANYONE in command.who
        and bool(command.words)
        and not command.name.startswith(_OURS)
    )


def not_understood(desk: Desk, actor: Actor, said: str) -> Reply:
    """Return the friendly line with the nearest commands as options."""
    near = desk.catalogue.nearest(
        said, lambda c: not c.name.startswith(_OURS) and policy.may_use(actor, c)
    )
    offered = [command.words[0] for command in near]
    often = words.OFTEN_MEANT.get(policy.menu_role(actor), ())
    offered += [word for word in _existing(desk, actor, often) if word not in offered]
    options = tuple(Option(word, run=word) for word in offered[:3])
    if not options:
        return Reply.of("reception.unknown_plain")
    ask = Ask("reception.unknown", options=options, again=words.MENU_WORD, listed=True)
    return Reply(says=(Say("reception.unknown", options=current().options(options)),), ask=ask)


def shown(question: Standing) -> str:
    """Return the options of an open question as they were shown."""
    return current().options(choice.as_option() for choice in question.options)
