"""The words of feeds."""

FEEDS = "来稿"
FEEDS_TOO = ("新来稿", "看来稿")
