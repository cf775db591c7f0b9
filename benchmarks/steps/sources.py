"""Making the data."""

from __future__ import annotations

from pathlib import Path

from benchmarks.data import Shares, write_parquet, write_source
from benchmarks.figures import Arguments, Result


def write(arguments: Arguments) -> Result:
    """Write a version of the customers."""
    shares = Shares(**arguments["shares"])
    write_source(Path(arguments["path"]), rows=arguments["rows"], version=arguments["version"], shares=shares)
    return {}


def write_files(arguments: Arguments) -> Result:
    """Write a version of the customers as Parquet."""
    shares = Shares(**arguments["shares"])
    write_parquet(Path(arguments["path"]), rows=arguments["rows"], version=arguments["version"], shares=shares)
    return {}
