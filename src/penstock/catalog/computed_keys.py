"""The keys of a model's computed fields."""

from __future__ import annotations

from typing import Final

from penstock.catalog.computed_shapes import ColumnName, FormulaText, RelationPath, Window, Yes
from penstock.catalog.conditions import Aggregate
from penstock.catalog.records import Key, ListOf, Part, Record
from penstock.catalog.shapes import Text
from penstock.catalog.where import Where

_FIELD: Final = Text(noun="the name of a field")
FIGURES: Final = tuple(aggregate.value for aggregate in Aggregate if aggregate is not Aggregate.COUNT)
"""The keys that name the field of a figure."""

AGGREGATE: Final = Record(
    keys=(
        Key(
            name="related",
            shape=RelationPath(),
            help="The relation that leads to the rows; or several, with dots.",
            example="orders",
            required=True,
        ),
        Key(name="count", shape=Yes(), help="How many rows there are.", example="true"),
        Key(
            name="sum",
            shape=_FIELD,
            help="The field of the rows that is summed up; of none it is 0.",
            example="total",
        ),
        Key(name="average", shape=_FIELD, help="The field of which the average is taken.", example="total"),
        Key(name="minimum", shape=_FIELD, help="The field of which the lowest value is taken.", example="ordered_at"),
        Key(
            name="maximum", shape=_FIELD, help="The field of which the highest value is taken.", example="ordered_at"
        ),
        Key(
            name="most_recent",
            shape=_FIELD,
            help="The field whose value in the latest row is taken, by the `time` of the rows' model.",
            example="product",
        ),
        Key(name="where", shape=Where(), help="What must hold for the rows.", example="{field: status, is: paid}"),
        Key(
            name="within",
            shape=Window(),
            help="The rows that are looked at, by a date or time of theirs.",
            example="{field: ordered_at, last: 90 days}",
        ),
    ),
    exactly_one=("count", *FIGURES, "most_recent"),
)

LIFTED: Final = Record(
    keys=(
        Key(
            name="related",
            shape=RelationPath(),
            help="The relation that leads to the one row; or several, with dots.",
            example="company",
            required=True,
        ),
        Key(name="field", shape=_FIELD, help="The field of that row.", example="plan", required=True),
    )
)

CASE: Final = Record(
    keys=(
        Key(name="is", shape=Text(noun="a label"), help="The label.", example="gold", required=True),
        Key(
            name="where",
            shape=Where(),
            help="The condition under which it is given.",
            example="{field: spent, at_least: 1000}",
            required=True,
        ),
    )
)

LABEL: Final = Record(
    keys=(
        Key(
            name="cases",
            shape=ListOf(item=Part(record=CASE), noun="a list of cases", item_noun="case"),
            help="Labels with their conditions; the first that holds counts.",
            example="[{is: gold, where: {field: spent, at_least: 1000}}]",
            required=True,
        ),
        Key(
            name="otherwise",
            shape=Text(noun="a label"),
            help="The label where none holds; without it there is no value then.",
            example="bronze",
        ),
    )
)

COMPUTED: Final = Record(
    keys=(
        Key(
            name="name", shape=ColumnName(), help="What the field is called.", example="orders_number", required=True
        ),
        Key(
            name="aggregate",
            shape=Part(record=AGGREGATE),
            help="A figure of the rows of a related model.",
            example="{related: orders, sum: total}",
        ),
        Key(
            name="lifted",
            shape=Part(record=LIFTED),
            help="A field of the one row that a to-one relation leads to.",
            example="{related: company, field: plan}",
        ),
        Key(
            name="formula",
            shape=FormulaText(),
            help="What is calculated from other fields of the row.",
            example="round(spent / orders_number, 2)",
        ),
        Key(
            name="label",
            shape=Part(record=LABEL),
            help="A label that depends on conditions.",
            example="{cases: [{is: gold, where: {field: spent, at_least: 1000}}], otherwise: bronze}",
        ),
    ),
    exactly_one=("aggregate", "lifted", "formula", "label"),
)
