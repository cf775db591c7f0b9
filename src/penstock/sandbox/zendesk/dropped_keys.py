"""The header that reports attributes which were dropped (contract, section 2)."""

from collections.abc import Iterable


def warning(action: str, keys: Iterable[str]) -> str:
    """The value of X-Zendesk-API-Warn, a Ruby hash; characters that no header can carry become question marks."""
    controller, _, name = action.partition("/")
    listed = ", ".join(f'"{key}"' for key in keys)
    text = (
        f'{{:allowed_parameters=>{{:controller=>"{controller}", :action=>"{name}",'
        f" :unpermitted_keys=>[{listed}], :invalid_values=>[]}}}}"
    )
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)
