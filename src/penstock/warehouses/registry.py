"""Opening a source by its type."""

from __future__ import annotations

import duckdb

from penstock.catalog.entities import Source
from penstock.warehouses.contract import Warehouse
from penstock.warehouses.embedded import EmbeddedWarehouse
from penstock.warehouses.file import open_database
from penstock.warehouses.files import open_folder
from penstock.warehouses.postgres.address import address_of
from penstock.warehouses.postgres.warehouse import PostgresWarehouse


def open_warehouse(connection: duckdb.DuckDBPyConnection, source: Source) -> Warehouse:
    """Open a source for reading in the given engine. Raises SourceError, ConfigurationError."""
    if source.type == "postgres":
        return PostgresWarehouse(connection, source)
    stamps = open_folder(connection, source) if source.type == "files" else open_database(connection, source)
    return EmbeddedWarehouse(connection, source, stamps)


def place_of(source: Source) -> str:
    """Say where a source is, without its user and password. Raises ConfigurationError."""
    return address_of(source).place if source.type == "postgres" else str(source.path)
