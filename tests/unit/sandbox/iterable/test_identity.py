from penstock.sandbox.iterable.directory import Directory
from penstock.sandbox.iterable.identity import Identity, Refusal, read_identity, resolve
from penstock.sandbox.iterable.user import User
from penstock.sandbox.iterable.user_request import UserUpdate
from penstock.sandbox.iterable.value_types import Json


def send(
    project_type: str,
    directory: Directory,
    email: str | None = None,
    user_id: str | None = None,
    *,
    data: dict[str, Json] | None = None,
    prefer_user_id: bool = False,
    bulk: bool = True,
    create: bool = True,
) -> User | Refusal:
    update = UserUpdate(email=email, user_id=user_id, data=data or {}, prefer_user_id=prefer_user_id)
    identity = read_identity(update, frozenset({"gone@example.com", "gone"}))
    if isinstance(identity, Refusal):
        return identity
    return resolve(project_type, update, identity, directory, bulk=bulk, create=create)


def person(directory: Directory, email: str | None, user_id: str | None) -> User:
    return directory.create(email, user_id)


def refused(answer: User | Refusal) -> tuple[str, str, str]:
    assert isinstance(answer, Refusal)
    return answer.reason, answer.kind, answer.value


def found(answer: User | Refusal) -> tuple[str | None, str | None]:
    assert isinstance(answer, User)
    return answer.email, answer.user_id


def test_identifiers_are_validated_also_in_data_fields() -> None:
    directory = Directory([])
    assert refused(send("email", directory)) == ("invalid", "Emails", "")
    assert refused(send("email", directory, "Bad@")) == ("invalid", "Emails", "Bad@")
    assert refused(send("email", directory, "a@example.com", "é")) == ("invalid", "UserIds", "é")
    data: dict[str, Json] = {"email": "nope"}
    assert refused(send("hybrid", directory, "a@example.com", data=data)) == ("invalid", "Emails", "nope")
    data = {"userId": "x" * 53}
    assert refused(send("email", directory, "a@example.com", data=data)) == ("invalid", "UserIds", "x" * 53)


def test_forgotten_identifiers_are_refused() -> None:
    directory = Directory([])
    assert refused(send("email", directory, "Gone@example.com")) == ("forgotten", "Emails", "Gone@example.com")
    assert refused(send("user_id", directory, None, "gone")) == ("forgotten", "UserIds", "gone")


def test_email_based_the_address_identifies_and_the_user_id_is_overwritten() -> None:
    directory = Directory([])
    ana = person(directory, "ana@example.com", "u1")
    assert send("email", directory, "ANA@example.com", "u2") is ana
    assert ana.user_id == "u2"
    assert send("email", directory, "ana@example.com", "u2", data={"userId": "u3"}) is ana
    assert ana.user_id == "u3"
    assert found(send("email", directory, "bob@example.com", "u3")) == ("bob@example.com", "u3")
    assert send("email", directory, "ana@example.com", data={"userId": None}) is ana
    assert ana.user_id is None


def test_email_based_by_user_id_alone() -> None:
    directory = Directory([])
    ana = person(directory, "ana@example.com", "u1")
    assert send("email", directory, None, "u1") is ana
    assert refused(send("email", directory, None, "u9")) == ("unknown", "UserIds", "u9")
    created = send("email", directory, None, "user123", prefer_user_id=True)
    assert found(created) == ("user123+147178873@placeholder.email", "user123")
    assert send("email", directory, None, "user123", prefer_user_id=True) is created


def test_email_based_ignores_an_address_in_data_fields() -> None:
    directory = Directory([])
    data: dict[str, Json] = {"email": "new@example.com"}
    assert found(send("email", directory, "old@example.com", data=data)) == ("old@example.com", None)


def test_user_id_based_the_user_id_identifies_and_addresses_may_repeat() -> None:
    directory = Directory([])
    assert found(send("user_id", directory, "a@example.com", "u1")) == ("a@example.com", "u1")
    assert found(send("user_id", directory, "a@example.com", "u2")) == ("a@example.com", "u2")
    assert found(send("user_id", directory, None, "u1", data={"email": "b@example.com"})) == (
        "b@example.com",
        "u1",
    )
    assert refused(send("user_id", directory, "nobody@example.com")) == (
        "unknown",
        "Emails",
        "nobody@example.com",
    )


def test_user_id_based_a_user_id_changes_only_in_a_single_call() -> None:
    directory = Directory([])
    ana = person(directory, None, "old")
    person(directory, None, "taken")
    assert send("user_id", directory, None, "old", data={"userId": "new"}) is ana
    assert ana.user_id == "old"
    assert send("user_id", directory, None, "old", data={"userId": "new"}, bulk=False) is ana
    assert ana.user_id == "new"
    answer = send("user_id", directory, None, "new", data={"userId": "taken"}, bulk=False)
    assert refused(answer) == ("conflict", "UserIds", "taken")


def test_hybrid_either_identifies_and_completes_the_other() -> None:
    directory = Directory([])
    ana = send("hybrid", directory, "ana@example.com")
    assert send("hybrid", directory, "ana@example.com", "u1") is ana
    assert found(ana) == ("ana@example.com", "u1")
    assert send("hybrid", directory, None, "u1") is ana
    assert found(send("hybrid", directory, None, "u2")) == (None, "u2")


def test_hybrid_a_contradicting_pair_is_a_conflict() -> None:
    directory = Directory([])
    person(directory, "ana@example.com", "u1")
    person(directory, "bob@example.com", "u2")
    for pair in (("ana@example.com", "u2"), ("ana@example.com", "u9"), ("zoe@example.com", "u1")):
        assert refused(send("hybrid", directory, *pair)) == ("conflict", "Emails", pair[0])


def test_hybrid_new_identifiers_in_data_fields() -> None:
    directory = Directory([])
    ana = person(directory, "ana@example.com", "u1")
    person(directory, "bob@example.com", "u2")
    data: dict[str, Json] = {"email": "new@example.com", "userId": "u9"}
    assert send("hybrid", directory, None, "u1", data=data) is ana
    assert found(ana) == ("new@example.com", "u9")
    assert directory.with_email("ana@example.com") is None
    answer = send("hybrid", directory, None, "u9", data={"email": "bob@example.com"})
    assert refused(answer) == ("conflict", "Emails", "bob@example.com")
    assert found(ana) == ("new@example.com", "u9")
    assert found(send("hybrid", directory, None, "u9", data={"email": None})) == (None, "u9")


def test_nobody_is_created_when_only_existing_users_are_wanted() -> None:
    for project_type in ("email", "user_id", "hybrid"):
        directory = Directory([])
        answer = send(project_type, directory, "a@example.com", "u1", create=False)
        assert refused(answer) == ("unknown", "Emails", "a@example.com")


def test_reading_an_identity_keeps_the_pairs_apart() -> None:
    update = UserUpdate(email="A@example.com", user_id="u", data={"email": "B@example.com", "userId": "v"})
    assert read_identity(update, frozenset()) == Identity(
        email="a@example.com", user_id="u", new_email="b@example.com", new_user_id="v"
    )
