"""Creates the user fields that custom attributes need, each once, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from penstock.destinations.contract import LongestText
from penstock.destinations.http.answers import read_object
from penstock.destinations.http.messages import NoReplyError, Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.zendesk.conversions import LONGEST_TEXT
from penstock.destinations.zendesk.custom_mapping import existing_fields
from penstock.destinations.zendesk.envelopes import read_refusal
from penstock.destinations.zendesk.judgement import MissingAttribute
from penstock.destinations.zendesk.user_fields import PATH, UserField, read_user_field, read_user_fields
from penstock.errors import CredentialsError, DestinationError

DESCRIPTION = "Filled by Penstock."
_TEXTS = frozenset({"text", "textarea"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The keys of the custom attributes by target, as Zendesk has them, and a sentence for each that was created."""

    keys: Mapping[str, str]
    notices: tuple[str, ...]


async def create_missing(
    session: HttpSession, missing: Sequence[MissingAttribute], longest_text: LongestText, *, credentials_fix: str
) -> Created:
    """Create what is not there by now. Raises DestinationError or CredentialsError."""
    if not missing:
        return Created(keys={}, notices=())
    return await _Creation(session, longest_text, credentials_fix).run(missing)


class _Creation:
    def __init__(self, session: HttpSession, longest_text: LongestText, credentials_fix: str) -> None:
        self._session = session
        self._longest_text = longest_text
        self._credentials_fix = credentials_fix

    async def run(self, missing: Sequence[MissingAttribute]) -> Created:
        # Somebody, or an earlier run that lost its answer, may have created them since the inspection.
        known = await read_user_fields(self._session, credentials_fix=self._credentials_fix)
        keys: dict[str, str] = {}
        notices: list[str] = []
        for attribute in missing:
            field = self._fitting(attribute, existing_fields(known, attribute.title))
            if field is None:
                field = await self._create(attribute)
                notices.append(f"Created the user field `{field.key}` ({field.type}) in Zendesk.")
            keys[attribute.target] = field.key
        return Created(keys=keys, notices=tuple(notices))

    async def _create(self, attribute: MissingAttribute) -> UserField:
        request = self._request(attribute)
        try:
            reply = await self._session.send(request)
        except NoReplyError as error:
            created = await self._read_again(attribute) if error.maybe_sent else None
            if created is None:
                raise
            return created
        if reply.status in {401, 403}:
            raise self._forbidden(attribute, reply)
        answered = read_user_field((read_object(reply) or {}).get("user_field")) if reply.status < 300 else None
        # A key that is taken already may be taken by this very request, of which an earlier attempt got no answer.
        created = answered or await self._read_again(attribute)
        if created is None:
            raise self._refused(attribute, reply)
        return created

    async def _read_again(self, attribute: MissingAttribute) -> UserField | None:
        known = await read_user_fields(self._session, credentials_fix=self._credentials_fix)
        return self._fitting(attribute, existing_fields(known, attribute.title))

    def _request(self, attribute: MissingAttribute) -> Request:
        type_ = attribute.type
        if attribute.may_be_long and self._longest_text(attribute.target) > LONGEST_TEXT:
            type_ = "textarea"
        field = {"key": attribute.key, "title": attribute.title, "type": type_, "description": DESCRIPTION}
        return Request(
            method="POST",
            path=PATH,
            body=orjson.dumps({"user_field": field}),
            purpose=f"creating the user field `{attribute.key}`",
            write=True,
        )

    def _fitting(self, attribute: MissingAttribute, found: Sequence[UserField]) -> UserField | None:
        """Return the field if there is one by now; DestinationError if it is not what was planned for."""
        if not found:
            return None
        field = found[0]
        if len(found) == 1 and (field.type == attribute.type or {field.type, attribute.type} <= _TEXTS):
            return field
        raise DestinationError(
            f"In {self._session.host} a user field `{field.key}` of the type {field.type} has appeared, where"
            f" `{attribute.target}` needs one of the type {attribute.type}.",
            fix="Run again: the mapping is then compared with the fields that are there now.",
            code="field_appeared",
            maybe_applied=False,
        )

    def _forbidden(self, attribute: MissingAttribute, reply: Reply) -> CredentialsError:
        words = self._words(reply)
        fix = self._credentials_fix
        if reply.status == 403:
            fix = "Use an admin's token that may write (scope `write`), or have an admin create the user field."
        return CredentialsError(
            f"{self._session.host} does not let Penstock create the user field `{attribute.key}`"
            f" (HTTP {reply.status}): {words}.",
            fix=fix,
            maybe_applied=False,
        )

    def _refused(self, attribute: MissingAttribute, reply: Reply) -> DestinationError:
        words = self._words(reply)
        return DestinationError(
            f"{self._session.host} does not create the user field `{attribute.key}` (HTTP {reply.status}): {words}.",
            fix="Act on Zendesk's words, or create the field in Zendesk (Admin Center, People, User fields).",
            code="field_not_created",
            maybe_applied=False,
        )

    def _words(self, reply: Reply) -> str:
        return self._session.redactor.quote(read_refusal(reply).words).removesuffix(".")
