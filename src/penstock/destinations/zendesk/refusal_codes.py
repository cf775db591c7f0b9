"""From Zendesk's words to Penstock's reason codes.

A failed item of a job has words alone, and those of any attribute may begin with "Name: " (recorded).
"""

from __future__ import annotations

import re

from penstock.destinations.contract import ALREADY_THERE, Outcome
from penstock.destinations.zendesk.envelopes import Refusal

DATABASE_CONFLICT = "DatabaseConflict"

_PATTERNS = (
    (re.compile(r"already being used by another user|email\b.*has already been taken", re.IGNORECASE), "email_taken"),
    (re.compile(r"^(name: )?external\b.*already", re.IGNORECASE), "external_id_taken"),
    (re.compile(r"phone\b.*not properly formatted", re.IGNORECASE), "phone_invalid"),
    (re.compile(r"email\b.*not properly formatted", re.IGNORECASE), "email_invalid"),
    (re.compile(r"^name: is too short|name can(no|')t be blank", re.IGNORECASE), "name_missing"),
    (re.compile(r"access denied|do not have access|forbidden", re.IGNORECASE), "not_permitted"),
)

_TAKEN = {"email_taken", "external_id_taken"}


def is_conflict(refusal: Refusal) -> bool:
    """Whether nothing was applied because of something simultaneous, so that trying again is all it takes."""
    return refusal.code == DATABASE_CONFLICT or "Database collision" in refusal.words


def judge_refusal(refusal: Refusal, *, only_new: bool) -> tuple[Outcome, str]:
    """Return what a refusal means for a record; with `only_new` whoever has its address or id is there already."""
    code = reason_code(refusal)
    if only_new and code in _TAKEN:
        return Outcome.SKIPPED, ALREADY_THERE
    return Outcome.REJECTED, code


def reason_code(refusal: Refusal) -> str:
    """Return the code of the reason that comes nearest to Zendesk's words."""
    for words in [each.words for each in refusal.complaints] or [refusal.words]:
        for pattern, code in _PATTERNS:
            if pattern.search(words):
                return code
    if refusal.complaints or refusal.code in {"RecordInvalid", "Invalid attribute"}:
        return "value_refused"
    if re.match(r"[^:]{1,255}: ", refusal.words) or " is invalid" in refusal.words:
        return "value_refused"
    return "refused"
