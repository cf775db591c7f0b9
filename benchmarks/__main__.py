"""`python -m benchmarks [NAME…]`: measures rows of the budget table and says which budgets are met.

A missed budget is no failure: the exit code is 0 whenever everything could be measured.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Mapping

from benchmarks.children import ROOT, StepFailure
from benchmarks.contest import Contest
from benchmarks.figures import Row
from benchmarks.measures.bodies import bodies
from benchmarks.measures.command_line import command_line
from benchmarks.measures.comparing import compare_all, compare_few
from benchmarks.measures.delivery import first_delivery
from benchmarks.measures.folding import folding
from benchmarks.measures.no_change import no_change
from benchmarks.measures.related_rows import related_rows
from benchmarks.measures.requests import write_requests
from benchmarks.measures.side_by_side import side_by_side
from benchmarks.measures.throttled import throttled
from benchmarks.measures.update_mode import update_mode
from benchmarks.measures.zendesk_jobs import zendesk_jobs
from benchmarks.results import write_results
from benchmarks.scenery import Scenery
from benchmarks.servers import free_port
from benchmarks.table import lines_of, to_json

BENCHMARKS: Mapping[str, Callable[[Scenery], Row]] = {
    "first-delivery": first_delivery,
    "compare-few": compare_few,
    "compare-all": compare_all,
    "no-change": no_change,
    "folding": folding,
    "related-rows": related_rows,
    "bodies": bodies,
    "write-requests": write_requests,
    "throttled": throttled,
    "zendesk-jobs": zendesk_jobs,
    "update-mode": update_mode,
    "command-line": command_line,
}
"""In this order the first delivery's ledger serves those after it."""
GROWING = ("first-delivery", "compare-few", "compare-all", "no-change", "folding", "related-rows")
"""What depends on the size: of several sizes the others are measured with the first alone."""
CONTESTS: Mapping[str, Callable[[Scenery], Contest]] = {"side-by-side": side_by_side}
"""Measured only when asked for: they need packages that nothing else does."""
FOLDER = ROOT / ".bench"


def main() -> int:
    """Measure what is asked for; 1 if something could not be measured."""
    arguments = _parser().parse_args()
    names = arguments.names or list(BENCHMARKS)
    rows, contests, failed = [], [], False
    port = _port()
    try:
        for size in arguments.rows:
            scenery = Scenery(
                folder=FOLDER / str(size), rows=size, rounds=arguments.rounds, profile=arguments.profile, port=port
            )
            for name in names if size == arguments.rows[0] else [name for name in names if name in GROWING]:
                try:
                    if name in CONTESTS:
                        contests.append(CONTESTS[name](scenery))
                        _say("\n".join(contests[-1].lines()))
                    else:
                        rows.append(BENCHMARKS[name](scenery))
                        _say("\n".join(lines_of(rows[-1])))
                except (StepFailure, RuntimeError) as error:
                    failed = True
                    _say(f"{name}: not measured: {error}")
    finally:
        if not arguments.keep:
            shutil.rmtree(FOLDER, ignore_errors=True)
    if arguments.json:
        documents = [*map(to_json, rows), *(contest.to_json() for contest in contests)]
        sys.stdout.write(json.dumps(documents, ensure_ascii=False) + "\n")
    if arguments.write:
        _say(f"Written: {write_results(rows, contests, rounds=arguments.rounds).name}")
    return int(failed)


def _port() -> int:
    """Return the stub's port, remembered beside data that is kept."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "port"
    if not path.exists():
        path.write_text(str(free_port()))
    return int(path.read_text())


def _say(text: str) -> None:
    """Speak on standard error, so that standard output holds JSON alone."""
    sys.stderr.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    known = (*BENCHMARKS, *CONTESTS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The budget table, measured here.")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*known, []], help=", ".join(known))
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[1_000_000], metavar="N", help="sizes; 10000000 needs 5 GB of disk"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is measured (3)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--write", action="store_true", help="write the page of results")
    parser.add_argument("--keep", action="store_true", help="keep the generated data for the next time")
    parser.add_argument("--profile", action="store_true", help="show where the time of each step went")
    return parser


if __name__ == "__main__":
    sys.exit(main())
