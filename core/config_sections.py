"""The sections of ``config.toml``, one class each.

Every field says its unit and meaning in the string below it.
"""

from datetime import time
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.config_values import (
    AccountIds,
    Addresses,
    Budgets,
    ClockTime,
    DatabaseUrl,
    GroupNumber,
    Hour,
    Mails,
    Minute,
    PageAddress,
    Part,
    Parts,
    Port,
    Weekday,
)


class Section(BaseModel):
    """What all sections share: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


_S = TypeVar("_S", bound=Section)


def _above(section: _S, larger: str, smaller: str) -> _S:
    if getattr(section, larger) < getattr(section, smaller):
        raise PydanticCustomError("order", "order", {"key": larger, "other": smaller})
    return section


class Web(Section):
    """The web server: platforms connect here, and the console is read here."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback opens the port to the network."""
    port: Port = 8080
    """TCP port."""


class Console(Section):
    """The pages for the branch, and how long somebody stays signed in."""

    address: PageAddress = ""
    """Where browsers reach this program, without a path; empty: the port on this machine."""
    link_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    """Minutes in which a link opens the pages, once (ASVS 5.0, 6.5.5: ten for what is sent)."""
    idle_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    """Minutes without a click after which somebody is signed out."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 8
    """Hours after which somebody is signed out in any case."""


class Database(Section):
    """Where rows are kept."""

    url: DatabaseUrl = "sqlite"
    """``sqlite`` (data/yanzhen.db), or ``postgres://user@host:5432/name`` without a password."""
    pool_max: Annotated[int, Field(ge=1, le=50)] = 8
    """Connections of this process at most (PostgreSQL only)."""


class Process(Section):
    """What this process does."""

    parts: Parts = frozenset(Part)
    """All of it, or some of it when several processes share one PostgreSQL database."""


class Alarm(Section):
    """Where the operator hears that something is wrong. The webhook's address is a secret."""

    mail_to: Mails = ()
    """Addresses; empty sends no mail."""
    mail_from: str = ""
    """The sender's address, as the mail server wants it."""
    smtp_host: str = ""
    """Mail server, TLS only."""
    smtp_port: Port = 465
    """Its port; 465 speaks TLS at once, any other begins plainly and then must change to it."""
    smtp_user: str = ""
    """Name to sign in with; empty does not sign in. The password is a secret."""


class OneBot11(Section):
    """QQ by the OneBot v11 protocol."""

    accounts: AccountIds = ()
    """Known account ids. Empty: the first that connects with the right token is remembered."""
    control_group: GroupNumber = ""
    """A group of ours alone, in which an account is tried out; empty for none."""


class QuietHours(Section):
    """When the bot starts nothing by itself (answers are never held)."""

    start: ClockTime = time(21, 0)
    """Local time from which messages are held."""
    end: ClockTime = time(8, 0)
    """Local time from which they go out."""


class Study(Section):
    """The weekly digest."""

    weekday: Weekday = 0
    """Day of the digest, 0 is Monday."""
    hour: Hour = 20
    """Hour of the digest, local time."""
    minute: Minute = 0
    """Minute of the digest."""
    pieces: Annotated[int, Field(ge=1, le=3)] = 1
    """Pieces in one digest."""
    skips_holidays: bool = True
    """No digest on public holidays; it comes on the next working day at the same hour."""
    declared_factor: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Study hours that an hour counts which somebody declares."""
    quiz_tenths: Annotated[int, Field(ge=0, le=40)] = 5
    """Tenths of a study hour that a finished quiz counts."""
    attended_factor: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Study hours that an hour counts which a secretary entered as attended."""
    parcel_days: Annotated[int, Field(ge=7, le=180)] = 30
    """Days after which a person is asked, once, whether a parcel came."""
    parcel_hour: Hour = 19
    """Hour of that question, local time."""


class Feeds(Section):
    """Public sources that are looked at for new titles; a person decides what becomes of them."""

    sources: Addresses = {}
    """Name and https address of each: RSS, Atom or JSON Feed."""
    every_hours: Annotated[int, Field(ge=1, le=168)] = 6
    """Hours between two looks at one source."""
    keep_days: Annotated[int, Field(ge=1, le=365)] = 60
    """Days after which titles nobody wanted are forgotten."""


class ThoughtReport(Section):
    """Thought reports (思想汇报)."""

    opens_month_offset: Annotated[int, Field(ge=0, le=2)] = 2
    """Months after the first month of a quarter on whose first day collecting begins."""
    first_reminder_days: Annotated[int, Field(ge=1, le=60)] = 14
    """Days before the last day on which a worker hears of it first."""
    last_reminder_days: Annotated[int, Field(ge=0, le=30)] = 3
    """Days before the last day on which a worker hears of it once more."""
    reminder_hour: Hour = 19
    """Hour of both reminders, local time."""
    review_days: Annotated[int, Field(ge=1, le=60)] = 14
    """Days a mentor usually has for reading."""
    review_reminder_hour: Hour = 9
    """Hour of the one reminder to a mentor, on the last of those days, local time."""
    max_photo_mb: Annotated[int, Field(ge=1, le=50)] = 10
    """Largest photo or file taken, in MiB."""
    max_pages: Annotated[int, Field(ge=1, le=100)] = 30
    """Most pages in one report."""

    @model_validator(mode="after")
    def _ordered(self) -> "ThoughtReport":
        return _above(self, "first_reminder_days", "last_reminder_days")


class Mentoring(Section):
    """Contacts between mentors and their people."""

    cadence_months: Annotated[int, Field(ge=1, le=12)] = 3
    """Calendar months within which a contact is expected."""
    list_weekday: Weekday = 0
    """Day of a mentor's weekly list, 0 is Monday."""
    list_hour: Hour = 9
    """Hour of the weekly list, local time."""
    retry_days: Annotated[int, Field(ge=1, le=60)] = 8
    """Days after a vain try until it is asked for again."""
    close_months: Annotated[int, Field(ge=1, le=12)] = 1
    """Months between contacts for a while: somebody just left, a step is near, or an alarm."""
    close_days: Annotated[int, Field(ge=1, le=180)] = 30
    """Days for which contacts are closer together."""
    people_most: Annotated[int, Field(ge=1, le=50)] = 3
    """People one mentor looks after; above it the secretary is told."""
    branch_days: Annotated[int, Field(ge=0, le=60)] = 3
    """Working days after the day a contact was due until the secretary is asked; 0 is never."""
    township_days: Annotated[int, Field(ge=0, le=60)] = 7
    """Working days without an answer until the township is asked; 0 is never."""
    county_days: Annotated[int, Field(ge=0, le=60)] = 10
    """Working days without an answer until the county is asked; 0 is never."""
    cluster_people: Annotated[int, Field(ge=2, le=20)] = 3
    """People of one branch in one city, not heard at once, that make a notice of their own."""
    long_months: Annotated[int, Field(ge=1, le=24)] = 6
    """Months without contact after which somebody is listed apart."""
    inspection_first_days: Annotated[int, Field(ge=1, le=90)] = 30
    """Days before an inspection is due on which a mentor gets what he needs to write it."""
    inspection_last_days: Annotated[int, Field(ge=1, le=90)] = 7
    """Days before it is due on which he gets it once more, if it is not written."""


class Movement(Section):
    """Journeys of people who leave for another city."""

    ask_after_days: Annotated[int, Field(ge=1, le=60)] = 7
    """Days after leaving on which a person is asked, once, whether he arrived."""
    ask_hour: Hour = 19
    """Hour of that question, local time."""


class Delivery(Section):
    """How what is owed goes out."""

    min_interval_s: Annotated[float, Field(ge=0, le=3600)] = 1.5
    """Shortest pause between two sends of one account, in seconds."""
    max_interval_s: Annotated[float, Field(ge=0, le=3600)] = 3.0
    """Longest pause; the real one lies between the two at random."""
    window: Annotated[int, Field(ge=1, le=64)] = 64
    """Deliveries marked in one commit at most."""
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 8
    """Tries that were certainly not sent before a person is asked."""
    large_push: Annotated[int, Field(ge=1, le=10_000)] = 50
    """More groups than this waiting for one account, and its pauses are longer."""
    large_push_factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    """How much longer."""
    group_gap_s: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """Shortest pause between two messages to one group; none when accounts make no pauses."""
    warm_up_s: Annotated[float, Field(ge=0, le=3600)] = 120.0
    """Seconds after a start, or after an account came back, in which pauses are longer."""
    warm_up_factor: Annotated[float, Field(ge=1, le=100)] = 3.0
    """How much longer: a backlog let out at once gets accounts frozen."""
    at_all_account_day: Annotated[int, Field(ge=0, le=100)] = 10
    """Messages with @all of one account a day; QQ allows ten."""
    at_all_group_day: Annotated[int, Field(ge=0, le=100)] = 20
    """Messages with @all in one group a day, by all of our accounts; QQ allows twenty."""
    per_minute: Budgets = {}
    """Messages a minute of one account, by platform, where the platform has such a limit."""
    per_month: Budgets = {"qq": 4}
    """Messages a month into one chat that the bot begins, by platform with such a quota."""
    keep_days: Annotated[int, Field(ge=30, le=3650)] = 90
    """Days after which receipts of what is over are forgotten."""

    @model_validator(mode="after")
    def _ordered(self) -> "Delivery":
        return _above(self, "max_interval_s", "min_interval_s")


class Limits(Section):
    """How fast one sender may go."""

    per_minute: Annotated[int, Field(ge=1, le=600)] = 30
    """Messages a minute of one sender."""
    burst: Annotated[int, Field(ge=1, le=200)] = 40
    """Messages at once of one sender: a report of 30 photos and the words around it."""


class Privacy(Section):
    """Limits that protect people."""

    invitation_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days an invitation code is good for."""
    code_tries: Annotated[int, Field(ge=1, le=20)] = 5
    """Wrong codes a day before an account has to wait."""
    group_total_min: Annotated[int, Field(ge=5, le=100)] = 5
    """Fewest people in a total that is said in a group; never below five."""
    report_copy_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days after the signed original was filed that the pages of a report are kept."""
    draft_keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days after which a draft that was dropped is forgotten."""
    contact_days: Annotated[int, Field(ge=30, le=3650)] = 365
    """Days that the log of contacts is kept after mentor and person have parted."""
    case_days: Annotated[int, Field(ge=30, le=3650)] = 365
    """Days that a help case is kept after the person said that it is over."""
    audit_days: Annotated[int, Field(ge=365, le=3650)] = 1095
    """Days for which it is known who did what and who looked at what."""
    left_days: Annotated[int, Field(ge=1, le=30)] = 30
    """Days after which everything of somebody who left is erased; the notice promises thirty."""
    invitation_keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days after which a code that nobody used is forgotten."""
    rebinding_days: Annotated[int, Field(ge=1, le=30)] = 2
    """Days a mentor has to say whose a new account is, before the branch is asked."""


class Sandbox(Section):
    """The simulated chat of the demo."""

    port: Port = 8600
    """TCP port of its page, loopback only."""
