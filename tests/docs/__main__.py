"""`python -m tests.docs` makes the made parts of the documentation anew."""

import sys

from tests.docs.blocks import DOCS, rewritten
from tests.docs.made import made_blocks

made = made_blocks()
for path in sorted(DOCS.glob("*.md")):
    before = path.read_text(encoding="utf-8")
    after = rewritten(before, made)
    if after != before:
        path.write_text(after, encoding="utf-8")
        sys.stdout.write(f"{path.name} was made anew\n")
