"""The errors of the project, and what each of them means to the person in front of it.

::

    Exception
    ├── Refusal        an expected no; the asker gets the text of its key, it is no error
    ├── StartRefused   the program must not start; the operator gets the text of its key
    └── Fault          a broken invariant; logged, and the asker hears that it is our fault
"""


class Refusal(Exception):
    """An expected no, answered in words.

    ``key`` names a text of content/texts, ``fields`` fill its placeholders. Never a sentence, and
    never what a person wrote: a refusal may end up in a log.
    """

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class StartRefused(Exception):
    """The program must not start; data was not touched.

    ``key`` names a text of ``content/texts/start.toml``, ``fields`` fill its placeholders.
    """

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class Fault(Exception):
    """A broken invariant of ours: a defect, not something a person did."""
