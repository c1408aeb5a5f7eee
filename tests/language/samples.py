"""A small sound instance that uses every family, and how to break it at a marked place."""

from pathlib import Path

MARK = "‸"

SOUND = """\
format: portfolioopt-instance/1
name: sample
currency: EUR million
horizon: {first_year: 2026, years: 4}
discount_rate: 0.08
cash_timing: mid
partnerships:
  - id: cells
    name: Cell plant
    partners: [Volta]
    type: joint_venture
    domain: electrification
    purpose: electrification_scale
    readiness: {shared_goals: 4, complementary_strengths: 5, governance: 3, culture: 3, exit_path: 2}
    start: {state: none}
    states:
      full:
        benefit: [0, 60, 140]
        cost: 25
        capital: [300, 200]
        effort: {engineer: [80, 60]}
        exposure: {america: 500}
        provides: {gwh: [0, 10, 25]}
        interfaces: 3
        breakdown_loss: 150
        terminal: [0, 400]
        readiness: {governance: 5}
        sensitivity: {benefit: {demand: 0.9}}
      supply: {benefit: 70, provides: {gwh: 25}}
    actions:
      - {id: form, kind: form, from: none, to: full, window: [2026, 2028], lead_years: 1, during: {cost: 15}}
      - {id: sell, kind: restructure, from: full, to: supply, notice_years: 1, at_effect: {proceeds: 620}}
      - {id: leave, kind: exit, from: [full, supply], to: exited, at_effect: {cost: 90}}
  - id: stack
    partners: [Kern]
    type: codevelopment
    domain: software
    start: {state: core, years: 2}
    states:
      core: {benefit: 10, effort: {engineer: 20}}
    actions: []
capital: {budget: [500, 400, 400, 300], carry_over: 1.0, recycle: 0.5, sensitivity: {budget: {demand: 1}}}
skills:
  engineer: {capacity: 160, hire: {cost: 0.25, at_most: 30}}
exposures:
  - {id: cap, tag: america, at_most: 700}
  - {id: share, tag: america, at_most_share: 0.6, of: [america]}
requirements:
  - {id: need, capability: gwh, at_least: [0, 0, 10, 20], shortfall_cost: 4}
pools:
  - {id: volume, capability: gwh, curve: [[0, 0], [15, 4], [40, 12]]}
coordination: {curve: [[0, 0], [8, 4], [16, 20]]}
activity:
  - {id: few, domains: [software], types: [codevelopment], partners: [Kern], ids: [stack], at_most: 2}
moves:
  - {id: pace, kinds: [form], at_most: 3}
links:
  - {id: first, kind: requires, when: {partnership: cells, states: [full]}, needs: {partnership: stack, states: core}}
  - {id: either, kind: excludes, members: [{partnership: cells, states: full}, {partnership: stack, states: core}]}
  - {id: both, kind: synergy, members: [{partnership: cells, states: full}], benefit: [1, 2, 3, -4]}
rules:
  - {id: keep, partnership: stack, states: [core], years: [2027, 2028], must: always, reason: Promised, owner: CFO}
drivers: [demand]
scenarios:
  - {name: base, probability: 0.6}
  - {name: slow, probability: 0.4, drivers: {demand: [1, 0.9, 0.7, 0.6]}}
review_years: [2026, 2028]
"""


def broken(old: str, new: str) -> str:
    """The sound instance with one part replaced."""
    assert SOUND.count(old) == 1, f"{old!r} stands {SOUND.count(old)} times in the sample"
    return SOUND.replace(old, new)


def unmarked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the line and column of the mark."""
    before, _, after = text.partition(MARK)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def write(folder: Path, text: str | bytes, name: str = "instance.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
