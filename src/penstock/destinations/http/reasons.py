"""Why no answer came: the codes that every destination's outcomes share."""

from __future__ import annotations

from penstock.catalog.declaration import ReasonSpec

RUN_AGAIN = "Run again: the record is still due."


def no_answer_reasons(label: str, *, settings: str, in_doubt: str = RUN_AGAIN) -> tuple[ReasonSpec, ...]:
    """Declare them for a destination called `label`, whose address is in `settings`.

    `in_doubt` is the fix where the request may have been applied.
    """
    return (
        ReasonSpec(
            code="server_error",
            meaning=f"{label} failed; nobody knows whether it applied the request.",
            fix=in_doubt,
        ),
        ReasonSpec(code="unexpected_answer", meaning=f"{label}'s answer could not be understood.", fix=in_doubt),
        ReasonSpec(code="connection_lost", meaning="The connection broke before the answer came.", fix=in_doubt),
        ReasonSpec(code="answer_timeout", meaning="No answer came in time.", fix=in_doubt),
        ReasonSpec(code="answer_cut_off", meaning="The answer broke off in the middle.", fix=in_doubt),
        ReasonSpec(code="answer_not_http", meaning="What came back was no HTTP answer.", fix=in_doubt),
        ReasonSpec(code="connection_refused", meaning=f"{label} could not be reached.", fix=RUN_AGAIN),
        ReasonSpec(code="not_connected", meaning=f"{label} could not be reached.", fix=RUN_AGAIN),
        ReasonSpec(code="connect_timeout", meaning=f"{label} could not be reached in time.", fix=RUN_AGAIN),
        ReasonSpec(
            code="name_not_resolved",
            meaning=f"{label}'s address is not known to this machine's network.",
            fix=f"Check {settings}, and the network; then run again.",
        ),
    )
