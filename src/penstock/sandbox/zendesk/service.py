"""What every endpoint works with: the account and its jobs."""

from dataclasses import dataclass

from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.jobs import Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An account at work."""

    account: Account
    jobs: Jobs

    def reset(self) -> None:
        """Forget everything and become another account."""
        self.account.reset()
        self.jobs.load()
