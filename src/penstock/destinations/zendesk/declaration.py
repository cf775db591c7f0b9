"""What Zendesk is to a project file: its settings and its service. Source: Zendesk's API reference."""

from __future__ import annotations

from penstock.catalog.declaration import (
    DestinationSpec,
    MatchKeySpec,
    ServiceSpec,
    SettingKind,
    SettingSpec,
    VariantSpec,
)
from penstock.catalog.entities import Leave, Mode
from penstock.destinations.zendesk.reasons import REASONS

DOMAIN = "zendesk.com"

RESERVE_PER_CENT = 20.0
"""What is left of the account's request limit to its agents and other integrations."""

_OAUTH = VariantSpec(
    name="oauth",
    label="OAuth access token",
    help="An OAuth access token, the way that lasts.",
    settings=(
        SettingSpec(
            name="token",
            kind=SettingKind.TEXT,
            label="Access token",
            help="An access token of an admin, with the scopes `read` and `write`.",
            required=True,
            secret=True,
            variable="ZENDESK_TOKEN",
        ),
    ),
)

_API_TOKEN = VariantSpec(
    name="api_token",
    label="API token (until 30 April 2027)",
    help="An API token; Zendesk stops accepting them on 2027-04-30, and makes no new ones.",
    settings=(
        SettingSpec(
            name="email",
            kind=SettingKind.TEXT,
            label="E-mail address",
            help="The address of the admin in whose name the token is used.",
            required=True,
            example="me@acme.com",
        ),
        SettingSpec(
            name="token",
            kind=SettingKind.TEXT,
            label="API token",
            help="The token alone, without the address.",
            required=True,
            secret=True,
            variable="ZENDESK_API_TOKEN",
        ),
    ),
)

ZENDESK = DestinationSpec(
    type="zendesk",
    label="Zendesk",
    settings=(
        SettingSpec(
            name="subdomain",
            kind=SettingKind.SUBDOMAIN,
            label="Subdomain",
            help=f"The account's part of its address: `acme` of `acme.{DOMAIN}`.",
            domain=DOMAIN,
        ),
        SettingSpec(
            name="auth",
            kind=SettingKind.VARIANT,
            label="Sign-in",
            help="How Penstock signs in.",
            required=True,
            variants=(_OAUTH, _API_TOKEN),
        ),
        SettingSpec(
            name="base_url",
            kind=SettingKind.URL,
            label="Base URL",
            help="Instead of the subdomain's address: the sandbox, or a domain of your own.",
            example="http://127.0.0.1:8091",
        ),
        SettingSpec(
            name="requests_per_minute",
            kind=SettingKind.NUMBER,
            label="Requests a minute",
            help="The account's limit, instead of what Zendesk tells with each answer.",
            example="700",
        ),
        SettingSpec(
            name="reserve",
            kind=SettingKind.NUMBER,
            label="Reserve, in per cent",
            help="The share of the account's limit that is left to its agents and other integrations.",
            default=RESERVE_PER_CENT,
            least=0,
            most=90,
            example="30",
        ),
        SettingSpec(
            name="verification_emails",
            kind=SettingKind.FLAG,
            label="Verification e-mails",
            help="Whether Zendesk asks the users that are created to verify their address.",
            default=False,
        ),
        SettingSpec(
            name="speed",
            kind=SettingKind.NUMBER,
            label="Speed of the sandbox",
            help="Only for a sandbox started with `--speed`: its limits and waits are shorter by that factor.",
            default=1.0,
            example="10",
        ),
    ),
    at_least_one=("subdomain", "base_url"),
    services=(
        ServiceSpec(
            name="users",
            label="Synchronize users",
            match_keys=(
                MatchKeySpec(name="email", label="E-mail", fold_case=True),
                MatchKeySpec(name="external_id", label="External ID", fold_case=True, keep_case=True),
            ),
            modes=(Mode.UPSERT, Mode.UPDATE, Mode.INSERT),
            leaves=tuple(Leave),
            recreates=True,
            reads_values=True,
            attribute_types=("date",),
            reasons=REASONS,
        ),
    ),
)
