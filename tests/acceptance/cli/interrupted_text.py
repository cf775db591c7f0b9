"""`python -m tests.acceptance.cli.interrupted_text`: a command that is interrupted while Python executes a text."""

from unittest.mock import patch

from penstock.cli.main import main


def run(_arguments: list[str]) -> int:
    exec("raise KeyboardInterrupt")
    return 0


if __name__ == "__main__":
    with patch("penstock.cli.command_line.run", run):
        main()
