"""What is said of a mapping before a run, and where its fields go."""

from dataclasses import replace

import pytest

from penstock.catalog.entities import Leave, When
from penstock.destinations.zendesk.field_names import fields_of
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.standard_attributes import NOT_MAPPED, READ_ONLY, STANDARD_ATTRIBUTES
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from penstock.errors import Problem, Severity
from tests.unit.destinations.zendesk.account_samples import HERE, KNOWN, codes, custom, inspect, mapping


def problem(target: str, source: str = "text", match_key: str = "email") -> Problem:
    (found,) = inspect(mapping(target, source), match_key=match_key).inspection.problems
    return found


def test_attributes_and_user_fields_have_their_places() -> None:
    found = inspect(mapping("name"), mapping("plan"), mapping("alias"), mapping("user_fields.alias"))
    assert found.inspection.problems == ()
    assert dict(found.places) == {
        "name": Place(key="name"),
        "plan": Place(member="user_fields", key="plan"),
        "alias": Place(key="alias"),
        "user_fields.alias": Place(member="user_fields", key="alias"),
    }
    assert found.inspection.known == found.inspection.missing == frozenset()
    assert found.missing == ()


def test_every_attribute_can_be_mapped_from_some_type() -> None:
    sources = {"text": "text", "integer": "integer", "checkbox": "boolean", "list of text": "texts"}
    sources["list of integers"] = "integers"
    for attribute in STANDARD_ATTRIBUTES.values():
        found = inspect(mapping(attribute.name, sources[attribute.type.value]), match_key="none")
        assert [field.name for field in found.inspection.fields] == [attribute.name]


def test_no_name_is_told_twice() -> None:
    assert not STANDARD_ATTRIBUTES.keys() & READ_ONLY
    assert not NOT_MAPPED.keys() & (STANDARD_ATTRIBUTES.keys() | READ_ONLY)


def test_the_name_is_needed_by_whoever_may_be_created() -> None:
    found = inspect(mapping("plan"), creates=True)
    assert codes(found) == {"name_not_mapped": "refusal"}
    assert found.inspection.problems[0].fix == "Map it, as in `fields: {name: full_name}`."
    assert codes(inspect(mapping("plan"), creates=False)) == {}
    (name,) = inspect(mapping("name"), creates=True).inspection.fields
    assert name.required


def test_what_zendesk_does_not_replace_is_set_at_creation_only() -> None:
    found = inspect(mapping("email"), mapping("phone"), mapping("notes"), match_key="external_id")
    assert {field.name for field in found.inspection.fields if field.create_only} == {"email", "phone"}


@pytest.mark.parametrize("match_key", ["email", "external_id"])
def test_the_match_attribute_is_no_field(match_key: str) -> None:
    assert problem(match_key, match_key=match_key).code == "identity_field"
    other = inspect(mapping(match_key), mapping("name"), match_key="other", creates=True)
    assert other.inspection.problems == ()


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_what_zendesk_keeps_itself_is_refused(name: str) -> None:
    found = problem(name)
    assert (found.code, found.severity, found.location) == ("system_field", Severity.REFUSAL, HERE)
    assert found.message == f"Zendesk never lets `{name}` be written."


def test_a_namesake_of_what_zendesk_keeps_is_pointed_to() -> None:
    known = UserFields(all=(UserField(id=1, key="created_at", title="Created", type="text"),))
    (found,) = inspect(mapping("created_at"), known=known).inspection.problems
    assert found.fix == "For the user field of that key write `user_fields.created_at`."
    assert inspect(mapping("user_fields.created_at"), known=known).inspection.problems == ()
    assert "`custom_attributes`" in problem("created_at").fix


@pytest.mark.parametrize("name", sorted(NOT_MAPPED))
def test_what_must_not_be_mapped_is_refused_with_a_way_out(name: str) -> None:
    found = problem(name)
    assert (found.code, found.severity) == ("unmappable_attribute", Severity.REFUSAL)


@pytest.mark.parametrize("name", ["tags", "organization_id", "role", "verified"])
def test_what_overwrites_more_than_it_seems_is_warned_of(name: str) -> None:
    sources = {"tags": "texts", "organization_id": "integer", "verified": "boolean"}
    found = inspect(mapping(name, sources.get(name, "text")))
    assert codes(found) == {"risky_attribute": "warning"}
    assert len(found.inspection.fields) == 1


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("Lifetime value", "The field called `Lifetime value` there has the key `lifetime_value`: write that."),
        ("lifetime value", "The field called `Lifetime value` there has the key `lifetime_value`: write that."),
        ("Second alias", "The field called `Second alias` there has the key `user_fields.alias`: write that."),
        ("E-mail", "The field called `E-mail` there has the key `email`: write that."),
        ("lifetime_valu", "Did you mean `lifetime_value`?"),
        ("nmae", "Did you mean `name`?"),
        ("user_fields.lifetime_valu", "Did you mean `lifetime_value`?"),
    ],
)
def test_an_unknown_name_comes_with_the_one_that_was_meant(name: str, fix: str) -> None:
    found = problem(name)
    assert (found.code, found.severity, found.fix) == ("unknown_attribute", Severity.REFUSAL, fix)


def test_an_unknown_name_like_no_other_lists_the_fields() -> None:
    assert problem("shoe_size").fix.startswith("The user fields there are `plan`, `lifetime_value`")
    (empty,) = inspect(mapping("shoe_size"), known=UserFields()).inspection.problems
    assert empty.message == "Zendesk has no attribute or user field `shoe_size`."
    assert empty.fix.startswith("There are no user fields yet. To have one made, list")


def test_a_user_field_is_never_an_attribute() -> None:
    found = problem("user_fields.notes")
    assert found.message == "Zendesk has no user field `notes`."


def test_an_inactive_field_is_warned_of() -> None:
    found = inspect(mapping("old"))
    assert codes(found) == {"inactive_field": "warning"}
    assert len(found.inspection.fields) == 1


def test_a_clash_names_both_types_and_the_cast() -> None:
    found = problem("visits")
    assert found.code == "type_clash"
    assert found.message == "Zendesk's user field `visits` is of the type integer, but `text` is text."
    assert found.fix == "In the model's SQL cast `text` to BIGINT, or map another field."
    assert problem("suspended").message == "Zendesk's `suspended` is of the type checkbox, but `text` is text."
    assert problem("hologram").code == "type_clash"


def test_options_are_told_for_the_check_of_the_values() -> None:
    found = inspect(mapping("tier"), mapping("topics", "texts"), mapping("role"))
    assert [field.options for field in found.inspection.fields] == [
        ("gold", "silver"),
        ("t1", "t2"),
        ("end-user", "agent", "admin"),
    ]


def test_a_user_field_is_filled_once() -> None:
    found = inspect(mapping("plan"), mapping("user_fields.plan"))
    assert codes(found) == {"mapped_twice": "refusal"}
    assert [field.name for field in found.inspection.fields] == ["plan"]


def test_a_field_that_the_model_does_not_have() -> None:
    assert problem("plan", "nothing").code == "unknown_model_field"


def test_an_agent_may_map_but_not_create() -> None:
    assert codes(inspect(mapping("plan"), is_admin=False)) == {"agent_token": "warning"}
    found = inspect(custom("text"), custom("integer"), is_admin=False)
    assert codes(found) == {"cannot_create_fields": "refusal"}
    assert "`text`, `integer`" in found.inspection.problems[0].message


def test_all_that_can_be_mapped_is_offered() -> None:
    offered = {field.name: field for field in fields_of(KNOWN)}
    assert set(STANDARD_ATTRIBUTES) < set(offered)
    assert (offered["plan"].label, offered["plan"].type) == ("Plan", "text")
    assert offered["tier"].options == (("Gold", "gold"), ("Silver", "silver"))
    assert offered["role"].options[0] == ("end-user", "end-user")
    assert offered["user_fields.alias"].label == "Second alias"
    for name in offered:
        assert "unknown_attribute" not in codes(inspect(mapping(name)))


def test_only_an_admin_may_delete_who_leaves() -> None:
    assert codes(inspect(mapping("plan"), leave=Leave.DELETE)) == {}
    found = inspect(mapping("plan"), leave=Leave.DELETE, is_admin=False)
    assert codes(found) == {"agent_token": "warning", "cannot_delete_users": "refusal"}
    assert codes(inspect(mapping("plan"), leave=Leave.SUSPEND, is_admin=False)) == {"agent_token": "warning"}


@pytest.mark.parametrize(("leave", "refused"), [(Leave.SUSPEND, True), (Leave.DELETE, False), (Leave.CLEAR, False)])
def test_suspended_is_set_by_one_alone(leave: Leave, refused: bool) -> None:
    found = codes(inspect(mapping("suspended", "boolean"), leave=leave))
    assert (found.get("suspended_twice") == "refusal") is refused


def test_what_only_a_creation_sets_is_never_sent_where_nobody_is_created() -> None:
    mapped = [mapping("name"), mapping("email"), mapping("phone")]
    warned = [p.message for p in inspect(*mapped, match_key="external_id").inspection.problems]
    assert [message.split("`")[1] for message in warned] == ["email", "phone"]
    assert codes(inspect(*mapped, match_key="external_id", creates=True)) == {}
    filled = replace(mapping("phone"), when=When.ONLY_IF_EMPTY)
    assert codes(inspect(filled)) == {}
