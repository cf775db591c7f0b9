"""The users one request touches, found by either identifier; later users see what earlier ones did."""

from collections.abc import Iterable

from penstock.sandbox.iterable.user import User


class Directory:
    """Loaded users and the ones a request creates; neither identifier need be unique."""

    def __init__(self, users: Iterable[User]) -> None:
        self._by_email: dict[str, list[User]] = {}
        self._by_user_id: dict[str, list[User]] = {}
        self._changed: dict[int, User] = {}
        for user in users:
            self._index(user)

    def with_email(self, email: str) -> User | None:
        """The user with this address; the first one where a project type allows several."""
        return next(iter(self._by_email.get(email, ())), None)

    def with_user_id(self, user_id: str) -> User | None:
        """The user with this userId; the first one where a project type allows several."""
        return next(iter(self._by_user_id.get(user_id, ())), None)

    def create(self, email: str | None, user_id: str | None) -> User:
        """A new user, at once found by later users of the request."""
        user = User(email=email, user_id=user_id)
        self._index(user)
        self.mark_changed(user)
        return user

    def identify(self, user: User, email: str | None, user_id: str | None) -> None:
        """Change a user's identifiers."""
        if (user.email, user.user_id) == (email, user_id):
            return
        if user.email is not None:
            self._by_email[user.email].remove(user)
        if user.user_id is not None:
            self._by_user_id[user.user_id].remove(user)
        user.email, user.user_id = email, user_id
        user.renamed = True
        self._index(user)
        self.mark_changed(user)

    def mark_changed(self, user: User) -> None:
        """Note that a user has to be stored."""
        self._changed[id(user)] = user

    def is_changed(self, user: User) -> bool:
        """Whether the request has changed the user so far."""
        return id(user) in self._changed

    def changed(self) -> list[User]:
        """The users to store, in the order of their first change."""
        return list(self._changed.values())

    def _index(self, user: User) -> None:
        if user.email is not None:
            self._by_email.setdefault(user.email, []).append(user)
        if user.user_id is not None:
            self._by_user_id.setdefault(user.user_id, []).append(user)
