"""The marks that the writers of materials use."""

import re

# Stands alone on a line between two sections of a material (content/README.md).
SECTION_MARK = re.compile(r"^<!-- 下一段 -->\s*$", re.MULTILINE)
