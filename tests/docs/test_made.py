"""What is made from the code is up to date; `python -m tests.docs` makes it so."""

import pytest

from tests.docs.blocks import DOCS, blocks_of, page

PAGES = sorted(path.stem for path in DOCS.glob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_the_made_parts_of_a_page_are_what_the_code_says(name: str, made: dict[str, str]) -> None:
    for block, text in blocks_of(page(name)).items():
        assert block in made, f"{name}.md has a part that nothing makes: {block}"
        assert text == made[block], f"{name}.md: `{block}` is out of date; run `python -m tests.docs`"


def test_every_part_that_is_made_is_shown_somewhere(made: dict[str, str]) -> None:
    shown = {block for name in PAGES for block in blocks_of(page(name))}
    assert set(made) == shown


def test_each_made_part_ends(made: dict[str, str]) -> None:
    for name in PAGES:
        text = page(name)
        assert text.count("<!-- made: ") == text.count("<!-- end -->") == len(blocks_of(text)), name
