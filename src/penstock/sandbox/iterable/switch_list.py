"""The switches of the Iterable emulator: project settings, and positions on what Iterable leaves open."""

from penstock.sandbox.switches import Switch

SWITCHES = (
    Switch(
        name="project_type",
        default="email",
        words=("email", "user_id", "hybrid"),
        help="What identifies a user of the project.",
    ),
    Switch(
        name="new_fields",
        default="allow",
        words=("allow", "drop"),
        help="What happens to unknown fields when a request does not say createNewFields.",
    ),
    Switch(
        name="max_fields",
        default="1000",
        minimum=0,
        whole=True,
        help="How many custom user fields the project may have, nested ones counted.",
    ),
    Switch(
        name="type_errors",
        default="request",
        words=("request", "record"),
        help="A value of the wrong type fails the whole bulk request, or its record alone.",
    ),
    Switch(
        name="unknown_user",
        default="invalid",
        words=("invalid", "not_found"),
        help="The bucket of a user that a bulk request may not create.",
    ),
    Switch(
        name="unknown_user_id_read",
        default="400",
        words=("400", "404", "500", "text", "empty"),
        help="The answer to reading an unknown userId: a JSON error, a plain text one, or 200 and nothing.",
    ),
    Switch(
        name="update_only",
        default="ignored",
        words=("ignored", "honoured"),
        help="Whether the undocumented updateOnly of bulkUpdate is enabled for the account.",
    ),
    Switch(
        name="no_op",
        default="applied",
        words=("applied", "listed"),
        help="An update without a change touches the profile, or is only listed in noOpEmails/noOpUserIds.",
    ),
    Switch(
        name="forgotten_as",
        default="forgotten",
        words=("forgotten", "invalid"),
        help="The bucket of users under a deletion request by privacy law.",
    ),
    Switch(
        name="failed_emails",
        default="sent",
        words=("sent", "lower"),
        help="Failed addresses come back as they were sent, or in lower case.",
    ),
    Switch(
        name="max_users",
        default="off",
        words=("off",),
        minimum=1,
        whole=True,
        help="The highest number of users in a bulk request, answered with 413; none is documented.",
    ),
    Switch(
        name="rate_limits",
        default="on",
        words=("on", "off"),
        help="Whether the documented rate limits hold.",
    ),
    Switch(
        name="retry_after",
        default="off",
        words=("off",),
        minimum=0,
        whole=True,
        help="Seconds in the Retry-After header of a 429; Iterable is not known to send one.",
    ),
    Switch(
        name="visibility_seconds",
        default="3",
        minimum=0,
        help="How long after a write single-user reads still give the earlier profile.",
    ),
    Switch(
        name="export_lag_seconds",
        default="60",
        minimum=0,
        help="How long exports miss new users and still show deleted ones.",
    ),
    Switch(
        name="export_rows",
        default="sound",
        words=("sound", "broken"),
        help="Whether every tenth row of an export with onlyFields is cut short, as has been seen.",
    ),
)
