"""What each term of a deal is worth: changed by one step either way, the rest of the portfolio planned anew.

    change in value     the optimum under the changed term − the optimum            either sign
    concession          a change that gains: the most to give for it at time 0; one that loses: the least to ask for it

One step, unless told otherwise, for every term that a partnership has:

    notice, lead, minimum years     one year shorter, one longer            each action that has, or may have, such
    window                          opens a year earlier, closes a year later; opens later, closes earlier
    proceeds                        a share more, a share less
    share of capital, of benefit    all capital (benefit) of its states and actions, a share more and less
    exclusivity                     limits `excludes` that hold it: not there at all
    dependence                      limits `requires` under which it stands: not there at all
    minimum volume                  requirements that it provides for: a share less, a share more
    rules on it                     not there at all

Both expected NPV and the mean of the worst tail are told of the best plan under the changed term, against those of the
best plan as it is; where several plans are equally good these may differ, the objective may not. A change that only
gives more cannot lose, and one that only takes cannot gain: where it is known which of them a change is, the interval
is told accordingly, and a best plan that remains answers the latter without a solve.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from portfolioopt.audit import Audit
from portfolioopt.audit.risk import MEASURES
from portfolioopt.cases import Applied, Change, apply, case, ignore_limit, scale, set_value
from portfolioopt.errors import InvalidCase, UnknownOption
from portfolioopt.language.families.links import Excludes, Requires
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Action, Partnership
from portfolioopt.language.risk import Cvar
from portfolioopt.plan import Decision
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, Tornado, TornadoBar
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words, some
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk, Optimum
from portfolioopt.studies.exhibiting import exhibit
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.limits import every_limit
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.price_deals import chosen_partnerships

Effect = Literal["gives", "takes", "either"]
"""Whether a change only gives more, only takes, or may do either."""
TAIL = Decimal("0.1")
DURATIONS = {"notice_years": "notice", "lead_years": "lead", "after_years": "minimum years"}
PLACES = ("states.*.{flow}", "actions.*.during.{flow}", "actions.*.at_effect.{flow}")


@dataclass(frozen=True)
class TermPrice:
    """What one change of one term does."""

    term: str
    """notice, proceeds, share of capital, ...; `asked for` where it is the caller's."""
    of: str
    """The action or limit; empty for the partnership as a whole."""
    change: str
    """In words: 1 -> 0, +10%."""
    effect: Effect
    value: Interval
    """Optimum under the changed term."""
    gain: Interval
    """Change in the objective."""
    expected: float | None
    """Change in expected NPV of the best plans; None where there is no plan."""
    tail: float | None
    """Change in the mean of the worst tail."""
    decisions: int
    """Decisions (partnership, action, year) that only one of the two plans takes, or with another probability."""


@dataclass(frozen=True)
class PriceTerms:
    """Prices of the terms of one partnership, in the order of the list above."""

    about: About
    status: Status
    risk: str
    partnership: str
    name: str
    tail: Decimal
    """Share of the worst outcomes whose mean is told."""
    base: Interval
    spared: int
    terms: tuple[TermPrice, ...]

    def tables(self) -> dict[str, Table]:
        """`terms`, one row per change."""
        columns = ("term", "of", "change", "gain_low", "gain_high", "expected", "tail", "decisions")
        rows = tuple(
            (one.term, one.of, one.change, one.gain.low, one.gain.high, one.expected, one.tail, one.decisions)
            for one in self.terms
        )
        return {"terms": Table(columns, rows)}

    def exhibits(self) -> dict[str, Exhibit]:
        """How far value moves with each term: of its changes the one that loses most, and the one that gains most."""
        if not math.isfinite(self.base.low):
            return {}
        found: dict[str, list[TermPrice]] = {}
        blocked = []
        for one in self.terms:
            name = " ".join(part for part in (one.term, one.of) if part)
            if math.isfinite(one.value.low):
                found.setdefault(name, []).append(one)
            else:
                blocked.append(f"{name} {one.change}")
        bars = []
        for name, changes in found.items():
            ends = sorted(changes, key=lambda one: one.gain.low)
            low = ends[0] if ends[0].gain.low < 0 or len(ends) > 1 else None
            high = ends[-1] if ends[-1] is not low else None
            bars.append(
                TornadoBar(
                    f"{name} ({self.partnership})",
                    "as it is" if low is None else low.change,
                    "as it is" if high is None else high.change,
                    self.base.low if low is None else low.value.low,
                    self.base.low if high is None else high.value.low,
                    low is not None and low.decisions > 0,
                    high is not None and high.decisions > 0,
                )
            )
        bars = [bar for bar in bars if not bar.low == bar.high == self.base.low]
        said = [f"No plan was found with {some(blocked)}."] if blocked else []
        value = "objective" if self.risk else "expected NPV"
        title = f"What the terms of {self.name} are worth"
        told = "Each term changed by one step, all else planned anew; terms that move nothing are left out."
        content = Tornado(value, self.base.low, tuple(bars))
        return {self.partnership: exhibit(self.about, title, content, told, *said)} if bars else {}


ANSWER = PriceTerms


@dataclass(frozen=True)
class Term:
    """One change of one term."""

    term: str
    of: str
    said: str
    effect: Effect
    changes: tuple[Change, ...]


def price_terms(
    instance: Instance,
    partnership: str,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    step: Decimal = Decimal("0.1"),
    changes: Iterable[Change] | None = None,
    tail: Decimal = TAIL,
    watch: Watch | None = None,
) -> PriceTerms:
    """What each term of a partnership is worth, changed by one step either way, or as `changes` say, one by one.

    step    share by which amounts are changed; durations and windows change by a year
    tail    share of the worst outcomes whose mean is told

    Raises `InvalidInstance`, `InvalidModel`, `InvalidCase`, `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("price_terms", instance, model, means or Means(), watch)
    (chosen,) = chosen_partnerships(desk.instance, [partnership])
    if not 0 < step <= 1 or not 0 < tail <= 1:
        raise UnknownOption("a step and a tail are shares above 0, at most 1")
    if changes is None:
        terms = list(every_term(desk.instance, chosen, step))
    else:
        terms = [Term("asked for", "", change.said, "either", (change,)) for change in changes]
        for term in terms:
            apply(case(term.said, *term.changes), desk.instance, desk.model)
    with desk.at_work():
        return _Study(desk, chosen, terms, tail, asked=changes is not None).answer()


def every_term(instance: Instance, own: Partnership, step: Decimal) -> Iterator[Term]:
    """One step either way of every term that the partnership has."""
    top = f'partnerships."{own.id}"'
    for action in own.actions:
        yield from _of_action(instance, f'{top}.actions."{action.id}"', action, step)
    percent = f"{float(100 * step):g}%"
    for flow, better in (("capital", -1), ("benefit", 1)):
        for sign in (1, -1):
            effect: Effect = "either" if _below_zero(own, flow) else "gives" if sign == better else "takes"
            factor = 1 + sign * step
            changes = tuple(scale(f"{top}.{place.format(flow=flow)}", factor) for place in PLACES)
            yield Term(f"share of {flow}", "", f"{'+' if sign > 0 else '-'}{percent}", effect, changes)
    for link in instance.links:
        if isinstance(link, Excludes) and any(one.partnership == own.id for one in link.members):
            yield Term("exclusivity", link.id, "given up", "gives", (ignore_limit(link.id),))
        if isinstance(link, Requires) and link.when.partnership == own.id:
            yield Term("dependence", link.id, "given up", "gives", (ignore_limit(link.id),))
    provided = {name for state in own.states.values() for name in state.provides}
    volumes = {need.id for need in instance.requirements if need.capability in provided}
    for limit in every_limit(instance):
        if limit.family == "requirements" and limit.id in volumes:
            for sign, effect in ((1, "gives"), (-1, "takes")):
                change = limit.share(sign * step)
                if change is not None:
                    said = f"{'-' if sign > 0 else '+'}{percent}"
                    yield Term("minimum volume", limit.id, said, effect, (change,))
    for rule in instance.rules:
        if rule.partnership == own.id:
            yield Term("rule", rule.id, "given up", "gives", (ignore_limit(rule.id),))


def _of_action(instance: Instance, path: str, action: Action, step: Decimal) -> Iterator[Term]:
    for key, term in DURATIONS.items():
        now = getattr(action, key)
        for new in (now - 1, now + 1):
            if new >= 0 and (now or key == "notice_years" or new < now):
                effect: Effect = "either" if key != "after_years" else "gives" if new < now else "takes"
                yield Term(term, action.id, f"{now} -> {new}", effect, (set_value(f"{path}.{key}", new),))
    if action.window is not None:
        first, last = action.window
        horizon = instance.horizon
        for said, window, effect in (
            ("opens earlier", (first - 1, last), "gives"),
            ("closes later", (first, last + 1), "gives"),
            ("opens later", (first + 1, last), "takes"),
            ("closes earlier", (first, last - 1), "takes"),
        ):
            if window[0] <= window[1] and window[0] >= horizon.first_year and window[1] <= horizon.last_year:
                change = set_value(f"{path}.window", list(window))
                yield Term("window", action.id, said, effect, (change,))
    if action.at_effect.proceeds:
        percent = f"{float(100 * step):g}%"
        for sign, effect in ((1, "gives"), (-1, "takes")):
            more = scale(f"{path}.at_effect.proceeds", 1 + sign * step)
            said = f"{'+' if sign > 0 else '-'}{percent}"
            yield Term("proceeds", action.id, said, effect, (more,))


def _below_zero(own: Partnership, flow: str) -> bool:
    """Whether any of these flows is below 0: then more of it may be less."""
    flows: list[Sequence[Decimal]] = [getattr(state, flow) for state in own.states.values()]
    flows += [getattr(action.during, flow) for action in own.actions]
    flows += [(getattr(action.at_effect, flow),) for action in own.actions]
    return any(value < 0 for one in flows for value in one)


@dataclass
class _Study:
    desk: Desk
    partnership: Partnership
    terms: list[Term]
    tail: Decimal
    asked: bool

    def answer(self) -> PriceTerms:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk)
        found: list[TermPrice] = []
        every: list[tuple[Term, Applied]] = []
        if work.base.plan is not None:
            every = [(term, made) for term in self.terms if (made := self.made(work, term)) is not None]
            taking = [made for term, made in every if term.effect == "takes"]
            desk.expect(len(every) - sum(map(work.remains, taking)))
            found = [self.priced(work, term, made) for term, made in every if not desk.due]
        return PriceTerms(
            about=About.of(desk, complete=len(found) == len(every)),
            status=work.base.status,
            risk=risk_words(desk.model.objective.risk),
            partnership=self.partnership.id,
            name=self.partnership.title,
            tail=self.tail,
            base=work.value,
            spared=work.spared,
            terms=tuple(found),
        )

    def made(self, work: FromBase, term: Term) -> Applied | None:
        """The case with the changed term; None where it changes nothing, as nothing such stands there."""
        made = work.case
        for change in term.changes:
            try:
                made = apply(case("edited", change), *made)
            except InvalidCase:
                if len(term.changes) == 1 and self.asked:
                    raise
        return None if made == work.case else made

    def priced(self, work: FromBase, term: Term, made: Applied) -> TermPrice:
        asked = " ".join(part for part in (term.term, term.of, term.said) if part)
        solve: dict[Effect, Callable[[], Optimum]] = {
            "gives": lambda: work.looser(asked, made, ties=True),
            "takes": lambda: work.tighter(asked, made, ties=True),
            "either": lambda: work.solved(asked, made, starts=(work.plan,), ties=True),
        }
        found = solve[term.effect]()
        gain = found.value - work.value
        if term.effect == "gives":
            gain = gain.within(low=0.0)
        elif term.effect == "takes":
            gain = Interval(min(gain.low, 0.0), min(gain.high, 0.0))
        before, after = work.base.audit, found.audit
        assert before is not None
        return TermPrice(
            term.term,
            term.of,
            term.said,
            term.effect,
            found.value,
            gain,
            None if after is None else float(after.expected_npv - before.expected_npv),
            None if after is None else float(self.worst(after) - self.worst(before)),
            0 if found.plan is None else _differing(work.plan.decisions, found.plan.decisions),
        )

    def worst(self, audit: Audit) -> Fraction:
        """The mean of the worst tail of a plan's outcomes."""
        futures = {future.name: Fraction(future.probability) for future in self.desk.instance.futures}
        names = list(audit.npv)
        measure = Cvar(measure="cvar", tail=self.tail, weight=Decimal(1))
        return MEASURES["cvar"]([audit.npv[name] for name in names], [futures[name] for name in names], measure)


def _differing(one: Sequence[Decision], other: Sequence[Decision]) -> int:
    """Decisions that only one of two plans holds, scenarios left aside."""

    def keys(decisions: Sequence[Decision]) -> dict[tuple[str, str, int], set[str]]:
        found: dict[tuple[str, str, int], set[str]] = {}
        for each in decisions:
            key = (each.partnership, each.action, each.year)
            found.setdefault(key, set()).add(each.scenario)
        return found

    before, after = keys(one), keys(other)
    return sum(before.get(key) != after.get(key) for key in {*before, *after})
