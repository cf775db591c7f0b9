"""Parts of the documentation that are made from the code: `<!-- made: NAME -->` … `<!-- end -->`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"<!-- made: (?P<name>[^>]+) -->\n(?P<text>.*?)<!-- end -->", re.DOTALL)


def page(name: str) -> str:
    """The text of a page of the documentation."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def blocks_of(text: str) -> dict[str, str]:
    """The made parts of a page by name."""
    return {found["name"]: found["text"] for found in _BLOCK.finditer(text)}


def rewritten(text: str, made: Mapping[str, str]) -> str:
    """The page with its made parts made anew."""
    return _BLOCK.sub(
        lambda found: f"<!-- made: {found['name']} -->\n{made.get(found['name'], found['text'])}<!-- end -->", text
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with empty lines around it."""
    lines = [columns, ["---"] * len(columns), *rows]
    told = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
    return f"\n{told}\n\n"


def code(text: str) -> str:
    """Text as code, whatever backticks are in it."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def first_column(text: str) -> set[str]:
    """The code words that begin the rows of all tables of a page."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def section(text: str, heading: str) -> str:
    """What stands under a heading, down to the next one of its level or above; AssertionError if it is missing."""
    level = heading.split(" ")[0]
    _, found, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
