"""The tables of a database, by the names that a model may give them."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.relation_suggestions import ForeignKey
from penstock.quoting import quote_name
from penstock.warehouses.postgres.session import Session

_TABLES = """
SELECT n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_(toast|temp_)'
"""
"""Tables, partitioned and foreign ones too, views and materialized views."""

_FOREIGN_KEYS = """
SELECT n.nspname::text, c.relname::text, s.columns, fn.nspname::text, fc.relname::text, s.others
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS fc ON fc.oid = k.confrelid JOIN pg_catalog.pg_namespace AS fn ON fn.oid = fc.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(a.attname::text ORDER BY u.place) AS columns,
           array_agg(f.attname::text ORDER BY u.place) AS others
    FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(mine, theirs, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.mine
    JOIN pg_catalog.pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = u.theirs
) AS s
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY 1, 2, k.conname
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Tables as (schema, name); those of the search path are meant by their bare name."""

    visible: frozenset[tuple[str, str]]
    others: frozenset[tuple[str, str]]

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted; those not in the search path with their schema."""
        bare = {name for _, name in self.visible}
        return tuple(sorted(bare | {f"{schema}.{name}" for schema, name in self.others}))

    def written(self, schema: str, name: str) -> str:
        """Return how a model writes a table's name."""
        return name if (schema, name) in self.visible else f"{schema}.{name}"

    def found(self, written: str) -> str | None:
        """Return the quoted name of the table of that very name, else of one written `schema.table`."""
        for schema, name in sorted(self.visible):
            if name == written:
                return f"{quote_name(schema)}.{quote_name(name)}"
        for schema, name in sorted(self.visible | self.others):
            if f"{schema}.{name}" == written:
                return f"{quote_name(schema)}.{quote_name(name)}"
        return None


def tables_of(session: Session) -> Tables:
    """Look at what there is."""
    rows = [(str(schema), str(name), bool(visible)) for schema, name, visible in session.rows(_TABLES)]
    return Tables(
        visible=frozenset((schema, name) for schema, name, visible in rows if visible),
        others=frozenset((schema, name) for schema, name, visible in rows if not visible),
    )


def foreign_keys_of(session: Session, tables: Tables) -> tuple[ForeignKey, ...]:
    """Look at the foreign keys; those of partitions are told once, of the table that they make up."""
    return tuple(
        ForeignKey(
            table=tables.written(str(schema), str(name)),
            columns=_texts(columns),
            other=tables.written(str(other_schema), str(other)),
            other_columns=_texts(others),
        )
        for schema, name, columns, other_schema, other, others in session.rows(_FOREIGN_KEYS)
    )


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()
