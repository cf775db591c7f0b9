"""The command line inside the test's own process, for what is not hit: there is no need to start hundreds more."""

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from penstock.cli.command_line import run
from tests.contract.destinations.stands.stand import Desk, Ended


class InsideDesk(Desk):
    """A desk whose commands run here."""

    def penstock(self, *arguments: str, hours_later: int = 0) -> Ended:
        assert not hours_later, "another time takes a process of its own"
        output, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(errors), patch.dict(os.environ, self.stand.secrets):
            code = run([*arguments, "--json", "--project", str(self.folder)])
        assert "Traceback" not in errors.getvalue(), errors.getvalue()
        return Ended(exit_code=code, document=json.loads(output.getvalue()))
