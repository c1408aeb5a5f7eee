"""Results for tests: the two deals with the plan that its file solves by hand, audited; and any result at all."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from portfolioopt.audit import audit
from portfolioopt.audit.findings import Audit, Finding, LimitUse, MoneyLine, Standing
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.reading import read_instance
from portfolioopt.plan import TODAY, Decision, Hiring, Plan
from portfolioopt.result import NOT_VERIFIED, Result, Verification, make_result

INSTANCES = Path(__file__).parents[1] / "instances"
TWO_DEALS = INSTANCES / "two_deals"
BEST = Plan.of(
    [
        *(Decision(scenario, 2026, "cell_plant", "sign", "form") for scenario in ("high", "slow")),
        *(Decision(scenario, 2027, "stack", "sign", "form") for scenario in ("high", "slow")),
        Decision("slow", 2028, "cell_plant", "sell_stake", "restructure"),
        Decision("slow", 2028, "stack", "go_full", "expand"),
    ]
)
SECOND_RUN = Verification("second run", 102.6638, 0.2, "Verified: a second run found no better plan.")


def two_deals() -> Instance:
    return read_instance(TWO_DEALS)


def solved(instance: Instance | None = None, model: Model | None = None, plan: Plan = BEST, **changes) -> Result:
    """The result that a solve of the two deals should return; `changes` replace arguments of `make_result`."""
    instance, model = instance or two_deals(), model or Model(name="expected_npv")
    arguments = {
        "status": "optimal",
        "stop_reason": "gap reached",
        "plan": plan,
        "audit": audit(instance, model, plan),
        "do_nothing": audit(instance, model, TODAY),
        "bound": 102.6638,
        "verified": True,
        "verification": SECOND_RUN,
        "timings": {"build": 0.1, "solve": 0.3, "verify": 0.2},
        "options": {"gap": Decimal("1e-4"), "threads": 1, "verify": True},
        "log": "Running HiGHS\n",
    }
    return make_result(instance, model, **(arguments | changes))


def infeasible(conflict: tuple[str, ...] = ("capital", "stack_needs_cells"), **changes) -> Result:
    instance, model = two_deals(), Model()
    arguments = {
        "status": "infeasible",
        "stop_reason": "infeasible",
        "do_nothing": audit(instance, model, TODAY),
        "conflict": conflict,
        "conflict_is_smallest": True,
        "timings": {"solve": 0.4},
        "verification": NOT_VERIFIED,
    }
    return make_result(instance, model, **(arguments | changes))


def soft() -> Result:
    """Two deals that hire and exceed soft limits at a price, under a measure of risk and a price of changes."""
    return solved(*soft_case())


def soft_case() -> tuple[Instance, Model, Plan]:
    """What `soft` is made of."""
    settings = [
        "skills.software_engineer.hire={cost: 0.2, at_most: 8}",
        "rules=[{id: full_stack, partnership: stack, states: [full], must: always, years: [2029, 2029]}]",
    ]
    instance = read_instance(TWO_DEALS, settings)
    model = Model.model_validate(
        {
            "name": "bending",
            "limits": {"skills": {"price": Decimal("0.3")}, "rules": {"price": 2}},
            "objective": {"risk": {"measure": "worst_case", "weight": Decimal("0.2")}},
            "changes": {"price": 1},
        }
    )
    both = ("high", "slow")
    plan = Plan.of(
        [Decision(s, 2026, p, "sign", "form") for s in both for p in ("cell_plant", "stack")],
        [Hiring(s, 2026, "software_engineer", Decimal("7.5")) for s in both],
    )
    return instance, model, plan


def big(years=18, partnerships=40, scenarios=24) -> Result:
    """A portfolio too large for one screen; only the first ten partnerships are ever formed."""
    instance, plan = big_case(years, partnerships, scenarios)
    model = Model()
    return make_result(
        instance, model, status="feasible", stop_reason="interrupted", plan=plan, audit=audit(instance, model, plan)
    )


def big_case(years=18, partnerships=40, scenarios=24) -> tuple[Instance, Plan]:
    """What `big` is made of."""
    document = {
        "format": "portfolioopt-instance/1",
        "name": "big",
        "horizon": {"first_year": 2026, "years": years},
        "discount_rate": Decimal("0.08"),
        "partnerships": [
            {
                "id": f"p{number}",
                "name": f"An alliance on a platform with a long name and partner number {number}",
                "states": {"full": {"benefit": 10, "effort": {f"skill_{number}": 1}}},
                "actions": [{"id": "form", "kind": "form", "from": "none", "to": "full"}],
            }
            for number in range(partnerships)
        ],
        "drivers": ["demand"],
        "scenarios": [
            {
                "name": f"s{number}",
                "probability": Fraction(1, 1),
                "drivers": {"demand": [1, 1 + number] + [1] * (years - 2)},
            }
            for number in range(scenarios)
        ],
        "review_years": [2026, 2030],
        "skills": {f"skill_{number}": {"capacity": number + 1} for number in range(partnerships)},
    }
    share = Decimal(1) / scenarios
    for scenario in document["scenarios"]:
        scenario["probability"] = Decimal(round(share, 20))
    instance = Instance.model_validate(document)
    plan = Plan.of(
        Decision(f"s{s}", 2026 if p < 6 else 2030, f"p{p}", "form", "form")
        for s in range(scenarios)
        for p in range(10)
        if p < 6 or (s >> (p - 6)) & 1
    )
    return instance, plan


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
scenarios = st.sampled_from(["high", "slow"])
years = st.integers(2026, 2029)
fractions = st.fractions() | st.fractions(max_denominator=10**40).map(lambda value: value**7)
decimals = st.decimals(allow_nan=False, allow_infinity=False)
floats = st.floats(allow_nan=False, allow_infinity=False)


def _tuples(strategy):
    return st.lists(strategy, max_size=4).map(tuple)


audits = st.builds(
    Audit,
    findings=st.just(()),
    objective=fractions,
    expected_npv=fractions,
    npv=st.fixed_dictionaries({"high": fractions, "slow": fractions}),
    risk=st.none() | fractions,
    penalties=fractions,
    changes=fractions,
    money=_tuples(st.builds(MoneyLine, scenarios, years, names, fractions, fractions)),
    limits=_tuples(
        st.builds(
            LimitUse,
            names,
            names,
            scenarios,
            years,
            fractions,
            fractions,
            fractions,
            fractions,
            st.none() | fractions,
            st.sampled_from(["at_most", "at_least"]),
        )
    ),
    standings=_tuples(
        st.builds(
            Standing,
            names,
            scenarios,
            years,
            names,
            st.sampled_from(["state", "notice", "lead"]),
            st.integers(0, 99),
            st.booleans(),
        )
    ),
    worth=st.dictionaries(names, st.dictionaries(scenarios, fractions, max_size=2), max_size=3),
)
plans = st.builds(
    Plan,
    decisions=_tuples(st.builds(Decision, names, years, names, names, names)),
    hiring=_tuples(st.builds(Hiring, names, years, names, decimals)),
)


@st.composite
def results(draw) -> Result:
    """Any result that `make_result` may be asked for."""
    status = draw(st.sampled_from(["optimal", "feasible", "infeasible", "no_plan"]))
    has_plan = status in ("optimal", "feasible")
    broken = Finding("capital", "capital", "high", 2026, "too much", Fraction(1, 3))
    refused = Audit(
        (broken,), Fraction(1), Fraction(1), {"high": Fraction(1), "slow": Fraction(1)}, None, *[Fraction(0)] * 2
    )
    return make_result(
        two_deals(),
        draw(st.sampled_from([Model(), Model(name="other", description="any")])),
        status=status,
        stop_reason=draw(names),
        plan=draw(plans) if has_plan else None,
        audit=draw(audits) if has_plan else None,
        do_nothing=draw(st.none() | st.just(refused) | audits),
        bound=draw(st.none() | st.floats()),
        verified=draw(st.booleans()),
        verification=draw(st.builds(Verification, names, st.none() | floats, floats, names)),
        conflict=draw(_tuples(names)),
        conflict_is_smallest=draw(st.booleans()),
        timings=draw(st.dictionaries(names, floats, max_size=3)),
        options=draw(st.dictionaries(names, st.none() | st.booleans() | st.integers() | floats | decimals | names)),
        log=draw(names),
    )
