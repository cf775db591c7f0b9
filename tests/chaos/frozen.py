"""Runs that are hit by a signal at a chosen moment: when it is near, the process is frozen for each look at it.

What is seen is therefore what the signal hits, however short the stage is and however fast the machine.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.stages import EVERYBODY, Noted, Stage, State
from tests.contract.destinations.stands.stand import Desk

SLICE_SECONDS = 0.001
"""A process runs so long between two looks."""
NEAR = 4
"""A process is watched closely from so many stages before the one in which it is hit."""
ORDER = tuple(Stage)
ALLOWED = tuple(word for guard in ("changed", "left", "removed", "shrunk") for word in ("--allow", guard))
"""What would be a mass change by accident is none here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stage, or the one after it where a run has none such, and a share of the looks that it took before."""

    stage: Stage
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What became of a process, and in which stage it was hit, if it was."""

    stage: Stage | None
    noted: Noted | None
    exit_code: int
    output: str
    said: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How many looks each stage took when it was last passed through."""

    looks: Counter[Stage] = field(default_factory=Counter)

    def looks_until(self, moment: Moment) -> int:
        """So many looks after its stage began, a moment has come."""
        return int(moment.share * self.looks[moment.stage])


def strike(
    desk: Desk,
    moment: Moment | None,
    pace: Pace,
    number: signal.Signals = signal.SIGKILL,
    *,
    activation: str = EVERYBODY,
) -> Struck:
    """Start a run and send it a signal at a moment, if any is given."""
    state = State(desk.folder / ".penstock", activation)
    before, folds = tuple(state.noted()), state.folds()
    seen: Counter[Stage] = Counter()
    hit: Stage | None = None
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        with output.open("w") as out, errors.open("w") as err:
            command = desk.command("run", activation, "--json", *ALLOWED)
            process = subprocess.Popen(command, env=desk.environment, stdout=out, stderr=err)
        with process:
            stage = Stage.STARTING
            while _freeze(process) if moment and not hit and _is_near(moment, stage) else _lives(process):
                stage = state.stage(before, folds, errors.read_text())
                seen[stage] += 1
                if moment and not hit and _has_come(moment, pace, seen):
                    hit = stage
                    os.kill(process.pid, number)
                os.kill(process.pid, signal.SIGCONT)
                time.sleep(SLICE_SECONDS)
            exit_code = process.wait()
        pace.looks.update({stage: looks - pace.looks[stage] for stage, looks in seen.items() if stage is not hit})
        news = [noted for run, noted in state.noted().items() if run not in before and noted.activation == activation]
        own = news[0] if news else None
        return Struck(stage=hit, noted=own, exit_code=exit_code, output=output.read_text(), said=errors.read_text())


def _has_come(moment: Moment, pace: Pace, seen: Counter[Stage]) -> bool:
    """Whether it is time; once a run is over, its process is hit only if that is meant."""
    since = sum(looks for stage, looks in seen.items() if ORDER.index(stage) >= ORDER.index(moment.stage))
    return since > pace.looks_until(moment) and (moment.stage is Stage.OVER or not seen[Stage.OVER])


def _is_near(moment: Moment, stage: Stage) -> bool:
    """Whether the next look may be the one; the start is long, and what follows it is not missed."""
    ahead = ORDER.index(moment.stage) - ORDER.index(stage)
    return ahead <= 0 or (ahead <= NEAR and stage is not Stage.STARTING)


def _lives(process: subprocess.Popen[bytes]) -> bool:
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None


def _freeze(process: subprocess.Popen[bytes]) -> bool:
    """Stop a process, and all its threads, until it is told to go on; False if it has ended."""
    os.kill(process.pid, signal.SIGSTOP)  # Popen's own would reap it
    found = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return found is not None and found.si_code == os.CLD_STOPPED
