"""How new data fields change a profile."""

from collections.abc import Mapping

from penstock.sandbox.iterable.value_types import Json


def merge(profile: dict[str, Json], incoming: Mapping[str, Json], *, nested: bool) -> None:
    """Merge at the top level, in place; null removes a field.

    Arrays and objects replace what was there; with `nested` the keys of an object are merged, one level deep.
    """
    for name, value in incoming.items():
        if value is None:
            profile.pop(name, None)
        elif isinstance(value, dict):
            present = profile.get(name)
            start = dict(present) if nested and isinstance(present, dict) else {}
            profile[name] = _merged_object(start, value)
        else:
            profile[name] = value


def _merged_object(start: dict[str, Json], incoming: Mapping[str, Json]) -> dict[str, Json]:
    for name, value in incoming.items():
        if value is None:
            start.pop(name, None)
        elif isinstance(value, dict):
            start[name] = _merged_object({}, value)
        else:
            start[name] = value
    return start
