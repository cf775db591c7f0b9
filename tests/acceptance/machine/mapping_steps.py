"""What happens to the mapping."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.acceptance.machine.people import SCORE_TYPES
from tests.acceptance.machine.steps import Steps, change, pick, told


class MappingSteps(Steps):
    """Fields are mapped, unmapped, renamed, and get other types."""

    @rule(which=pick, column=pick, rule_=st.sampled_from(("", "empty: clear", "when: not_empty")))
    @change
    @told
    def a_field_is_mapped(self, which: int, column: int, rule_: str) -> str | None:
        fields = self.world.fields
        target = list(fields.targets.values())[which % len(fields.targets)]
        fields.columns[target.name] = target.columns[column % len(target.columns)]
        is_free = not target.custom and not target.set_once and target.name not in self.place.required
        fields.rules[target.name] = rule_ if is_free else ""
        self.world.forget_rule(target.name)
        self.write_project()
        return f"{target.name} is mapped from {fields.columns[target.name]} {fields.rules[target.name]}"

    @rule(which=pick)
    @change
    @told
    def a_field_is_unmapped(self, which: int) -> str | None:
        fields = self.world.fields
        targets = [name for name in fields.columns if name != "name"]
        if not targets:
            return None
        target = targets[which % len(targets)]
        del fields.columns[target]
        fields.rules.pop(target, None)
        self.world.forget_rule(target)
        self.write_project()
        return f"{target} is no longer mapped"

    @rule(which=pick, to=pick)
    @change
    @told
    def a_field_is_renamed(self, which: int, to: int) -> str | None:
        fields = self.world.fields
        renames = [
            (name, other.name)
            for name, column in fields.columns.items()
            for other in fields.targets.values()
            if name != "name" and other.name not in fields.columns and column in other.columns
        ]
        if not renames:
            return None
        name, other = renames[which % len(renames)]
        fields.columns[other] = fields.columns.pop(name)
        fields.rules.pop(name, None)
        self.world.forget_rule(name)
        self.write_project()
        return f"{name} is mapped to {other} instead"

    @rule(type_=st.sampled_from(SCORE_TYPES))
    @change
    @told
    def a_type_changes(self, type_: str) -> str | None:
        if type_ == self.world.shop.score_type:
            return None
        self.world.shop.retype_score(type_)
        return f"the column score becomes {type_}"
