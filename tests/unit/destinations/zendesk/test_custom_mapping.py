"""Custom attributes: the user field found for each, or the one to be created."""

import pytest

from penstock.destinations.zendesk.judgement import MissingAttribute, Place
from penstock.destinations.zendesk.keys import derived_key
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from tests.unit.destinations.zendesk.account_samples import codes, custom, inspect, texts

NOTHING = UserFields()


def known(*fields: tuple[str, str, str]) -> UserFields:
    return UserFields(
        all=tuple(
            UserField(id=number, key=key, title=title, type=type_)
            for number, (key, title, type_) in enumerate(fields, start=1)
        )
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("plan", "plan"),
        ("Lifetime Value (EUR)", "lifetime_value_eur"),
        ("Prénom", "prenom"),
        ("_private", "_private"),
        ("a__b", "a__b"),
        ("2024", "field_2024"),
        ("2024-Q1", "2024_q1"),
        ("Straße", "stra_e"),
        ("客户", ""),
        ("___", ""),
    ],
)
def test_derived_keys(name: str, key: str) -> None:
    assert derived_key(name) == key


def test_what_is_missing_is_to_be_created() -> None:
    found = inspect(custom("Lifetime Value"), fields=texts("Lifetime Value"), known=NOTHING)
    assert found.inspection.problems == ()
    assert found.missing == (
        MissingAttribute(
            target="Lifetime Value", key="lifetime_value", title="Lifetime Value", type="text", may_be_long=True
        ),
    )
    assert found.places["Lifetime Value"] == Place(member="user_fields", key="lifetime_value")
    assert found.inspection.known == frozenset()
    assert found.inspection.missing == {"Lifetime Value"}
    assert len(found.inspection.fields) == 1


@pytest.mark.parametrize(
    ("name", "asked", "type_"),
    [
        ("text", None, "text"),
        ("integer", None, "integer"),
        ("whole_decimal", None, "integer"),
        ("decimal", None, "decimal"),
        ("float", None, "decimal"),
        ("boolean", None, "checkbox"),
        ("date", None, "date"),
        ("timestamp", None, "text"),
        ("instant", None, "text"),
        ("instant", "date", "date"),
        ("timestamp", "date", "date"),
    ],
)
def test_the_type_follows_from_the_model(name: str, asked: str | None, type_: str) -> None:
    (missing,) = inspect(custom(name, asked), known=NOTHING).missing
    assert missing.type == type_
    assert missing.may_be_long is (name == "text")


@pytest.mark.parametrize(
    ("name", "asked", "fix"),
    [
        (
            "texts",
            None,
            "Join the list into a text in the model's SQL, as in `array_to_string(texts, ', ') AS texts`.",
        ),
        ("struct", None, "Select its parts in the model's SQL, as in `struct.city AS city`, and list those."),
        ("json", None, "Select its values in the model's SQL, as in `json ->> 'city' AS city`, and list those."),
        ("blob", None, "Cast it in the model's SQL, for example to VARCHAR, or take it off the list."),
        ("text", "date", "Remove `type`, or cast the field in the model's SQL."),
    ],
)
def test_what_no_user_field_can_hold(name: str, asked: str | None, fix: str) -> None:
    found = inspect(custom(name, asked), known=NOTHING)
    assert codes(found) == {"unsupported_type": "refusal"}
    assert found.inspection.problems[0].fix == fix
    assert found.missing == ()


@pytest.mark.parametrize(
    ("field", "key"),
    [
        (("plan", "Tariff", "text"), "plan"),
        (("Plan", "Tariff", "text"), "Plan"),
        (("tariff", "plan", "text"), "tariff"),
        (("plan", "plan", "textarea"), "plan"),
    ],
)
def test_an_existing_field_is_used_by_key_or_title(field: tuple[str, str, str], key: str) -> None:
    found = inspect(custom("plan"), fields=texts("plan"), known=known(field))
    assert found.inspection.problems == ()
    assert found.places["plan"] == Place(member="user_fields", key=key)
    assert found.inspection.missing == frozenset()
    assert found.missing == ()


@pytest.mark.parametrize(
    "fields",
    [
        (("plan", "Tariff", "text"), ("tariff", "plan", "text")),
        (("a", "plan", "text"), ("b", "plan", "text")),
    ],
)
def test_several_that_it_could_be_are_refused(fields: tuple[tuple[str, str, str], ...]) -> None:
    found = inspect(custom("plan"), fields=texts("plan"), known=known(*fields))
    assert codes(found) == {"ambiguous_attribute": "refusal"}
    assert f"`{fields[0][0]}`" in found.inspection.problems[0].message
    assert f"`fields: {{{fields[0][0]}: plan}}`" in found.inspection.problems[0].fix


def test_an_existing_field_of_another_type_is_refused() -> None:
    found = inspect(custom("text"), known=known(("text", "text", "integer")))
    assert codes(found) == {"type_clash": "refusal"}
    assert "of the type integer, but `text` is text" in found.inspection.problems[0].message
    assert "another name" in found.inspection.problems[0].fix


def test_a_type_asked_for_must_be_that_of_the_existing_field() -> None:
    there = known(("instant", "instant", "text"))
    assert codes(inspect(custom("instant", "date"), known=there)) == {"type_clash": "refusal"}
    assert codes(inspect(custom("instant"), known=there)) == {}


def test_the_conversion_is_the_same_before_and_after_the_creation() -> None:
    for name in ("text", "integer", "decimal", "float", "boolean", "date", "timestamp", "instant"):
        before = inspect(custom(name), known=NOTHING)
        (missing,) = before.missing
        after = inspect(custom(name), known=known((missing.key, missing.title, missing.type)))
        assert before.inspection.fields == after.inspection.fields


def test_names_with_one_key_are_refused() -> None:
    found = inspect(custom("Plan"), custom("plan"), fields=texts("Plan", "plan"), known=NOTHING)
    assert codes(found) == {"mapped_twice": "refusal"}
    assert found.inspection.problems[0].message == "`Plan` and `plan` would both fill Zendesk's `user_fields.plan`."


def test_an_attribute_that_all_users_have_is_no_custom_one() -> None:
    found = inspect(custom("phone"), fields=texts("phone"), known=NOTHING)
    assert codes(found) == {"standard_attribute": "refusal"}
    assert found.inspection.problems[0].fix == "Map it under `fields`, as in `fields: {phone: phone}`."


def test_a_read_only_attribute_may_have_a_namesake() -> None:
    found = inspect(custom("created_at"), fields=texts("created_at"), known=NOTHING)
    assert found.places["created_at"] == Place(member="user_fields", key="created_at")


def test_a_name_without_letters_is_refused() -> None:
    assert codes(inspect(custom("客户"), fields=texts("客户"), known=NOTHING)) == {"bad_field_name": "refusal"}
