"""What is added to a project file is all that changes in it."""

import re

import pytest

from penstock.catalog.adding import NotAddableError, with_relation

NEW = "{name: new, model: b, on: {id: a_id}}"
BEGIN = "# shop\n\nsources: [{name: s, type: files, path: data/}]  # kept\nmodels:\n"
CASES = {
    "no relations yet": """\
  - name: 'a'   # quoted
    table:   "x"
    primary_key: id  # the key
«    relations:
      - NEW
»
  # about b
  - {name: b}
""",
    "a list in lines": """\
  - name: a
    relations:
    # first
    - {name: r, model: b}  # r
    -   name: t
        model: b
«    - NEW
»    kind: users
""",
    "a list in brackets": """\
- name: a
  relations: [{name: r, model: b}«, NEW»  # r
  , ]
  sql: |
    SELECT 1

""",
    "an empty list": "- {relations: [«NEW» ], name: a}\n",
    "nothing under the key": """\
  - name: a
    relations:  # none yet
«      - NEW
»    kind: users
""",
    "a model in braces": "  - {name: a, table: x«, relations: [NEW]» }\n",
    "text over several lines at the end": """\
- name: a
  sql: |
    SELECT 1
    FROM x

«  relations:
    - NEW
»# end
""",
    "no line break at the end": "- name: a\n  table: x«\n  relations:\n    - NEW»",
    "beyond the first plane": '- name: a\n  table: "\U0001f600é" # \U0001f600\n«  relations:\n    - NEW\n»',
    "anchors elsewhere": """\
- name: z
  relations: &r [{name: r, model: b}]
- name: a
  table: &t x
«  relations:
    - NEW
»- name: c
  table: *t
  relations: *r
""",
}
"""The models of a file, with what is added between « and »."""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("case", CASES)
def test_only_that_changes(case: str, newline: str) -> None:
    text = (BEGIN + CASES[case]).replace("\n", newline)
    before = re.sub("«.*»", "", text, flags=re.DOTALL)
    after = re.sub("[«»]", "", text).replace("NEW", NEW)
    assert with_relation(before, "a", NEW) == after


@pytest.mark.parametrize(
    "models",
    [
        "- name: a\n  relations: &r [{name: r, model: b}]\n- name: c\n  relations: *r\n",
        "- name: c\n  relations: &r [{name: r, model: b}]\n- name: a\n  relations: *r\n",
        "- &a {name: a, table: x}\n- {<<: *a, name: c}\n",
        "- name: a\n  relations: many\n",
        "- name: b\n",
        "- [\n",
    ],
)
def test_what_would_change_more_is_refused(models: str) -> None:
    with pytest.raises(NotAddableError):
        with_relation(BEGIN + models, "a", NEW)
