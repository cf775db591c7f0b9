"""Whether a segment still chooses by the same conditions: a digest of all that they say, and of what they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256

from penstock.catalog.entities import Catalog, Model, Segment
from penstock.errors import Location
from penstock.segments.reach import Reach


def identity_of(model: Model, segment: Segment | None, catalog: Catalog) -> str:
    """Return a digest of what is computed for a model and of a segment of it, with all that they are made of."""
    reach = Reach(catalog)
    reach.add_model(model.name)
    if segment is not None:
        reach.add_segment(segment.name)
    reached: list[object] = [catalog.segments[name] for name in sorted(reach.segments)]
    reached += [reach.models[name] for name in sorted(reach.models)]
    digest = sha256()
    for part in _spelled(tuple(reached)):
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()


def _spelled(whole: object) -> Iterator[str]:
    """Yield every value within a value, with its type and without its place in a file; depth costs no stack."""
    waiting: list[object] = [whole]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Location):
            continue
        inner: tuple[object, ...] | None = None
        if is_dataclass(value):
            inner = tuple(getattr(value, each.name) for each in fields(value))
        elif isinstance(value, Mapping):
            inner = tuple(value.items())
        elif isinstance(value, tuple | list):
            inner = tuple(value)
        if inner is None:
            yield f"{type(value).__name__} {value!r}"
            continue
        yield f"{type(value).__name__} of {len(inner)}"
        waiting.extend(reversed(inner))
