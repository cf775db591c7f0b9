"""The desired records: one row for each member of a segment, its values converted, as SQL for the engine.

Columns: `key` (the model's primary key), `match` (normalised), one per field, and one word of bits for every 62
slots that says which fields hold a value that cannot be sent; `address`, the match value as it is sent, where that
differs; for fields with options also `r<slot>`, the text that is none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from penstock.catalog.declaration import MatchKeySpec
from penstock.fields import Field, Kind
from penstock.mapping.conversions import stored_sql, unsendable_sql
from penstock.mapping.mapped import MappedField
from penstock.mapping.slots import MappedSlot, bit_sum, words
from penstock.quoting import quote_name, quote_text


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRecords:
    """What the desired records are made of; `members` is SQL that selects the rows of the segment."""

    members: str
    primary_key: str
    match_field: Field
    match_key: MatchKeySpec
    slots: Sequence[MappedSlot]
    timezone: str
    instant_format: str


def desired_sql(records: DesiredRecords) -> str:
    """SELECT statement of the desired records."""
    columns = [f"m.{quote_name(records.primary_key)} AS key", f"{match_sql(records)} AS match"]
    columns += [f"{address_sql(records)} AS address"] if records.match_key.keep_case else []
    unsendable: list[tuple[int, str]] = []
    for mapped in records.slots:
        column = f"m.{quote_name(mapped.field.source.name)}"
        conversion = mapped.field.conversion
        zones = {"timezone": records.timezone, "instant_format": records.instant_format}
        value = stored_sql(conversion, column, **zones)
        refusal = unsendable_sql(conversion, column, **zones)
        if mapped.field.options:
            no_option = no_option_sql(mapped.field, column)
            columns.append(f"{no_option} AS {mapped.slot.refused}")
            value = f"CASE WHEN {no_option} IS NULL THEN {_empty_is_null(mapped, value)} END"
            refusal = f"({no_option} IS NOT NULL)" if refusal is None else f"({no_option} IS NOT NULL OR {refusal})"
        columns.append(f"CAST({value} AS {mapped.slot.stored_type}) AS {mapped.slot.column}")
        if refusal is not None:
            unsendable.append((mapped.slot.number, refusal))
    numbers = [mapped.slot.number for mapped in records.slots]
    columns += [f"{bit_sum(unsendable, word)} AS b{word}" for word in words(numbers)]
    return f"SELECT {', '.join(columns)} FROM ({records.members}) AS m"


def _empty_is_null(mapped: MappedSlot, value: str) -> str:
    return f"nullif({value}, '')" if mapped.slot.stored_type == "VARCHAR" else value


def no_option_sql(field: MappedField, column: str) -> str:
    """SQL of the text that is none of the field's options, the first one of a list; NULL if there is none."""
    options = ", ".join(quote_text(option) for option in field.options)
    if field.source.type.kind is Kind.LIST:
        return f"list_filter(CAST({column} AS VARCHAR[]), lambda x: x IS NOT NULL AND x NOT IN ({options}))[1]"
    text = f"CAST({column} AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN ({options}, '') THEN {text} END"


def match_sql(records: DesiredRecords) -> str:
    """SQL of the match value: text without surrounding spaces, in lower case where the service ignores case.

    An empty value counts as none.
    """
    text = _match_text(records)
    value = f"lower({text})" if records.match_key.fold_case else text
    trimmed = f"lower(trim({text}))" if records.match_key.fold_case else f"trim({text})"
    return f"CASE WHEN {_is_trimmed(text)} THEN {value} ELSE nullif({trimmed}, '') END"


def address_sql(records: DesiredRecords) -> str:
    """SQL of the match value as the source has it: text without surrounding spaces."""
    text = _match_text(records)
    return f"CASE WHEN {_is_trimmed(text)} THEN {text} ELSE trim({text}) END"


def _match_text(records: DesiredRecords) -> str:
    return f"CAST(m.{quote_name(records.match_field.name)} AS VARCHAR)"


def _is_trimmed(text: str) -> str:
    """SQL that is true of a text that is not empty and neither begins nor ends with a space.

    Hardly any value needs `trim`, which is dear. `!` is the character after the space: whatever is empty or begins
    with a space comes before it.
    """
    return f"({text} >= '!' AND NOT ends_with({text}, ' '))"
