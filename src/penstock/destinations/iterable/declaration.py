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
YEAR_MINUTES = 525_600.0
READS_PER_SECOND = 100.0
"""Single reads of users: 100 a second, shared by everything that reads from the project."""
KNOWN_FOR_MINUTES = 15.0
"""Longer than reads and exports lag behind writes, which is up to some ten minutes."""

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
        SettingSpec(
            name="reads_per_second",
            kind=SettingKind.NUMBER,
            label="Reads a second",
            help="How fast users may be looked up and values read; less than 100 leaves room for other integrations.",
            default=READS_PER_SECOND,
            example="50",
        ),
        SettingSpec(
            name="known_for_minutes",
            kind=SettingKind.NUMBER,
            label="Minutes that users are known for",
            help="Users who were seen or written longer ago are looked up before they are updated.",
            default=KNOWN_FOR_MINUTES,
            least=0,
            most=YEAR_MINUTES,
            example="60",
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
            modes=(Mode.UPSERT, Mode.UPDATE, Mode.INSERT),
            leaves=(Leave.KEEP, Leave.CLEAR, Leave.DELETE),
            recreates=True,
            reads_values=True,
            reasons=REASONS,
        ),
    ),
)
