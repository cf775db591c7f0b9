"""Making a plan: census, comparison, and the proof that what it compared was unique."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from penstock.catalog.entities import Leave
from penstock.engine import is_damage, state_errors
from penstock.ledger import summary
from penstock.ledger.census import Census, count_members, open_members
from penstock.ledger.compare import plan_sql
from penstock.ledger.comparison import Comparison, Shape
from penstock.ledger.conclusion import conclude
from penstock.ledger.differing import find_differing
from penstock.ledger.directory import opened
from penstock.ledger.exceptions import gather_doubts, gather_holds, gather_probes, members_doubted
from penstock.ledger.leaving import gather_pending
from penstock.ledger.request import PlanRequest
from penstock.ledger.set_aside import assert_few_set_aside, set_aside
from penstock.ledger.shared import gather_shared
from penstock.ledger.taken import gather_taken
from penstock.ledger.wanted import gather_wanted
from penstock.ledger.wide import find_wide
from penstock.mapping.desired import desired_sql
from penstock.mapping.slots import words
from penstock.plan.plan import Plan, SetAside

MOST_DIFFERING = 0.2
"""Above this share of the members not all their values are fetched: they would not fit into memory."""
FEW_DIFFERING = MOST_DIFFERING / 4
"""So many members may differ in values that are not compared for everybody."""


def make_plan(connection: duckdb.DuckDBPyConnection, request: PlanRequest) -> Plan:
    """Compare and write the plan's file.

    The engine must hold the model and, unless `state` is None, the ledger. Raises ConfigurationError when more
    than 5 % of the members have no unique key or match value; StorageError.
    """
    try:
        with opened(connection, request.directory) as has_directory, state_errors("write the plan"):
            return _Planner(connection, request, has_directory=has_directory).plan()
    except duckdb.Error as error:
        if request.directory is None or not is_damage(error):
            raise
        return make_plan(connection, replace(request, directory=None))  # damaged, it seems; it only saves asking


class _Planner:
    def __init__(
        self, connection: duckdb.DuckDBPyConnection, request: PlanRequest, *, has_directory: bool = False
    ) -> None:
        self._connection = connection
        self._has_directory = has_directory
        self._request = request
        self._slots = request.slots
        self._state = request.confirmed
        self._set_aside: tuple[SetAside, ...] = ()
        self._shape = self._shape_to_begin_with()
        self._wide: frozenset[int] = frozenset()

    def _shape_to_begin_with(self) -> Shape:
        state = self._state
        if state is None:
            return Shape.FIRST
        new_slots = any(mapped.slot not in state.slots for mapped in self._slots)
        return Shape.EVERYBODY if new_slots or self._request.full else Shape.DIFFERING

    def plan(self) -> Plan:
        open_members(self._connection, desired_sql(self._request.records))
        census = self._take_census()
        checked = (
            self._state is None or self._request.expect_set_aside or bool(census.without_key or census.without_match)
        )
        if checked:
            self._take_aside(census)
        comparison = self._comparison()
        if self._nothing_changed(comparison, census):
            return self._conclude(comparison, census, nothing=True)
        comparison = self._write(comparison)
        if not checked and not self._is_proved_unique(census.members):
            self._take_aside(census)
            comparison = self._write(self._comparison())
        taken, wanted = self._find_taken(), self._find_wanted()
        if taken or wanted:
            comparison = self._write(replace(comparison, has_taken=taken, has_wanted=wanted))
        return self._conclude(comparison, census, nothing=False)

    def _take_census(self) -> Census:
        """Count the members, on the way to finding those in whom anything differs if there is a ledger."""
        if self._state is not None:
            try:
                return self._find_differing()
            except duckdb.OutOfMemoryException:
                self._join_all()
        return count_members(self._connection, words(mapped.slot.number for mapped in self._slots))

    def _find_differing(self) -> Census:
        """Find them by hashes of the values that differ in few; if there are no such values, compare all of them."""
        census = find_differing(self._connection, self._bare_comparison())
        most = MOST_DIFFERING * census.members
        if (census.differing or 0) <= most:
            return census
        self._wide = find_wide(self._connection, self._bare_comparison(), members=census.members, most=FEW_DIFFERING)
        if self._wide:
            self._shape = Shape.EVERYBODY
            census = find_differing(self._connection, self._bare_comparison())
        if (census.differing or 0) > most:
            self._join_all()
        return census

    def _join_all(self) -> None:
        """Compare in the shape that bears everything."""
        self._shape, self._wide = Shape.JOIN, frozenset()

    def _take_aside(self, census: Census) -> None:
        self._set_aside = set_aside(self._connection, self._request.key_type, census)
        assert_few_set_aside(self._request.activation, self._set_aside, census.members)

    def _comparison(self) -> Comparison:
        state, request = self._state, self._request
        holds = doubts = False
        if request.state is not None:
            doubts = gather_doubts(self._connection, self._slots, request.state)
            if not request.full:
                holds = gather_holds(
                    self._connection,
                    self._slots,
                    request.state,
                    mapping=request.mapping,
                    now=request.made_at,
                    has_directory=self._has_directory,
                    retry=request.retry,
                )
        probes = gather_probes(
            self._connection, self._slots, request.probes, has_holds=holds, has_directory=self._has_directory
        )
        return replace(
            self._bare_comparison(),
            probe=request.probes if probes else (),
            has_set_aside=bool(self._set_aside),
            has_holds=holds,
            has_doubts=doubts and state is not None,
            has_pending=state is not None
            and bool(state.holds)
            and request.leave.removes
            and gather_pending(self._connection),
            has_shared=state is not None and state.shared and gather_shared(self._connection),
        )

    def _bare_comparison(self) -> Comparison:
        """Return the comparison without the exceptions that are in force."""
        return Comparison(
            slots=self._slots,
            state=self._state,
            shape=self._shape,
            full=self._request.full,
            excluded=frozenset(self._request.withheld),
            wide=self._wide,
            addresses_known=self._request.addresses_known,
            has_directory=self._has_directory,
            keeps_case=self._request.records.match_key.keep_case,
            leave=self._request.leave,
            mode=self._request.mode,
            seeks=self._request.seeks,
        )

    def _nothing_changed(self, comparison: Comparison, census: Census) -> bool:
        """Whether members and ledger are the same set of rows: then keys and match values are unique as well.

        Nobody differs: each of the ledger's members is matched by at least one member, and as there are as many of
        them, by exactly one. What is in doubt of those who left is nobody's business until they return.
        """
        state = self._state
        if state is None or comparison.shape is not Shape.DIFFERING or self._set_aside:
            return False
        if comparison.probe or comparison.has_pending or census.differing != 0 or census.members != state.members:
            return False
        return not (comparison.has_doubts and members_doubted(self._connection))

    def _write(self, comparison: Comparison) -> Comparison:
        """Write the file, falling back to the shape that bears everything when memory runs out."""
        try:
            self._copy(comparison)
        except duckdb.OutOfMemoryException:
            if comparison.shape not in {Shape.DIFFERING, Shape.EVERYBODY}:
                raise
            self._join_all()
            comparison = replace(comparison, shape=self._shape, wide=self._wide)
            self._copy(comparison)
        return comparison

    def _copy(self, comparison: Comparison) -> None:
        self._connection.execute(plan_sql(comparison, self._request.path))

    def _is_proved_unique(self, members: int) -> bool:
        """Prove from the plan that no key and no match value occurs twice among the members.

        Each ledger row that did not leave is matched by at least one member; so the numbers add up only if each
        is matched by exactly one. New keys are counted apart. Match values of unchanged members are the ledger's, and
        unique; those of the others must differ from these and from each other.
        """
        if self._state is None:
            return True
        path = self._request.path
        counted = summary.counts_by_known(self._connection, path)
        stayed = self._state.members - counted.gone + counted.returned
        if members != stayed + counted.new:
            return False
        return counted.suspects == 0 or summary.new_identities_unique(self._connection, path)

    def _find_taken(self) -> bool:
        """Find new records whose match value is the confirmed one of another member."""
        if self._state is None:
            return False
        return gather_taken(self._connection, self._request.path, has_set_aside=bool(self._set_aside))

    def _find_wanted(self) -> bool:
        """Find those to be cleared or removed whose user is still wanted."""
        if self._state is None or self._request.leave is Leave.KEEP:
            return False
        others = self._request.others if self._request.leave.removes else ()
        return gather_wanted(self._connection, self._request.path, others)

    def _conclude(self, comparison: Comparison, census: Census, *, nothing: bool) -> Plan:
        return conclude(self._connection, self._request, comparison, census, self._set_aside, nothing=nothing)
