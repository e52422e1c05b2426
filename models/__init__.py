"""Tables and the small rules of one aggregate. Imports core only."""

from models.archive import ReportExport, ReportOriginal
from models.assistance import AssistanceCase
from models.audit import AuditLog, ReadLog
from models.consent import CodeTry, Consent, Invitation
from models.console import ConsoleLink, ConsoleSession
from models.delivery import (
    Alarm,
    BotAccount,
    BudgetUse,
    Delivery,
    Message,
    Seat,
    Unreached,
    Worker,
)
from models.fingerprint import ReportClause, ReportFingerprint
from models.keeping import Escalation, Inspection, MentoringRule
from models.mentoring import Contact, Mentorship, StandIn
from models.movement import Movement
from models.org import Account, Group, Person, Role, Unit
from models.privacy import Correction, DataExport, DoomedFile, Rebinding
from models.report import (
    ReportAllowance,
    ReportCycle,
    ReportDraft,
    ReportPart,
    ReportReview,
    ReportSchedule,
    ThoughtReport,
)
from models.roster import RosterImport
from models.runtime import Dialogue, InstanceMark, Occurrence, SeenEvent
from models.study import (
    FeedItem,
    FeedSource,
    LocalMaterial,
    MaterialReview,
    Parcel,
    PlanPause,
    Push,
    PushOrder,
    QuizAnswer,
    StudyPlan,
    StudyProgress,
    StudyRecord,
)

__all__ = [
    "Account", "Alarm", "AssistanceCase", "AuditLog", "BotAccount", "BudgetUse", "CodeTry",
    "Consent", "ConsoleLink", "ConsoleSession", "Contact", "Correction", "DataExport",
    "Delivery", "Dialogue", "DoomedFile", "Escalation", "FeedItem", "FeedSource", "Group",
    "Inspection", "InstanceMark", "Invitation", "LocalMaterial", "MaterialReview",
    "MentoringRule", "Mentorship", "Message", "Movement", "Occurrence", "Parcel", "Person",
    "PlanPause", "Push", "PushOrder", "QuizAnswer", "ReadLog", "Rebinding", "ReportAllowance",
    "ReportClause", "ReportCycle", "ReportDraft", "ReportExport", "ReportFingerprint",
    "ReportOriginal", "ReportPart", "ReportReview", "ReportSchedule", "Role", "RosterImport",
    "Seat", "SeenEvent", "StandIn", "StudyPlan", "StudyProgress", "StudyRecord", "ThoughtReport",
    "Unit", "Unreached", "Worker",
]  # fmt: skip
