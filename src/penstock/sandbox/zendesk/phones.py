"""What a written phone number does: a direct line, a shared number, or one more (contract, section 4)."""

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.attributes import Attributes
from penstock.sandbox.zendesk.identity import PHONE, identity_key
from penstock.sandbox.zendesk.new_identity import new_identity
from penstock.sandbox.zendesk.user import User


def set_phone(account: Account, user: User, attributes: Attributes, *, creating: bool) -> None:
    """Apply `phone` and `shared_phone_number`.

    No number yet: a direct line if nobody has it, shared otherwise. A shared number is replaced and stays
    shared. Beside a direct line the number becomes a second one, and the first goes on being shown.
    """
    if "phone" not in attributes:
        return
    number = (attributes["phone"] or "").strip()
    if not number:
        if not creating:
            user.shared_phone = None
            user.identities = [each for each in user.identities if each.type != PHONE]
        return
    if any(each.key == identity_key(PHONE, number) for each in user.identities):
        return
    if user.shared_phone is not None:
        user.shared_phone = number
        return
    is_free = account.store.holder_of_identity(identity_key(PHONE, number)) is None
    if is_free and not attributes.get("shared_phone_number"):
        new_identity(account, user, PHONE, number, verified=False)
    elif user.direct_line is None:
        user.shared_phone = number
