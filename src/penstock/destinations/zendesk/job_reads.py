"""Reading jobs. Source: Zendesk's API reference, Job Statuses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.zendesk.job_status import JobStatus, read_job

PATH = "/api/v2/job_statuses"
MOST_IDS = 100
_MOST_PAGES = 5


class JobReads:
    """Reads jobs before any other request of the account has its turn. Raises DestinationError."""

    def __init__(self, session: HttpSession, *, credentials_fix: str) -> None:
        self._session = session
        self._credentials_fix = credentials_fix

    async def show_many(self, ids: Collection[str]) -> list[JobStatus]:
        """Read jobs by their ids; those that Zendesk does not know are left out."""
        found: list[JobStatus] = []
        listed = list(ids)
        for start in range(0, len(listed), MOST_IDS):
            content = await self._read(f"{PATH}/show_many", {"ids": ",".join(listed[start : start + MOST_IDS])})
            found += _jobs(content)
        return found

    async def show(self, job_id: str) -> JobStatus | None:
        """Read one job; None where Zendesk does not know it."""
        content = await self._read(f"{PATH}/{job_id}", {})
        return None if content is None else read_job(content.get("job_status"))

    async def latest(self) -> list[JobStatus]:
        """Read the account's latest jobs, further pages only as long as jobs under way may be on them."""
        found: list[JobStatus] = []
        query = {"page[size]": str(MOST_IDS)}
        for _ in range(_MOST_PAGES):
            content = await self._read(PATH, query)
            page = _jobs(content)
            found += page
            meta = content.get("meta") if content else None
            if not isinstance(meta, dict) or not meta.get("has_more") or not meta.get("after_cursor"):
                break
            if all(job.stage.value != "under_way" for job in page):
                break
            query = {**query, "page[after]": str(meta["after_cursor"])}
        return found

    async def _read(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        request = Request(
            method="GET",
            path=path,
            query=query,
            purpose="asking how far jobs are",
            write=False,
            urgent=True,
            patient=True,
        )
        reply = await self._session.send(request)
        if reply.status == 404:
            return None
        stop_if_hopeless(self._session, request, reply, credentials_fix=self._credentials_fix)
        return expect_object(self._session, request, reply)


def _jobs(content: dict[str, Any] | None) -> list[JobStatus]:
    listed = content.get("job_statuses") if content else None
    jobs = [read_job(each) for each in listed] if isinstance(listed, list) else []
    return [job for job in jobs if job is not None]
