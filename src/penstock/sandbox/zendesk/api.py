"""What happens to every API request: authentication, limits, the endpoint, headers."""

from starlette.requests import Request
from starlette.responses import Response

from penstock.sandbox.zendesk.answers import ApiError, forbidden, invalid_endpoint, not_authenticated, titled
from penstock.sandbox.zendesk.authorization import Caller, caller
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.dropped_keys import warning
from penstock.sandbox.zendesk.rate_headers import account_refusal, count_request, rate_headers
from penstock.sandbox.zendesk.router import BASE, Router
from penstock.sandbox.zendesk.routes import ROUTES, ApiRoute
from penstock.sandbox.zendesk.service import Service


class Api:
    """The API of one account."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._router = Router(ROUTES)

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self._answer(request)
        except ApiError as error:
            return error.response()

    def _answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(BASE)
        found = self._router.find(request.method, path)
        if found is None:
            raise invalid_endpoint()
        account = self._service.account
        who = caller(request.headers.get("authorization"), api_tokens=account.switches["api_tokens"] == "on")
        self._permit(found.route, who)
        call = Call(
            action=found.route.action,
            base=f"{request.url.scheme}://{request.headers.get('host', 'localhost')}{BASE}",
            own_path=path,
            path=found.values,
            query=request.query_params,
            exchange=request.scope["exchange"],
            is_json="json" in request.headers.get("content-type", ""),
            login=None if who is None else who.email or "",
        )
        if who is None:
            return found.route.handler(self._service, call)
        # What workers have done by now is done before anything is read or written.
        self._service.jobs.advance()
        response = self._within_limits(found.route, call)
        if call.dropped:
            response.headers["X-Zendesk-API-Warn"] = warning(call.action, call.dropped)
        return response

    def _within_limits(self, route: ApiRoute, call: Call) -> Response:
        account = self._service.account
        try:
            refused = count_request(account, route)
            response = refused or route.handler(self._service, call)
        except ApiError as error:
            response = error.response()
        for name, value in {**call.headers, **rate_headers(account, route)}.items():
            response.headers.setdefault(name, value)
        return response

    def _permit(self, route: ApiRoute, who: Caller | None) -> None:
        switches = self._service.account.switches
        if who is None:
            if "nobody" not in route.roles:
                raise not_authenticated()
            return
        if switches["role"] != "admin" and switches["role"] not in route.roles:
            raise forbidden()
        if not who.oauth:
            return
        scopes = switches["scopes"]
        if scopes == "read" and route.method != "GET":
            raise titled(403, "Forbidden", "The access token has not the scope write.")
        if scopes == "users" and route.scope not in ("users", "any"):
            raise titled(403, "Forbidden", f"The access token has not the scope of {route.scope}.")


def too_many_requests(service: Service) -> Response:
    """The account's own 429, whatever the count is."""
    return account_refusal(service.account)
