"""Tables and the small rules of one aggregate. Imports core only."""

from models.audit import AuditLog, ReadLog
from models.consent import CodeTry, Consent, Invitation
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
from models.keeping import Escalation, Inspection, MentoringRule
from models.mentoring import Contact, Mentorship
from models.movement import Movement
from models.org import Account, Group, Person, Role, Unit
from models.report import ReportCycle, ReportDraft, ReportPart, ReportReview, ThoughtReport
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
    "Account", "Alarm", "AuditLog", "BotAccount", "BudgetUse", "CodeTry", "Consent", "Contact",
    "Delivery", "Dialogue", "Escalation", "FeedItem", "FeedSource", "Group", "Inspection",
    "InstanceMark", "Invitation", "LocalMaterial", "MaterialReview", "MentoringRule",
    "Mentorship", "Message", "Movement", "Occurrence", "Parcel", "Person", "PlanPause", "Push",
    "PushOrder", "QuizAnswer", "ReadLog", "ReportCycle", "ReportDraft", "ReportPart",
    "ReportReview", "Role", "Seat", "SeenEvent", "StudyPlan", "StudyProgress", "StudyRecord",
    "ThoughtReport", "Unit", "Unreached", "Worker",
]  # fmt: skip
