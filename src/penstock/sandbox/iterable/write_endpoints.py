"""POST users/bulkUpdate, users/update and lists/subscribe."""

from starlette.responses import Response

from penstock.sandbox.iterable.answers import ApiError, envelope, json_response
from penstock.sandbox.iterable.bulk_answer import bulk_answer
from penstock.sandbox.iterable.call import Call
from penstock.sandbox.iterable.identity import Refusal
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.user_request import BodyReader, UserUpdate
from penstock.sandbox.iterable.user_writes import WriteRequest, apply_updates

LARGEST_BODY_BYTES = 4_000_000


def bulk_update(project: Project, call: Call) -> Response:
    """POST /api/users/bulkUpdate."""
    reader = _bulk_reader(call)
    users = reader.users("users")
    create_new = reader.boolean("obj", reader.root, "createNewFields")
    update_only = reader.boolean("obj", reader.root, "updateOnly")
    reader.finish()
    if not users:
        raise ApiError(400, "InvalidEmailAddressError", "Emails invalid: ")
    _check_count(project, users)
    return _bulk(
        project,
        call,
        WriteRequest(
            updates=users,
            create_new_fields=_creates_fields(project, create_new),
            bulk=True,
            create_users=not (update_only and project.switches["update_only"] == "honoured"),
            rejected=_rejected(call, users),
        ),
    )


def subscribe(project: Project, call: Call) -> Response:
    """POST /api/lists/subscribe; e-mail-based projects ignore updateExistingUsersOnly."""
    reader = _bulk_reader(call)
    users = reader.users("subscribers")
    list_id = reader.integer("obj", reader.root, "listId")
    existing_only = reader.boolean("obj", reader.root, "updateExistingUsersOnly")
    reader.finish()
    _check_count(project, users)
    if list_id != project.list_id:
        # A 400 that calls itself a success is what the real service answers here.
        message = f"error.lists.invalidListId({list_id})"
        raise ApiError(400, "Success", message, {"projectId": project.id, "listId": list_id})
    return _bulk(
        project,
        call,
        WriteRequest(
            updates=users,
            create_new_fields=_creates_fields(project, None),
            bulk=True,
            create_users=not existing_only or project.switches["project_type"] == "email",
            signup_source="ListAPI",
            list_id=list_id,
            rejected=_rejected(call, users),
        ),
    )


def update(project: Project, call: Call) -> Response:
    """POST /api/users/update; success tells nothing about dropped fields."""
    reader = BodyReader(call.endpoint, call.body)
    user = reader.user("obj", reader.root)
    create_new = reader.boolean("obj", reader.root, "createNewFields")
    reader.finish()
    if user.email is None and user.user_id is None:
        message = "Either email or userId must be set: ApiUserUpdateRequest(None,None,None,None)"
        raise ApiError(400, "BadParams", message)
    outcome = apply_updates(
        project,
        WriteRequest(updates=[user], create_new_fields=_creates_fields(project, create_new), bulk=False),
    )
    for refused in outcome.refusals:
        raise _single_error(refused)
    return envelope()


def _bulk_reader(call: Call) -> BodyReader:
    if len(call.body) > LARGEST_BODY_BYTES:
        message = f"[{call.endpoint}] Request body exceeds {LARGEST_BODY_BYTES} bytes"
        raise ApiError(413, "BatchTooLarge", message)
    return BodyReader(call.endpoint, call.body)


def _check_count(project: Project, users: list[UserUpdate]) -> None:
    if project.switches["max_users"] == "off":
        return
    limit = int(project.switches.number("max_users"))
    if len(users) > limit:
        raise ApiError(413, "BatchTooLarge", f"{len(users)} users exceed the limit of {limit} per request")


def _creates_fields(project: Project, wanted: bool | None) -> bool:
    return project.switches["new_fields"] == "allow" if wanted is None else wanted


def _bulk(project: Project, call: Call, request: WriteRequest) -> Response:
    answer = bulk_answer(project, apply_updates(project, request))
    if call.exchange.wrong_counts:
        answer["successCount"] = len(request.updates) + 1
    return json_response(answer)


def _rejected(call: Call, users: list[UserUpdate]) -> dict[int, str]:
    rejection = call.exchange.rejection
    if rejection is None or not users:
        return {}
    if rejection.record is None:
        return {rejection.choose(len(users)): rejection.bucket}
    wanted = rejection.record.lower()
    return {
        position: rejection.bucket
        for position, user in enumerate(users)
        if wanted in ((user.email or "").lower(), (user.user_id or "").lower())
    }


def _single_error(refused: Refusal) -> ApiError:
    emails = refused.kind == "Emails"
    if refused.reason == "invalid":
        code = "InvalidEmailAddressError" if emails else "InvalidUserIdError"
        return ApiError(400, code, f"Invalid {'email' if emails else 'userId'}: {refused.value}")
    if refused.reason == "unknown":
        code = "UnknownEmailError" if emails else "UnknownUserIdError"
        return ApiError(400, code, f"No user exists with {'email' if emails else 'userId'} {refused.value}")
    if refused.reason == "forgotten":
        return ApiError(409, "ForgottenUserError", "Contact is GDPR forgotten")
    if refused.reason == "conflict":
        code = "EmailAlreadyExists" if emails else "UserIdAlreadyExists"
        return ApiError(409, code, "Email/userId conflict")
    return ApiError(400, "BadParams", "Invalid data in dataFields")
