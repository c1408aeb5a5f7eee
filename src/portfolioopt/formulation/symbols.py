"""The symbols of the algebra: what each means, its name in the code, and its key in the files.

Those that several functions use stand here, those of one family in its own module as `SYMBOLS`; the one table of all
of them is made from there. Letters in brackets are indices of columns and of what is known for each arc; those in
parentheses, arguments.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """One name of the algebra."""

    name: str
    """as in the equations, without indices"""
    indices: str
    """such as [p,n,a] or (y); empty for a single number"""
    meaning: str
    code: str = ""
    """for a column its kind (skills_hired), else the class and attribute that hold it; empty where it is an index"""
    key: str = ""
    """path in an instance, or in a model (model.…); empty where no file holds it"""

    @property
    def shown(self) -> str:
        return f"{self.name}{self.indices}"


INDICES: tuple[Symbol, ...] = (
    Symbol("p", "", "a partnership", "Portfolio.partnerships", "partnerships"),
    Symbol("y", "", "a year, 0 … T−1", "Draft.years", "horizon"),
    Symbol("T", "", "the number of years", "Horizon.years", "horizon.years"),
    Symbol("w", "", "a scenario", "Tree.scenarios", "scenarios"),
    Symbol("n", "", "a node of the tree: scenarios that cannot be told apart in a year y", "Tree.nodes"),
    Symbol("m", "", "a node on the way to n", "Tree.nodes"),
    Symbol("q", "", "a place of a life: a state and the years completed in it, or a year of notice or lead",
           "Place.state"),
    Symbol("a", "", "an arc of a life: from the place of one year to that of the next", "YearArcs.place"),
    Symbol("h", "", "a history of capital: scenarios that share a node and all that capital varied with so far",
           "Portfolio.capital_histories"),
    Symbol("s", "", "a set of states of one partnership", "Occupancy.states"),
    Symbol("i", "", "a piece of a curve, from 1", "Pool.curve", "pools.*.curve"),
    Symbol("j", "", "a run of pieces whose slopes fall, from 1", "Pool.curve", "pools.*.curve"),
)  # fmt: skip
"""Letters that count."""

SHARED: tuple[Symbol, ...] = (
    Symbol("take", "[p,n,a]", "1 where partnership p takes arc a at node n, else 0", "take"),
    Symbol("parent", "(n)", "the node, or history, of the year before that holds n", "Partition.parent"),
    Symbol("root", "", "the node of the first year", "Tree.nodes"),
    Symbol("π", "[w]", "probability of a scenario, and of a node or history: of its scenarios together",
           "Tree.probability", "scenarios.*.probability"),
    Symbol("discount", "(y)", "(1 + rate) to the power of −(y + o), o by cash_timing", "Draft.discount",
           "discount_rate"),
    Symbol("end", "", "(1 + rate) to the power of −T", "Instance.discount_rate", "discount_rate"),
    Symbol("E", "", "expectation over the scenarios", "Tree.probability", "scenarios.*.probability"),
    Symbol("NPV", "(w)", "net present value of a scenario"),
    Symbol("earned", "(n)", "money of a node's year, undiscounted"),
    Symbol("joint", "(n)", "money that no partnership earns alone: told with links, pools, coordination, skills and "
           "requirements"),
    Symbol("money", "[p,n,a]", "what a partnership earns along an arc", "Portfolio.money"),
    Symbol("terminal", "[p,n,a]", "what its state is worth at the end", "Portfolio.terminal",
           "partnerships.*.states.*.terminal"),
    Symbol("realization", "", "share of benefits realized, by readiness", "ReadinessScale.realization",
           "readiness.realization"),
    Symbol("benefit", "", "money earned, by place and driver factor", "State.benefit",
           "partnerships.*.states.*.benefit"),
    Symbol("cost", "", "money paid", "State.cost", "partnerships.*.states.*.cost"),
    Symbol("breakdown_rate", "", "probability of a breakdown in a year, by readiness", "ReadinessScale.breakdown_rate",
           "readiness.breakdown_rate"),
    Symbol("breakdown_loss", "", "money lost in a breakdown", "State.breakdown_loss",
           "partnerships.*.states.*.breakdown_loss"),
    Symbol("capital", "", "money drawn from the budget", "State.capital", "partnerships.*.states.*.capital"),
    Symbol("proceeds", "", "money returned when an action takes effect", "Portfolio.proceeds",
           "partnerships.*.actions.*.at_effect.proceeds"),
    Symbol("provides", "[p,n,a]", "how much of the capability arc a provides", "Portfolio.carried",
           "partnerships.*.states.*.provides"),
    Symbol("occupied", "[s,n]", "1 where the partnership of s is in a state of s at n: a sum of its arcs",
           "Portfolio.in_states"),
    Symbol("risk", "", "value of the measure of risk", key="model.objective.risk"),
    Symbol("weight", "", "how much the measure of risk counts", "Cvar.weight", "model.objective.risk.weight"),
    Symbol("η", "", "a level of NPV", "*_level"),
    Symbol("penalties", "", "expected price of all excess", key="model.limits"),
    Symbol("changes", "", "expected price of all decisions unlike those of the other plan", key="model.changes"),
    Symbol("use", "[p,n,a]", "what a limit counts along an arc: capital, effort, exposure, …", "Portfolio.carried"),
    Symbol("bound", "(y)", "what the limit allows", key="model.limits"),
    Symbol("excess", "[n]", "by how much a soft limit is exceeded", "*_excess"),
    Symbol("reach", "", "the most by which it can be"),
    Symbol("price", "", "money for a unit of excess and year, or for a changed decision", "Price.price",
           "model.limits.*.price"),
    Symbol("below", "[w]", "by how much the NPV of w falls short of η", "cvar_below"),
    Symbol("tail", "", "the worst share of probability", "Cvar.tail", "model.objective.risk.tail"),
    Symbol("other", "[w]", "decisions that the other plan holds in w", "Plan.decisions", "model.changes.against"),
    Symbol("decided", "[w]", "decisions that the plan holds in w: arcs taken on which an action is decided",
           "YearArcs.decided"),
    Symbol("new", "[n,a]", "probability, given n, that the other plan does not hold the decision, less that it does"),
)  # fmt: skip
"""Symbols that more than one function uses, or whose function belongs to no family."""
