"""The catalogue of thought reports: 交汇报 and its kin for authors, 阅汇报 for readers."""

from core.actors import Who
from core.conversation import Command, Continuation, Reveals
from plugins.thought_report import (
    doubts,
    drafting,
    reading_views,
    receipts,
    reviewing,
    views,
    words,
)
from plugins.thought_report.allowing import ALLOWING_COMMANDS, ALLOWING_CONTINUATIONS
from plugins.thought_report.export_commands import EXPORT_COMMANDS, EXPORT_CONTINUATIONS
from plugins.thought_report.paper_commands import PAPER_COMMANDS, PAPER_CONTINUATIONS

_READERS = frozenset({Who.MENTOR, Who.SECRETARY})

_WRITING = (
    Command(
        name="thought_report.write",
        words=("交汇报",),
        aliases=("写汇报", "交回报", "思想会报"),
        arguments="三季度",
        handler=drafting.handle_write,
        summary="thought_report.help_write",
        reveals=Reveals.OWN,
        in_group="thought_report.not_in_group",
    ),
    Command(
        name="thought_report.supplement",
        words=("补汇报",),
        aliases=("改汇报",),
        arguments="三季度",
        handler=drafting.handle_supplement,
        summary="thought_report.help_supplement",
        reveals=Reveals.OWN,
        in_group="thought_report.not_in_group",
    ),
    Command(
        name="thought_report.mine",
        words=("我的汇报",),
        aliases=("汇报看了没",),
        arguments="四季度",
        handler=drafting.handle_mine,
        summary="thought_report.help_mine",
        who=frozenset({Who.WORKER}),
        reveals=Reveals.OWN,
    ),
    Command(
        name="thought_report.look",
        words=("看看",),
        aliases=("有几页",),
        handler=drafting.handle_look,
        summary="thought_report.help_look",
        reveals=Reveals.OWN,
    ),
    Command(
        name="thought_report.finish",
        words=("完成",),
        aliases=("完城",),
        handler=drafting.handle_finish,
        summary="thought_report.help_finish",
        reveals=Reveals.OWN,
    ),
    Command(
        name="thought_report.remove_page",
        words=("删第2页",),
        pattern=words.REMOVE_PATTERN,
        handler=drafting.handle_page,
        summary="thought_report.help_remove_page",
        reveals=Reveals.OWN,
        while_drafting=True,
    ),
    Command(
        name="thought_report.replace_page",
        words=("换第2页",),
        pattern=words.REPLACE_PATTERN,
        handler=drafting.handle_page,
        summary="thought_report.help_replace_page",
        reveals=Reveals.OWN,
        while_drafting=True,
    ),
    Command(
        name="thought_report.move_page",
        words=("第2页放最后",),
        pattern=words.MOVE_PATTERN,
        handler=drafting.handle_page,
        summary="thought_report.help_move_page",
        reveals=Reveals.OWN,
        while_drafting=True,
    ),
)

_READING = (
    Command(
        name="thought_report.review",
        words=(words.REVIEW_WORD,),
        aliases=("看汇报",),
        arguments=words.REVIEW_ARGUMENTS,
        handler=reviewing.handle_list,
        summary="thought_report.help_review",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.pass",
        words=("通过",),
        aliases=("行", "可以"),
        handler=reviewing.handle_pass,
        summary="thought_report.help_pass",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.ask_more",
        words=("请补充",),
        aliases=("补一下",),
        arguments="要补的一句话",
        handler=reviewing.handle_supplement,
        summary="thought_report.help_ask_more",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="thought_report.return",
        words=("退回",),
        aliases=("打回",),
        arguments="原因",
        handler=reviewing.handle_return,
        summary="thought_report.help_return",
        who=_READERS,
        reveals=Reveals.BRANCH,
    ),
)

COMMANDS = (*_WRITING, *_READING, *ALLOWING_COMMANDS, *PAPER_COMMANDS, *EXPORT_COMMANDS)

CONTINUATIONS = (
    Continuation(views.DRAFT, drafting.continue_draft),
    Continuation(views.HOLD, drafting.answer_hold),
    Continuation(views.QUARTER, drafting.choose_quarter),
    Continuation(doubts.FLAW, drafting.answer_flaw),
    Continuation(receipts.SURE, drafting.answer_sure),
    Continuation(receipts.SHORT, drafting.answer_short),
    Continuation(receipts.CANCEL, drafting.answer_cancel),
    Continuation(reading_views.PICK, reviewing.open_chosen),
    Continuation(reading_views.REVIEW, reviewing.answer_review),
    Continuation(reading_views.REASON, reviewing.take_reason),
    *ALLOWING_CONTINUATIONS,
    *PAPER_CONTINUATIONS,
    *EXPORT_CONTINUATIONS,
)

# Claimed before the catalogue while a draft is open: 撤销 and 行 mean other things elsewhere.
DRAFT_WORDS: dict[str, tuple[str, ...]] = {views.DRAFT: words.DRAFT_WORDS}
