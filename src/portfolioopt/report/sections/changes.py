"""What changes against today's portfolio: each partnership from where it stands to where it ends, and how likely."""

from collections import Counter
from fractions import Fraction

from portfolioopt.report.content import Cell, Paragraph, Section, Table
from portfolioopt.report.lives import EXITED, NONE
from portfolioopt.report.run import Run
from portfolioopt.report.sections.roadmap import MOST, mapped
from portfolioopt.result.figures import percent
from portfolioopt.result.lookup import Lookup

WORDS = {NONE: "not formed", EXITED: "exited"}


def changes(run: Run, lookup: Lookup) -> Section:
    """One line for each partnership that the plan moves in some scenario."""
    decided: dict[str, Counter[tuple[int, str, str]]] = {}
    likely: dict[tuple[str, int, str], Fraction] = {}
    for decision in lookup.plan.decisions:
        share = lookup.probability[decision.scenario]
        if share > 0:
            decided.setdefault(decision.partnership, Counter())[decision.year, decision.kind, decision.action] += 1
            act = decision.partnership, decision.year, decision.action
            likely[act] = likely.get(act, Fraction(0)) + share
    several = len(lookup.probability) > 1
    outline, last = lookup.outline, lookup.outline.calendar[-1]
    kept = {each.id for each in mapped(run, lookup)[0]} if len(decided) > MOST else set(decided)
    rows = []
    for each in outline.partnerships:
        if each.id not in decided or each.id not in kept:
            continue
        acts = sorted(decided[each.id])
        words = "; ".join(
            f"{year} {kind} ({action}){_share(likely[each.id, year, action]) if several else ''}"
            for year, kind, action in acts
        )
        rows.append(
            (Cell(each.title, key=run.keys[each.id]), _word(each.start_state), words, _ends(lookup, each.id, last))
        )
    count = len(decided)
    standing = [each for each in outline.partnerships if each.start_state not in (NONE, EXITED)]
    touched = sum(1 for each in standing if each.id in decided)
    said = (
        f"The plan moves {count:,} of {len(outline.partnerships):,} partnerships; of the {len(standing):,} in force "
        f"today it moves {touched:,}."
    )
    if not rows:
        return Section("changes", "Changes against today", (Paragraph(said),))
    note = "In brackets the action" + (
        ", and its probability where it is not taken in every scenario." if several else "."
    )
    if len(rows) < count:
        note += f" Shown {len(rows)} of {count:,}, those whose worth is furthest from 0."
    columns = ("partnership", "today", "decisions", f"in {last}")
    table = Table("Changes against today", columns, tuple(rows), note=note, words=True)
    return Section("changes", "Changes against today", (Paragraph(said), table))


def _share(probability: Fraction) -> str:
    return "" if probability >= 1 else f" {percent(probability)}"


def _word(state: str) -> str:
    return WORDS.get(state, state)


def _ends(lookup: Lookup, partnership: str, year: int) -> str:
    """Where it stands at the end, the likelier first."""
    shares: dict[str, Fraction] = {}
    for scenario, probability in lookup.probability.items():
        state = lookup.standings[partnership, scenario, year].state
        shares[state] = shares.get(state, Fraction(0)) + probability
    order = sorted(((share, state) for state, share in shares.items() if share > 0), key=lambda one: (-one[0], one[1]))
    if len(order) == 1:
        return _word(order[0][1])
    return ", ".join(f"{_word(state)} {percent(share)}" for share, state in order)
