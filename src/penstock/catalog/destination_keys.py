"""The keys of a destination in a project file, made of what its type declares."""

from __future__ import annotations

from penstock.catalog.declaration import DestinationSpec, SettingKind, SettingSpec, VariantSpec
from penstock.catalog.formats import URL
from penstock.catalog.keys import former_name_key, name_key
from penstock.catalog.records import Key, Record
from penstock.catalog.secrets import Secret
from penstock.catalog.shapes import Choice, Flag, Number, Shape, Text
from penstock.catalog.subdomains import Subdomain
from penstock.catalog.variants import Variants


def destination_record(types: tuple[str, ...], spec: DestinationSpec | None) -> Record:
    """Return the keys of a destination of a type; of an unknown type, only those that all have are checked."""
    settings = () if spec is None else spec.settings
    example = types[0] if types else "iterable"
    return Record(
        keys=(
            name_key("marketing"),
            Key(
                name="type",
                shape=Choice(words=types, variable=True),
                help="The platform.",
                example=spec.type if spec else example,
                required=True,
            ),
            *(_setting_key(setting, spec.type) for setting in settings if spec is not None),
            former_name_key("destination"),
        ),
        at_least_one=() if spec is None else spec.at_least_one,
        lenient=spec is None,
    )


def _setting_key(setting: SettingSpec, destination_type: str) -> Key:
    variable = setting.variable or f"{destination_type}_{setting.name}".upper()
    return Key(
        name=setting.name,
        shape=Secret(variable=variable) if setting.secret else _setting_shape(setting, destination_type),
        help=setting.help,
        example=f'"${{{variable}}}"' if setting.secret else _setting_example(setting, destination_type),
        required=setting.required,
        default=setting.default,
    )


def _setting_shape(setting: SettingSpec, destination_type: str) -> Shape:
    match setting.kind:
        case SettingKind.CHOICE:
            return Choice(words=setting.choices, variable=True)
        case SettingKind.FLAG:
            return Flag(variable=True)
        case SettingKind.URL:
            return URL
        case SettingKind.SUBDOMAIN:
            return Subdomain(domain=setting.domain)
        case SettingKind.NUMBER:
            return Number(least=setting.least, most=setting.most)
        case SettingKind.VARIANT:
            return Variants(records={each.name: _variant_record(each, destination_type) for each in setting.variants})
        case SettingKind.TEXT:
            return Text()


def _variant_record(variant: VariantSpec, destination_type: str) -> Record:
    type_key = Key(
        name="type",
        shape=Choice(words=(variant.name,), variable=True),
        help=variant.help,
        example=variant.name,
        required=True,
    )
    return Record(keys=(type_key, *(_setting_key(setting, destination_type) for setting in variant.settings)))


def _setting_example(setting: SettingSpec, destination_type: str) -> str:
    if setting.example:
        return setting.example
    if setting.choices:
        return setting.choices[0]
    if setting.variants:
        first = _variant_record(setting.variants[0], destination_type)
        return "{" + ", ".join(f"{key.name}: {key.example}" for key in first.keys) + "}"
    examples = {
        SettingKind.URL: "http://127.0.0.1:8092",
        SettingKind.NUMBER: "4",
        SettingKind.SUBDOMAIN: "acme",
        SettingKind.FLAG: "true",
    }
    return examples.get(setting.kind, "text")
