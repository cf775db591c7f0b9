"""What a caller may ask of the sandbox: ports, where state is kept, switches, speed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Port 0 means any free port. `settings` has full names, such as `iterable.new_fields`.

    `speed` divides the emulators' own delays and rate-limit windows: at 10, five requests per second
    become fifty and three seconds of delay become 0.3.
    """

    iterable_port: int = 8092
    state: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    speed: float = 1.0
