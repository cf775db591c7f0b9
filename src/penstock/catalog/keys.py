"""Every key of the project files, once: the loader validates with these tables and the schema is made of them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from penstock.catalog.computed_keys import COMPUTED
from penstock.catalog.entities import Leave, Mode, ModelKind, Settings, When, WhenEmpty
from penstock.catalog.formats import CRON, INTERVAL, MEMORY, TIME_ZONE
from penstock.catalog.records import FreeKeys, Key, ListOf, Part, Record, ShortOrLong
from penstock.catalog.secrets import Secret
from penstock.catalog.shapes import Choice, Flag, Name, Percent, Reference, Text, Whole
from penstock.catalog.where import Where

SECTIONS: Final = MappingProxyType(
    {
        "sources": "Connections to warehouses.",
        "models": "Rows with a business meaning, each in a source.",
        "segments": "The rows of one model for which conditions hold.",
        "destinations": "Accounts of the platforms that receive data.",
        "activations": "Models or segments sent to a service of a destination.",
        "settings": "What holds for the whole project.",
    }
)
"""The top-level keys of a project file."""

_FIELD: Final = Text(noun="the name of a field")


def name_key(example: str) -> Key:
    """Return the key under which a thing gives its name."""
    return Key(name="name", shape=Name(), help="What it is called everywhere.", example=example, required=True)


def former_name_key(thing: str) -> Key:
    """Return the key under which a renamed thing says what it was called."""
    return Key(
        name="formerly",
        shape=Name(),
        help=f"The name that this {thing} had before, so that what is known of it is kept.",
        example="old_name",
    )


_SOURCE_TYPE: Final = Key(
    name="type",
    shape=Choice(
        words=("duckdb", "files", "postgres"),
        later=("snowflake", "bigquery", "redshift", "databricks", "mysql"),
        variable=True,
    ),
    help="What the source is: a DuckDB file, a folder of Parquet and CSV files, or a PostgreSQL database.",
    example="files",
    required=True,
)
_PATH: Final = Key(
    name="path",
    shape=Text(noun="the path of a file or folder"),
    help="Of `duckdb` and `files`: the file or the folder, seen from the project's folder.",
    example="data/",
    required=True,
)
_URL: Final = Key(
    name="url",
    shape=Secret(variable="SHOP_URL", of_source=True),
    help="Of `postgres`: the address of the database, with user and password:"
    " `postgresql://user:password@host:5432/database`.",
    example='"${SHOP_URL}"',
    required=True,
)

SOURCES: Final = MappingProxyType(
    {
        "duckdb": Record(keys=(name_key("shop"), _SOURCE_TYPE, _PATH)),
        "files": Record(keys=(name_key("shop"), _SOURCE_TYPE, _PATH)),
        "postgres": Record(keys=(name_key("shop"), _SOURCE_TYPE, _URL)),
    }
)
"""The keys of a source, by its type."""

SOURCE: Final = Record(
    keys=(name_key("shop"), _SOURCE_TYPE, *(replace(key, required=False) for key in (_PATH, _URL))),
    exactly_one=("path", "url"),
)
"""The keys of a source of any type."""

_ON: Final = FreeKeys(item=_FIELD, noun="a mapping of fields to fields")

THROUGH: Final = Record(
    keys=(
        Key(
            name="table",
            shape=Text(noun="the name of a table"),
            help="The table, in the source of the models.",
            example="customer_tags",
            required=True,
        ),
        Key(
            name="on",
            shape=_ON,
            help="Which own field equals which column of the table.",
            example="{customer_id: customer_id}",
            required=True,
        ),
        Key(
            name="to",
            shape=_ON,
            help="Which column of the table equals which field of the other model.",
            example="{tag_id: tag_id}",
            required=True,
        ),
    )
)

RELATION: Final = Record(
    keys=(
        name_key("orders"),
        Key(
            name="model",
            shape=Reference(section="models"),
            help="The model that the related rows belong to.",
            example="orders",
            required=True,
        ),
        Key(
            name="many",
            shape=Flag(),
            help="Whether a row can have several related rows.",
            example="true",
            default=False,
        ),
        Key(
            name="on",
            shape=FreeKeys(item=_FIELD, noun="a mapping of own fields to the other model's fields"),
            help="Which own field equals which field of the other model.",
            example="{customer_id: customer_id}",
        ),
        Key(
            name="through",
            shape=Part(record=THROUGH),
            help="The table of pairs that links the rows of both models, instead of `on`.",
            example="{table: customer_tags, on: {customer_id: customer_id}, to: {tag_id: tag_id}}",
        ),
    ),
    exactly_one=("on", "through"),
)

MODEL: Final = Record(
    keys=(
        name_key("customers"),
        Key(
            name="source",
            shape=Reference(section="sources"),
            help="The source that the rows are read from.",
            example="shop",
            required=True,
        ),
        Key(
            name="table",
            shape=Text(noun="the name of a table"),
            help="The table or view that holds the rows; for a `files` source, the file's name without ending.",
            example="customers",
        ),
        Key(
            name="sql",
            shape=Text(noun="a SELECT statement"),
            help="The SELECT that gives the rows, instead of a table.",
            example="SELECT * FROM customers",
        ),
        Key(
            name="kind",
            shape=Choice(words=tuple(ModelKind)),
            help="What the rows are.",
            example="users",
            default=str(ModelKind.CUSTOM),
        ),
        Key(
            name="primary_key",
            shape=_FIELD,
            help="The field whose value names one row and no other.",
            example="customer_id",
            required=True,
        ),
        Key(
            name="time",
            shape=_FIELD,
            help="The field that says when a row happened, for `did … then …`.",
            example="ordered_at",
        ),
        Key(
            name="relations",
            shape=ListOf(item=RELATION, noun="a list of relations", item_noun="relation"),
            help="How the rows belong to those of other models.",
            example="[{name: orders, model: orders, many: true, on: {customer_id: customer_id}}]",
        ),
        Key(
            name="computed",
            shape=ListOf(item=COMPUTED, noun="a list of computed fields", item_noun="computed field"),
            help="Fields that the source does not have: aggregates, formulas, labels, lifted fields.",
            example="[{name: spent, aggregate: {related: orders, sum: total}}]",
        ),
        former_name_key("model"),
    ),
    exactly_one=("table", "sql"),
    later=MappingProxyType({"fields": "The fields and their types are read from the source."}),
)

TOP: Final = Record(
    keys=(
        Key(
            name="number",
            shape=Whole(least=1, most=1_000_000_000),
            help="How many rows are kept.",
            example="1000",
            required=True,
        ),
        Key(
            name="by",
            shape=_FIELD,
            help="The field by whose value they are ordered; who has none is not among the first.",
            example="spent",
            required=True,
        ),
        Key(
            name="lowest",
            shape=Flag(),
            help="Whether the lowest values come first instead of the highest.",
            example="true",
            default=False,
        ),
    )
)

SPLIT: Final = Record(
    keys=(
        Key(
            name="salt",
            shape=Text(noun="a word"),
            help="A word; the same one gives the same shares, another one independent shares.",
            example="spring",
            required=True,
        ),
        Key(
            name="from",
            shape=Percent(),
            help="Where the share begins, in percent.",
            example="20",
            default=0,
        ),
        Key(
            name="to",
            shape=Percent(),
            help="Where the share ends, in percent.",
            example="40",
            required=True,
        ),
    )
)

SEGMENT: Final = Record(
    keys=(
        name_key("loyal"),
        Key(
            name="model",
            shape=Reference(section="models"),
            help="The model whose rows are chosen from.",
            example="customers",
            required=True,
        ),
        Key(
            name="where",
            shape=Where(),
            help="The conditions that the rows must satisfy.",
            example="{field: country, is: France}",
        ),
        Key(
            name="top",
            shape=Part(record=TOP),
            help="Keeps the first so many by a field, of those for whom the conditions hold.",
            example="{number: 1000, by: spent}",
        ),
        Key(
            name="split",
            shape=Part(record=SPLIT),
            help="Keeps a share of those, always the same ones, by the hash of the primary key.",
            example="{salt: spring, from: 0, to: 20}",
        ),
        Key(
            name="hold_out",
            shape=Part(record=SPLIT),
            help="Leaves a share of those out, always the same ones.",
            example="{salt: never, to: 5}",
        ),
        former_name_key("segment"),
    ),
    later=MappingProxyType(
        {
            "sql": "Write the SELECT in a model (`sql:`) and activate that model.",
            "limit": "Use `top: {number: 1000, by: spent}`.",
        }
    ),
)

_WHEN: Final = Key(
    name="when",
    shape=Choice(words=tuple(When)),
    help="When it is sent: `always` when it has changed; `only_if_empty` while the user has no value there;"
    " `not_empty` never without a value, so that nothing is cleared.",
    example="only_if_empty",
    default=str(When.ALWAYS),
)
_EMPTY: Final = Key(
    name="empty",
    shape=Choice(words=tuple(WhenEmpty)),
    help="What an empty value does that was never delivered: `leave` what is there, or `clear` it.",
    example="clear",
    default=str(WhenEmpty.LEAVE),
)

FIELD_MAPPING: Final = Record(
    keys=(
        Key(
            name="from",
            shape=_FIELD,
            help="The model field that fills it.",
            example="phone",
            required=True,
        ),
        _WHEN,
        _EMPTY,
    ),
    later=MappingProxyType(
        {
            "add": "Remove it; a list is sent as a whole.",
            "remove": "Remove it; a list is sent as a whole.",
        }
    ),
)

CUSTOM_ATTRIBUTE: Final = Record(
    keys=(
        Key(
            name="field",
            shape=_FIELD,
            help="The model field, whose name the attribute gets.",
            example="last_order_at",
            required=True,
        ),
        Key(
            name="type",
            shape=Text(noun="a type of the destination, such as `date`"),
            help="The destination's type of an attribute that is created, where the field's own type is not meant.",
            example="date",
        ),
        _WHEN,
        _EMPTY,
    )
)

SCHEDULE: Final = Record(
    keys=(
        Key(name="every", shape=INTERVAL, help="The time between two starts.", example="15 minutes"),
        Key(name="cron", shape=CRON, help="When to start, as a cron line.", example='"0 6 * * *"'),
        Key(
            name="timezone",
            shape=TIME_ZONE,
            help="The time zone of the cron line; else the project's.",
            example="Europe/Paris",
        ),
    ),
    exactly_one=("every", "cron"),
    later=MappingProxyType({"after": "Start one run after the other in your own scheduler."}),
)

ACTIVATION: Final = Record(
    keys=(
        name_key("loyal_to_marketing"),
        Key(
            name="model",
            shape=Reference(section="models"),
            help="The model whose rows are sent, all of them.",
            example="customers",
        ),
        Key(
            name="segment",
            shape=Reference(section="segments"),
            help="The segment whose rows are sent.",
            example="loyal",
        ),
        Key(
            name="destination",
            shape=Reference(section="destinations"),
            help="The destination that receives them.",
            example="marketing",
            required=True,
        ),
        Key(
            name="service",
            shape=Text(noun="the name of a service"),
            help="What the destination receives, such as `users`.",
            example="users",
            required=True,
        ),
        Key(
            name="match",
            shape=FreeKeys(item=_FIELD, noun="a mapping of one identifier to a model field"),
            help="The destination's identifier and the model field that fills it.",
            example="{email: email}",
            required=True,
        ),
        Key(
            name="insert",
            shape=Flag(),
            help="Whether records that the destination does not have are created.",
            example="true",
        ),
        Key(
            name="mode",
            shape=Choice(words=tuple(Mode)),
            help="`upsert` creates and updates, `update` only updates, `insert` only creates.",
            example="upsert",
            default=str(Mode.UPSERT),
        ),
        Key(
            name="fields",
            shape=FreeKeys(
                item=ShortOrLong(short=_FIELD, long=FIELD_MAPPING),
                noun="a mapping of destination fields to model fields",
            ),
            help="Which destination field is filled from which model field.",
            example="{firstName: first_name}",
        ),
        Key(
            name="custom_attributes",
            shape=ListOf(
                item=ShortOrLong(short=_FIELD, long=CUSTOM_ATTRIBUTE),
                noun="a list of model fields",
                item_noun="attribute",
            ),
            help="Model fields sent under their own names, created at the destination where missing.",
            example="[plan, lifetime_value]",
        ),
        Key(
            name="leave",
            shape=Choice(words=tuple(Leave)),
            help="What happens at the destination to records that leave: to their attributes, or to the user.",
            example="keep",
            default="keep",
        ),
        Key(
            name="recreate",
            shape=Flag(),
            help="Whether users who were deleted at the destination are created again, with all their values.",
            example="true",
            default=False,
        ),
        Key(
            name="schedule",
            shape=Part(record=SCHEDULE),
            help="When runs are to start; this version leaves that to a scheduler of yours.",
            example="{every: 15 minutes}",
        ),
        former_name_key("activation"),
    ),
    exactly_one=("model", "segment"),
    later=MappingProxyType(
        {
            "guards": "Remove it; allow a stopped run once with `penstock run --allow GUARD`.",
            "exclude": "Leave the records out in the segment's conditions.",
            "alerts": "Watch the exit code of `penstock run` instead.",
        }
    ),
)

_DEFAULTS: Final = Settings()

SETTINGS: Final = Record(
    keys=(
        Key(
            name="timezone",
            shape=TIME_ZONE,
            help="The zone of timestamps that name none, and of relative dates in segments.",
            example="Europe/Paris",
            default=_DEFAULTS.timezone,
        ),
        Key(
            name="max_first_run",
            shape=Whole(least=1, most=1_000_000_000),
            help="Most records that a first run may send without being allowed.",
            example="100000",
            default=_DEFAULTS.max_first_run,
        ),
        Key(
            name="memory",
            shape=MEMORY,
            help="What the embedded engine may use before it spills to disk.",
            example="1GB",
            default=_DEFAULTS.memory,
        ),
        Key(
            name="threads",
            shape=Whole(least=1, most=1_024),
            help="How many threads the embedded engine may use; else one for each processor.",
            example="4",
        ),
    )
)

ENTITIES: Final = MappingProxyType(
    {"sources": SOURCE, "models": MODEL, "segments": SEGMENT, "activations": ACTIVATION}
)
"""The records of the sections; what the keys of a source are depends on its type, see SOURCES."""
