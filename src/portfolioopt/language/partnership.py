"""A partnership: its states (structures), the actions that lead from one to another, and what flows in each."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from portfolioopt.language.values import (
    Amount,
    AmountProfile,
    AmountsByLabel,
    Coefficients,
    Count,
    FlowsByLabel,
    Id,
    Label,
    Labels,
    Name,
    Names,
    Number,
    Profile,
    Record,
    Score,
    Sequence,
    Years,
)

NONE, EXITED = "none", "exited"
ELEMENTS = ("shared_goals", "complementary_strengths", "governance", "culture", "exit_path")

PartnershipType = Literal["joint_venture", "codevelopment", "technology_alliance", "supplier_collaboration", "in_house"]
Domain = Literal["platforms", "electrification", "software", "autonomy"]
Purpose = Literal[
    "production_efficiency",
    "electrification_scale",
    "software_codevelopment",
    "strategic_flexibility",
    "autonomy_rollout",
]
ActionKind = Literal["form", "expand", "restructure", "exit"]
ZERO_PROFILE = (Decimal(0),)


class Readiness(Record):
    """Scores of the five elements that make one partnership work, 1 (weak) to 5 (strong)."""

    shared_goals: Score
    complementary_strengths: Score
    governance: Score
    culture: Score
    exit_path: Score


class ReadinessChange(Record):
    """Elements that a state raises or lowers: scores that replace the partnership's own."""

    shared_goals: Score | None = None
    complementary_strengths: Score | None = None
    governance: Score | None = None
    culture: Score | None = None
    exit_path: Score | None = None


class Sensitivity(Record):
    """By flow and driver, β: the flow is multiplied by max(0, 1 + Σ β·(level − 1))."""

    benefit: Coefficients = Field(default_factory=dict)
    cost: Coefficients = Field(default_factory=dict)
    capital: Coefficients = Field(default_factory=dict)
    proceeds: Coefficients = Field(default_factory=dict)
    terminal: Coefficients = Field(default_factory=dict)
    breakdown_loss: Coefficients = Field(default_factory=dict)


class During(Record):
    """Flows of the lead years of an action, as profiles by lead year."""

    benefit: Profile = ZERO_PROFILE
    cost: Profile = ZERO_PROFILE
    capital: AmountProfile = ZERO_PROFILE
    effort: FlowsByLabel = Field(default_factory=dict)
    exposure: FlowsByLabel = Field(default_factory=dict)
    provides: FlowsByLabel = Field(default_factory=dict)
    interfaces: AmountProfile = ZERO_PROFILE
    breakdown_loss: AmountProfile = ZERO_PROFILE
    terminal: Profile = ZERO_PROFILE
    sensitivity: Sensitivity = Field(default_factory=lambda: INSENSITIVE)


class State(During):
    """A structure that a partnership can be in; its flows as profiles by year in the state."""

    readiness: ReadinessChange = Field(default_factory=lambda: UNCHANGED)


class AtEffect(Record):
    """Flows that apply once, in the year an action takes effect."""

    benefit: Number = Decimal(0)
    cost: Number = Decimal(0)
    capital: Amount = Decimal(0)
    proceeds: Amount = Decimal(0)
    effort: AmountsByLabel = Field(default_factory=dict)
    exposure: AmountsByLabel = Field(default_factory=dict)
    provides: AmountsByLabel = Field(default_factory=dict)
    interfaces: Amount = Decimal(0)
    breakdown_loss: Amount = Decimal(0)
    terminal: Number = Decimal(0)
    sensitivity: Sensitivity = Field(default_factory=lambda: INSENSITIVE)


class Action(Record):
    """A move from one state to another, decided at the start of a year."""

    id: Label
    kind: ActionKind
    from_: Annotated[Labels, Field(alias="from")]
    to: Label
    window: Years | None = None
    after_years: Count = 0
    notice_years: Count = 0
    lead_years: Count = 0
    during: During = Field(default_factory=lambda: NO_FLOWS)
    at_effect: AtEffect = Field(default_factory=lambda: NO_EFFECT)


class Start(Record):
    """Where the partnership stands today: its state and the years already completed in it."""

    state: Label = NONE
    years: Count = 0


class Partnership(Record):
    """One partnership, existing or possible."""

    id: Id
    name: Name | None = None
    partners: Names = ()
    type: PartnershipType | None = None
    domain: Domain | None = None
    purpose: Purpose | None = None
    readiness: Readiness | None = None
    start: Start = Field(default_factory=lambda: NOT_STARTED)
    states: dict[Label, State] = Field(default_factory=dict)
    actions: Annotated[tuple[Action, ...], Sequence] = ()

    @property
    def title(self) -> str:
        return self.name or self.id

    def state(self, name: str) -> State:
        """The state of that name; `none` and `exited` exist without being written."""
        return self.states.get(name, UNWRITTEN)

    @property
    def state_names(self) -> tuple[str, ...]:
        """All states, `none` first and `exited` last."""
        own = tuple(name for name in self.states if name not in (NONE, EXITED))
        return (NONE, *own, EXITED)


# Records are frozen, so one of each serves wherever nothing is written (pydantic would copy a default every time).
INSENSITIVE: Sensitivity = Sensitivity()
UNCHANGED: ReadinessChange = ReadinessChange()
NO_FLOWS: During = During()
NO_EFFECT: AtEffect = AtEffect()
NOT_STARTED: Start = Start()
UNWRITTEN = State()
