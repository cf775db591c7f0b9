"""What a caller may ask of the sandbox: ports, where state is kept, switches, speed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

USUAL_PORTS = {"zendesk": 8091, "iterable": 8092}


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Which emulators, and how.

    Port 0 means any free port; None for one port and a number for the other leaves that emulator out, None for
    both means both on their usual ports. `settings` has full names, such as `iterable.new_fields`.

    `speed` divides the emulators' own delays and rate-limit windows: at 10, five requests per second
    become fifty and three seconds of delay become 0.3.
    """

    zendesk_port: int | None = None
    iterable_port: int | None = None
    state: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    speed: float = 1.0

    def ports(self) -> dict[str, int]:
        """The port of every emulator to serve, by its name."""
        named = {"zendesk": self.zendesk_port, "iterable": self.iterable_port}
        chosen = {name: port for name, port in named.items() if port is not None}
        return chosen or dict(USUAL_PORTS)
