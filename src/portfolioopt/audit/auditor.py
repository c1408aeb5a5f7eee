"""The audit: a plan re-computed from the instance alone, every limit checked, the objective put together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from portfolioopt.audit import families
from portfolioopt.audit.accounts import Accounts
from portfolioopt.audit.findings import MONEY_LINES, Audit, Finding, LimitUse, MoneyLine
from portfolioopt.audit.futures import Futures
from portfolioopt.audit.information import foresight
from portfolioopt.audit.ledger import Ledger, keep_books, worth
from portfolioopt.audit.rationals import ZERO, rational, shown
from portfolioopt.audit.replay import Told, replay, standings
from portfolioopt.audit.risk import MEASURES
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import TODAY, Plan

MOST_LIVES = 500_000
"""Lives that an auditor keeps from one plan to the next."""


def audit(instance: Instance, model: Model, plan: Plan, against: Plan | None = None) -> Audit:
    """Replays the plan and reports money, limits, standings, and everything that it must not do.

    `against` is the plan that the model's `changes` are counted from; without it, or where the model says `today`,
    that is taking no action at all. All numbers are exact, but for mid-year discounting (see `money.Discounting`).

    objective = (1 − weight)·E[NPV] + weight·risk − E[penalties] − E[changes]
    """
    return Auditor(instance, model, against).audit(plan)


class Auditor:
    """Audits plan after plan of one instance under one model; what a life earns is read from the instance once.

    `foreseen` are drivers whose whole paths the plan may know from the start (for what such knowledge is worth).
    """

    def __init__(
        self,
        instance: Instance,
        model: Model,
        against: Plan | None = None,
        foreseen: frozenset[str] = frozenset(),
    ) -> None:
        self._instance = instance
        self._model = model
        self._against = against or TODAY
        self._foreseen = foreseen
        self._futures = Futures(instance, foreseen)
        self._told: Told = {}
        self._accounts = Accounts(instance)

    def afresh(self) -> "Auditor":
        """Another auditor of the same, who has read nothing yet."""
        return Auditor(self._instance, self._model, self._against, self._foreseen)

    def audit(self, plan: Plan, *, tables: bool = True) -> Audit:
        """The audit of a plan; without `tables` it tells neither standings nor what each partnership is worth."""
        with collector_paused():
            return self._audit(plan, tables=tables)

    def _audit(self, plan: Plan, *, tables: bool) -> Audit:
        if sum(map(len, self._told.values())) > MOST_LIVES + len(self._instance.partnerships):
            self._told, self._accounts = {}, Accounts(self._instance)
        lives, findings = replay(self._instance, self._futures, plan, self._told)
        findings += foresight(self._futures, plan)
        ledger = keep_books(self._instance, self._model, plan, self._futures, lives, self._accounts)
        return _report(ledger, findings, self._against, tables=tables)


def _report(ledger: Ledger, findings: list[Finding], against: Plan, *, tables: bool) -> Audit:
    """Limits, money and the objective of a plan whose books are kept."""
    futures, model = ledger.futures, ledger.model
    limits, money = [], _partnership_money(ledger)
    for entry in families.replay(ledger):
        if isinstance(entry, LimitUse):
            limits.append(entry)
        elif isinstance(entry, MoneyLine):
            money.append(entry)
        else:
            findings.append(entry)
    findings += (_exceeded(use) for use in limits if use.price is None and use.excess > 0)

    npv = _npv(ledger, money)
    expected = _expectation(futures, list(npv.values()))
    penalties = _penalties(ledger, limits)
    changes = _changes(model, futures, ledger.plan, against)
    risk = None
    objective = expected - penalties - changes
    if model.objective.risk is not None:
        measure = model.objective.risk
        risk = MEASURES[measure.measure](list(npv.values()), futures.probabilities, measure)
        objective += rational(measure.weight) * (risk - expected)
    return Audit(
        findings=tuple(findings),
        objective=objective,
        expected_npv=expected,
        npv=npv,
        risk=risk,
        penalties=penalties,
        changes=changes,
        money=_in_order(futures, money),
        limits=tuple(limits),
        standings=tuple(standings(futures, ledger.lives)) if tables else (),
        worth=worth(ledger) if tables else {},
    )


def _npv(ledger: Ledger, money: Sequence[MoneyLine]) -> dict[str, Fraction]:
    """NPV(w) = Σ_y discount(y)·money(w,y) + discounted terminals: years are summed first, as discounts are long."""
    terminal: dict[str, Fraction] = defaultdict(Fraction)
    by_year: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for line in money:
        if line.line == "terminal":
            terminal[line.scenario] += line.amount
        else:
            by_year[line.scenario, line.year] += line.amount
    npv = {name: terminal[name] * ledger.discounting.terminal for name in ledger.futures.names}
    for (name, year), amount in by_year.items():
        npv[name] += amount * ledger.discounting.cash[year - ledger.futures.first_year]
    return npv


def _partnership_money(ledger: Ledger) -> list[MoneyLine]:
    """NPV(w) = Σ_y discount·(Σ_p money + …) + discounted terminals: what the partnerships themselves earn."""
    return [
        ledger.earned(line, scenario, year, amount)
        for scenario, year in ledger.moments
        for line in MONEY_LINES
        if (amount := ledger.money(line, scenario, year))
    ]


def _exceeded(use: LimitUse) -> Finding:
    """A hard limit holds exactly, not nearly."""
    side = "at most" if use.sense == "at_most" else "at least"
    message = f"is {shown(use.use)}, and must be {side} {shown(use.limit)}: beyond it by {shown(use.excess)}"
    return Finding(use.family, use.id, use.scenario, use.year, message, use.excess)


def _expectation(futures: Futures, values: Iterable[Fraction]) -> Fraction:
    """Σ_w π_w·value(w)."""
    return sum((share * value for share, value in zip(futures.probabilities, values, strict=True)), ZERO)


def _penalties(ledger: Ledger, limits: Sequence[LimitUse]) -> Fraction:
    """Σ_w π_w Σ_y discount(y)·Σ price·excess over soft limits."""
    by_scenario = dict.fromkeys(ledger.futures.names, ZERO)
    for use in limits:
        if use.price and use.excess:
            discount = ledger.discounting.cash[use.year - ledger.futures.first_year]
            by_scenario[use.scenario] += use.price * use.excess * discount
    return _expectation(ledger.futures, by_scenario.values())


def _changes(model: Model, futures: Futures, plan: Plan, against: Plan) -> Fraction:
    """price·Σ_w π_w·|decisions (partnership, action, year) that one of the two plans holds in w and the other not|."""
    if model.changes is None:
        return ZERO
    own = _decisions(plan)
    others = _decisions(TODAY if model.changes.against == "today" else against)
    counts = [Fraction(len(own[name] ^ others[name])) for name in futures.names]
    return rational(model.changes.price) * _expectation(futures, counts)


def _decisions(plan: Plan) -> defaultdict[str, set[tuple[str, str, int]]]:
    decisions = defaultdict(set)
    for decision in plan.decisions:
        decisions[decision.scenario].add((decision.partnership, decision.action, decision.year))
    return decisions


def _in_order(futures: Futures, money: list[MoneyLine]) -> tuple[MoneyLine, ...]:
    """By scenario, year and line."""
    scenarios = {name: number for number, name in enumerate(futures.names)}
    lines = {name: number for number, name in enumerate(MONEY_LINES)}
    return tuple(sorted(money, key=lambda each: (scenarios[each.scenario], each.year, lines[each.line])))
