"""Why Zendesk does not take a record: every code that an outcome of it can carry, with what to do."""

from __future__ import annotations

from penstock.catalog.declaration import ReasonSpec
from penstock.destinations.http.reasons import RUN_AGAIN, no_answer_reasons

READ_AGAIN = "Run again: Penstock reads at Zendesk what was applied, and sends what is missing."

_REFUSED = (
    ReasonSpec(
        code="email_invalid",
        meaning="Zendesk takes the e-mail address for malformed.",
        fix="Correct the address in the source; it is tried again when it changes.",
    ),
    ReasonSpec(
        code="email_taken",
        meaning="The e-mail address belongs to another user in Zendesk, as first or as further address.",
        fix="Merge the two users in Zendesk, or correct the address in the source.",
    ),
    ReasonSpec(
        code="external_id_taken",
        meaning="The external id belongs to another user in Zendesk; upper and lower case are the same there.",
        fix="Give the id to one user only: correct it in the source, or take it from the other user in Zendesk.",
    ),
    ReasonSpec(
        code="phone_invalid",
        meaning="Zendesk's account checks phone numbers and takes this one for malformed.",
        fix="Write numbers as +33123456789 in the source, or turn the check off in Zendesk.",
    ),
    ReasonSpec(
        code="name_missing",
        meaning="A user cannot be created without a name.",
        fix="Fill the field that is mapped to `name` in the source.",
    ),
    ReasonSpec(
        code="value_refused",
        meaning="Zendesk refuses a value of the record.",
        fix="Compare the value with the field's type and options in Zendesk; it is tried again when it changes.",
    ),
    ReasonSpec(
        code="not_permitted",
        meaning="Zendesk does not allow this user to be changed by the owner of the token.",
        fix="Use the token of an administrator: agents may change end users only, and shared users nobody may.",
    ),
    ReasonSpec(
        code="too_large",
        meaning="The record alone is larger than a request to Zendesk may be.",
        fix="Map fewer or shorter fields.",
    ),
    ReasonSpec(
        code="refused",
        meaning="Zendesk refused the record.",
        fix="Act on Zendesk's words, then run again.",
    ),
    ReasonSpec(
        code="identity_kept",
        meaning="The user has another e-mail address or phone number in Zendesk. Zendesk keeps it and adds the one"
        " that was sent as a further one, instead of replacing it.",
        fix="Change the user's primary address or number in Zendesk, or correct the source.",
    ),
)

_IN_DOUBT = (
    ReasonSpec(
        code="refused_together",
        meaning="Zendesk refuses some records together, and the one at fault was not found.",
        fix="Act on Zendesk's words, then run again.",
    ),
    ReasonSpec(
        code="job_failed",
        meaning="Zendesk's job failed as a whole; Zendesk does not tell which of its records were applied.",
        fix=READ_AGAIN,
    ),
    ReasonSpec(
        code="job_vanished",
        meaning="Zendesk no longer knows the job that was to apply the record.",
        fix=READ_AGAIN,
    ),
    ReasonSpec(
        code="job_stalled",
        meaning="Zendesk's job made no progress for half an hour.",
        fix="Look at Zendesk's status page, then run again.",
    ),
    ReasonSpec(
        code="results_mismatch",
        meaning="The results of Zendesk's job do not fit the records that were sent, so none of them is believed.",
        fix=READ_AGAIN,
    ),
    ReasonSpec(
        code="result_unclear",
        meaning="Zendesk's result for the record could not be understood.",
        fix=READ_AGAIN,
    ),
    ReasonSpec(
        code="recreation_due",
        meaning="The user was deleted at Zendesk and has not been created again yet.",
        fix="Run again: the user is created again, in full.",
    ),
    ReasonSpec(
        code="database_conflict",
        meaning="Zendesk could not apply the record because something else changed the user at the same moment.",
        fix=RUN_AGAIN,
    ),
)

_NO_ANSWER = (
    ReasonSpec(
        code="throttled", meaning="Zendesk had no room for the request or the job for too long.", fix=RUN_AGAIN
    ),
    *no_answer_reasons("Zendesk", settings="`subdomain` or `base_url`", in_doubt=READ_AGAIN),
)

REASONS = (*_REFUSED, *_IN_DOUBT, *_NO_ANSWER)
