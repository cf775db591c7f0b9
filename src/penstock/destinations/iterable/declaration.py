"""What Iterable is to a project file: its settings and its service. Source: Iterable's API reference."""

from __future__ import annotations

from penstock.catalog.declaration import (
    DestinationSpec,
    MatchKeySpec,
    ServiceSpec,
    SettingKind,
    SettingSpec,
)
from penstock.catalog.entities import Leave, Mode
from penstock.destinations.iterable.reasons import REASONS

BULK_REQUESTS_PER_SECOND = 5.0
"""`users/bulkUpdate`: 5 requests a second, shared by everything that writes to the project."""

ITERABLE = DestinationSpec(
    type="iterable",
    label="Iterable",
    settings=(
        SettingSpec(
            name="api_key",
            kind=SettingKind.TEXT,
            label="API key",
            help="A server-side key of the project, without JWT.",
            required=True,
            secret=True,
        ),
        SettingSpec(
            name="region",
            kind=SettingKind.CHOICE,
            label="Data centre",
            help="Where the project lives; data is never shared between the two.",
            default="us",
            choices=("us", "eu"),
        ),
        SettingSpec(
            name="project_type",
            kind=SettingKind.CHOICE,
            label="Project type",
            help="How the project tells users apart; Iterable shows it under Settings, Project settings.",
            default="email",
            choices=("email", "user_id", "hybrid"),
        ),
        SettingSpec(
            name="base_url",
            kind=SettingKind.URL,
            label="Base URL",
            help="Instead of the data centre's address, such as the sandbox.",
        ),
        SettingSpec(
            name="requests_per_second",
            kind=SettingKind.NUMBER,
            label="Bulk requests a second",
            help="Less than 5 leaves room for other integrations; more only if Iterable has raised the limit.",
            default=BULK_REQUESTS_PER_SECOND,
        ),
    ),
    services=(
        ServiceSpec(
            name="users",
            label="Synchronize user attributes",
            match_keys=(
                MatchKeySpec(name="email", label="E-mail", fold_case=True),
                MatchKeySpec(name="user_id", label="User ID", fold_case=False),
            ),
            modes=(Mode.UPSERT,),
            leaves=(Leave.KEEP,),
            reasons=REASONS,
        ),
    ),
)
