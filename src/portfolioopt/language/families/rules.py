"""Rules: what somebody with a name has decided must, or must never, be so."""

from typing import Literal

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.values import Id, Label, Labels, Record, Text, Years


class Rule(Record):
    """The partnership is always, or never, in one of the states in the given years (default: the horizon)."""

    id: Label
    partnership: Id
    states: Labels
    years: Years | None = None
    must: Literal["always", "never"]
    reason: Text = ""
    owner: Text = ""


def ids(rules: tuple[Rule, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("rules", position, "id"), rule.id) for position, rule in enumerate(rules)]


def check(checker: Checker, rules: tuple[Rule, ...]) -> None:
    """Tells what does not fit together."""
    for position, rule in enumerate(rules):
        checker.states(("rules", position), rule.partnership, rule.states)
        checker.years(("rules", position, "years"), rule.years)
