"""What an audit reports: money, limits, where each partnership stands, and what is wrong. All numbers exact."""

from dataclasses import dataclass, field
from fractions import Fraction

MONEY_LINES = (
    "benefit",
    "cost",
    "breakdown",
    "capital",
    "proceeds",
    "synergies",
    "pools",
    "coordination",
    "hiring",
    "shortfall",
    "terminal",
)
"""Every line with its sign: what is paid is negative, so that the lines of a year sum to its money."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a plan must not do."""

    family: str
    """A limit family, or `life` (an action that may not be taken), `tree` (acting on what is not known yet)."""
    id: str
    """The limit or the partnership."""
    scenario: str
    year: int
    """Calendar year."""
    message: str
    excess: Fraction = Fraction(0)
    """How far a hard limit is exceeded, in its own unit."""

    def __str__(self) -> str:
        return f"{self.id}, {self.scenario} {self.year}: {self.message}"


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """Undiscounted and discounted money of one line in a scenario and year; terminal values stand in the last year."""

    scenario: str
    year: int
    line: str
    amount: Fraction
    discounted: Fraction


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How far a limit is used: headroom ≥ 0 is within it, excess > 0 is beyond it (soft limits, at `price`).

    Headroom below 0 without excess is a requirement whose shortfall is paid for. For capital the limit is all that may
    be drawn in the year, and headroom what is left; `requires` has a row in the years in which its `when` holds.
    """

    id: str
    family: str
    scenario: str
    year: int
    use: Fraction
    limit: Fraction
    headroom: Fraction
    excess: Fraction
    price: Fraction | None
    """Money per unit of excess and year; None where the limit is hard."""
    sense: str
    """`at_most` or `at_least`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partnership is in one year of one scenario."""

    partnership: str
    scenario: str
    year: int
    state: str
    """Its state; in a lead year the state that the action leads to, with `phase` "lead"."""
    phase: str
    """`state`, `notice` (still in the old state) or `lead` (in no state yet)."""
    years: int
    """Years completed in the state at the start of the year (lead years: of lead)."""
    active: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """A plan re-computed from the instance alone, in exact rationals."""

    findings: tuple[Finding, ...]
    objective: Fraction
    expected_npv: Fraction
    npv: dict[str, Fraction]
    risk: Fraction | None
    """Value of the risk measure (mean of the worst tail, worst case); None without one."""
    penalties: Fraction
    """Expected price of exceeded soft limits, discounted; not part of NPV."""
    changes: Fraction
    """Expected price of decisions that differ from the plan compared with; undiscounted, not part of NPV."""
    money: tuple[MoneyLine, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    standings: tuple[Standing, ...] = ()
    worth: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    """By partnership and scenario: the discounted money it earns itself, terminal value included."""

    @property
    def ok(self) -> bool:
        return not self.findings
