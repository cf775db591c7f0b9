"""YAML itself: mistakes in it, its pitfalls, and files that are meant to do harm."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.catalog.loading import load_catalog
from penstock.errors import ConfigurationError

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("sources:\n\t- a", 2, "A tab is used to indent"),
        ("sources:\n  - name: 'shop", 2, "A quotation mark opens here and is never closed."),
        ("sources: [a, b\nmodels: c", 2, "A list that opens with `[`"),
        ("sources: {a: b", 1, "A mapping that opens with `{`"),
        ("sources: a: b", 1, "There is a colon where none can be."),
        ("sources:\n  - a\n b: c", 3, "The indentation does not fit"),
        ("sources: @a", 1, "Unquoted text cannot start with `@`."),
        ("sources: `a", 1, "Unquoted text cannot start with a backtick."),
        ('sources: "\\q"', 1, "A backslash in double quotes"),
        ("sources: }", 1, "There is a closing bracket"),
        ("sources: !a!b c", 1, "There is a tag"),
        ("sources: & a", 1, "An anchor `&` or alias `*` has no name."),
        ("sources: \x07", 1, "There is a character here that text cannot contain"),
        ('sources: "\\ud800"', 1, "There is an escape here"),
        ("%YAML 7.0\n---\nsources:", 1, "A line that starts with `%`"),
    ],
)
def test_a_syntax_mistake_is_one_clear_sentence(project: Project, text: str, line: int, message: str) -> None:
    problem = project.write(text.encode("utf-8")).refusal()
    assert problem.code == "yaml_syntax"
    assert problem.location is not None
    assert problem.location.line == line
    assert problem.message.startswith(message)
    assert "\n" not in problem.message + problem.fix
    assert "ruamel" not in problem.message


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("sources:\nmodels:\nsources:\n", "duplicate_key", 3),
        ("a: 1\n---\nb: 1", "yaml_documents", 2),
        ("sources: *nobody", "yaml_alias", 1),
        ("sources: &a [*a]", "yaml_alias", 1),
        ("sources: !!python/object/apply:os.system ['true']", "yaml_tag", 1),
        ("? [a, b]\n: c", "yaml_key", 1),
        ("<<: 5", "yaml_key", 1),
        ("\n\n" + "[" * 2000, "yaml_too_deep", 3),
        ("sources:\n" + "- " * 2000, "yaml_too_deep", 2),
    ],
)
def test_a_refused_file(project: Project, text: str, code: str, line: int) -> None:
    problem = project.write(text).refusals()[0]
    assert (problem.code, problem.location and problem.location.line) == (code, line)


def test_a_repeated_key_names_the_first(project: Project) -> None:
    problem = project.write("settings:\n  threads: 1\n  memory: 1GB\n  threads: 2\n").refusal()
    assert problem.message == "The key `threads` stands here a second time; the first is on line 2."


def test_what_is_not_utf8_has_its_line(project: Project) -> None:
    problem = project.write("sources:\n# caf\xe9\n".encode("latin-1")).refusal()
    assert (problem.code, problem.location and problem.location.line) == ("file_not_utf8", 2)


def test_a_byte_order_mark_is_no_matter(project: Project) -> None:
    assert project.write("\ufeffsettings: {threads: 2}".encode()).catalog().settings.threads == 2


def test_a_file_of_more_than_five_megabytes(project: Project) -> None:
    assert project.write(b"#" * (5 * 1024 * 1024 + 1)).refusal().code == "file_too_large"


def test_a_pipe_is_not_waited_for(project: Project) -> None:
    os.mkfifo(project.root / "penstock.yaml")
    assert project.refusal().code == "file_unreadable"


def test_a_dangling_link_is_told(project: Project) -> None:
    (project.root / "penstock.yaml").symlink_to("nowhere.yaml")
    assert project.refusal().code == "file_unreadable"


def test_linked_folders_are_not_walked_in_circles(project: Project) -> None:
    (project.write("sources:").root / "again").symlink_to(project.root)
    assert project.catalog().sources == {}


def test_a_billion_laughs_are_cut_short(project: Project) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert project.write("\n".join(lines)).refusal().code == "yaml_too_large"


def test_aliases_and_merged_mappings_are_fine(project: Project) -> None:
    project.write(
        """\
        sources:
          - &shop {name: shop, type: files, path: data}
          - {<<: *shop, name: other}
        """
    )
    sources = project.catalog().sources
    assert {name: source.path.name for name, source in sources.items()} == {"shop": "data", "other": "data"}


@pytest.mark.parametrize(
    ("written", "value"),
    [("NO", "NO"), ("on", "on"), ("yes", "yes"), ("12:30", "12:30"), ("007", "007"), ("1_000", "1_000")],
)
def test_words_that_old_yaml_changes_stay_text(project: Project, written: str, value: str) -> None:
    catalog = project.where(f"{{field: country, is: {written}}}").catalog()
    assert getattr(catalog.segments["chosen"].where, "operands", None) == (value,)


WORDS = ("sources", "models", "where", "destinations", "token", "settings", "activations", "name", "fields")
SIGNS = (": ", ":\n", "\n", "\n  ", "\n    - ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a", "!!str ", "|\n", ">\n")
MARKS = ("'", '"', "#", "---\n", "...\n", "%", "@", "`", "\t", "?", "<<", "${A}", "${", "~", "\\", "!<x>")
VALUES = ("true", "2024-01-01", "1e999", ".inf", "5", "0x1", "é", "\u2028", "\ufeff", "\x85", '"\\ud800"', '"\\0"')
PIECES = st.sampled_from(WORDS) | st.sampled_from(SIGNS) | st.sampled_from(MARKS) | st.sampled_from(VALUES)


@settings(max_examples=500, deadline=None)
@given(text=st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60)))
def test_no_text_brings_the_loader_down(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.yaml").write_bytes(text.encode("utf-8", "replace"))
        try:
            load_catalog(Path(folder), destination_types={}, environment={"A": "1"})
        except ConfigurationError as error:
            assert error.problems  # noqa: PT017 - an error is as good as none here, if it says why
