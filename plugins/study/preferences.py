"""How somebody likes pieces best in private chat: words or long pictures (学习 长图, 学习 文字)."""

from datetime import datetime

from core.actors import Actor
from core.database import transactional
from core.errors import Refusal
from models import Account, AuditLog
from models.enums import Form


@transactional
async def prefer(*, actor: Actor, form: Form, now: datetime) -> None:
    """Remember how the actor's account likes pieces; plain text is what holds without a wish.

    Raises Refusal ``study.form_not_bound``. Commits the account and an audit row.
    """
    if actor.account_id is None:
        raise Refusal("study.form_not_bound")
    wish = None if form is Form.TEXT else form
    await Account.filter(id=actor.account_id).update(study_form=wish)
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="study.form_preferred",
        subject_kind="account",
        subject_id=actor.account_id,
        detail={"form": form.value},
    )
