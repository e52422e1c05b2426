"""The floor every room stands on: no NoneBot, no tables, nothing of the trade."""
