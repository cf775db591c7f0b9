"""The sandbox's only exception; it knows nothing of the rest of the package."""


class SandboxError(Exception):
    """The sandbox cannot start or obey: one sentence on what is wrong, one on the next step."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.message = message
        self.fix = fix
