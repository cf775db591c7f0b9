"""docs/sandbox.md: every example runs; every endpoint, fault and key of a fault is there."""

import json
import re
import shlex

import pytest

from penstock.sandbox import faults
from penstock.sandbox.iterable.emulator import IterableEmulator
from penstock.sandbox.zendesk.emulator import OWN_FAULTS, ZendeskEmulator
from tests.docs.blocks import first_column, page, section
from tests.emulator import Emulator, Zendesk

TEXT = page("sandbox")
EXAMPLES = re.findall(r"^curl .*$", TEXT, re.MULTILINE)


def _request(example: str) -> tuple[str, str, object]:
    """Method, path and body of a curl command."""
    words = shlex.split(example)
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
    url = next(word for word in words if word.startswith("http://127.0.0.1:"))
    path = url.partition("://127.0.0.1:")[2][4:]
    return ("POST" if body is not None or "POST" in words else "GET"), path, body


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs(example: str, emulator: Emulator, zendesk: Zendesk) -> None:
    method, path, body = _request(example)
    if ":8091/" in example:
        answer = zendesk.call(method, path.removeprefix("/api/v2"), body)
    else:
        answer = emulator.call(method, path, body, key=None)
    assert answer.status == 200, answer.text
    if path.endswith("/faults"):
        assert [fault["do"] for fault in answer.json()] == [fault["do"] for fault in body]  # type: ignore[attr-defined]


@pytest.mark.parametrize("action", [*faults.ACTIONS, *OWN_FAULTS])
def test_a_fault_has_its_example(action: str) -> None:
    told = section(TEXT, "## Faults").partition(f"\n`{action}`: ")[2]
    assert told, f"{action} is not explained"
    example = re.search(r"curl .*", told)
    assert example is not None
    assert f'"do": "{action}"' in example[0]


def test_keys_and_buckets_of_faults() -> None:
    told = section(TEXT, "## Faults")
    assert first_column(told) == set(faults._KEYS)
    assert all(f"`{bucket}`" in told for bucket in (*IterableEmulator.buckets, *ZendeskEmulator.buckets))


def test_every_control_endpoint_is_told_and_there(emulator: Emulator) -> None:
    told = first_column(section(TEXT, "## Control"))
    source = (faults.__file__).replace("faults.py", "control.py")
    with open(source, encoding="utf-8") as file:  # noqa: PTH123
        declared = set(re.findall(r'\("(GET|POST)", "(\w+)", self', file.read()))
    assert declared, "no endpoint was found"
    assert told == {f"{method} /_sandbox/{name}" for method, name in declared}
    for each in told:
        method, path = each.split(" ")
        if method == "GET":
            assert emulator.call(method, path, key=None).status == 200
