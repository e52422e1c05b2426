"""Words people type to the ledger."""

PROGRESS = "发送进度"
PROGRESS_ALIASES = ("发到哪了", "推送 进度")
RESEND = "补发"
RESEND_ALIASES = ("再发",)
TAKEN = "当作已发"
TAKEN_ALIASES = ("发过了",)

# The command that lists what is unsure anew.
AGAIN = PROGRESS
