"""Counting a segment as the product does it, and as SQL written by hand does."""

from __future__ import annotations

from pathlib import Path

from benchmarks import meter
from benchmarks.figures import Arguments, Result
from benchmarks.shop import BY_HAND, write_shop
from penstock.engine import attach, open_engine
from penstock.operations.project import open_project
from penstock.operations.segments import count_segment


def write(arguments: Arguments) -> Result:
    """Write the shop."""
    write_shop(Path(arguments["path"]), users=arguments["users"])
    return {}


def count(arguments: Arguments) -> Result:
    """Count a segment: the project is read, its SQL is made and run."""
    before = meter.read()
    counted = count_segment(open_project(Path(arguments["project"])), arguments["segment"])
    taken = meter.read().since(before)
    return taken.to_json() | {"members": counted.members, "peak": meter.peak_megabytes()}


def by_hand(arguments: Arguments) -> Result:
    """Count the same people by a query written by hand, and the rows of the model as the product does."""
    before = meter.read()
    connection = open_engine(memory=arguments["memory"])
    try:
        attach(connection, Path(arguments["path"]), "shop", read_only=True)
        connection.execute("USE shop")
        connection.execute("SELECT count(*) FROM users").fetchall()
        ((members,),) = connection.execute(BY_HAND[arguments["segment"]][arguments["way"]]).fetchall()
    finally:
        connection.close()
    taken = meter.read().since(before)
    return taken.to_json() | {"members": int(members), "peak": meter.peak_megabytes()}
