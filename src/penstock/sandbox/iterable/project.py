"""One Iterable project: its store, its switches, its clock and its rate limits."""

import time
import uuid
from collections.abc import Callable, Sequence

from penstock.sandbox.iterable.store import Store
from penstock.sandbox.iterable.user import User
from penstock.sandbox.switches import Switchboard
from penstock.sandbox.token_bucket import TokenBucket


class Project:
    """What the endpoints share. `speed` divides delays and the windows of rate limits."""

    def __init__(
        self,
        store: Store,
        switches: Switchboard,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.switches = switches
        self.speed = speed
        self.now = clock
        self._buckets: dict[str, TokenBucket] = {}

    @property
    def id(self) -> int:
        """The project's number, also its identity: a reset project has another one."""
        return self.store.project_id

    @property
    def list_id(self) -> int:
        """The id of the project's one list; list ids are unique over all of Iterable."""
        return self.store.project_id * 100 + 1

    @property
    def visibility_seconds(self) -> float:
        """How long until single-user reads see a write."""
        return self.switches.number("visibility_seconds") / self.speed

    @property
    def export_lag_seconds(self) -> float:
        """How long until exports know who is new and who was deleted."""
        return self.switches.number("export_lag_seconds") / self.speed

    def permits(self, endpoint: str, amount: float, period_seconds: float) -> bool:
        """Count a call against the endpoint's limit."""
        if self.switches["rate_limits"] == "off":
            return True
        bucket = self._buckets.get(endpoint)
        if bucket is None:
            bucket = TokenBucket(amount, period_seconds / self.speed, self.now())
            self._buckets[endpoint] = bucket
        return bucket.take(self.now())

    def save(self, users: Sequence[User]) -> None:
        """Store users so that single-user reads and exports see them after their delays."""
        now = self.now()
        self.store.save(users, now, now + self.visibility_seconds, now + self.export_lag_seconds)

    def delete(self, users: Sequence[User]) -> None:
        """Delete users; single-user reads and exports see it after their delays."""
        now = self.now()
        self.store.delete(users, now, now + self.visibility_seconds, now + self.export_lag_seconds)

    def forget(self, emails: Sequence[str], user_ids: Sequence[str]) -> None:
        """Delete the users and refuse all their identifiers from now on."""
        with self.store.transaction():
            users = self.store.find(emails, user_ids)
            self.delete(users)
            held = [held for user in users for held in (user.email, user.user_id) if held is not None]
            self.store.forget([*emails, *user_ids, *held])

    def itbl_user_id(self, user: User) -> str:
        """Iterable's own id of a new user."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.id}/{user.email}/{user.user_id}/{self.now()}").hex

    def reset(self) -> None:
        """Forget everything and become another project."""
        self.store.reset()
        self._buckets.clear()
