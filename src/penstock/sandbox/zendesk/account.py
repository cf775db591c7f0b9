"""One Zendesk account: what it holds, its switches, its clock, its limits."""

import time
from collections.abc import Callable, Iterable

from penstock.sandbox.switches import Switchboard
from penstock.sandbox.token_bucket import TokenBucket
from penstock.sandbox.zendesk.field_definition import FieldDefinition
from penstock.sandbox.zendesk.limits import ClockMinutes
from penstock.sandbox.zendesk.organizations import Organizations
from penstock.sandbox.zendesk.store import Store
from penstock.sandbox.zendesk.user import User

TOO_MANY_UPDATES = (
    "You have exceeded the rate limit for updating a single unique user. user email:  id:  external_id: "
)


class Account:
    """What the endpoints share. `speed` divides delays, the duration of jobs and the windows of limits."""

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
        self.minutes = ClockMinutes(speed, clock)
        self._write_bucket = TokenBucket(1, 1 / speed, clock())
        self._load()

    def _load(self) -> None:
        self.fields = {
            each["key"]: FieldDefinition(**each)
            for each in sorted(self.store.documents.load("user_field"), key=lambda each: int(each["created_at"]))
        }
        self.organizations = Organizations(self.store, self.now)
        owners = self.store.documents.load("owner")
        if not owners:
            with self.store.transaction():
                owner_id = self.store.next_id()
                now = int(self.now())
                self.store.insert(
                    User(id=owner_id, created_at=now, updated_at=now, name="Sandbox Owner", role="admin")
                )
                self.store.documents.put("owner", owner_id, {"id": owner_id})
            owners = self.store.documents.load("owner")
        self.owner_id: int = owners[0]["id"]

    def seconds(self, switch: str) -> float:
        """A duration that a switch stands on, as short as time is fast."""
        return self.switches.number(switch) / self.speed

    def may_write_now(self) -> bool:
        """Count a single-user write against the limit of one a second."""
        return self._write_bucket.take(self.now())

    def may_update(self, user_id: int) -> bool:
        """Count an update against the limit of some a minute for one user."""
        limit = self.switches["user_updates_per_minute"]
        return limit == "off" or self.minutes.take(f"user {user_id}", float(limit))

    def put_field(self, definition: FieldDefinition) -> None:
        """Keep a new or changed field."""
        with self.store.transaction():
            self.store.documents.put("user_field", definition.id, definition)
        self.fields[definition.key] = definition

    def remove_field(self, definition: FieldDefinition) -> None:
        """Forget a field and its values; the tags that they brought stay."""
        with self.store.transaction():
            self.store.forget_values(definition.key)
            self.store.documents.remove("user_field", definition.id)
        del self.fields[definition.key]

    def shown_fields(self) -> Iterable[FieldDefinition]:
        """The fields that every user's `user_fields` has."""
        return self.fields.values()

    def reset(self) -> None:
        """Forget everything and become another account."""
        self.store.reset()
        self.minutes.clear()
        self._write_bucket = TokenBucket(1, 1 / self.speed, self.now())
        self._load()
