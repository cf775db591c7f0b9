"""Says in plain words what the YAML parser stumbled over. Quotes at most one character of the file."""

from __future__ import annotations

import re
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError


class SyntaxMistake(NamedTuple):
    """A YAML mistake: the line (from 1), what is wrong, and how to mend it."""

    line: int
    message: str
    fix: str


_FOUND = re.compile(r"found character '(?P<character>.+)' that cannot start")

_SENTENCES = (
    (
        re.compile(r"mapping values are not allowed"),
        "There is a colon where none can be.",
        "Check the indentation here and one line up, and put text that contains `: ` in quotes.",
    ),
    (
        re.compile(r"unexpected end of stream"),
        "A quotation mark opens here and is never closed.",
        "Add the missing quotation mark.",
    ),
    (
        re.compile(r"expected ',' or '\]'"),
        "A list that opens with `[` is not closed as it should be.",
        "Separate its entries with commas and close it with `]`.",
    ),
    (
        re.compile(r"expected ',' or '\}'"),
        "A mapping that opens with `{` is not closed as it should be.",
        "Separate its entries with commas and close it with `}`.",
    ),
    (
        re.compile(r"could not find expected ':'"),
        "A key stands here without its colon.",
        "Write `key: value`, with a space after the colon.",
    ),
    (
        re.compile(r"<block end>|block mapping|block collection|sequence entries are not allowed"),
        "The indentation does not fit the lines above.",
        "Start the keys of one thing in the same column, and each entry of a list with `- `.",
    ),
    (
        re.compile(r"unknown escape character|escape sequence"),
        "A backslash in double quotes starts no escape that YAML knows.",
        "Put the text in single quotes, where a backslash is only a backslash.",
    ),
    (
        re.compile(r"undefined tag handle|parsing a tag|scanning a tag|tag"),
        "There is a tag (a word that starts with `!`) that YAML cannot read.",
        "Leave the tag out, or put the text in quotes.",
    ),
    (
        re.compile(r"alphabetic or numeric"),
        "An anchor `&` or alias `*` has no name.",
        "Put text that starts with `&` or `*` in quotes.",
    ),
    (
        re.compile(r"directive|YAML document|version"),
        "A line that starts with `%` is none that YAML knows.",
        "Leave the line out, or put the text in quotes.",
    ),
    (
        re.compile(r"found '[]}]'|'\}'|'\]'"),
        "There is a closing bracket without an opening one.",
        "Remove it, or put the text in quotes.",
    ),
)

_OTHERWISE = (
    "This is not valid YAML.",
    "Check the indentation, the quotes and the colons of this line and of the one above it.",
)


def explained(error: YAMLError, text: str) -> SyntaxMistake:
    """Turn the parser's error into a line and a sentence."""
    if isinstance(error, ReaderError):
        position = error.position if isinstance(error.position, int) else 0
        return SyntaxMistake(
            text.count("\n", 0, position) + 1,
            "There is a character here that text cannot contain, such as a control character.",
            "Delete the invisible character and type the line again.",
        )
    if not isinstance(error, MarkedYAMLError):
        return SyntaxMistake(1, *_OTHERWISE)
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = str(error.problem or "")
    if "end of stream" in problem and error.context_mark:
        line = error.context_mark.line + 1
    return SyntaxMistake(line, *_sentence(problem, str(error.context or "")))


def _sentence(problem: str, context: str) -> tuple[str, str]:
    character = _FOUND.search(problem)
    if character and character["character"] in ("\t", "\\t"):
        return "A tab is used to indent; YAML allows only spaces.", "Replace the tab with spaces."
    if character:
        sign = "a backtick" if character["character"] == "`" else f"`{character['character']}`"
        return f"Unquoted text cannot start with {sign}.", "Put the text in quotes."
    for said in (problem, context):
        for pattern, message, fix in _SENTENCES:
            if pattern.search(said):
                return message, fix
    return _OTHERWISE
