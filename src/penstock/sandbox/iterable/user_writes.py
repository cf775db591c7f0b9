"""Applies the users of one write request, bulk or single, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from penstock.sandbox.iterable.answers import ApiError
from penstock.sandbox.iterable.dates import format_date
from penstock.sandbox.iterable.directory import Directory
from penstock.sandbox.iterable.identifiers import placeholder_email
from penstock.sandbox.iterable.identity import Identity, Refusal, read_identity, refusal, resolve
from penstock.sandbox.iterable.merge import merge
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.schema import SYSTEM_FIELDS, SchemaCheck, TypeMismatch
from penstock.sandbox.iterable.user import User, sign_up, touch
from penstock.sandbox.iterable.user_request import UserUpdate
from penstock.sandbox.iterable.value_types import Json

# Not the request's to set: identifiers are handled apart, the others Iterable derives itself.
_PROTECTED = {"email", "userId", "itblUserId", "itblInternal", "profileUpdatedAt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """What a write endpoint asks for. `rejected` are positions that an injected fault refuses."""

    updates: Sequence[UserUpdate]
    create_new_fields: bool
    bulk: bool
    create_users: bool = True
    signup_source: str = "API"
    list_id: int | None = None
    rejected: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """What became of the users; every user not in `refusals` counts as a success."""

    applied: int
    refusals: list[Refusal]
    no_op: list[UserUpdate]
    created_fields: list[str]
    filtered_out_fields: list[str]


def apply_updates(project: Project, request: WriteRequest) -> WriteOutcome:
    """Apply a request, or raise ApiError and leave everything as it was."""
    with project.store.transaction():
        return _Write(project, request).run()


class _Write:
    def __init__(self, project: Project, request: WriteRequest) -> None:
        self._project = project
        self._request = request
        self._switches = project.switches
        self._check = SchemaCheck(project.store.fields, create_new=request.create_new_fields)
        self._directory = Directory(project.store.find(*_identifiers(request.updates)))
        moment = datetime.fromtimestamp(project.now(), UTC)
        self._requested_at = format_date(moment)
        self._processed_at = format_date(moment + timedelta(seconds=project.visibility_seconds))
        self._mismatches: list[TypeMismatch] = []
        self._refusals: list[Refusal] = []
        self._no_op: list[UserUpdate] = []

    def run(self) -> WriteOutcome:
        per_record = self._request.bulk and self._switches["type_errors"] == "record"
        for position, update in enumerate(self._request.updates):
            refused = self._apply(position, update, per_record=per_record)
            if refused is not None:
                self._refusals.append(refused)
        if self._mismatches:
            raise _type_error(self._project.id, self._mismatches)
        self._enter_new_fields()
        self._project.save(self._directory.changed())
        return WriteOutcome(
            applied=len(self._request.updates) - len(self._refusals),
            refusals=self._refusals,
            no_op=self._no_op,
            created_fields=list(self._check.created),
            filtered_out_fields=list(self._check.filtered_out),
        )

    def _apply(self, position: int, update: UserUpdate, *, per_record: bool) -> Refusal | None:
        if position in self._request.rejected:
            return refusal(update, self._request.rejected[position])
        identity = read_identity(update, self._project.store.forgotten)
        if isinstance(identity, Refusal):
            return identity
        examination = self._check.examine(update.data)
        if examination.mismatches and not per_record:
            self._mismatches.extend(examination.mismatches)
            return None
        if examination.mismatches or examination.oversized:
            return refusal(update, "invalidData")
        user = self._resolve(update, identity)
        if isinstance(user, Refusal):
            return user
        self._check.accept(examination)
        self._change(user, update, examination.data)
        return None

    def _resolve(self, update: UserUpdate, identity: Identity) -> User | Refusal:
        return resolve(
            self._switches["project_type"],
            update,
            identity,
            self._directory,
            bulk=self._request.bulk,
            create=self._request.create_users,
        )

    def _change(self, user: User, update: UserUpdate, data: dict[str, Json]) -> None:
        before = dict(user.profile)
        if not before:
            sign_up(user, self._request.signup_source, self._requested_at)
            if self._switches["project_type"] != "email":
                user.profile["itblUserId"] = self._project.itbl_user_id(user)
        merge(
            user.profile,
            {name: value for name, value in data.items() if name not in _PROTECTED},
            nested=update.merge_nested,
        )
        if self._request.list_id is not None:
            _join_list(user, self._request.list_id)
        unchanged = before == user.profile and not self._directory.is_changed(user)
        if unchanged and self._switches["no_op"] == "listed":
            self._no_op.append(update)
            return
        touch(user, self._requested_at, self._processed_at)
        self._directory.mark_changed(user)

    def _enter_new_fields(self) -> None:
        created = self._check.created
        custom = self._project.store.fields.keys() - SYSTEM_FIELDS.keys()
        limit = int(self._switches.number("max_fields"))
        total = len(custom) + len(created)
        if created and total > limit:
            raise ApiError(
                400,
                "UniqueFieldsLimitExceeded",
                f"Project {self._project.id}: The request would increase the number of object fields to"
                f" {total} by adding [{', '.join(created)}], which exceeds the limit of {limit}",
                {"limit": limit, "requestedTotal": total, "newFields": list(created)},
            )
        self._project.store.add_fields(created)


def _identifiers(updates: Sequence[UserUpdate]) -> tuple[list[str], list[str]]:
    emails: list[str] = []
    user_ids: list[str] = []
    for update in updates:
        emails.extend(text.lower() for text in (update.email, update.data.get("email")) if isinstance(text, str))
        user_ids.extend(text for text in (update.user_id, update.data.get("userId")) if isinstance(text, str))
        if update.prefer_user_id and update.user_id is not None:
            emails.append(placeholder_email(update.user_id))
    return emails, user_ids


def _join_list(user: User, list_id: int) -> None:
    present = user.profile.get("emailListIds")
    lists = list(present) if isinstance(present, list) else []
    if list_id not in lists:
        user.profile["emailListIds"] = [*lists, list_id]


def _type_error(project_id: int, mismatches: Sequence[TypeMismatch]) -> ApiError:
    first = mismatches[0]
    errors: dict[str, Json] = {}
    # One entry per field: the first offending value.
    for each in reversed(mismatches):
        errors[each.path] = {
            "incomingTypes": each.incoming,
            "expectedType": each.expected,
            "_type": "UnexpectedType",
            "offendingValue": each.value,
            "category": "user",
        }
    return ApiError(
        400,
        "RequestFieldsTypesMismatched",
        f"Project {project_id}: The request does not have the same data types as the data previously"
        f" submitted. Field '{first.path}' already exists for type 'user' and has a data type"
        f" of '{first.expected}' but possible types '{', '.join(first.incoming)}' in the request.",
        {"validationErrors": errors},
    )
