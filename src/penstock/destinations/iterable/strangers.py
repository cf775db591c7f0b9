"""Users whom Iterable refuses because it does not know them: they were absent, not wrong.

Which bucket names them is not documented, and one of the two is that of malformed user ids as well.
"""

from __future__ import annotations

import re
from dataclasses import replace

from penstock.destinations.contract import Outcome
from penstock.destinations.iterable.attribution import SentRecord, Verdict
from penstock.destinations.iterable.matching import MAY_CREATE
from penstock.plan.outcomes import ABSENT, DELETED

_BUCKETS = {"invalid_user_id", "not_found"}
_WELL_FORMED = re.compile(r"[\x20-\x7e]{0,51}[\x21-\x7e]")
"""At most 52 printable ASCII characters, the last one no space."""


def judge_stranger(verdict: Verdict, record: SentRecord) -> Verdict:
    """Take a refused user whose id is well formed for one who is not there, or no longer, unless it might be created.

    Whoever was delivered before comes without the word about creating.
    """
    user_id, may_create = record.get("userId"), record.get(MAY_CREATE)
    if verdict.outcome is not Outcome.REJECTED or verdict.code not in _BUCKETS or may_create is True:
        return verdict
    if not isinstance(user_id, str) or not _WELL_FORMED.fullmatch(user_id):
        return verdict
    return replace(verdict, outcome=Outcome.SKIPPED, code=DELETED if may_create is None else ABSENT)
