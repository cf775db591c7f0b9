"""Opening a source by its type."""

from __future__ import annotations

import duckdb

from penstock.catalog.entities import Source
from penstock.warehouses.contract import Warehouse
from penstock.warehouses.embedded import EmbeddedWarehouse
from penstock.warehouses.file import open_database
from penstock.warehouses.files import open_folder


def open_warehouse(connection: duckdb.DuckDBPyConnection, source: Source) -> Warehouse:
    """Open a source for reading in the given engine. Raises SourceError."""
    stamps = open_folder(connection, source) if source.type == "files" else open_database(connection, source)
    return EmbeddedWarehouse(connection, source, stamps)
