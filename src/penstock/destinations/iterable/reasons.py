"""Why Iterable does not take a record: every code that an outcome of it can carry, with what to do."""

from __future__ import annotations

from penstock.catalog.declaration import ReasonSpec
from penstock.destinations.http.reasons import RUN_AGAIN, no_answer_reasons

REASONS = (
    ReasonSpec(
        code="invalid_email",
        meaning="Iterable takes the e-mail address for malformed, or the person is on its list of deleted ones.",
        fix="Correct the address in the source; it is tried again when it changes.",
    ),
    ReasonSpec(
        code="invalid_user_id",
        meaning="The user id is empty, longer than 52 characters, not plain ASCII, or ends in a space.",
        fix="Correct the id in the source.",
    ),
    ReasonSpec(
        code="invalid_data",
        meaning="Iterable refuses a value of the record without saying which.",
        fix="Compare the record's values with the types and lengths of the fields in Iterable.",
    ),
    ReasonSpec(
        code="conflict",
        meaning="The record's e-mail address or user id belongs to another user in Iterable.",
        fix="Merge the two users in Iterable, or correct the id in the source.",
    ),
    ReasonSpec(
        code="forgotten",
        meaning="The person was forgotten in Iterable on request (GDPR); Iterable refuses them for good.",
        fix="Exclude the person from the segment.",
    ),
    ReasonSpec(
        code="not_found",
        meaning="Iterable knows no such user.",
        fix="Look the user up in Iterable; the record is tried again daily, or when it changes.",
    ),
    ReasonSpec(
        code="not_addressable",
        meaning="The address or id has characters with which Iterable would take it for another address, so that the"
        " user cannot be deleted.",
        fix="Delete the user in Iterable by hand.",
    ),
    ReasonSpec(
        code="type_mismatch",
        meaning="A value does not have the type that the field has in Iterable for ever.",
        fix="Cast the field in the model's SQL, or map it to another field.",
    ),
    ReasonSpec(
        code="malformed",
        meaning="Iterable cannot read what was sent for the record.",
        fix="Look at the nested values of the record; if they are sound, report it as a mistake of Penstock.",
    ),
    ReasonSpec(
        code="too_large",
        meaning="The record alone is larger than the 4 MB that a request may have.",
        fix="Map fewer or shorter fields.",
    ),
    ReasonSpec(
        code="refused",
        meaning="Iterable refused the record.",
        fix="Act on Iterable's words, then run again.",
    ),
    ReasonSpec(
        code="ambiguous_failure",
        meaning="Iterable refused a record by a value that several records have, so nobody knows which.",
        fix="Make the user ids unique in the source, then run again.",
    ),
    ReasonSpec(
        code="refused_together",
        meaning="Iterable refuses some records together, and the one at fault was not found.",
        fix="Act on Iterable's words, then run again.",
    ),
    ReasonSpec(code="throttled", meaning="Iterable had no room for the request for too long.", fix=RUN_AGAIN),
    ReasonSpec(
        code="counts_differ",
        meaning="The counts in Iterable's answer do not add up, so the records it does not name are in doubt.",
        fix=RUN_AGAIN,
    ),
    *no_answer_reasons("Iterable", settings="`region` or `base_url`"),
)
