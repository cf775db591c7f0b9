"""How users are recognised, which depends on the project's type and on the match key."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.entities import Mode
from penstock.destinations.iterable.settings import ProjectType
from penstock.errors import ConfigurationError, Problem, Severity

IDENTIFIERS = {"email": "email", "user_id": "userId"}
MAY_CREATE = "preferUserId"
"""In e-mail-based projects: whether a user who is named by an unknown user id is created. By default it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A project's type and the match key used in it, and who is to be created."""

    project_type: ProjectType
    match_key: str
    mode: Mode = Mode.UPSERT
    recreate: bool = False

    @property
    def identifier(self) -> str:
        """The member of a record that identifies its user."""
        return IDENTIFIERS[self.match_key]

    @property
    def refuses_strangers(self) -> bool:
        """Whether the project can be told, user by user, to create nobody; and nobody else is to be created."""
        return self._obeys and not (self.recreate or self.mode is Mode.INSERT)

    @property
    def constants(self) -> tuple[tuple[str, str], ...]:
        """Members of every record."""
        return ((MAY_CREATE, "true"),) if self._obeys and not self.refuses_strangers else ()

    @property
    def newcomers(self) -> tuple[tuple[str, str], ...]:
        """Members of those records alone that were never delivered; known users are not created again."""
        may_create = "false" if self.mode is Mode.UPDATE else "true"
        return ((MAY_CREATE, may_create),) if self.refuses_strangers else ()

    @property
    def _obeys(self) -> bool:
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
        if self._obeys and self.mode is not Mode.UPDATE:
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


def matching_of(project_type: ProjectType, *, match_key: str, mode: Mode, recreate: bool) -> Matching:
    """Check what an activation asks for; ConfigurationError for what this service does not offer."""
    if match_key not in IDENTIFIERS:
        raise ConfigurationError(
            f"Iterable does not recognise users by `{match_key}`.",
            fix="Match on `email` or `user_id`.",
            code="unknown_match_key",
        )
    return Matching(project_type=project_type, match_key=match_key, mode=mode, recreate=recreate)
