"""What each term of a deal is worth: changed by one step either way, the rest of the portfolio planned anew.

    change in value     the optimum under the changed term − the optimum            either sign
    concession          a change that gains: the most to give for it at time 0; one that loses: the least to ask for it

One step, unless told otherwise, for every term that a partnership has (`terms.py`).

Both expected NPV and the mean of the worst tail are told of the best plan under the changed term, against those of the
best plan as it is; where several plans are equally good these may differ, the objective may not. A change that only
gives more cannot lose, and one that only takes cannot gain: where it is known which of them a change is, the interval
is told accordingly, and a best plan that remains answers the latter without a solve.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Audit
from portfolioopt.audit.risk import MEASURES
from portfolioopt.cases import Applied, Change, apply, case
from portfolioopt.errors import InvalidCase, UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Partnership
from portfolioopt.language.risk import Cvar
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, Tornado, TornadoBar
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words, some
from portfolioopt.studies.ahead import Asked
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.price_deals import chosen_partnerships
from portfolioopt.studies.taken import Taken, differing
from portfolioopt.studies.terms import Effect, Term, every_term

TAIL = Decimal("0.1")


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
    changes: tuple[Taken, ...]
    """Decisions that only one of the two plans takes, or with another probability."""

    @property
    def decisions(self) -> int:
        """How many decisions change."""
        return len(self.changes)


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
        """`terms`, one row per change; `plans`, one per change and decision that it turns over."""
        columns = ("term", "of", "change", "gain_low", "gain_high", "expected", "tail", "decisions")
        rows = tuple(
            (one.term, one.of, one.change, one.gain.low, one.gain.high, one.expected, one.tail, one.decisions)
            for one in self.terms
        )
        decided = tuple(
            (one.term, one.of, one.change, each.partnership, each.action, each.year, float(each.now), float(each.then))
            for one in self.terms
            for each in one.changes
        )
        named = ("term", "of", "change", "partnership", "action", "year", "now", "then")
        return {"terms": Table(columns, rows), "plans": Table(named, decided)}

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
        return _Study(desk, chosen, terms, tail).answer()


@dataclass
class _Study:
    desk: Desk
    partnership: Partnership
    terms: list[Term]
    tail: Decimal

    def answer(self) -> PriceTerms:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk)
        found: list[TermPrice] = []
        every: list[tuple[Term, Applied]] = []
        if work.base.plan is not None:
            every = [(term, made) for term in self.terms if (made := self.made(work, term))]
            left = [(term, made) for term, made in every if term.effect != "takes" or not work.remains(made)]
            desk.expect(len(left))
            desk.ahead([self.asked(work, term, made) for term, made in left])
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
        """The case with the changed term; None where that changes nothing, or cannot be written."""
        try:
            made = work.made(*term.changes)
        except InvalidCase:
            return None
        return None if made == work.case else made

    def asked(self, work: FromBase, term: Term, made: Applied) -> Asked:
        """What `priced` asks."""
        ask: dict[Effect, Callable[[], Asked]] = {
            "gives": lambda: work.gives(_named(term), made, ties=True),
            "takes": lambda: work.takes(_named(term), made, ties=True),
            "either": lambda: work.asks(_named(term), made, starts=(work.plan,), ties=True),
        }
        return ask[term.effect]()

    def priced(self, work: FromBase, term: Term, made: Applied) -> TermPrice:
        solve: dict[Effect, Callable[[], Optimum]] = {
            "gives": lambda: work.looser(_named(term), made, ties=True),
            "takes": lambda: work.tighter(_named(term), made, ties=True),
            "either": lambda: work.solved(self.asked(work, term, made)),
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
            tuple(one for one in differing(work, found.plan) if one.now != one.then),
        )

    def worst(self, audit: Audit) -> Fraction:
        """The mean of the worst tail of a plan's outcomes."""
        futures = {future.name: Fraction(future.probability) for future in self.desk.instance.futures}
        names = list(audit.npv)
        measure = Cvar(measure="cvar", tail=self.tail, weight=Decimal(1))
        return MEASURES["cvar"]([audit.npv[name] for name in names], [futures[name] for name in names], measure)


def _named(term: Term) -> str:
    """What the optimum with a changed term is asked as."""
    return " ".join(part for part in (term.term, term.of, term.said) if part)
