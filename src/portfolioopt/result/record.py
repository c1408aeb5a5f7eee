"""A result: the plan that was found, what an independent audit says of it, and how far it is proven."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from portfolioopt.audit.findings import Audit, Standing
from portfolioopt.plan import Plan
from portfolioopt.result import tables
from portfolioopt.result.outline import Outline

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["optimal", "feasible", "infeasible", "no_plan"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second, different run or an independent bound had to say."""

    method: str
    independent_bound: float | None
    seconds: float
    said: str
    """One line for the reader."""

    @property
    def passed(self) -> bool:
        """Whether something other than the first run has confirmed or not contradicted the answer."""
        return self.method != "none"


NOT_VERIFIED = Verification("none", None, 0.0, "Not verified: no second run was made.")


@dataclass(frozen=True)
class ReportedPlan(Plan):
    """The plan of a result, with its tables. It is a `Plan`, and equals any with the same decisions and hiring."""

    standings: tuple[Standing, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return (self.decisions, self.hiring) == (other.decisions, other.hiring)

    def __hash__(self) -> int:
        return hash((self.decisions, self.hiring))

    @cached_property
    def actions(self) -> "pd.DataFrame":
        """Columns partnership, action, kind, year, scenario: one row per decision."""
        return tables.actions_table(self.decisions).frame()

    @cached_property
    def states(self) -> "pd.DataFrame":
        """Columns partnership, year, scenario, state, phase, years, active: where each partnership stands."""
        return tables.states_table(self.standings).frame()


@dataclass(frozen=True)
class Result:
    """What `solve` returns. Money is the audit's, in the instance's currency; properties are floats.

    Without a plan (status infeasible or no_plan) the figures are None and the tables are empty.
    """

    status: Status
    stop_reason: str
    bound: float | None
    """No plan can be worth more than this, as far as the solver has proven."""
    verified: bool
    verification: Verification
    outline: Outline
    audit: Audit | None
    """The plan re-computed from the instance alone, in exact rationals; None without a plan."""
    do_nothing: Audit | None
    """The same for no action at all; None where it was not computed."""
    conflict: tuple[str, ...]
    """Where infeasible: ids of a set of limits that cannot all hold, a smallest one where there was time to find it."""
    timings: dict[str, float]
    """Seconds by phase."""
    options: dict[str, Scalar]
    versions: dict[str, str]
    input_hash: str
    """SHA-256 of the instance and the model, the same whatever the order of the files."""
    log: str = field(repr=False)
    chosen: Plan | None = field(repr=False)
    """The plan as plain data; `plan` is the same with tables."""
    conflict_is_smallest: bool = False
    """Whether no conflict has fewer members; not known of results saved before this was told."""

    @property
    def instance_name(self) -> str:
        return self.outline.instance

    @property
    def model_name(self) -> str:
        return self.outline.model

    @property
    def currency(self) -> str:
        return self.outline.currency

    @property
    def objective(self) -> float | None:
        """The audit's value of what was maximized: NPV mixed with risk, less penalties and the price of changes."""
        return None if self.audit is None else float(self.audit.objective)

    @property
    def gap(self) -> float | None:
        """(bound − objective) / max(|objective|, 1e-9), never below 0."""
        if self.objective is None or self.bound is None:
            return None
        return max(0.0, (self.bound - self.objective) / max(abs(self.objective), 1e-9))

    @property
    def seconds(self) -> float:
        """What the whole solve took."""
        return self.timings.get("total", sum(self.timings.values()))

    @property
    def expected_npv(self) -> float | None:
        return None if self.audit is None else float(self.audit.expected_npv)

    @property
    def npv(self) -> dict[str, float]:
        """By scenario."""
        return {} if self.audit is None else {name: float(value) for name, value in self.audit.npv.items()}

    @property
    def risk(self) -> float | None:
        """Value of the model's risk measure; None without one."""
        return _float(None if self.audit is None else self.audit.risk)

    @property
    def penalties(self) -> float | None:
        """Expected discounted price of exceeded soft limits."""
        return _float(None if self.audit is None else self.audit.penalties)

    @property
    def changes_cost(self) -> float | None:
        """Expected price of the decisions that differ from the plan compared with."""
        return _float(None if self.audit is None else self.audit.changes)

    @cached_property
    def plan(self) -> ReportedPlan | None:
        """Decisions, hiring and their tables; None where no plan was found (an empty plan is doing nothing)."""
        if self.chosen is None:
            return None
        standings = () if self.audit is None else self.audit.standings
        return ReportedPlan(self.chosen.decisions, self.chosen.hiring, standings)

    @cached_property
    def limits(self) -> "pd.DataFrame":
        """Columns id, family, scenario, year, use, limit, headroom, excess, price, sense."""
        return tables.limits_table(self.audit).frame()

    @cached_property
    def money(self) -> "pd.DataFrame":
        """Columns scenario, year, line, amount, discounted."""
        return tables.money_table(self.audit).frame()

    @cached_property
    def worth(self) -> "pd.DataFrame":
        """Columns partnership, scenario, npv."""
        return tables.worth_table(self.audit).frame()

    def to_json(self) -> str:
        """The whole result as text: figures for other programs on top, exact data below."""
        from portfolioopt.result.writing import to_json  # that module needs this one

        return to_json(self)

    @staticmethod
    def from_json(text: str) -> "Result":
        """The result that `to_json` wrote; raises `InvalidInput` for any other text."""
        from portfolioopt.result.writing import from_json

        return from_json(text)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
