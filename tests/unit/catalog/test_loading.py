"""A good project gives its catalog; names, references and files are checked across the whole folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from penstock.catalog.conditions import Comparison, Operator
from penstock.catalog.entities import FieldMapping, Mode, ModelKind, Settings, WhenEmpty
from penstock.catalog.loading import load_catalog
from penstock.errors import ConfigurationError, Location, Severity

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project

FILE = Path("penstock.yaml")


def test_a_whole_project(project: Project) -> None:
    catalog, warnings = project.write(
        """\
        sources:
          - {name: shop, type: duckdb, path: shop.duckdb}
        models:
          - name: customers
            source: shop
            sql: |
              SELECT * FROM customers
            kind: users
            primary_key: id
            formerly: people
            relations:
              - {name: orders, model: orders, many: true, on: {id: customer_id}}
          - {name: orders, source: shop, table: orders, primary_key: order_id}
        segments:
          - {name: french, model: customers, where: {field: country, is: France}}
        destinations:
          - {name: letters, type: post, token: "${POST_TOKEN}", rate: 2}
        activations:
          - name: send
            segment: french
            destination: letters
            service: users
            match: {email: mail}
            insert: false
            fields:
              name: full_name
              phone: {from: tel, empty: clear}
            custom_attributes: [plan]
            leave: clear
          - {name: all, model: customers, destination: letters, service: users, match: {user_id: id},
             custom_attributes: [plan]}
        settings: {timezone: Europe/Paris, max_first_run: 5000, memory: 800MB, threads: 2}
        """
    ).load()

    assert warnings == ()
    assert catalog.root == project.root.resolve()
    assert catalog.sources["shop"].path == project.root.resolve() / "shop.duckdb"
    customers = catalog.models["customers"]
    assert (customers.sql, customers.table) == ("SELECT * FROM customers\n", None)
    assert (customers.kind, customers.formerly) == (ModelKind.USERS, "people")
    assert catalog.models["orders"].kind is ModelKind.CUSTOM
    (relation,) = customers.relations
    assert (relation.model, relation.many, dict(relation.on)) == ("orders", True, {"id": "customer_id"})
    assert relation.location == Location(file=FILE, line=12)
    assert catalog.segments["french"].where == Comparison(
        field="country", operator=Operator.IS, operands=("France",), location=Location(file=FILE, line=15)
    )
    letters = catalog.destinations["letters"]
    assert dict(letters.settings) == {"token": "sesame-4711", "region": "us", "rate": 2.0}
    assert letters.secrets == {"token"}
    assert letters.lines["rate"] == Location(file=FILE, line=17)
    send = catalog.activations["send"]
    assert (send.segment, send.model, send.mode, send.leave) == ("french", None, Mode.UPDATE, "clear")
    assert (send.match_key, send.match_field) == ("email", "mail")
    assert send.fields == (
        FieldMapping(target="name", source="full_name", location=Location(file=FILE, line=26)),
        FieldMapping(
            target="phone",
            source="tel",
            when_empty=WhenEmpty.CLEAR,
            location=Location(file=FILE, line=27),
        ),
        FieldMapping(target="plan", source="plan", custom=True, location=Location(file=FILE, line=28)),
    )
    assert catalog.activations["all"].mode is Mode.UPSERT
    assert catalog.settings == Settings(timezone="Europe/Paris", max_first_run=5000, memory="800MB", threads=2)


def test_files_of_all_folders_but_the_hidden_ones_make_one_project(project: Project) -> None:
    project.write("sources: [{name: shop, type: files, path: data}]", "a.yml")
    project.write("models: [{name: m, source: shop, table: t, primary_key: id}]", "models/deep/b.yaml")
    project.write("nonsense: 1", ".penstock/state.yaml").write("nonsense: 1", ".pre-commit-config.yaml")
    project.write("", "empty.yaml").write("# only a comment\n", "comment.yaml").write("models:", "c.yaml")
    catalog = project.catalog()
    assert catalog.models["m"].location == Location(file=Path("models/deep/b.yaml"), line=1)
    assert catalog.settings == Settings()


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_without_a_project_names_init(project: Project, make: bool) -> None:
    project.root = project.root / "new"
    if make:
        project.root.mkdir()
        (project.root / "notes.txt").write_text("hello")
    with pytest.raises(ConfigurationError) as caught:
        project.load()
    assert "penstock init" in caught.value.fix
    assert caught.value.code == ("project_empty" if make else "project_missing")


def test_every_mistake_of_every_file_in_their_order(project: Project) -> None:
    project.write("sources:\n  - {name: 5, type: files, path: x}\n  - {name: b, type: fils, path: x}\n", "b.yaml")
    project.write("modls: []\nsettings: {threads: 0}\n", "a.yaml")
    problems = project.refusals()
    assert [(str(p.location), p.code) for p in problems] == [
        ("a.yaml:1", "unknown_key"),
        ("a.yaml:2", "wrong_type"),
        ("b.yaml:2", "wrong_type"),
        ("b.yaml:3", "unknown_choice"),
    ]
    assert all(p.severity is Severity.REFUSAL and p.message and p.fix for p in problems)
    assert problems[0].fix.startswith("Did you mean `models`?")


def test_a_misspelt_key_is_one_problem(project: Project) -> None:
    project.write(
        """\
        sources: [{name: shop, type: files, path: x}]
        models:
          - name: customers
            source: shop
            table: t
            primry_key: id
        """
    )
    problem = project.refusal()
    assert (problem.code, problem.location) == ("unknown_key", Location(file=FILE, line=6))
    assert problem.message == "Model `customers` has no key `primry_key`."
    assert problem.fix.startswith("Did you mean `primary_key`?")


def test_a_missing_key_is_shown_by_an_example(project: Project) -> None:
    problem = project.write("sources:\n  - name: shop\n    type: files\n").refusal()
    assert (problem.code, problem.location) == ("missing_key", Location(file=FILE, line=2))
    assert "Source `shop` has no `path`" in problem.message
    assert problem.fix == "Add it, as in `path: data/`."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sources: {name: a}", "`sources` must be a list, but here it is a mapping."),
        ("sources: [shop]", "must be a mapping with `name`, `type`, `path`, `url`, but here it is text."),
        ("settings: []", "must be a mapping"),
        ("settings: {max_first_run: '5'}", "but here it is the text `5`."),
        ("settings: {max_first_run: true}", "but here it is the yes/no value `true`."),
        ("settings: {timezone: 2024-01-01}", "but here it is the date `2024-01-01`."),
        ("settings: {memory: }", "but here it is nothing."),
        ("settings: {memory: 2}", "but here it is the number `2`."),
        ("- a", "A project file must be a mapping, but here it is a list."),
        ("hello", "A project file must be a mapping, but here it is text."),
    ],
)
def test_a_wrong_type_says_what_was_found(project: Project, text: str, found: str) -> None:
    problem = project.write(text).refusal()
    assert problem.code == "wrong_type"
    assert found in problem.message


@pytest.mark.parametrize("name", ["5a", "a b", "ünder", "-a", "a" * 65, "a.b", "a/b", "${POST_TOKEN}"])
def test_names_are_identifiers(project: Project, name: str) -> None:
    problem = project.write(f'sources: [{{name: "{name}", type: files, path: x}}]').refusal()
    assert problem.code == "bad_name"
    assert "with a letter first" in problem.fix


def test_a_name_is_given_once(project: Project) -> None:
    project.write("sources: [{name: shop, type: files, path: x}]", "a.yaml")
    problem = project.write("\nsources: [{name: shop, type: files, path: y}]", "b.yaml").refusal()
    assert (problem.code, str(problem.location)) == ("duplicate_name", "b.yaml:2")
    assert "another source called `shop`, at a.yaml:1" in problem.message


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("models: [{name: m, source: shp, table: t, primary_key: id}]", "unknown_source", "shop"),
        ("segments: [{name: s, model: custmers, where: {all: []}}]", "unknown_model", "customers"),
        (
            "activations: [{name: a, segment: frensh, destination: letters, service: users, match: {email: e}}]",
            "unknown_segment",
            "french",
        ),
        (
            "activations: [{name: a, segment: french, destination: leters, service: users, match: {email: e}}]",
            "unknown_destination",
            "letters",
        ),
    ],
)
def test_a_reference_to_nothing(project: Project, base: str, text: str, code: str, meant: str) -> None:
    text = text.replace("{email: e}", "{email: e}, fields: {a: b}")
    problem = project.write(base, "a.yaml").write(text, "b.yaml").refusal()
    assert problem.code == code
    assert problem.fix.startswith(f"Did you mean `{meant}`?")


def test_a_reference_into_a_file_that_cannot_be_read_is_not_held_against_it(project: Project) -> None:
    project.write("sources: [", "a.yaml")
    project.write("models: [{name: m, source: shop, table: t, primary_key: id}]", "b.yaml")
    assert project.refusal().code == "yaml_syntax"


def test_a_relation_names_an_existing_model(project: Project, base: str) -> None:
    base = base.replace("primary_key: id}", "primary_key: id, relations: [{name: o, model: oder, on: {a: b}}]}")
    problem = project.write(base).refusal()
    assert problem.code == "unknown_model"
    assert problem.message.startswith("`model` of relation `o` of model `customers` names the model `oder`")


@pytest.mark.parametrize(("keys", "code"), [("table: t, sql: SELECT 1, ", "conflicting_keys"), ("", "missing_key")])
def test_a_model_has_a_table_or_a_select(project: Project, keys: str, code: str) -> None:
    project.write(
        f"sources: [{{name: shop, type: files, path: x}}]\nmodels: [{{name: m, source: shop, {keys}primary_key: id}}]"
    )
    problem = project.refusal()
    assert problem.code == code
    assert "`table`" in problem.message
    assert "`sql`" in problem.message


def test_a_former_name_must_be_free(project: Project, base: str) -> None:
    base = base.replace("where:", "formerly: french, where:")
    problem = project.write(base).refusal()
    assert problem.code == "former_name_in_use"


def test_two_cannot_have_had_the_same_name(project: Project) -> None:
    project.write(
        """\
        sources: [{name: s, type: files, path: x}]
        models:
          - {name: a, source: s, table: t, primary_key: id, formerly: old}
          - {name: b, source: s, table: t, primary_key: id, formerly: old}
        """
    )
    assert project.refusal().message == "Both `a` and `b` say that they were called `old`."


@pytest.mark.parametrize(
    ("setting", "code", "fix"),
    [
        ("timezone: Europe/Pari", "unknown_time_zone", "Did you mean `Europe/Paris`?"),
        ("timezone: ../etc/passwd", "unknown_time_zone", "Write it as in `timezone: Europe/Paris`."),
        ("timezone: America", "unknown_time_zone", ""),
        ("memory: plenty", "bad_memory", "Write it as in `memory: 1GB`."),
        ("memory: 0GB", "bad_memory", ""),
        ("threads: 0", "wrong_type", "Write it as in `threads: 4`."),
        ("max_first_run: 1.5", "wrong_type", ""),
        ("max_frist_run: 5", "unknown_key", "Did you mean `max_first_run`?"),
    ],
)
def test_settings_are_checked(project: Project, setting: str, code: str, fix: str) -> None:
    problem = project.write(f"settings: {{{setting}}}").refusal()
    assert problem.code == code
    assert problem.fix.startswith(fix)


def test_settings_may_be_spread_over_files_but_not_repeated(project: Project) -> None:
    project.write("settings: {threads: 2}", "a.yaml").write("settings: {memory: 2GB}", "b.yaml")
    assert project.catalog().settings == Settings(threads=2, memory="2GB")
    problem = project.write("settings: {threads: 3}", "b.yaml").refusal()
    assert (problem.code, str(problem.location)) == ("duplicate_key", "b.yaml:1")


def test_a_source_of_a_later_version(project: Project) -> None:
    problem = project.write("sources: [{name: s, type: snowflake, path: x}]").refusal()
    assert problem.code == "not_available"
    assert "not available in this version" in problem.message


URL = "postgresql://ana:secret@db/shop"


def test_a_database_has_a_url_and_no_path(project: Project) -> None:
    project.environment = {"SHOP_URL": URL}
    project.write('sources: [{name: s, type: postgres, url: "${SHOP_URL}"}]')
    source = project.catalog().sources["s"]
    assert source.url == URL
    assert "secret" not in repr(source)
    problems = project.write('sources: [{name: s, type: postgres, url: "${SHOP_URL}", path: x}]').refusals()
    assert [(p.code, "no key `path`" in p.message) for p in problems] == [("unknown_key", True)]
    keys_of = {"type: postgres": "missing_key", 'type: files, path: x, url: "${SHOP_URL}"': "unknown_key"}
    for keys, code in keys_of.items():
        assert [p.code for p in project.write(f"sources: [{{name: s, {keys}}}]").refusals()] == [code]


def test_the_url_of_a_database_is_a_secret(project: Project) -> None:
    problem = project.write(f"sources: [{{name: s, type: postgres, url: '{URL}'}}]").refusal()
    assert problem.code == "secret_in_clear"
    assert "secret@" not in problem.message + problem.fix
    assert "SHOP_URL" in problem.fix


def test_whoever_reads_sources_only_needs_their_secrets(project: Project) -> None:
    project.write('sources: [{name: s, type: postgres, url: "${SHOP_URL}"}]')
    assert project.refusal().code == "missing_variable"
    environments: list[dict[str, str]] = [{}, {"SHOP_URL": URL}]
    for environment, url in zip(environments, ("", URL), strict=True):
        catalog, _ = load_catalog(project.root, destination_types={}, environment=environment, with_secrets=False)
        assert catalog.sources["s"].url == url


def test_variables_in_sources(project: Project) -> None:
    project.environment = {"SHOP": "/srv/shop", "KIND": "files"}
    project.write('sources: [{name: s, type: "${KIND}", path: "${SHOP}/data"}]')
    assert project.catalog().sources["s"].path == Path("/srv/shop/data")
