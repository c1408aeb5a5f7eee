"""An instance that uses every key of the language, with the texts and numbers that spreadsheets spoil."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from portfolioopt.language.emitting import emit
from portfolioopt.language.instance import Instance
from portfolioopt.language.parsing import parse
from portfolioopt.language.writing import plain

ROOT = Path(__file__).parents[2]
INSTANCES = sorted(path.parent for path in (ROOT / "instances").glob("*/instance.yaml"))

EVERY_KEY = r"""
format: portfolioopt-instance/1
name: "=HYPERLINK(\"http://x\")"
description: "+1 for all\n-2 lines\tand a tab, \"quotes\", _x000D_ and 🚗"
currency: "@money"
horizon: {first_year: 2026, years: 3}
discount_rate: 0.0800
cash_timing: start
partnerships:
  - id: cells
    name: "-Cell plant, Inc."
    partners: ["Volta, Inc.", "  spaced ", 'say "yes"', "=1+1", "1;2", "'quoted", "(empty)"]
    type: joint_venture
    domain: electrification
    purpose: electrification_scale
    readiness: {shared_goals: 4.50, complementary_strengths: 5, governance: 3, culture: 3.0, exit_path: 2}
    start: {state: full, years: 2}
    states:
      full:
        benefit: [0, -60.10, 1E+3, 123456789012345.678901234567]
        cost: 25
        capital: [300, 200.00]
        effort: {engineer: [80, 0.5], tester: 3}
        exposure: {america: 500, asia: [1, 2]}
        provides: {gwh: [0, 10, 25]}
        interfaces: 3
        breakdown_loss: [150, 0]
        terminal: [-1, 400]
        readiness: {shared_goals: 1, complementary_strengths: 2, governance: 5, culture: 4.5, exit_path: 3}
        sensitivity: {benefit: {demand: 0.9, tariff: -0.1}, cost: {tariff: 1}, capital: {demand: 1.50},
                      proceeds: {demand: 2}, terminal: {tariff: 3}, breakdown_loss: {demand: 4}}
      idle: {}
      exited: {benefit: 1}
    actions:
      - id: form
        kind: form
        from: none
        to: full
        window: [2026, 2027]
        lead_years: 1
        during: {benefit: [1, 2], cost: 15, capital: 1, effort: {engineer: [1, 2]}, exposure: {asia: 4},
                 provides: {gwh: 5}, interfaces: 1, breakdown_loss: 2, terminal: 3,
                 sensitivity: {benefit: {demand: 1}, cost: {demand: 1}, capital: {demand: 1}, proceeds: {demand: 1},
                               terminal: {demand: 1}, breakdown_loss: {demand: 1}}}
      - id: sell
        kind: exit
        from: [full, idle]
        to: exited
        after_years: 1
        notice_years: 1
        at_effect: {benefit: -1, cost: 2, capital: 3, proceeds: 620.0, effort: {engineer: 4}, exposure: {america: 5},
                    provides: {gwh: 6}, interfaces: 7, breakdown_loss: 8, terminal: 9,
                    sensitivity: {benefit: {tariff: 1}, cost: {tariff: 1}, capital: {tariff: 1},
                                  proceeds: {demand: 0.5, tariff: -1E-12}, terminal: {tariff: 1},
                                  breakdown_loss: {tariff: 1}}}
  - {id: stack, domain: software, type: codevelopment}
readiness:
  weights: {shared_goals: 0.1, complementary_strengths: 0.2, governance: 0.3, culture: 0.25, exit_path: 0.15}
  realization: [0.5, 1.10]
  breakdown_rate: [0.2, 0]
capital: {budget: [500, 400.5, 300], carry_over: 1.0, recycle: 0.5, sensitivity: {budget: {demand: 1, tariff: -2}}}
skills:
  tester: {capacity: [1, 2, 3]}
  engineer: {capacity: 160, hire: {cost: [0.25, 0.3, 0.35], at_most: 30}}
exposures:
  - {id: cap, tag: america, at_most: [700, 600, 500]}
  - {id: share, tag: america, at_most_share: 0.6, of: [america, asia]}
requirements:
  - {id: need, capability: gwh, at_least: [0, 0, 10], shortfall_cost: 4}
  - {id: more, capability: gwh, at_least: 1}
pools:
  - {id: volume, capability: gwh, curve: [[0, 0], [15.50, 4], [40, -12]]}
  - {id: again, capability: gwh, curve: [[0, 0]]}
coordination: {curve: [[0, 0], [8, 4], [16, 20]]}
activity:
  - {id: few, domains: [software], types: [codevelopment, in_house], partners: ["Volta, Inc."], ids: [stack, cells],
     at_most: 2, at_least: [0, 0, 0]}
  - {id: none_at_all, domains: [], at_most: 0}
moves:
  - {id: pace, kinds: [form, exit], at_most: [3, 2, 1]}
  - {id: all_in_all, kinds: [], at_most: 3, total: true}
  - {id: not_total, at_most: 30, total: false}
  - {id: chosen, ids: [stack, cells], actions: [sell, form], years: [2026, 2027], at_most: 5, at_least: 0}
links:
  - {id: first, kind: requires, when: {partnership: cells, states: [full]}, needs: {partnership: stack, states: none}}
  - {id: either, kind: excludes, members: [{partnership: cells, states: [full, idle]},
     {partnership: stack, states: [none, exited]}], at_most: 1.5}
  - {id: both, kind: synergy, members: [{partnership: cells, states: [full]}], benefit: [1, 2, -3]}
rules:
  - {id: keep, partnership: cells, states: [full, idle], years: [2027, 2028], must: always,
     reason: "=promised", owner: "CFO, \"CEO\""}
drivers: [demand, tariff]
scenarios:
  - {name: "=base", probability: 0.25}
  - {name: "slow, very", probability: 0.25, drivers: {tariff: 1.5, demand: [1, 0.9, 0.70]}}
  - {name: "SLOW, very", probability: 0.5, drivers: {demand: 2}}
review_years: []
"""


def every_key() -> Instance:
    """The instance above."""
    parsed = parse(EVERY_KEY)
    assert not parsed.faults, [str(fault) for fault in parsed.faults]
    return Instance.model_validate(parsed.value)


NAMED_LISTS = {"partners", "domains", "types", "ids", "kinds", "review_years"}
"""Lists in one cell, which may say that they are empty; tables without rows cannot."""


def text_of(instance: Instance) -> str:
    """The instance's file to the digit and in order, without records, tables and texts that are written out empty."""
    return emit(_pruned(plain(instance)))


def _pruned(value: Any) -> Any:
    if isinstance(value, list):
        return [_pruned(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    pruned = {key: _pruned(inner) for key, inner in value.items()}
    return {
        key: inner for key, inner in pruned.items() if inner not in ({}, "") and (inner != [] or key in NAMED_LISTS)
    }


def leaf_paths(value: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The paths of all values of a plain instance as leaves have them, names of the author's own left in."""
    if isinstance(value, dict):
        return {found for key, inner in value.items() for found in leaf_paths(inner, (*path, key))}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {found for inner in value for found in leaf_paths(inner, (*path, "[]"))}
    assert isinstance(value, str | int | Decimal | bool | list), value
    return {path}
