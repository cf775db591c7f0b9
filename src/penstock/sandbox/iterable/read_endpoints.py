"""Reads and deletions of single users, the schema, and the project's lists."""

from starlette.responses import Response

from penstock.sandbox.iterable.answers import ApiError, envelope, json_response
from penstock.sandbox.iterable.call import Call
from penstock.sandbox.iterable.identifiers import normal_email
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.value_types import Json


def get_fields(project: Project, _call: Call) -> Response:
    """GET /api/users/getFields: flat names; a new field shows at once."""
    return json_response({"fields": dict(project.store.fields)})


def get_by_email(project: Project, call: Call) -> Response:
    """GET /api/users/{email} and users/getByEmail; an unknown address is 200 with an empty object."""
    user = project.store.find_visible("email", _email(call, "email"), project.now())
    return json_response({} if user is None else {"user": user.document()})


def get_by_user_id(project: Project, call: Call) -> Response:
    """GET /api/users/byUserId: how an unknown userId is answered has changed over the years."""
    user_id = call.path_value or call.query.get("userId", "")
    user = project.store.find_visible("user_id", user_id, project.now())
    if user is not None:
        return json_response({"user": user.document()})
    answer = project.switches["unknown_user_id_read"]
    if answer == "empty":
        return json_response({})
    if answer == "text":
        return Response("No user with that id exists!", 400, media_type="text/plain")
    return envelope("User not found", "error.users.noUserWithIdExists", None, int(answer))


def delete_by_email(project: Project, call: Call) -> Response:
    """DELETE /api/users/{email}; an absent user is a success as well."""
    email = _email(call, "email")
    with project.store.transaction():
        project.delete(project.store.find([email], []))
    return envelope()


def delete_by_user_id(project: Project, call: Call) -> Response:
    """DELETE /api/users/byUserId/{userId}."""
    user_id = call.path_value
    with project.store.transaction():
        users = project.store.find([], [user_id])
        project.delete(users)
    if not users:
        raise ApiError(400, "BadParams", f"User does not exist. Email:  UserId: {user_id}")
    return envelope(f"All users associated with {user_id} were successfully deleted")


def get_lists(project: Project, _call: Call) -> Response:
    """GET /api/lists."""
    created_at = project.store.created_at_ms
    only: dict[str, Json] = {
        "id": project.list_id,
        "name": "Everyone",
        "createdAt": created_at,
        "listType": "Standard",
    }
    return json_response({"lists": [only]})


def _email(call: Call, parameter: str) -> str:
    text = call.path_value or call.query.get(parameter, "")
    email = normal_email(text)
    if email is None:
        raise ApiError(400, "InvalidEmailAddressError", f"Invalid email: {text}")
    return email
