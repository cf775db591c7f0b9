"""Answers that mean that nothing further can succeed, told apart and explained the same way for all destinations."""

from __future__ import annotations

from typing import Any

import orjson

from penstock.destinations.http.messages import Reply, Request
from penstock.destinations.http.session import HttpSession
from penstock.errors import CredentialsError, DestinationError


def stop_if_hopeless(session: HttpSession, request: Request, reply: Reply, *, credentials_fix: str) -> None:
    """Raise for refused credentials, a redirect, or an address where this API is not."""
    host, words = session.host, _words(session, reply)
    if reply.status in {401, 403}:
        raise CredentialsError(
            f"{host} refuses the credentials while {request.purpose} (HTTP {reply.status}){words}.",
            fix=credentials_fix,
            maybe_applied=reply.doubtful,
        )
    if 300 <= reply.status < 400:
        target = session.redactor.quote(reply.location) or "an address it does not name"
        raise DestinationError(
            f"{host} redirects to {target} while {request.purpose}; redirects are not followed.",
            fix="Set the base URL to the address of the API itself.",
            code="redirected",
            maybe_applied=reply.doubtful,
        )
    if reply.status in {404, 405} and read_object(reply) is None:
        raise DestinationError(
            f"{host} does not know {request.path} (HTTP {reply.status}), needed for {request.purpose}.",
            fix="Check the base URL: it must be the API's address, without a path.",
            code="wrong_url",
            maybe_applied=reply.doubtful,
        )


def expect_object(session: HttpSession, request: Request, reply: Reply) -> dict[str, Any]:
    """Return the JSON object of a successful answer; DestinationError for anything else."""
    content = read_object(reply)
    if not 200 <= reply.status < 300:
        raise DestinationError(
            f"{session.host} answers HTTP {reply.status} while {request.purpose}{_words(session, reply)}.",
            fix="Run again; if it stays, look at the destination's status page.",
            code="unexpected_status",
        )
    if content is None:
        kind = "a web page" if b"<html" in reply.body[:500].lower() else "something that is not the expected JSON"
        raise DestinationError(
            f"{session.host} answers with {kind} while {request.purpose}{_words(session, reply)}.",
            fix="Check the base URL, and that no proxy or login page stands in between.",
            code="unexpected_answer",
        )
    return content


def read_object(reply: Reply) -> dict[str, Any] | None:
    """Return the JSON object that an answer holds, or None when it holds something else."""
    try:
        content = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _words(session: HttpSession, reply: Reply) -> str:
    content = read_object(reply)
    text = reply.body[:2000].decode(errors="replace") if content is None else _told(content)
    words = session.redactor.quote(text).removesuffix(".")
    return f": {words}" if words else ""


def _told(content: dict[str, Any]) -> str:
    if isinstance(content.get("error"), dict):
        return _told(content["error"])
    for name in ("msg", "description", "error_description", "message", "error"):
        if isinstance(content.get(name), str):
            return str(content[name])
    return ""
