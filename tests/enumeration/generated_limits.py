"""Random limits, links and rules, set about what an attractive plan would use, so that they bind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from .draw import Draw, Unit, plain
from .generated_partnerships import CAPABILITIES, DOMAINS, PARTNERS, SKILLS, TAGS, TYPES
from .lives import Partnership, Step
from .portfolios import Portfolios

Written = dict[str, Any]
KINDS = ["form", "expand", "restructure", "exit"]


class Usage:
    """What one plan uses by year: the most over the nodes, or the scenarios, of the year."""

    def __init__(self, portfolios: Portfolios, position: Sequence[int]) -> None:
        self.portfolios = portfolios
        chosen = zip(portfolios.lives, position, strict=True)
        self._lives = [lives[number] for lives, number in chosen]

    def most(self, quantity: Callable[[Partnership, Step], Fraction]) -> list[Fraction]:
        """The greatest total of a quantity in each year."""
        return [max(values) for values in self._by_year(quantity)]

    def least(self, quantity: Callable[[Partnership, Step], Fraction]) -> list[Fraction]:
        """The least total of a quantity in each year."""
        return [min(values) for values in self._by_year(quantity)]

    def capital(self, recycle: Fraction) -> list[Fraction]:
        """The greatest capital, net of what is recycled, in each year."""
        needed = []
        for year in range(self.portfolios.futures.years):
            net = [
                sum(
                    (
                        one.driven(life[path[year]], "capital", scenario, year)
                        - recycle * one.driven(life[path[year]], "proceeds", scenario, year)
                        for one, life in zip(self.portfolios.partnerships, self._lives, strict=True)
                    ),
                    Fraction(0),
                )
                for scenario, path in enumerate(self.portfolios.futures.path)
            ]
            needed.append(max(Fraction(0), *net))
        return needed

    def states(self, partnership: int, year: int) -> set[str | None]:
        """The states that a partnership is in at the nodes of a year; None is a lead year."""
        nodes = enumerate(self.portfolios.futures.nodes)
        return {self._lives[partnership][number].state for number, node in nodes if node.year == year}

    def _by_year(self, quantity: Callable[[Partnership, Step], Fraction]) -> list[list[Fraction]]:
        found: list[list[Fraction]] = [[] for _ in range(self.portfolios.futures.years)]
        for number, node in enumerate(self.portfolios.futures.nodes):
            chosen = zip(self.portfolios.partnerships, self._lives, strict=True)
            found[node.year].append(sum((quantity(one, life[number]) for one, life in chosen), Fraction(0)))
        return found


def limits_of(draw: Draw, usage: Usage, idle: Usage, unit: Unit, drivers: Sequence[str], *, exactly: bool) -> Written:
    """The limit families of an instance, set about what a plan uses and mostly not below what doing nothing uses.

    With `exactly` most bounds are just what the plan uses, or one unit beside it.
    """
    limits: Written = {}
    if exactly or draw.chance(0.6):
        limits["capital"] = capital_of(draw, usage, idle, unit, drivers, exactly=exactly)
    if draw.chance(0.5):
        # All of them: an instance that declares any skill declares every one that some effort names.
        limits["skills"] = {skill: _skill(draw, usage, idle, skill, exactly) for skill in SKILLS}
    if draw.chance(0.4):
        limits["exposures"] = [_exposure(draw, usage, idle, number, exactly) for number in range(draw.randint(1, 2))]
    if draw.chance(0.4):
        limits["requirements"] = [_requirement(draw, usage, name, unit) for name in draw.some(CAPABILITIES)]
    if draw.chance(0.4):
        limits["pools"] = [_pool(draw, name, unit) for name in draw.some(CAPABILITIES)]
    if draw.chance(0.35):
        limits["coordination"] = {"curve": _convex_curve(draw, unit)}
    if draw.chance(0.35):
        limits["activity"] = [_activity(draw, usage, idle, number) for number in range(draw.randint(1, 2))]
    if draw.chance(0.35):
        limits["moves"] = [_moves(draw, usage, number) for number in range(draw.randint(1, 2))]
    if draw.chance(0.6):
        limits["links"] = [_link(draw, usage, number, unit) for number in range(draw.randint(1, 3))]
    if draw.chance(0.3):
        limits["rules"] = [_rule(draw, usage, number) for number in range(draw.randint(1, 2))]
    return limits


def capital_of(draw: Draw, usage: Usage, idle: Usage, unit: Unit, drivers: Sequence[str], *, exactly: bool) -> Written:
    """A budget about what the plan draws; with `exactly` the plan leaves nothing over, or misses it by one unit."""
    written: Written = {}
    if draw.chance(0.6):
        written["carry_over"] = draw.choice([0, 0.5, 0.9, 1, 1])
    if draw.chance(0.6):
        written["recycle"] = draw.choice([0, 0.5, 0.8, 1, 1])
    needed = usage.capital(Fraction(str(written.get("recycle", 0))))
    if exactly:
        if written.get("carry_over") == 1 and draw.chance(0.5):
            needed = [sum(needed, Fraction(0))] + [Fraction(0)] * (len(needed) - 1)
        short = draw.randrange(len(needed)) if draw.chance(0.35) else None
        needed = [
            max(Fraction(0), amount - unit.smallest) if year == short else amount for year, amount in enumerate(needed)
        ]
        written["budget"] = [plain(amount) for amount in needed]
        return written
    scale = draw.choice([Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), Fraction(1), Fraction(6, 5)])
    nothing = idle.capital(Fraction(str(written.get("recycle", 0))))
    bounds = _not_below(draw, [_rounded(amount * scale, unit) for amount in needed], nothing)
    written["budget"] = draw.series(bounds)
    if drivers and draw.chance(0.25):
        written["sensitivity"] = {"budget": {draw.choice(drivers): draw.choice([0.5, 1, -0.5])}}
    return written


def _skill(draw: Draw, usage: Usage, idle: Usage, skill: str, exactly: bool) -> Written:

    def effort(one: Partnership, step: Step) -> Fraction:
        return one.flow(step, "effort", skill)

    written: Written = {"capacity": _bound(draw, usage.most(effort), idle.most(effort), exactly)}
    if draw.chance(0.5):
        years = usage.portfolios.futures.years
        at_most = [Fraction(draw.choice([5, 10, 20, 60])) for _ in range(years)]
        cost = [Fraction(draw.choice([5, 10, 25, 50]), 100) for _ in range(years)]
        written["hire"] = {"cost": draw.series(cost), "at_most": draw.series(at_most)}
    return written


def _exposure(draw: Draw, usage: Usage, idle: Usage, number: int, exactly: bool) -> Written:
    tag = draw.choice(TAGS)
    written: Written = {"id": f"exposure_{number}", "tag": tag}

    def exposed(one: Partnership, step: Step) -> Fraction:
        return one.flow(step, "exposure", tag)

    if draw.chance(0.6):
        written["at_most"] = _bound(draw, usage.most(exposed), idle.most(exposed), exactly)
    else:
        shares = [Fraction(draw.choice([30, 45, 50, 60, 75]), 100) for _ in range(usage.portfolios.futures.years)]
        of = draw.choice([TAGS, TAGS, [tag, *[other for other in TAGS if other != tag][:1]]])
        whole = idle.most(lambda one, step: sum((one.flow(step, "exposure", name) for name in of), Fraction(0)))
        if draw.chance(0.7):
            least = [
                part / every if every else Fraction(0) for part, every in zip(idle.most(exposed), whole, strict=True)
            ]
            shares = [max(share, Fraction(ceil(bound * 100), 100)) for share, bound in zip(shares, least, strict=True)]
        written["at_most_share"] = draw.series(shares)
        written["of"] = of
    return written


def _bound(draw: Draw, needed: Sequence[Fraction], idle: Sequence[Fraction], exactly: bool) -> Any:
    """An upper bound about what is needed, for every year or by year."""
    if exactly and draw.chance(0.7):
        return draw.series(needed)
    scale = draw.choice([Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), Fraction(1), Fraction(6, 5)])
    return draw.series(_not_below(draw, [Fraction(round(amount * scale)) for amount in needed], idle))


def _not_below(draw: Draw, bounds: Sequence[Fraction], idle: Sequence[Fraction]) -> list[Fraction]:
    """The bounds, most often raised to what doing nothing uses: else too many instances have no plan at all."""
    if draw.chance(0.15):
        return list(bounds)
    return [max(bound, used) for bound, used in zip(bounds, idle, strict=True)]


def _requirement(draw: Draw, usage: Usage, capability: str, unit: Unit) -> Written:
    provided = usage.least(lambda one, step: one.flow(step, "provides", capability))
    scale = draw.choice([Fraction(1, 2), Fraction(1), Fraction(1), Fraction(5, 4)])
    priced = draw.chance(0.5)
    if not priced:
        scale = min(scale, Fraction(1))
    values = [Fraction(round(amount * scale * 10), 10) for amount in provided]
    at_least = draw.series(values, one=max if priced else min)
    written: Written = {"id": f"need_{capability}", "capability": capability, "at_least": at_least}
    if priced:
        cost = [exact_amount(draw, 2, unit) for _ in provided]
        written["shortfall_cost"] = draw.series(cost)
    return written


def _pool(draw: Draw, capability: str, unit: Unit) -> Written:
    """Three points in any shape: concave, convex, or falling."""
    xs = [0, *sorted(draw.sample(range(3, 60), draw.randint(1, 3)))]
    ys = [0, *(plain(draw.choice([-1, 1, 1, 1]) * exact_amount(draw, 25, unit)) for _ in xs[1:])]
    if draw.chance(0.5):
        ys = sorted(ys) if min(ys) >= 0 else ys
    return {
        "id": f"pool_{capability}",
        "capability": capability,
        "curve": [[x, y] for x, y in zip(xs, ys, strict=True)],
    }


def _convex_curve(draw: Draw, unit: Unit) -> list[list[Any]]:
    xs = [0, *sorted(draw.sample(range(1, 10), draw.randint(1, 3)))]
    slopes = sorted(exact_amount(draw, draw.choice([1, 3, 6]), unit) for _ in xs[1:])
    points: list[list[Any]] = [[0, 0]]
    height = Fraction(0)
    for low, high, slope in zip(xs, xs[1:], slopes, strict=False):
        height += slope * (high - low)
        points.append([high, plain(height)])
    return points


def _activity(draw: Draw, usage: Usage, idle: Usage, number: int) -> Written:
    written: Written = {"id": f"activity_{number}"}
    described = [one.written for one in usage.portfolios.partnerships]
    if draw.chance(0.4):
        written["domains"] = draw.some(DOMAINS, at_least=2)
    if draw.chance(0.2):
        written["types"] = draw.some(TYPES, at_least=3)
    if draw.chance(0.2):
        written["partners"] = draw.some(PARTNERS, at_least=2)
    if draw.chance(0.2):
        written["ids"] = draw.some([one["id"] for one in described], at_least=2)
    active = usage.most(lambda one, step: Fraction(one.is_active(step)))
    if draw.chance(0.8):
        counts = [max(Fraction(0), count - draw.choice([0, 1, 1])) for count in active]
        written["at_most"] = draw.series(
            _not_below(draw, counts, idle.most(lambda one, step: Fraction(one.is_active(step))))
        )
    else:
        least = usage.least(lambda one, step: Fraction(one.is_active(step)))
        values = [max(Fraction(0), count - draw.choice([0, 1])) for count in least]
        written["at_least"] = draw.series(values, one=min)
        for selector in ("domains", "types", "partners", "ids"):
            written.pop(selector, None)
    return written


def _moves(draw: Draw, usage: Usage, number: int) -> Written:
    written: Written = {"id": f"moves_{number}"}
    if draw.chance(0.5):
        written["kinds"] = draw.some(KINDS)
    taken = usage.most(lambda one, step: Fraction(step.decided is not None))
    if draw.chance(0.4):
        written["total"] = True
        written["at_most"] = max(0, int(sum(taken)) - draw.choice([0, 1, 1]))
    else:
        if draw.chance(0.1):
            written["total"] = False
        written["at_most"] = draw.series([max(Fraction(draw.choice([0, 1])), count - 1) for count in taken])
    _narrow(draw, usage, written)
    return written


def _narrow(draw: Draw, usage: Usage, written: Written) -> None:
    """At times only some partnerships, actions or years count, and at times so many decisions are a must."""
    partnerships = [one.written for one in usage.portfolios.partnerships]
    if draw.chance(0.25):
        written["ids"] = draw.some([one["id"] for one in partnerships])
    actions = sorted(
        {
            action["id"]
            for one in partnerships
            if one["id"] in written.get("ids", [one["id"]])
            for action in one["actions"]
        }
    )
    if actions and draw.chance(0.25):
        written["actions"] = draw.some(actions)
    first, years = usage.portfolios.futures.first_year, usage.portfolios.futures.years
    if draw.chance(0.2):
        start = draw.randint(first - 1, first + years - 1)
        written["years"] = [start, draw.randint(start, first + years)]
    if draw.chance(0.15):
        if written.get("total", False):
            written["at_least"] = draw.choice([0, 1])
        else:
            written["at_least"] = draw.series([Fraction(draw.choice([0, 0, 0, 1])) for _ in range(years)], one=min)
        if draw.chance(0.5):
            del written["at_most"]


def _link(draw: Draw, usage: Usage, number: int, unit: Unit) -> Written:
    partnerships = usage.portfolios.partnerships
    chosen = draw.some([one.written for one in partnerships], at_least=2, at_most=3)
    draw.shuffle(chosen)
    members = [{"partnership": one["id"], "states": _states(draw, one)} for one in chosen]
    kind = draw.choice(["requires", "excludes", "synergy", "synergy"])
    written: Written = {"id": f"link_{number}", "kind": kind}
    if kind == "requires":
        return written | {"when": members[0], "needs": members[1]}
    written["members"] = members
    if kind == "synergy":
        sign = draw.choice([1, 1, -1])
        written["benefit"] = draw.series(
            [sign * exact_amount(draw, 15, unit) for _ in range(usage.portfolios.futures.years)]
        )
    elif draw.chance(0.5):
        written["at_most"] = draw.choice([1, 1, 2])
    return written


def _states(draw: Draw, partnership: Mapping[str, Any]) -> list[str]:
    own = [state for state in partnership["states"] if state not in ("none", "exited")]
    states = draw.some(own)
    if draw.chance(0.08):
        states.append(draw.choice(["none", "exited"]))
    return states


def _rule(draw: Draw, usage: Usage, number: int) -> Written:
    """A rule, most often one that the plan keeps."""
    futures = usage.portfolios.futures
    which = draw.randrange(len(usage.portfolios.partnerships))
    partnership = usage.portfolios.partnerships[which].written
    first = draw.randrange(futures.years)
    last = draw.randint(first, futures.years - 1)
    held = set().union(*(usage.states(which, year) for year in range(first, last + 1)))
    written: Written = {"id": f"rule_{number}", "partnership": partnership["id"]}
    if draw.chance(0.6):
        written["states"] = _states(draw, partnership)
        written["must"] = "never"
    elif None in held and draw.chance(0.8):
        written["states"] = ["exited"]
        written["must"] = "never"
    else:
        written["states"] = sorted(state for state in held if state is not None) or ["full"]
        written["must"] = "always"
    if draw.chance(0.8):
        written["years"] = [futures.first_year + first, futures.first_year + last]
    if draw.chance(0.5):
        written |= {"reason": "Supply promise", "owner": "CFO"}
    return written


def exact_amount(draw: Draw, nominal: float, unit: Unit) -> Fraction:
    """A drawn amount, exact."""
    return Fraction(str(draw.amount(nominal, unit)))


def _rounded(amount: Fraction, unit: Unit) -> Fraction:
    return Fraction(round(amount / unit.smallest)) * unit.smallest
