"""Seeded generators of realistic portfolios of any size, in the instance language.

`realistic` uses every limit family on a scenario tree; `capacities` is deterministic with many partnerships and a few
hundred coupling rows: what price-directed search is for.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

DOMAINS = ("platforms", "electrification", "software", "autonomy")
PURPOSES = ("production_efficiency", "electrification_scale", "software_codevelopment", "autonomy_rollout")
TYPES = ("joint_venture", "codevelopment", "technology_alliance", "supplier_collaboration")
SKILLS = ("platform_engineer", "battery_engineer", "software_engineer", "adas_engineer")
CAPABILITIES = ("shared_volume", "cells_gwh", "stack_programs", "validated_miles")
REGIONS = ("north_america", "europe", "china")
DRIVERS = ("ev_demand", "tariff", "regulation")

STANDING = 0.3
"""Share of the partnerships that exist today."""
SPREAD = 0.4
"""Of sizes: deals that are much alike are hard to choose among."""
GAIN = (1.0, 1.5)
"""Benefit of a year at the peak, per unit of size."""
BUDGET = 0.3
"""Capital of the horizon, as a share of what all new partnerships in full would draw."""
CARRY = 0.4
"""Share of the capital left that may be drawn a year later."""
EFFORT = 0.12
"""Engineers beside those bound today, as a share of the peaks of all new partnerships."""
HIRE = 8
"""Engineers of a skill that may be hired in a year."""
EXPOSURE = 0.15
"""As EFFORT, for the exposure of a region."""
REGIONAL = 0.4
"""Most share of all exposure that the first region may hold, if it does not hold more today."""
NEED = 0.35
"""Cells needed a year, as a share of what all deals could provide."""
SCALE = 0.22
"""Most that a pool pays a year, per unit of what all partnerships could provide."""
DEALS_PER_MOVE = 20
"""One decision a year for so many partnerships."""


def _ramp(rng: np.random.Generator, peak: float, years: int = 3) -> list[float]:
    """Rises to a peak over some years."""
    return [round(float(peak * (year + 1) / years * rng.uniform(0.8, 1.0)), 1) for year in range(years)]


def _partnership(rng: np.random.Generator, number: int, years: int, first_year: int, existing: bool) -> dict[str, Any]:
    field = number % len(DOMAINS)
    size = float(rng.lognormal(4.2, SPREAD))
    skill, second_skill = SKILLS[field], SKILLS[(field + int(rng.integers(1, len(SKILLS)))) % len(SKILLS)]
    region, second_region = (REGIONS[one] for one in rng.permutation(len(REGIONS))[:2])
    opens = int(rng.integers(0, max(years - 4, 1)))
    driver = DRIVERS[int(rng.integers(len(DRIVERS)))]

    def state(scale: float) -> dict[str, Any]:
        return {
            "benefit": [0.0, *_ramp(rng, scale * size * rng.uniform(*GAIN))],
            "cost": round(scale * size * 0.25, 1),
            "capital": [round(scale * size * share, 1) for share in (1.2, 0.8, 0.2)] + [0],
            "effort": {
                skill: [round(scale * size * share) for share in (0.5, 0.4, 0.25)],
                second_skill: [round(scale * size * share) for share in (0.25, 0.2, 0.1)],
            },
            "exposure": {region: round(scale * size * 3), second_region: round(scale * size)},
            "provides": {CAPABILITIES[field]: [0, round(scale * size * 0.1, 1), round(scale * size * 0.2, 1)]},
            "interfaces": int(1 + 2 * scale),
            "breakdown_loss": round(scale * size * 0.6, 1),
            "terminal": [0, round(scale * size, 1), round(scale * size * 1.5, 1)],
            "sensitivity": {
                "benefit": {driver: round(float(rng.uniform(0.2, 0.9)), 2)},
                "capital": {"tariff": round(float(rng.uniform(0.1, 0.5)), 2)},
            },
        }

    actions: list[dict[str, Any]] = [
        {
            "id": "form",
            "kind": "form",
            "from": "none",
            "to": "pilot",
            "lead_years": int(rng.integers(0, 2)),
            "window": [first_year + opens, first_year + opens + 3],
            "during": {"cost": round(size * 0.1, 1)},
        },
        {
            "id": "form_full",
            "kind": "form",
            "from": "none",
            "to": "full",
            "lead_years": 1,
            "window": [first_year + opens, first_year + opens + 3],
            "during": {"cost": round(size * 0.2, 1)},
        },
        {"id": "expand", "kind": "expand", "from": "pilot", "to": "full", "after_years": 1},
        {
            "id": "sell",
            "kind": "restructure",
            "from": "full",
            "to": "supply",
            "after_years": 2,
            "notice_years": 1,
            "at_effect": {"proceeds": round(size * float(rng.uniform(0.3, 1.2)), 1)},
        },
        {
            "id": "leave",
            "kind": "exit",
            "from": ["pilot", "full", "supply"],
            "to": "exited",
            "notice_years": 1,
            "at_effect": {"cost": round(size * 0.3, 1)},
        },
    ]
    supply = {
        "benefit": round(size * 0.35, 1),
        "cost": round(size * 0.05, 1),
        "interfaces": 1,
        "provides": {CAPABILITIES[field]: round(size * 0.12, 1)},
    }
    return {
        "id": f"deal_{number:05d}",
        "name": f"Deal {number}",
        "partners": [f"Partner {int(rng.integers(1, 16))}"],
        "type": TYPES[int(rng.integers(len(TYPES)))],
        "domain": DOMAINS[field],
        "purpose": PURPOSES[field],
        "readiness": {
            element: int(rng.integers(2, 6))
            for element in ("shared_goals", "complementary_strengths", "governance", "culture", "exit_path")
        },
        "start": {"state": "full", "years": int(rng.integers(3, 6))} if existing else {"state": "none"},
        "states": {"pilot": state(0.4), "full": state(1.0), "supply": supply},
        "actions": actions,
    }


def _used(partnerships: list[dict[str, Any]], kind: str, name: str, when: Callable[[list[float]], float]) -> float:
    """What these partnerships, all in full, use of a flow: `when` picks the year of each profile."""
    total = 0.0
    for partnership in partnerships:
        value = partnership["states"]["full"].get(kind, {}).get(name, 0)
        total += when(value) if isinstance(value, list) else value
    return total


def _last(profile: list[float]) -> float:
    return profile[-1]


def realistic(seed: int, partnerships: int = 40, years: int = 10, scenarios: int = 8) -> dict[str, Any]:
    """All limit families, tight, on a tree with three review years; doing nothing is always within the limits.

    Capital lapses in part, engineers are few, regions fill up, and two of four capabilities pay only at scale
    (S-shaped pools), so that the linear relaxation promises three to five percent more than any plan earns.
    """
    rng = np.random.default_rng(seed)
    first_year = 2026
    today = set(rng.permutation(partnerships)[: round(STANDING * partnerships)].tolist())
    deals = [_partnership(rng, number, years, first_year, number in today) for number in range(partnerships)]
    standing = [one for one in deals if one["start"]["state"] == "full"]
    ids = [one["id"] for one in deals]
    moves = max(1, partnerships // DEALS_PER_MOVE)
    capital = sum(sum(one["states"]["full"]["capital"]) for one in deals if one not in standing)

    def room(kind: str, name: str, share: float) -> float:
        """What today's portfolio uses, and a share of what all others would at their peak."""
        others = [one for one in deals if one not in standing]
        return math.ceil(_used(standing, kind, name, _last) + share * _used(others, kind, name, max)) + 1

    return {
        "format": "portfolioopt-instance/1",
        "name": f"realistic-{seed}",
        "currency": "EUR million",
        "horizon": {"first_year": first_year, "years": years},
        "discount_rate": 0.08,
        "partnerships": deals,
        "capital": {"budget": round(capital * BUDGET / years, 0), "carry_over": CARRY, "recycle": 0.5},
        "skills": {
            name: {"capacity": room("effort", name, EFFORT), "hire": {"cost": 0.3, "at_most": HIRE}} for name in SKILLS
        },
        "exposures": [
            *({"id": f"{tag}_cap", "tag": tag, "at_most": room("exposure", tag, EXPOSURE)} for tag in REGIONS),
            {"id": f"{REGIONS[0]}_share", "tag": REGIONS[0], "at_most_share": _share(standing), "of": list(REGIONS)},
        ],
        "requirements": [
            {
                "id": "cells",
                "capability": "cells_gwh",
                "at_least": round(_used(deals, "provides", "cells_gwh", max) * NEED, 1),
                "shortfall_cost": 3,
            },
        ],
        "pools": [_pool(deals, name, SCALE) for name in ("shared_volume", "stack_programs")],
        "coordination": {
            "curve": [[0, 0], [partnerships * 0.8, partnerships * 0.5], [partnerships * 2, partnerships * 4]]
        },
        "activity": [
            {
                "id": "autonomy_bets",
                "domains": ["autonomy"],
                "at_most": sum(one["domain"] == "autonomy" for one in standing) + max(1, partnerships // 40),
            }
        ],
        "moves": [
            {"id": "change_capacity", "kinds": ["form", "expand"], "at_most": moves},
            {"id": "separations", "kinds": ["restructure", "exit"], "at_most": moves},
        ],
        "links": _links(rng, deals),
        "rules": [
            {
                "id": "not_yet",
                "partnership": ids[int(rng.integers(partnerships))],
                "states": ["exited"],
                "years": [first_year, first_year + min(2, years - 1)],
                "must": "never",
            }
        ],
        "drivers": list(DRIVERS),
        "scenarios": _futures(rng, years, scenarios),
        "review_years": sorted({first_year, first_year + min(2, years - 1), first_year + min(5, years - 1)}),
    }


def _share(standing: list[dict[str, Any]]) -> float:
    """What the first region holds of today's exposure, and at least `REGIONAL`."""
    held = {tag: _used(standing, "exposure", tag, _last) for tag in REGIONS}
    total = sum(held.values())
    return max(REGIONAL, math.ceil(100 * held[REGIONS[0]] / total) / 100) if total else 1.0


def _pool(deals: list[dict[str, Any]], capability: str, scale: float) -> dict[str, Any]:
    """Pays little up to half of what all deals could provide, then much, then nothing more."""
    most = _used(deals, "provides", capability, max) + 1
    shares = ((0.25, 0.05), (0.4, 0.2), (0.6, 0.85), (0.8, 1.0))
    points = [[round(most * amount, 1), round(most * scale * worth, 1)] for amount, worth in shares]
    return {"id": f"{capability}_pool", "capability": capability, "curve": [[0, 0], *points]}


def _links(rng: np.random.Generator, deals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per ten deals one that needs another, one choice between two, and two synergies, one of them harmful."""
    links: list[dict[str, Any]] = []
    for number in range(max(1, len(deals) // 10)):
        first, second, *rest = (deals[one] for one in rng.choice(len(deals), size=min(8, len(deals)), replace=False))
        links.append(
            {
                "id": f"after_{number}",
                "kind": "requires",
                "when": {"partnership": first["id"], "states": ["pilot"]},
                "needs": {"partnership": second["id"], "states": ["full", "pilot", "supply"]},
            }
        )
        for kind, *pair in zip(("excludes", "helps", "harms"), rest[::2], rest[1::2], strict=False):
            members = [{"partnership": one["id"], "states": ["full"]} for one in pair]
            if kind == "excludes":
                at_most = max(1, sum(one["start"]["state"] == "full" for one in pair))
                links.append({"id": f"either_{number}", "kind": "excludes", "members": members, "at_most": at_most})
            else:
                benefit = round(float(rng.uniform(5, 25)), 1) * (1 if kind == "helps" else -1)
                links.append({"id": f"{kind}_{number}", "kind": "synergy", "benefit": benefit, "members": members})
    return links


def _futures(rng: np.random.Generator, years: int, scenarios: int) -> list[dict[str, Any]]:
    """Walks that part before the second review and again before the third."""
    early = max(1, round(scenarios**0.5))
    weights = [int(weight) for weight in rng.integers(2, 10, size=scenarios)]
    total = sum(weights)
    futures = []
    heads = [{driver: round(float(rng.uniform(0.8, 1.2)), 2) for driver in DRIVERS} for _ in range(early)]
    for number in range(scenarios):
        head = heads[number % early]
        drivers = {}
        for driver in DRIVERS:
            later = round(float(np.clip(head[driver] * rng.uniform(0.75, 1.3), 0.4, 1.7)), 2)
            drivers[driver] = [1, head[driver], head[driver], *([later] * years)][:years]
        futures.append({"name": f"future_{number:04d}", "probability": weights[number] / total, "drivers": drivers})
    return futures


def capacities(seed: int, partnerships: int, years: int, resources: int, tightness: float = 0.35) -> dict[str, Any]:
    """Deterministic: capital and `resources` − 1 skills, each scarce; short lives with few structures."""
    rng = np.random.default_rng(seed)
    first_year = 2026
    skills = [f"skill_{number:02d}" for number in range(resources - 1)]
    deals = []
    demand = dict.fromkeys(skills, 0.0)
    drawn = 0.0
    for number in range(partnerships):
        size = float(rng.lognormal(3.5, 0.7))
        wanted = {
            skills[one]: round(float(size * rng.uniform(0.2, 1.0))) + 1
            for one in rng.choice(len(skills), size=min(3, len(skills)), replace=False).tolist()
        }
        capital = [round(size * 1.5, 1), round(size, 1), 0]
        gain = float(rng.uniform(0.7, 1.6))
        opens = int(rng.integers(0, years - 2))
        full = {
            "benefit": [0, round(size * gain, 1)],
            "cost": round(size * 0.2, 1),
            "capital": capital,
            "effort": {name: [value, round(value * 0.6)] for name, value in wanted.items()},
            "terminal": [0, round(size * gain, 1)],
        }
        pilot = {
            "benefit": round(size * gain * 0.25, 1),
            "cost": round(size * 0.05, 1),
            "capital": [round(size * 0.3, 1), 0],
            "effort": {name: round(value * 0.2) for name, value in wanted.items()},
        }
        for name, value in wanted.items():
            demand[name] += value
        drawn += sum(capital)
        deals.append(
            {
                "id": f"deal_{number:06d}",
                "partners": [f"Partner {number % 97}"],
                "type": TYPES[number % 4],
                "domain": DOMAINS[number % 4],
                "purpose": PURPOSES[number % 4],
                "states": {"pilot": pilot, "full": full},
                "actions": [
                    {
                        "id": "form",
                        "kind": "form",
                        "from": "none",
                        "to": "full",
                        "window": [first_year + opens, first_year + opens + 2],
                    },
                    {
                        "id": "try",
                        "kind": "form",
                        "from": "none",
                        "to": "pilot",
                        "window": [first_year + opens, first_year + opens + 2],
                    },
                    {"id": "expand", "kind": "expand", "from": "pilot", "to": "full", "after_years": 1},
                    {"id": "leave", "kind": "exit", "from": ["pilot", "full"], "to": "exited", "after_years": 2},
                ],
            }
        )
    return {
        "format": "portfolioopt-instance/1",
        "name": f"capacities-{seed}",
        "horizon": {"first_year": first_year, "years": years},
        "discount_rate": 0.08,
        "partnerships": deals,
        "capital": {"budget": round(drawn * tightness / years, 0), "carry_over": 1, "recycle": 0},
        "skills": {name: {"capacity": round(total * tightness * 0.6) + 1} for name, total in demand.items()},
    }
