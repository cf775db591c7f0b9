"""Switches choose between behaviours where the real service is configurable or its truth is not settled."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from penstock.sandbox.errors import SandboxError


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One switch: the words it takes, and whether it also takes a number of at least `minimum`."""

    name: str
    default: str
    help: str
    words: tuple[str, ...] = ()
    minimum: float | None = None
    whole: bool = False

    @property
    def allowed(self) -> str:
        """The accepted values in words, for messages and pages."""
        kinds = list(self.words)
        if self.minimum is not None:
            kinds.append(f"a{' whole' if self.whole else ''} number of at least {self.minimum:g}")
        return " | ".join(kinds)

    def accepts(self, value: str) -> bool:
        """Whether `value` is one of the words or a number in range."""
        if value in self.words:
            return True
        if self.minimum is None:
            return False
        try:
            number = float(value)
        except ValueError:
            return False
        return self.minimum <= number < 1e12 and (not self.whole or number.is_integer())


class Switchboard:
    """The current position of every switch of one emulator; names may carry the emulator's prefix."""

    def __init__(self, prefix: str, switches: Iterable[Switch]) -> None:
        self.prefix = prefix
        self.switches = {switch.name: switch for switch in switches}
        self._values = {switch.name: switch.default for switch in self.switches.values()}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> float:
        """The value of a switch that stands on a number."""
        return float(self._values[name])

    def positions(self) -> dict[str, str]:
        """Every switch and where it stands."""
        return dict(self._values)

    def change(self, wanted: Mapping[str, str]) -> None:
        """Set the given switches, all or none; SandboxError names an unknown one or a bad value."""
        checked = {}
        for full_name, value in wanted.items():
            name = full_name.removeprefix(f"{self.prefix}.")
            switch = self.switches.get(name)
            if switch is None:
                raise SandboxError(f"Unknown setting '{full_name}'.", self._suggestion(name))
            if not switch.accepts(value):
                raise SandboxError(
                    f"'{value}' is not a value of {self.prefix}.{name}.", f"Allowed: {switch.allowed}."
                )
            checked[name] = value
        self._values.update(checked)

    def _suggestion(self, name: str) -> str:
        everything = f"Settings: {', '.join(f'{self.prefix}.{known}' for known in self.switches)}."
        near = difflib.get_close_matches(name, self.switches, n=1, cutoff=0.5)
        if not near:
            return everything
        switch = self.switches[near[0]]
        return f"Did you mean {self.prefix}.{switch.name} ({switch.allowed})? {everything}"
