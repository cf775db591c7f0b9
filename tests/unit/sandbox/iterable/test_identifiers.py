import pytest

from penstock.sandbox.iterable.identifiers import normal_email, placeholder_email, valid_user_id


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.com",
        "a.b+c@mail.example.co.uk",
        "o'brien@example.com",
        "user/slash@example.com",
        "a@xn--bcher-kva.de",
        "a@bücher.de",
        '"quoted word"@example.com',
        "a" * 64 + "@example.com",
        "jürgen@example.com",
    ],
)
def test_accepted_addresses(text: str) -> None:
    assert normal_email(text) == text


def test_addresses_are_kept_in_lower_case() -> None:
    assert normal_email("Ana.Doe@Example.COM") == "ana.doe@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000",
        "foo@",
        "bad@",
        "shrouti",
        "@example.com",
        "a@localhost",
        "a@example.test",
        "a@example.notadomain",
        "a b@example.com",
        " a@example.com",
        "a@example.com ",
        "a@example..com",
        "a..b@example.com",
        ".a@example.com",
        "a@-example.com",
        "a@example.com.",
        "a@b@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a\n@example.com",
        "a@example.com\n",
    ],
)
def test_refused_addresses(text: str) -> None:
    assert normal_email(text) is None


@pytest.mark.parametrize("text", ["u", "a b", "A-1", "x" * 52, " leading"])
def test_accepted_user_ids(text: str) -> None:
    assert valid_user_id(text)


@pytest.mark.parametrize("text", ["", "x" * 53, "trailing ", "é", "tab\t", "line\n", "\x7f"])
def test_refused_user_ids(text: str) -> None:
    assert not valid_user_id(text)


def test_the_placeholder_is_the_documented_one() -> None:
    assert placeholder_email("user123") == "user123+147178873@placeholder.email"


def test_placeholders_tell_case_apart() -> None:
    assert placeholder_email("A") != placeholder_email("a")
