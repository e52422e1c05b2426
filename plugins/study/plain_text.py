"""Turns the Markdown that people write into the plain text of a chat bubble."""

from markdown_it import MarkdownIt

from plugins.study.words import SECTION_MARK


def plain(markdown: str) -> str:
    """Return a piece of Markdown as chat text: paragraphs and numbered lists, no marks."""
    lines: list[str] = []
    counters: list[int] = []
    for token in MarkdownIt("js-default").parse(markdown):
        if token.type == "ordered_list_open":
            counters.append(int(token.attrs.get("start", 1)))
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            counters.pop()
        elif token.type == "bullet_list_open":
            counters.append(0)
        elif token.type == "inline":
            words = "".join(
                "\n" if child.type == "softbreak" else child.content
                for child in token.children or ()
            )
            number = counters[-1] if counters else 0
            lines.append(f"{number}. {words}" if number else words)
            if number:
                counters[-1] += 1
    return "\n".join(lines)


def sections(body: str) -> tuple[str, ...]:
    """Return the bubbles of a body, without empty ones."""
    return tuple(filter(None, (plain(piece) for piece in SECTION_MARK.split(body))))
