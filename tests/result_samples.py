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
