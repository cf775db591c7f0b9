"""What a job does with one item, and the result that it gives (contract, section 7)."""

from typing import Any

from penstock.sandbox.zendesk.account import TOO_MANY_UPDATES, Account
from penstock.sandbox.zendesk.answers import RecordInvalid
from penstock.sandbox.zendesk.job import Job
from penstock.sandbox.zendesk.user import User
from penstock.sandbox.zendesk.user_writes import create, create_or_update, delete, found, update

Result = dict[str, Any]
_FAILED_CODES = {"create_many": "UserCreateError", "create_or_update_many": "UserUpdateError"}


def work(account: Account, job: Job, position: int) -> Result | None:
    """Do one item; None where the account leaves an unknown user out of the results."""
    item = job.items[position]
    refused = job.refused.get(str(position))
    if refused is not None:
        return failed(position, refused, "Refused on request of the sandbox's fault")
    try:
        if job.kind == "create_many":
            return _made(create(account, item), "Created")
        if job.kind == "create_or_update_many":
            return _upsert(account, position, item)
        return _known(account, job, position, item)
    except RecordInvalid as error:
        return failed(position, _failed_code(job, item), _told(error))


def failed(position: int, code: str, details: str) -> Result:
    """A Failed item: its `id` is the index in the request, not a user's id."""
    return {"id": position, "error": code, "details": details, "status": "Failed"}


def _upsert(account: Account, position: int, item: dict[str, Any]) -> Result:
    if account.switches["bulk_counts_per_user"] == "on":
        user = found(account, item)
        if user is not None and not account.may_update(user.id):
            return failed(position, "UserUpdateError", TOO_MANY_UPDATES)
    user, is_new = create_or_update(account, item)
    return _made(user, "Created" if is_new else "Updated")


def _known(account: Account, job: Job, position: int, item: dict[str, Any]) -> Result | None:
    """update_many and destroy_many: the user has to be there."""
    user = _named(account, item)
    deleting = job.kind == "destroy_many"
    if user is None or not user.active:
        return _unknown(account, position, item, "delete" if deleting else "update")
    is_protected = user.role != "end-user" and account.switches["role"] == "agent"
    if is_protected or (deleting and user.id == account.owner_id):
        return failed(position, "UserUpdateError", "Access denied")
    if deleting:
        delete(account, user)
        return {"action": "delete", "id": user.id, "status": "Deleted", "success": True}
    update(account, user, item["attributes"])
    return {"id": user.id, "action": "update", "status": "Updated", "success": True}


def _named(account: Account, item: dict[str, Any]) -> User | None:
    if item["by"] == "id":
        return account.store.user(item["value"])
    if item["by"] == "external_id":
        return account.store.user_with_external_id(item["value"].lower())
    return None


def _made(user: User, status: str) -> Result:
    result: Result = {"id": user.id, "status": status}
    if user.email is not None:
        result["email"] = user.email
    if user.external_id is not None:
        result["external_id"] = user.external_id
    return result


def _unknown(account: Account, position: int, item: dict[str, Any], action: str) -> Result | None:
    match account.switches["unknown_user"]:
        case "index":
            return failed(position, "UserNotFound", "User not found")
        case "omitted":
            return None
        case _:
            named = {"id": item["value"]} if item["by"] == "id" else {"external_id": item["value"]}
            return {**named, "action": action, "status": "Failed", "success": False, "error": "UserNotFound"}


def _failed_code(job: Job, item: dict[str, Any]) -> str:
    if job.kind == "create_or_update_many" and not item.get("external_id") and not item.get("email"):
        return "UserCreateError"
    return _FAILED_CODES.get(job.kind, "UserUpdateError")


def _told(error: RecordInvalid) -> str:
    """The recorded details of a malformed address begin with 'Name: '."""
    return ", ".join(
        f"Name: {each.description}" if each.attribute == "email" else each.description for each in error.complaints
    )
