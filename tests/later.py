"""`python -m tests.later HOURS ARGUMENT…`: the command line, so many hours from now as far as Penstock can tell."""

import sys
from datetime import datetime, timedelta

from penstock import clock

_now, _later = clock.now, timedelta(hours=int(sys.argv.pop(1)))


def now() -> datetime:
    return _now() + _later


clock.now = now

from penstock.cli.main import main  # noqa: E402 (everything else has to see the later clock)

main()
