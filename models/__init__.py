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
from models.mentoring import Contact, Mentorship
from models.org import Account, Group, Person, Role, Unit
from models.report import ReportCycle, ReportDraft, ReportPart, ReportReview, ThoughtReport
from models.runtime import Dialogue, InstanceMark, Occurrence, SeenEvent
from models.study import Push, QuizAnswer, StudyProgress, StudyRecord

__all__ = [
    "Account", "Alarm", "AuditLog", "BotAccount", "BudgetUse", "CodeTry", "Consent", "Contact",
    "Delivery", "Dialogue", "Group", "InstanceMark", "Invitation", "Mentorship", "Message",
    "Occurrence", "Person", "Push", "QuizAnswer", "ReadLog", "ReportCycle", "ReportDraft",
    "ReportPart", "ReportReview", "Role", "Seat", "SeenEvent", "StudyProgress", "StudyRecord",
    "ThoughtReport", "Unit", "Unreached", "Worker",
]  # fmt: skip
