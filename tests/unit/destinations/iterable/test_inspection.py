import pytest

from penstock.catalog.entities import FieldMapping, Mode
from penstock.destinations.contract import Inspection
from penstock.destinations.iterable.inspection import inspect_mapping
from penstock.destinations.iterable.matching import Matching, matching_of
from penstock.destinations.iterable.settings import ProjectType
from penstock.errors import Severity
from tests.unit.destinations.iterable.mapping_samples import FIELDS, HERE, mapping

KNOWN = {"plan": "string", "visits": "long", "Signup Plan": "string", "address": "object", "address.city": "string"}


def inspect(
    *mappings: FieldMapping,
    project_type: ProjectType = ProjectType.EMAIL,
    match_key: str = "email",
    known: dict[str, str] | None = None,
) -> Inspection:
    matching = Matching(project_type=project_type, match_key=match_key)
    return inspect_mapping(mappings, FIELDS, KNOWN if known is None else known, matching)


def codes(inspection: Inspection) -> dict[str, Severity]:
    return {problem.code: problem.severity for problem in inspection.problems}


def test_fitting_fields_have_no_problems() -> None:
    found = inspect(mapping("plan"), mapping("visits", "integer"))
    assert found.problems == ()
    assert found.known == {"plan", "visits"}
    assert [field.name for field in found.fields] == ["plan", "visits"]


def test_a_clash_is_refused_with_three_ways_out() -> None:
    found = inspect(mapping("visits", "text"))
    assert codes(found) == {"type_clash": Severity.REFUSAL}
    assert found.fields == ()
    problem = found.problems[0]
    assert problem.location == HERE
    assert problem.message == "Iterable's `visits` is of the type long for good, but `text` is text."
    assert problem.fix == (
        "Cast `text` to BIGINT in the model's SQL, map it to another field, or remove this mapping."
    )


def test_a_name_differing_by_case_or_spaces_is_told() -> None:
    found = inspect(mapping("signup_plan"))
    assert codes(found) == {"unknown_field": Severity.WARNING}
    assert "Did you mean `Signup Plan`?" in found.problems[0].message
    assert "string, or as date if that value looks like one, for ever" in found.problems[0].message
    assert found.known == frozenset()
    assert len(found.fields) == 1


def test_a_new_name_like_no_other_has_no_suggestion() -> None:
    assert "Did you mean" not in inspect(mapping("favourite_colour")).problems[0].message


@pytest.mark.parametrize(
    ("target", "code", "severity"),
    [
        ("address.city", "nested_field", Severity.REFUSAL),
        ("emailListIds", "subscription_field", Severity.REFUSAL),
        ("unsubscribedChannelIds", "subscription_field", Severity.REFUSAL),
        ("itblInternal", "system_field", Severity.REFUSAL),
        ("devices", "system_field", Severity.REFUSAL),
        (" ", "bad_field_name", Severity.REFUSAL),
        ("email", "identity_field", Severity.REFUSAL),
    ],
)
def test_reserved_names(target: str, code: str, severity: Severity) -> None:
    found = inspect(mapping(target))
    assert codes(found) == {code: severity}
    assert found.fields == ()


def test_what_iterable_sets_at_creation_is_only_warned_about() -> None:
    found = inspect(mapping("signupDate", "date"), known={"signupDate": "date"})
    assert codes(found) == {"system_field": Severity.WARNING}
    assert len(found.fields) == 1


@pytest.mark.parametrize(
    ("project_type", "match_key", "target", "expected"),
    [
        (ProjectType.EMAIL, "email", "userId", {}),
        (ProjectType.HYBRID, "email", "userId", {"identity_field": Severity.REFUSAL}),
        (ProjectType.HYBRID, "user_id", "email", {"identity_attribute": Severity.WARNING}),
        (ProjectType.USER_ID, "user_id", "email", {"identity_field": Severity.REFUSAL}),
        (ProjectType.USER_ID, "user_id", "userId", {"identity_field": Severity.REFUSAL}),
        (
            ProjectType.EMAIL,
            "user_id",
            "email",
            {"placeholder_users": Severity.WARNING, "identity_field": Severity.REFUSAL},
        ),
        (ProjectType.USER_ID, "email", "plan", {"match_key_not_unique": Severity.REFUSAL}),
    ],
)
def test_identifiers_by_project_type(
    project_type: ProjectType, match_key: str, target: str, expected: dict[str, Severity]
) -> None:
    assert codes(inspect(mapping(target), project_type=project_type, match_key=match_key)) == expected


def test_unsendable_types_and_missing_model_fields_are_refused() -> None:
    found = inspect(mapping("plan", "blob"), mapping("plan", "nowhere"))
    assert codes(found) == {"unsupported_type": Severity.REFUSAL, "unknown_model_field": Severity.REFUSAL}


def test_the_limit_of_fields_counts_the_parts_of_structs() -> None:
    known = {f"field_{index}": "string" for index in range(995)}
    assert "field_limit" in codes(inspect(mapping("home", "struct"), mapping("other"), known=known))
    assert "field_limit" not in codes(inspect(mapping("other"), known=known))


@pytest.mark.parametrize(
    ("project_type", "match_key", "mode", "recreate", "constants", "newcomers"),
    [
        (ProjectType.EMAIL, "user_id", Mode.UPSERT, False, (), (("preferUserId", "true"),)),
        (ProjectType.EMAIL, "user_id", Mode.UPDATE, False, (), (("preferUserId", "false"),)),
        (ProjectType.EMAIL, "user_id", Mode.UPSERT, True, (("preferUserId", "true"),), ()),
        (ProjectType.EMAIL, "user_id", Mode.INSERT, False, (("preferUserId", "true"),), ()),
        (ProjectType.EMAIL, "email", Mode.UPDATE, False, (), ()),
        (ProjectType.USER_ID, "user_id", Mode.UPDATE, False, (), ()),
        (ProjectType.HYBRID, "user_id", Mode.UPDATE, False, (), ()),
    ],
)
def test_who_may_be_created_is_said_where_the_project_obeys(
    project_type: ProjectType,
    match_key: str,
    mode: Mode,
    recreate: bool,
    constants: tuple[tuple[str, str], ...],
    newcomers: tuple[tuple[str, str], ...],
) -> None:
    matching = matching_of(project_type, match_key=match_key, mode=mode, recreate=recreate)
    assert (matching.constants, matching.newcomers) == (constants, newcomers)
    assert matching.refuses_strangers is bool(newcomers)
