"""Whether two answers come from one account."""

from __future__ import annotations

import pytest

from penstock.plan.account import Account


def account(host: str = "h", anchors: str = "", key: str = "k", label: str = "l") -> Account:
    return Account(label=label, parts=(("host", host),), anchors=frozenset(anchors), key_fingerprint=key)


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [
        (account(), account(label="another name"), True),
        (account(), account(host="elsewhere"), False),
        (account(host="h", anchors="a"), account(host="elsewhere", anchors="a"), False),
        (account(anchors="ab"), account(anchors="bc", key="new key"), True),
        (account(anchors="ab"), account(anchors="cd"), False),
        (account(anchors="ab"), account(key="k"), True),
        (account(anchors="ab"), account(key="new key"), False),
        (account(key="k"), account(key="new key"), False),
    ],
)
def test_parts_then_anchors_then_key(one: Account, two: Account, is_same: bool) -> None:
    assert one.is_same_as(two) is is_same
    assert two.is_same_as(one) is is_same
