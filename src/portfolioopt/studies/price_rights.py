"""What rights are worth: to exit, expand or restructure, to decide anew at a review, to react at all.

    value of a right        the optimum − the optimum without it        ≥ 0
    an action               may never be taken
    a review year           is none any more: what was seen since the last one is acted on at the next
    flexibility             there is no review after the first year: the best fixed plan
    a group                 all of its members are missing together

Rights do not add up. Two that stand in for each other are each worth little, and together a lot; two that need each
other are each worth as much as both. Whatever a plan without a group may do, one without a part of it may do too, so

    value of a group ≥ value of any part of it

which also narrows intervals. Where the best plan never uses a right, it remains without it, and the right is worth 0
without any solve. The value is the most to pay for the right at time 0.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolioopt.cases import Applied, Change, forbid, set_value
from portfolioopt.errors import UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for, percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words, some
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.from_base import FromBase, lost
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch

Sort = Literal["exit", "expand", "restructure", "review", "flexibility", "group"]
RIGHTS = ("exit", "expand", "restructure")
"""Kinds of action that are rights of a deal that has been formed."""
ALL = {"exit": "all exits", "expand": "all expansions", "restructure": "all restructurings", "review": "flexibility"}


@dataclass(frozen=True)
class RightPrice:
    """What one right, or a group of them, is worth."""

    name: str
    """partnership.action, a year, `flexibility`, or the name of a group."""
    sort: Sort
    members: tuple[str, ...]
    used: Fraction
    """Probability that the best plan uses it, or one of a group; of reviews 0."""
    without: Interval
    value: Interval


@dataclass(frozen=True)
class PriceRights:
    """Single rights, the most valuable first; then groups in the order asked for."""

    about: About
    status: Status
    risk: str
    base: Interval
    spared: int
    rights: tuple[RightPrice, ...]
    groups: tuple[RightPrice, ...]

    def tables(self) -> dict[str, Table]:
        """`rights` and `groups`, one row each."""
        columns = ("right", "sort", "used", "without_low", "without_high", "value_low", "value_high")

        def table(found: Sequence[RightPrice]) -> Table:
            return Table(
                ("members", *columns),
                tuple(
                    (
                        ", ".join(one.members),
                        one.name,
                        one.sort,
                        float(one.used),
                        one.without.low,
                        one.without.high,
                        one.value.low,
                        one.value.high,
                    )
                    for one in found
                ),
            )

        return {"rights": table(self.rights), "groups": table(self.groups)}

    def exhibits(self) -> dict[str, Exhibit]:
        """Rights and groups of them that are worth something; the others in a sentence."""
        scale = max(abs(self.base.low), abs(self.base.high))
        every = (*self.groups, *self.rights)
        if not math.isfinite(scale) or not every:
            return {}
        decimals = decimals_for([scale])
        rows = tuple(
            (one.name, one.sort, percent(one.used) if one.used else "-", told(one.value, decimals, scale))
            for one in every
            if one.value.high > 0
        )
        idle = [one.name for one in every if one.value.high <= 0]
        said = [f"These are worth nothing: {some(idle, 12)}."] if idle else []
        table = PlainTable(("right", "sort", "used", "is worth"), rows)
        told_by = "What the whole portfolio loses without a right: the most to pay for it. Rights do not add up."
        return {"": exhibit(self.about, "What rights are worth", table, told_by, *said)}


ANSWER = PriceRights


@dataclass(frozen=True)
class Right:
    """A right that can be taken away."""

    name: str
    sort: Sort
    partnership: str = ""
    action: str = ""
    year: int = 0


def price_rights(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    rights: Iterable[str] | None = None,
    together: Iterable[Sequence[str]] = (),
    watch: Watch | None = None,
) -> PriceRights:
    """What each exit, expansion and restructuring, each review year, and flexibility as a whole is worth.

    rights      names of rights (partnership.action, a review year), or of partnerships; all where none are given
    together    groups of such names whose joint value is wanted, too

    Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("price_rights", instance, model, means or Means(), watch)
    every = every_right(desk.instance)
    chosen = every if rights is None else named(every, rights)
    groups = [(", ".join(names), named(every, names)) for names in together]
    with desk.at_work():
        return _Study(desk, chosen, groups, of_kinds=rights is None).answer()


def every_right(instance: Instance) -> list[Right]:
    """All actions that are rights, and all review years but the first."""
    found = [
        Right(f"{partnership.id}.{action.id}", action.kind, partnership.id, action.id)
        for partnership in instance.partnerships
        for action in partnership.actions
        if action.kind in RIGHTS and action.kind != "form"
    ]
    if len(instance.futures) > 1:
        found += [Right(str(year), "review", year=year) for year in reviews(instance)[1:]]
    return found


def reviews(instance: Instance) -> list[int]:
    """Review years, in order."""
    years = instance.horizon.calendar if instance.review_years is None else instance.review_years
    return sorted({instance.horizon.first_year, *years})


def named(every: Sequence[Right], names: Iterable[str]) -> list[Right]:
    """The rights of these names; that of a partnership means all of its rights. Raises `UnknownOption`."""
    found: dict[str, Right] = {}
    for name in names:
        own = [one for one in every if name in (one.name, one.partnership, ALL.get(one.sort, ""))]
        if not own:
            known = {known for one in every for known in (one.name, one.partnership) if known}
            hint = did_you_mean(name, known)
            raise UnknownOption(f"there is no right called {name}" + (f" ({hint})" if hint else ""))
        found |= {one.name: one for one in own}
    return list(found.values())


@dataclass
class _Study:
    desk: Desk
    chosen: list[Right]
    asked: list[tuple[str, list[Right]]]
    of_kinds: bool

    def answer(self) -> PriceRights:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk)
        singles: list[RightPrice] = []
        groups: list[RightPrice] = []
        wanted = [*self.kinds(), *self.asked]
        if work.base.plan is not None:
            lone = [(one.name, [one], work.made(*self.changes([one]))) for one in self.chosen]
            joint = [(name, members, work.made(*self.changes(members))) for name, members in wanted]
            left = [work.takes(without(name), made) for name, _, made in [*lone, *joint] if not work.remains(made)]
            desk.expect(len(left))
            desk.ahead(left)
            singles = [self.priced(work, name, own[0].sort, own, made) for name, own, made in lone if not desk.due]
            for name, members, made in joint:
                if not desk.due:
                    sort: Sort = "flexibility" if name == "flexibility" else "group"
                    groups.append(self.priced(work, name, sort, members, made))
            groups = [_at_least_its_parts(one, [*singles, *groups]) for one in groups]
            singles = [_at_most_its_wholes(one, groups) for one in singles]
        singles.sort(key=lambda one: (-one.value.low, -one.value.high))
        return PriceRights(
            about=About.of(desk, complete=not desk.due or len(groups) == len(wanted)),
            status=work.base.status,
            risk=risk_words(desk.model.objective.risk),
            base=work.value,
            spared=work.spared,
            rights=tuple(singles),
            groups=tuple(groups),
        )

    def kinds(self) -> list[tuple[str, list[Right]]]:
        """All rights of a kind together, where there are several; flexibility always, where anything is uncertain."""
        if not self.of_kinds:
            return []
        found = [(ALL[sort], [one for one in self.chosen if one.sort == sort]) for sort in ALL]
        return [(name, members) for name, members in found if len(members) > (name != "flexibility")]

    def changes(self, members: Sequence[Right]) -> list[Change]:
        """What takes these rights away."""
        changes: list[Change] = [forbid(one.partnership, action=one.action) for one in members if one.action]
        gone = {one.year for one in members if one.sort == "review"}
        if gone:
            left = [year for year in reviews(self.desk.instance) if year not in gone]
            changes.append(set_value("review_years", left))
        return changes

    def priced(self, work: FromBase, name: str, sort: Sort, members: Sequence[Right], made: Applied) -> RightPrice:
        found = work.tighter(without(name), made)
        actions = {(one.partnership, one.action) for one in members if one.action}
        used = work.chance(one.scenario for one in work.plan.decisions if (one.partnership, one.action) in actions)
        names = tuple(one.name for one in members)
        return RightPrice(name, sort, names, used, found.value, lost(work.value, found.value))


def without(name: str) -> str:
    """What the optimum without a right is asked as."""
    return f"without {name}"


def _at_least_its_parts(group: RightPrice, others: Sequence[RightPrice]) -> RightPrice:
    low = max(one.value.low for one in [group, *others] if set(one.members) <= set(group.members))
    return RightPrice(group.name, group.sort, group.members, group.used, group.without, group.value.within(low=low))


def _at_most_its_wholes(one: RightPrice, groups: Sequence[RightPrice]) -> RightPrice:
    high = min((whole.value.high for whole in groups if set(one.members) <= set(whole.members)), default=float("inf"))
    return RightPrice(one.name, one.sort, one.members, one.used, one.without, one.value.within(high=high))
