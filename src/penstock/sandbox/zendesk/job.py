"""A job: its plan in time, and the object that the API gives (contract, section 7)."""

from dataclasses import dataclass, field
from typing import Any

from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.times import spoken_time

QUEUED_SHARE = 0.6
"""Part of a job's time that it only waits: more than half (contract, section 7)."""

WORKERS = {
    "create_many": "UserBulkCreateJob",
    "create_or_update_many": "UserBulkCreateJob",
    "update_many": "UserBulkUpdateJobV2",
    "destroy_many": "UserBatchDeletionJob",
}
_VERBS = {
    "create_many": "Creating User",
    "create_or_update_many": "Creating User",
    "update_many": "Updating user",
    "destroy_many": "Deleting User",
}


@dataclass(slots=True, kw_only=True)
class Job:
    """One job; `items` are what is still to do, `done` how many of them are done. Times are in epoch seconds."""

    id: str
    kind: str
    total: int
    queued_at: float
    works_from: float
    ends_at: float
    items: list[dict[str, Any]]
    done: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    ended: str | None = None
    oddity: str | None = None
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> bool:
        """Whether an injected fault hides the job."""
        return self.oddity == "lose-job"

    def due(self, now: float) -> int:
        """How many items a worker has done by `now`."""
        if now >= self.ends_at:
            return self.total
        if now < self.works_from:
            return 0
        return int(self.total * (now - self.works_from) / (self.ends_at - self.works_from))

    def due_at(self, position: int) -> float:
        """When an item's turn comes."""
        return self.works_from + (self.ends_at - self.works_from) * (position + 1) / self.total

    def status(self, now: float) -> str:
        """The status as of `now`, for a job that has been brought up to it."""
        if self.ended is not None:
            return self.ended
        return "queued" if now < self.works_from else "working"

    def document(self, base: str, now: float) -> dict[str, Json]:
        """The job as the API gives it."""
        status = self.status(now)
        progress: int | None = None
        message: str | None = None
        if status == "working":
            progress = self.done
            message = f"{_VERBS[self.kind]} #{self.done}"
        elif status == "completed":
            progress = self.total
            message = f"Completed at {spoken_time(self.ends_at)}"
        elif status in ("failed", "killed"):
            progress = 0
            message = f"{status.capitalize()} at {spoken_time(self.ends_at)}"
        return {
            "id": self.id,
            "url": f"{base}/job_statuses/{self.id}.json",
            "total": self.total,
            "progress": progress,
            "status": status,
            "message": message,
            "results": self._shown_results() if status == "completed" else None,
        }

    def _shown_results(self) -> Json:
        match self.oddity:
            case "results-null":
                return None
            case "results-object":
                return {"success": True}
            case "shuffle-results":
                return self.results[1:] + self.results[:1]
            case _:
                return self.results
