"""`python -m tests.chaos.other_clock SECONDS …`: the command line on a machine whose clock is wrong by so much."""

import sys
from datetime import timedelta

from penstock import clock
from penstock.cli.main import main

if __name__ == "__main__":
    right, wrong_by = clock.now, timedelta(seconds=float(sys.argv.pop(1)))
    clock.now = lambda: right() + wrong_by
    main()
