"""A job's status as Zendesk shows it. Source: Zendesk's API reference, Job Statuses, and recorded answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class JobKind(StrEnum):
    """What a job does; the value is the end of its path."""

    UPSERT = "create_or_update_many"
    CREATE = "create_many"
    UPDATE = "update_many"
    DELETE = "destroy_many"

    @property
    def creates(self) -> bool:
        """Whether it may create users; if not, its records name users by id."""
        return self in {JobKind.UPSERT, JobKind.CREATE}


class Stage(StrEnum):
    """How far a job has come."""

    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job as last seen; `word` is Zendesk's own for its stage."""

    id: str
    stage: Stage
    word: str
    progress: int | None
    message: str
    results: object

    @property
    def marks(self) -> tuple[str, int | None]:
        """What changes when the job gets on."""
        return self.word, self.progress


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCompleted:
    """The job came to its end; what became of its records is in the results."""

    results: object


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLost:
    """Nobody can tell what the job did."""

    code: str
    reason: str


JobEnd: TypeAlias = JobCompleted | JobLost

_STAGES = {"completed": Stage.COMPLETED, "failed": Stage.FAILED, "killed": Stage.FAILED}


def read_job(value: object) -> JobStatus | None:
    """Read a job of an answer; None for what is none. An unknown word means that it is not at its end."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
        return None
    word, progress, message = str(value.get("status") or ""), value.get("progress"), value.get("message")
    return JobStatus(
        id=value["id"],
        stage=_STAGES.get(word, Stage.UNDER_WAY),
        word=word,
        progress=progress if isinstance(progress, int) else None,
        message=message if isinstance(message, str) else "",
        results=value.get("results"),
    )
