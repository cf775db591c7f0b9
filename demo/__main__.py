"""`python -m demo`: exit code 0 when all was as told, 1 when not, 130 when interrupted. Leaves no process behind."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from demo.errors import DemoError
from demo.folder import make_anew
from demo.interruptions import end_in_order
from demo.story import tell_story
from demo.telling import Telling

_REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    """Play the demo."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="A shop, the sandbox, and runs between them.")
    parser.add_argument("--folder", type=Path, default=_REPOSITORY / ".demo", help="made anew each time")
    folder = parser.parse_args().folder
    end_in_order()
    try:
        make_anew(folder)
        tell_story(folder, Telling())
    except DemoError as error:
        sys.stderr.write(f"\nThe demo ends here. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the sandbox has been ended.\n")
        return 130
    except BrokenPipeError:
        # Nobody reads any more; what Python would still write on its way out goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
