"""Zendesk's refusals as they are worded: four JSON envelopes, and plain text (recorded)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penstock.destinations.http.answers import read_object
from penstock.destinations.http.messages import Reply

_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with one attribute, in Zendesk's words; `code` is not always given."""

    attribute: str
    words: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why Zendesk refuses: its code, its words (not yet redacted), and what it says of single attributes."""

    code: str
    words: str
    complaints: tuple[Complaint, ...] = ()


def read_refusal(reply: Reply) -> Refusal:
    """Read the refusal in whatever form it comes."""
    content = read_object(reply)
    if content is None:
        text = reply.body[:_LONGEST_TEXT].decode(errors="replace").strip()
        return Refusal(code="", words=text or f"HTTP {reply.status}")
    return refusal_in(content, otherwise=f"HTTP {reply.status}")


def refusal_in(content: Mapping[str, Any], *, otherwise: str = "no reason given") -> Refusal:
    """Read the refusal in a JSON object, such as an answer or the failed result of a job."""
    error = content.get("error")
    complaints = _complaints(content.get("details"))
    if isinstance(error, dict):
        code, words = _text(error.get("title")), _text(error.get("message"))
    elif isinstance(content.get("errors"), list):
        code, words = _listed(content["errors"])
    else:
        code = _text(error)
        words = _text(content.get("details")) or _joined(complaints)
        words = words or _text(content.get("description") or content.get("error_description"))
    words = words or _text(content.get("message")) or code or otherwise
    return Refusal(code=code, words=words, complaints=complaints)


def _complaints(details: object) -> tuple[Complaint, ...]:
    if not isinstance(details, dict):
        return ()
    found = []
    for attribute, entries in details.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict):
                words = _text(entry.get("description")) or _text(entry.get("error"))
                found.append(Complaint(attribute=attribute, words=words, code=_text(entry.get("error"))))
            elif isinstance(entry, str):
                found.append(Complaint(attribute=attribute, words=entry))
    return tuple(found)


def _listed(errors: list[Any]) -> tuple[str, str]:
    entries = [each for each in errors if isinstance(each, dict)]
    codes = [_text(each.get("code")) for each in entries]
    words = [_text(each.get("detail")) or _text(each.get("title")) for each in entries]
    words += [each for each in errors if isinstance(each, str)]
    return next(filter(None, codes), ""), " ".join(filter(None, words))


def _joined(complaints: tuple[Complaint, ...]) -> str:
    return " ".join(dict.fromkeys(each.words for each in complaints if each.words))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
