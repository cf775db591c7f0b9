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
        ReasonSpec(
            code="bad_url", meaning="The address is not a web address.", fix=f"Correct {settings}, then run again."
        ),
        ReasonSpec(
            code="proxy_unreachable",
            meaning="The network's proxy does not let the connection through.",
            fix="Check HTTPS_PROXY and NO_PROXY, then run again.",
        ),
        ReasonSpec(
            code="certificate_refused",
            meaning=f"The certificate of {label}'s address cannot be verified.",
            fix=f"Check {settings}; if a proxy signs with its own authority, make this machine trust it.",
        ),
        ReasonSpec(
            code="tls_failed",
            meaning=f"No encrypted connection to {label} comes about.",
            fix=f"Check {settings}: https:// only where the server speaks TLS; then run again.",
        ),
    )
