"""The limits that count requests, and what answers say about them in which year (contract, section 3)."""

from starlette.responses import Response

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.routes import ApiRoute

_ACCOUNT = "requests"


def count_request(account: Account, route: ApiRoute) -> Response | None:
    """Count a request against all limits that concern it; the 429 if one is used up."""
    limit = account.switches["requests_per_minute"]
    if limit != "off" and not account.minutes.take(_ACCOUNT, float(limit)):
        return account_refusal(account)
    exports = float(account.switches["exports_per_minute"])
    if route.limit == "incremental" and not account.minutes.take(route.action, exports):
        return _refusal(account, "Number of allowed incremental user export API requests per minute exceeded")
    if (
        route.limit == "create-update-user"
        and account.switches["write_per_second"] == "on"
        and not account.may_write_now()
    ):
        response = _refusal(account, "Number of allowed API requests per second exceeded")
        response.headers["Retry-After"] = "1" if account.speed <= 1 else "0"
        return response
    return None


def account_refusal(account: Account) -> Response:
    """Too many requests of the account in this minute."""
    return _refusal(account, "Number of allowed API requests per minute exceeded")


def rate_headers(account: Account, route: ApiRoute) -> dict[str, str]:
    """The headers of the year that the switch names."""
    era, limit = account.switches["headers"], account.switches["requests_per_minute"]
    if era == "none" or limit == "off":
        return {}
    remaining = str(account.minutes.remaining(_ACCOUNT, float(limit)))
    headers = {"X-Rate-Limit": limit, "X-Rate-Limit-Remaining": remaining}
    if era == "2021":
        return headers
    prefix, own = ("rate-limit", "zendesk-rate-limit") if era == "2023" else ("ratelimit", "zendesk-ratelimit")
    resets = str(account.minutes.seconds_left())
    headers[f"{prefix}-limit" if era == "2024" else prefix] = limit
    headers[f"{prefix}-remaining"] = remaining
    headers[f"{prefix}-reset"] = resets
    if route.limit == "create-update-user" and account.switches["write_per_second"] == "on":
        headers[f"{own}-{route.limit}"] = "total=1; remaining=0; resets=1"
    if route.limit == "incremental":
        exports = account.switches["exports_per_minute"]
        left = account.minutes.remaining(route.action, float(exports))
        headers[f"{own}-incremental-exports-cursor"] = f"total={exports}; remaining={left}; resets={resets}"
    return headers


def _refusal(account: Account, text: str) -> Response:
    headers = {"Retry-After": str(account.minutes.seconds_left())}
    return Response(text, 429, headers=headers, media_type="text/plain")
