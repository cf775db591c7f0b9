"""The switches of the Zendesk emulator: account settings, and positions on what Zendesk leaves open."""

from penstock.sandbox.switches import Switch

SWITCHES = (
    Switch(
        name="role",
        default="admin",
        words=("admin", "agent", "end-user"),
        help="The role of whoever calls; agents may change end users only, end users nothing.",
    ),
    Switch(
        name="scopes",
        default="all",
        words=("all", "read", "users"),
        help="What an OAuth token may do; with users it is scoped to users alone and cannot reach identities.",
    ),
    Switch(
        name="api_tokens",
        default="on",
        words=("on", "off"),
        help="Whether API tokens are accepted; Zendesk withdraws them by 2027-04-30.",
    ),
    Switch(
        name="bulk_import",
        default="on",
        words=("on", "off"),
        help="Whether create_many and create_or_update_many are allowed for the account, or refused with 403.",
    ),
    Switch(
        name="bulk_import_error",
        default="generated",
        words=("generated", "title-message", "description", "text"),
        help="The body of that 403: error and message, error with title and message, error and description, text.",
    ),
    Switch(
        name="job_seconds",
        default="12",
        minimum=0,
        help="About how long a job of 100 users takes, more than half of it queued.",
    ),
    Switch(
        name="max_jobs",
        default="30",
        minimum=1,
        whole=True,
        help="How many jobs may be queued or running before 429 TooManyJobs.",
    ),
    Switch(
        name="too_many_jobs_retry_after",
        default="off",
        words=("on", "off"),
        help="Whether TooManyJobs carries Retry-After.",
    ),
    Switch(
        name="job_kept_hours",
        default="24",
        minimum=0,
        help="How long after its end a job's status can be read.",
    ),
    Switch(
        name="unknown_user",
        default="action",
        words=("action", "index", "omitted"),
        help="A user that update_many does not find: a result with action and success, a Failed item, or none.",
    ),
    Switch(
        name="requests_per_minute",
        default="700",
        words=("off",),
        minimum=1,
        whole=True,
        help="Requests of the account in a clock minute; 700 is Enterprise, 200 Team.",
    ),
    Switch(
        name="user_updates_per_minute",
        default="5",
        words=("off",),
        minimum=1,
        whole=True,
        help="Updates of one user in a clock minute by PUT and create_or_update.",
    ),
    Switch(
        name="write_per_second",
        default="on",
        words=("on", "off"),
        help="Whether PUT of a user and create_or_update are limited to one a second for the account.",
    ),
    Switch(
        name="bulk_counts_per_user",
        default="off",
        words=("on", "off"),
        help="Whether create_or_update_many counts against the updates of one user, and fails items beyond.",
    ),
    Switch(
        name="headers",
        default="2024",
        words=("2021", "2023", "2024", "none"),
        help="Which rate-limit headers answers carry: those of that year.",
    ),
    Switch(
        name="duplicate_external_id",
        default="external_id",
        words=("external_id", "external", "name"),
        help="The key in details under which a taken external id is reported.",
    ),
    Switch(
        name="unknown_user_fields",
        default="warn",
        words=("warn", "silent"),
        help="Whether unknown keys of user_fields are reported in X-Zendesk-API-Warn, or dropped in silence.",
    ),
    Switch(
        name="organization_by_name",
        default="create",
        words=("create", "ignore"),
        help="What an organization named on a user does when there is none of that name.",
    ),
    Switch(
        name="phone_validation",
        default="off",
        words=("on", "off"),
        help="Whether phone numbers have to be in E.164 form.",
    ),
    Switch(
        name="search_lag_seconds",
        default="0",
        minimum=0,
        help="How long after its creation a user is not found by search.",
    ),
    Switch(
        name="search_same_keyword",
        default="or",
        words=("or", "and"),
        help="Whether several addresses in one query are alternatives, or have all to be the user's.",
    ),
    Switch(
        name="search_email",
        default="primary",
        words=("primary", "searched"),
        help="The address shown for a user whom search found by a secondary one.",
    ),
)
