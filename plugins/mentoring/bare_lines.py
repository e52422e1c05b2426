"""What a line without a command is taken for: a contact that was made, or nothing of ours. Pure."""

from plugins.mentoring import words
from plugins.mentoring.reading import Line


def is_told(text: str, line: Line) -> bool:
    """Whether somebody tells of a contact: not of one to come, and he asks nothing.

    A line without the name of one of his people counts when it says how and what came of it.
    """
    if not line.says_contact or not _is_of_somebody(line):
        return False
    said = text.strip()
    if words.QUESTION.search(said):
        return line.outcome is not None and bool(line.channel or line.day)
    is_sure = line.outcome is not None and not line.is_guess
    return is_sure or not words.NOT_DONE.search(said)


def _is_of_somebody(line: Line) -> bool:
    return bool(line.pairs) or line.somebody or bool(line.channel and line.outcome)
