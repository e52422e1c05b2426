"""The closed lists that columns hold. Values are stored; never rename one without a migration."""

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE_BRANCH = "village_branch"
    MOBILE_PARTY_ORG = "mobile_party_org"
    LIAISON_OFFICE = "liaison_office"
    JOINT_BRANCH = "joint_branch"


class ConsentDecision(StrEnum):
    """What a person said to a consent."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Evidence(StrEnum):
    """How a study record is known; the kinds are never added up as if they were one."""

    DECLARED = "declared"
    QUIZ = "quiz"
    ATTENDED = "attended"


class Form(StrEnum):
    """How a piece is shown in a chat."""

    TEXT = "text"
    PICTURE = "picture"
    FORWARD = "forward"
    FILE = "file"
    VOICE = "voice"


class PauseKind(StrEnum):
    """Why a unit gets no digest for some days."""

    HARVEST = "harvest"
    FEAST = "feast"
    OTHER = "other"


class MaterialState(StrEnum):
    """The life of a piece that was brought in chat."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class MaterialDecision(StrEnum):
    """What somebody in charge said about a piece of the library; LATER decides nothing."""

    PASS = "pass"  # noqa: S105  # a decision, not a password
    HOLD = "hold"
    LATER = "later"


class OrderState(StrEnum):
    """The life of an ordered push: seen by a second person, then confirmed by whoever asked."""

    WAITING = "waiting"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    DROPPED = "dropped"


class FeedItemState(StrEnum):
    """What became of an item of a feed."""

    NEW = "new"
    TAKEN = "taken"
    DISMISSED = "dismissed"


class DraftState(StrEnum):
    """The life of a report draft."""

    OPEN = "open"
    SUBMITTED = "submitted"
    DROPPED = "dropped"


class ReportState(StrEnum):
    """Where a handed-in report stands."""

    WAITING_MENTOR = "waiting_mentor"
    WAITING_SECRETARY = "waiting_secretary"
    RETURNED = "returned"
    DONE = "done"
    SUPERSEDED = "superseded"


class ReviewDecision(StrEnum):
    """What a reviewer says to a version. The author never reads these words."""

    PASSED = "passed"
    SUPPLEMENT = "supplement"
    RETURNED = "returned"


class PartKind(StrEnum):
    """What one page of a report is."""

    TEXT = "text"
    IMAGE = "image"
    FILE = "file"
    VOICE = "voice"


class AllowanceKind(StrEnum):
    """What a branch allows one person for one report: more time, or none this time."""

    EXTENSION = "extension"
    EXEMPTION = "exemption"


class Channel(StrEnum):
    """How a mentor reached, or tried to reach, a person."""

    PHONE = "phone"
    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"
    IN_PERSON = "in_person"
    VISIT = "visit"
    LETTER = "letter"


class Direction(StrEnum):
    """Who began."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Outcome(StrEnum):
    """What came of a contact: a closed list (issue of the trade, not free text)."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    NUMBER_DEAD = "number_dead"
    MOVED = "moved"
    EMPLOYER_CHANGED = "employer_changed"
    THROUGH_OTHERS = "through_others"
    HELP_NEEDED = "help_needed"
    DECLINED = "declined"


class Topic(StrEnum):
    """What was talked about: found by words, never asked for."""

    STUDY = "study"
    WORK = "work"
    LIFE = "life"
    DIFFICULTY = "difficulty"
    POLICY = "policy"


class HelpKind(StrEnum):
    """What somebody needs help with (dialogues 3.8)."""

    WAGES = "wages"
    INJURY = "injury"
    SCHOOL = "school"
    ELDERS = "elders"
    FIELDS = "fields"
    OTHER = "other"


class HelpState(StrEnum):
    """The life of a help case: DONE says the helper, CLOSED the person."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Every(StrEnum):
    """How often one pair talks when somebody said so by a word (联系安排); weeks and months."""

    WEEK = "w1"
    TWO_WEEKS = "w2"
    MONTH = "m1"
    TWO_MONTHS = "m2"
    QUARTER = "m3"
    HALF_YEAR = "m6"


class EscalationLevel(StrEnum):
    """Which office is asked about somebody not heard, from the nearest up.

    LONG is no step: the branch is told apart that somebody was not heard for half a year.
    """

    SECRETARY = "secretary"
    TOWNSHIP = "township"
    COUNTY = "county"
    LONG = "long"


class EscalationEnd(StrEnum):
    """Why nobody needs to ask any more."""

    CONTACT = "contact"
    HANDED_OVER = "handed_over"
    OVER = "over"


class MovementState(StrEnum):
    """How far a journey has got."""

    PLANNED = "planned"
    AWAY = "away"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


class MovementSource(StrEnum):
    """Which word told of a journey."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    CITY = "city"
    EMPLOYER = "employer"


class StandInState(StrEnum):
    """What became of the question whether somebody stands in for a mentor."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    ENDED = "ended"


class ExportKind(StrEnum):
    """What is exported.

    The reports of one person, those of one quarter, the list of them; lists of activists, contacts
    and movements; the official forms (登记表, 纪实表) of one person or of many; the roster
    (花名册); the rows behind the numbers of 统计.
    """

    PERSON = "person"
    CYCLE = "cycle"
    LEDGER = "ledger"
    ACTIVISTS = "activist"
    CONTACTS = "contact"
    MOVEMENTS = "movement"
    REGISTER = "register"
    PROCESS = "process"
    ROSTER = "roster"
    FIGURES = "figures"


class DeliveryState(StrEnum):
    """The eight states of the ledger (docs/adr/0004)."""

    DUE = "due"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class BreakerState(StrEnum):
    """Whether one of our accounts may send: yes, not now, or one probe only."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


class Priority:
    """Order of deliveries: lower goes first."""

    NOTICE = 10
    REMINDER = 20
    DIGEST = 30
