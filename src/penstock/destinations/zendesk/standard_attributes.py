"""The attributes that every Zendesk user has: which can be mapped, and why others cannot.

Source: Zendesk's API reference, Users.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AttributeType(StrEnum):
    """What a standard attribute holds."""

    TEXT = "text"
    INTEGER = "integer"
    CHECKBOX = "checkbox"
    TEXTS = "list of text"
    INTEGERS = "list of integers"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAttribute:
    """An attribute that can be mapped.

    `create_only`: Zendesk does not replace it, so that it is set when a user is created and never changed. `lasting`:
    every user has one, or it identifies the user, so that it is not emptied for those who leave. `caution` is what
    whoever maps it must know.
    """

    name: str
    label: str
    type: AttributeType = AttributeType.TEXT
    options: tuple[str, ...] = ()
    create_only: bool = False
    lasting: bool = False
    caution: str = ""


_SEATS = "Agents and admins take up paid seats, and only an admin's token may change them."

_ATTRIBUTES = (
    StandardAttribute(name="name", label="Name", lasting=True),
    StandardAttribute(name="email", label="E-mail", create_only=True),
    StandardAttribute(name="external_id", label="External ID", lasting=True),
    StandardAttribute(name="phone", label="Phone", create_only=True),
    StandardAttribute(
        name="shared_phone_number",
        label="Phone number is shared",
        type=AttributeType.CHECKBOX,
        create_only=True,
    ),
    StandardAttribute(name="details", label="Details"),
    StandardAttribute(name="notes", label="Notes"),
    StandardAttribute(name="alias", label="Alias"),
    StandardAttribute(name="signature", label="Signature (agents)"),
    StandardAttribute(
        name="tags",
        label="Tags",
        type=AttributeType.TEXTS,
        caution="Zendesk replaces the whole list, including tags that agents or user fields have set.",
    ),
    StandardAttribute(
        name="organization_id",
        label="Organization ID",
        type=AttributeType.INTEGER,
        caution="Zendesk makes it the user's only organization and removes the other memberships.",
    ),
    StandardAttribute(
        name="role", label="Role", lasting=True, options=("end-user", "agent", "admin"), caution=_SEATS
    ),
    StandardAttribute(
        name="custom_role_id", label="Custom role ID", lasting=True, type=AttributeType.INTEGER, caution=_SEATS
    ),
    StandardAttribute(name="locale", label="Locale, such as en-US", lasting=True),
    StandardAttribute(name="locale_id", label="Locale ID", lasting=True, type=AttributeType.INTEGER),
    StandardAttribute(name="time_zone", label="Time zone, in Zendesk's words", lasting=True),
    StandardAttribute(
        name="verified",
        label="Verified",
        lasting=True,
        type=AttributeType.CHECKBOX,
        caution="True tells Zendesk that the address is the user's own; it can never be taken back.",
    ),
    StandardAttribute(name="suspended", label="Suspended", lasting=True, type=AttributeType.CHECKBOX),
    StandardAttribute(name="default_group_id", label="Default group ID (agents)", type=AttributeType.INTEGER),
    StandardAttribute(name="moderator", label="Moderator (agents)", type=AttributeType.CHECKBOX),
    StandardAttribute(
        name="only_private_comments", label="Only private comments (agents)", type=AttributeType.CHECKBOX
    ),
    StandardAttribute(
        name="ticket_restriction",
        label="Ticket access",
        options=("organization", "groups", "assigned", "requested"),
    ),
    StandardAttribute(name="agent_brand_ids", label="Brand IDs (agents)", type=AttributeType.INTEGERS),
    StandardAttribute(name="remote_photo_url", label="Address of a photo"),
)

STANDARD_ATTRIBUTES: Final[Mapping[str, StandardAttribute]] = MappingProxyType(
    {each.name: each for each in _ATTRIBUTES}
)
"""What can be mapped, by name, in the order in which a form shows it."""

READ_ONLY: Final = frozenset(
    {
        "active",
        "chat_only",
        "created_at",
        "iana_time_zone",
        "id",
        "last_login_at",
        "report_csv",
        "restricted_agent",
        "role_type",
        "shared",
        "shared_agent",
        "two_factor_auth_enabled",
        "updated_at",
        "url",
    }
)
"""Attributes that Zendesk sets itself: what is sent for them is dropped with a success answer."""

NOT_MAPPED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "password": ("Passwords are not sent.", "Remove this mapping; let users sign in to Zendesk by themselves."),
        "identities": (
            "Zendesk takes `identities` only from who creates a user one by one.",
            "Map `email` or `phone`.",
        ),
        "skip_verify_email": (
            "`skip_verify_email` is no attribute of a user.",
            "Remove this mapping and set `verification_emails` of the destination.",
        ),
        "organization": (
            "Zendesk does not promise what it does with an organization named by `organization`.",
            "Map its id to `organization_id`.",
        ),
        "photo": ("`photo` cannot be written.", "Map the address of a picture to `remote_photo_url`."),
        "user_fields": (
            "`user_fields` holds all user fields together.",
            "Name one of them, as in `user_fields.plan`, or list model fields under `custom_attributes`.",
        ),
    }
)
"""Attributes that could be sent but must not be mapped: why, and what to do instead."""
