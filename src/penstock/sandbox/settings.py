"""Settings as given on the command line: each belongs to the emulator that its name begins with."""

import difflib
from collections.abc import Mapping, Sequence

from penstock.sandbox.errors import SandboxError


def split_settings(
    settings: Mapping[str, str], *, served: Sequence[str], known: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The settings of every emulator that is served; SandboxError for one that has no taker."""
    split: dict[str, dict[str, str]] = {name: {} for name in served}
    for full_name, value in settings.items():
        prefix = full_name.partition(".")[0]
        if prefix in split:
            split[prefix][full_name] = value
        elif prefix in known:
            raise SandboxError(
                f"'{full_name}' is a setting of an emulator that is not served.", f"Add --{prefix}-port as well."
            )
        else:
            near = difflib.get_close_matches(prefix, known, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            forms = " or ".join(f"{name}." for name in known)
            raise SandboxError(f"Unknown setting '{full_name}'.", f"{hint}A setting begins with {forms}")
    return split
