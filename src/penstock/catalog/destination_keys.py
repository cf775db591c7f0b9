"""The keys of a destination in a project file, made of what its type declares."""

from __future__ import annotations

from penstock.catalog.declaration import DestinationSpec, SettingKind, SettingSpec
from penstock.catalog.formats import URL
from penstock.catalog.keys import former_name_key, name_key
from penstock.catalog.records import Key, Record
from penstock.catalog.secrets import Secret
from penstock.catalog.shapes import Choice, Number, Shape, Text


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
        lenient=spec is None,
    )


def _setting_key(setting: SettingSpec, destination_type: str) -> Key:
    variable = f"{destination_type}_{setting.name}".upper()
    return Key(
        name=setting.name,
        shape=Secret(variable=variable) if setting.secret else _setting_shape(setting),
        help=setting.help,
        example=f'"${{{variable}}}"' if setting.secret else _setting_example(setting),
        required=setting.required,
        default=setting.default,
    )


def _setting_shape(setting: SettingSpec) -> Shape:
    match setting.kind:
        case SettingKind.CHOICE:
            return Choice(words=setting.choices, variable=True)
        case SettingKind.URL:
            return URL
        case SettingKind.NUMBER:
            return Number()
        case SettingKind.TEXT:
            return Text()


def _setting_example(setting: SettingSpec) -> str:
    if setting.choices:
        return setting.choices[0]
    examples = {SettingKind.URL: "http://127.0.0.1:8092", SettingKind.NUMBER: "4"}
    return examples.get(setting.kind, "text")
