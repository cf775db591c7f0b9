"""The tables of a database, by the names that a model may give them."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.quoting import quote_name
from penstock.warehouses.postgres.session import Session

_TABLES = """
SELECT n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_(toast|temp_)'
"""
"""Tables, partitioned and foreign ones too, views and materialized views."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Tables as (schema, name); those of the search path are meant by their bare name."""

    visible: frozenset[tuple[str, str]]
    others: frozenset[tuple[str, str]]

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted; those not in the search path with their schema."""
        bare = {name for _, name in self.visible}
        return tuple(sorted(bare | {f"{schema}.{name}" for schema, name in self.others}))

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
