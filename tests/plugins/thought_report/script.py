"""Days and words that the scripts about reports share."""

from datetime import date

EVENING = date(2026, 12, 17)
MORNING = date(2026, 12, 18)
LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
SHORT_REPORT = "最近挺好，就是活多，学习少，下月补上。"
HOW = "「看看」查看，「完成」交上去，「取消」不要了。"
