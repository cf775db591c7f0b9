"""Zendesk's routes, and which rules of who may call and how often concern them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from penstock.sandbox.zendesk import (
    bulk_endpoints,
    field_endpoints,
    identity_endpoints,
    incremental,
    job_endpoints,
    membership_endpoints,
    organization_endpoints,
    read_endpoints,
    user_endpoints,
)
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.service import Service

Handler = Callable[[Service, Call], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """One endpoint.

    `action` is its name in messages, `roles` who may call it beside admins, `scope` what a token scoped to
    resources needs. `limit` is a limit of its own beside the account's.
    """

    method: str
    path: str
    action: str
    handler: Handler
    roles: tuple[str, ...] = ("agent",)
    scope: str = "users"
    limit: Literal["", "create-update-user", "incremental"] = ""


ADMINS: tuple[str, ...] = ()
ANYBODY = ("agent", "end-user", "nobody")


def _route(
    method: str,
    path: str,
    action: str,
    handler: Handler,
    roles: tuple[str, ...] = ("agent",),
    scope: str = "users",
    limit: Literal["", "create-update-user", "incremental"] = "",
) -> ApiRoute:
    return ApiRoute(method=method, path=path, action=action, handler=handler, roles=roles, scope=scope, limit=limit)


# The order matters: fixed names come before {id}.
ROUTES = (
    _route("GET", "/users/me", "users/me", user_endpoints.me, ANYBODY),
    _route("GET", "/users/show_many", "users/show_many", read_endpoints.show_many),
    _route("GET", "/users/search", "users/search", read_endpoints.search),
    _route("GET", "/users/count", "users/count", read_endpoints.count),
    _route("GET", "/users", "users/index", read_endpoints.list_users),
    _route("POST", "/users", "users/create", user_endpoints.post),
    _route(
        "POST",
        "/users/create_or_update",
        "users/create_or_update",
        user_endpoints.post_create_or_update,
        limit="create-update-user",
    ),
    _route("POST", "/users/create_many", "users/create_many", bulk_endpoints.create_many, ADMINS),
    _route(
        "POST",
        "/users/create_or_update_many",
        "users/create_or_update_many",
        bulk_endpoints.create_or_update_many,
        ADMINS,
    ),
    _route("PUT", "/users/update_many", "users/update_many", bulk_endpoints.update_many),
    _route("DELETE", "/users/destroy_many", "users/destroy_many", bulk_endpoints.destroy_many, ADMINS),
    _route("GET", "/users/{id}", "users/show", user_endpoints.show),
    _route("PUT", "/users/{id}", "users/update", user_endpoints.put, limit="create-update-user"),
    _route("DELETE", "/users/{id}", "users/destroy", user_endpoints.remove),
    _route("GET", "/job_statuses", "job_statuses/index", job_endpoints.show_all, scope="any"),
    _route("GET", "/job_statuses/show_many", "job_statuses/show_many", job_endpoints.show_many, scope="any"),
    _route("GET", "/job_statuses/{id}", "job_statuses/show", job_endpoints.show, scope="any"),
    _route("GET", "/user_fields", "user_fields/index", field_endpoints.list_fields),
    _route("POST", "/user_fields", "user_fields/create", field_endpoints.post, ADMINS),
    _route("GET", "/user_fields/{id}", "user_fields/show", field_endpoints.show),
    _route("PUT", "/user_fields/{id}", "user_fields/update", field_endpoints.put, ADMINS),
    _route("DELETE", "/user_fields/{id}", "user_fields/destroy", field_endpoints.remove, ADMINS),
    _route(
        "GET", "/users/{id}/identities", "identities/index", identity_endpoints.list_identities, scope="identities"
    ),
    _route("POST", "/users/{id}/identities", "identities/create", identity_endpoints.post, scope="identities"),
    _route(
        "GET", "/users/{id}/identities/{identity}", "identities/show", identity_endpoints.show, scope="identities"
    ),
    _route(
        "PUT", "/users/{id}/identities/{identity}", "identities/update", identity_endpoints.put, scope="identities"
    ),
    _route(
        "DELETE",
        "/users/{id}/identities/{identity}",
        "identities/destroy",
        identity_endpoints.remove,
        scope="identities",
    ),
    _route(
        "PUT",
        "/users/{id}/identities/{identity}/make_primary",
        "identities/make_primary",
        identity_endpoints.make_primary,
        scope="identities",
    ),
    _route(
        "PUT",
        "/users/{id}/identities/{identity}/verify",
        "identities/verify",
        identity_endpoints.verify,
        scope="identities",
    ),
    _route(
        "PUT",
        "/users/{id}/identities/{identity}/request_verification",
        "identities/request_verification",
        identity_endpoints.request_verification,
        scope="identities",
    ),
    _route("GET", "/incremental/users/cursor", "incremental/users", incremental.users, ADMINS, limit="incremental"),
    _route(
        "GET",
        "/organizations",
        "organizations/index",
        organization_endpoints.list_organizations,
        scope="organizations",
    ),
    _route(
        "POST", "/organizations", "organizations/create", organization_endpoints.post, ADMINS, scope="organizations"
    ),
    _route(
        "GET",
        "/organizations/show_many",
        "organizations/show_many",
        organization_endpoints.show_many,
        scope="organizations",
    ),
    _route(
        "GET", "/organizations/search", "organizations/search", organization_endpoints.search, scope="organizations"
    ),
    _route(
        "GET",
        "/organizations/autocomplete",
        "organizations/autocomplete",
        organization_endpoints.autocomplete,
        scope="organizations",
    ),
    _route("GET", "/organizations/{id}", "organizations/show", organization_endpoints.show, scope="organizations"),
    _route("PUT", "/organizations/{id}", "organizations/update", organization_endpoints.put, scope="organizations"),
    _route(
        "DELETE",
        "/organizations/{id}",
        "organizations/destroy",
        organization_endpoints.remove,
        ADMINS,
        scope="organizations",
    ),
    _route(
        "GET",
        "/organization_memberships",
        "organization_memberships/index",
        membership_endpoints.list_all,
        scope="organizations",
    ),
    _route(
        "POST",
        "/organization_memberships",
        "organization_memberships/create",
        membership_endpoints.post,
        scope="organizations",
    ),
    _route(
        "DELETE",
        "/organization_memberships/{id}",
        "organization_memberships/destroy",
        membership_endpoints.remove,
        scope="organizations",
    ),
    _route(
        "GET",
        "/users/{id}/organization_memberships",
        "organization_memberships/index",
        membership_endpoints.list_of_user,
        scope="organizations",
    ),
    _route(
        "PUT",
        "/users/{id}/organization_memberships/{membership}/make_default",
        "organization_memberships/make_default",
        membership_endpoints.make_default,
        scope="organizations",
    ),
    _route(
        "DELETE",
        "/users/{id}/organizations/{organization}",
        "organization_memberships/destroy",
        membership_endpoints.leave,
        scope="organizations",
    ),
)
