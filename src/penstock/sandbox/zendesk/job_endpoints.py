"""Job statuses (contract, section 7)."""

from starlette.responses import Response

from penstock.sandbox.zendesk.answers import json_response, record_not_found
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.service import Service


def show(service: Service, call: Call) -> Response:
    """GET /job_statuses/{id}."""
    jobs = service.jobs.find([call.path["id"]])
    if not jobs:
        raise record_not_found()
    return json_response({"job_status": jobs[0].document(call.base, service.account.now())})


def show_many(service: Service, call: Call) -> Response:
    """GET /job_statuses/show_many; jobs that are not there any more are left out."""
    now = service.account.now()
    jobs = service.jobs.find(call.listed("ids") or [])
    return json_response({"job_statuses": [each.document(call.base, now) for each in jobs]})


def show_all(service: Service, call: Call) -> Response:
    """GET /job_statuses, the latest first, in one page."""
    now = service.account.now()
    jobs = [each for each in service.jobs.latest(100) if not each.lost]
    return json_response(
        {
            "job_statuses": [each.document(call.base, now) for each in jobs],
            "meta": {"has_more": False, "after_cursor": None, "before_cursor": None},
            "links": {"prev": None, "next": None},
        }
    )
