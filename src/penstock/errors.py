"""Every error of Penstock, grouped by who must act; each says what happened and what to do next.

PenstockError
├── ConfigurationError      the author of the project files            exit 2
├── StorageError            whoever runs this machine (disk, rights)   exit 2
├── SourceError             the owner of the source                    exit 3
├── DestinationError        the owner of the destination               exit 3
│   └── CredentialsError    the key or token is refused                exit 3
├── GuardStop               the person who decides whether to go on    exit 4
└── ActivationBusy          nobody: another run is under way           exit 5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a project file; `line` counts from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Severity(StrEnum):
    """Whether a problem prevents a run."""

    REFUSAL = "refusal"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing found wrong before anything is sent: what it is, where, and how to mend it."""

    code: str
    message: str
    fix: str
    location: Location | None = None
    severity: Severity = Severity.REFUSAL


class PenstockError(Exception):
    """Base of all errors: a sentence, the next step, a stable code, and the exit code of the command."""

    exit_code = 2

    def __init__(self, message: str, *, fix: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code


class ConfigurationError(PenstockError):
    """The project cannot run as it is written; `problems` lists everything found, not only the first."""

    def __init__(
        self,
        message: str,
        *,
        fix: str,
        code: str = "configuration",
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message, fix=fix, code=code)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ConfigurationError:
        """Make one error of a list of problems (at least one)."""
        first = problems[0]
        if len(problems) == 1:
            return cls(first.message, fix=first.fix, code=first.code, problems=problems)
        return cls(
            f"{len(problems)} problems were found.",
            fix="Mend each of them, then try again.",
            code="configuration",
            problems=problems,
        )


class StorageError(PenstockError):
    """Penstock's own state cannot be read or written."""

    def __init__(self, message: str, *, fix: str, code: str = "storage") -> None:
        super().__init__(message, fix=fix, code=code)


class SourceError(PenstockError):
    """A source cannot be opened or read."""

    exit_code = 3

    def __init__(self, message: str, *, fix: str, code: str = "source_unreachable") -> None:
        super().__init__(message, fix=fix, code=code)


class DestinationError(PenstockError):
    """A destination cannot be reached or answers what its API does not allow for.

    `maybe_applied`: whether the write that it ended may have been applied nevertheless.
    """

    exit_code = 3

    def __init__(
        self, message: str, *, fix: str, code: str = "destination_unreachable", maybe_applied: bool = True
    ) -> None:
        super().__init__(message, fix=fix, code=code)
        self.maybe_applied = maybe_applied


class CredentialsError(DestinationError):
    """A destination refuses the credentials."""

    def __init__(
        self, message: str, *, fix: str, code: str = "credentials_refused", maybe_applied: bool = True
    ) -> None:
        super().__init__(message, fix=fix, code=code, maybe_applied=maybe_applied)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredGuard:
    """A guard that stops a run: the name that `--allow` takes, and its figures with their likely cause."""

    guard: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Write it as JSON values."""
        return {"guard": self.guard, "message": self.message}


class GuardStop(PenstockError):
    """Guards stopped the run before anything was sent: `fired` are all of them, at least one."""

    exit_code = 4

    def __init__(self, fired: Sequence[FiredGuard], *, fix: str) -> None:
        words = " ".join(each.message for each in fired)
        super().__init__(f"{words} Nothing was sent.", fix=fix, code=f"guard_{fired[0].guard}")
        self.fired = tuple(fired)


class ActivationBusy(PenstockError):
    """The same activation is already running."""

    exit_code = 5

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message, fix=fix, code="already_running")
