"""Giving a user one more identity (contract, section 8)."""

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.identity import Identity
from penstock.sandbox.zendesk.user import User


def new_identity(account: Account, user: User, kind: str, value: str, *, verified: bool) -> Identity:
    """Give a user an identity that nobody has."""
    now = int(account.now())
    identity = Identity(
        id=account.store.next_id(),
        type=kind,
        value=value,
        verified=verified,
        primary=all(each.type != kind for each in user.identities),
        created_at=now,
        updated_at=now,
    )
    user.identities.append(identity)
    return identity
