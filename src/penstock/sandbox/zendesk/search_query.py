"""The search syntax, as far as it finds users (contract, section 9)."""

import re
from dataclasses import dataclass

from penstock.sandbox.zendesk.identity import EMAIL, PHONE
from penstock.sandbox.zendesk.user import User

_TERM = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term: a keyword or none, a value, and whether it has to be absent."""

    keyword: str
    value: str
    negated: bool

    def holds(self, user: User) -> bool:
        """Whether a user has it; addresses count whole, the secondary ones too, words as words of the name."""
        return self._found(user) != self.negated

    def _found(self, user: User) -> bool:
        value = self.value
        match self.keyword:
            case "email":
                return any(each.key == (EMAIL, value) for each in user.identities)
            case "phone":
                return any(each.key == (PHONE, value) for each in user.identities) or user.shared_phone == value
            case "external_id":
                return user.external_key == value
            case "name":
                return value in user.name.lower()
            case "role":
                return user.role == value
            case "tags":
                return value in (tag.lower() for tag in user.tags)
            case "type":
                return value == "user"
            case "":
                return (
                    any(each.key == (EMAIL, value) for each in user.identities) or value in user.name.lower().split()
                )
            case keyword:
                return str(user.fields.get(keyword, user.values.get(keyword, ""))).lower() == value


def terms(query: str) -> list[Term]:
    """The terms of a query."""
    return [
        Term(
            keyword=(match[2] or "").lower(),
            value=(match[3] if match[3] is not None else match[4]).lower(),
            negated=bool(match[1]),
        )
        for match in _TERM.finditer(query)
    ]


def matches(user: User, wanted: list[Term], *, alternatives: bool) -> bool:
    """Whether a user is found. All keywords have to hold; several terms of one may be alternatives."""
    if not alternatives:
        return all(term.holds(user) for term in wanted)
    by_keyword: dict[str, list[Term]] = {}
    for position, term in enumerate(wanted):
        # Plain words have all to be there.
        key = term.keyword or f" {position}"
        by_keyword.setdefault(key, []).append(term)
    return all(any(term.holds(user) for term in same) for same in by_keyword.values())
