"""How users are recognised, which depends on the project's type and on the match key."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.entities import Mode
from penstock.destinations.iterable.settings import ProjectType
from penstock.errors import ConfigurationError, Problem, Severity

IDENTIFIERS = {"email": "email", "user_id": "userId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A project's type and the match key used in it."""

    project_type: ProjectType
    match_key: str

    @property
    def identifier(self) -> str:
        """The member of a record that identifies its user."""
        return IDENTIFIERS[self.match_key]

    @property
    def creates_placeholders(self) -> bool:
        """Whether new users come without an address: e-mail-based projects then need `preferUserId`."""
        return self.project_type is ProjectType.EMAIL and self.match_key == "user_id"

    def problems(self) -> tuple[Problem, ...]:
        """What is to be said of the combination itself."""
        if self.project_type is ProjectType.USER_ID and self.match_key == "email":
            return (
                Problem(
                    code="match_key_not_unique",
                    message="A userID-based project cannot be matched on e-mail: several of its users may share an"
                    " address, and Iterable creates nobody without a user id.",
                    fix="Match on `user_id`, or correct the destination's `project_type`.",
                ),
            )
        if self.creates_placeholders:
            return (
                Problem(
                    code="placeholder_users",
                    message="In an e-mail-based project matched on `user_id`, new users are created"
                    " under a placeholder address and cannot be mailed.",
                    fix="Match on `email` if the model has one.",
                    severity=Severity.WARNING,
                ),
            )
        return ()


def matching_of(project_type: ProjectType, *, match_key: str, mode: Mode) -> Matching:
    """Check what an activation asks for; ConfigurationError for what this service does not offer."""
    if match_key not in IDENTIFIERS:
        raise ConfigurationError(
            f"Iterable does not recognise users by `{match_key}`.",
            fix="Match on `email` or `user_id`.",
            code="unknown_match_key",
        )
    if mode is not Mode.UPSERT:
        raise ConfigurationError(
            "Iterable's bulk update creates users that it does not know; updating existing ones only is not offered.",
            fix="Set `insert: true`.",
            code="mode_not_offered",
        )
    return Matching(project_type=project_type, match_key=match_key)
