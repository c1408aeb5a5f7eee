"""What each key of instance and model files means, in one line, for the published schemas."""

_FLOWS = {
    "benefit": "Money earned a year; scaled by the partnership's readiness. Any sign.",
    "cost": "Money paid a year, outside the capital budget. Any sign.",
    "capital": "Money a year, drawn from the capital budget.",
    "effort": "By skill: full-time engineers needed.",
    "exposure": "By tag (a region, a partner, a technology): the amount at risk.",
    "provides": "By capability (GWh, pooled volume, programs): how much is provided.",
    "interfaces": "Live interfaces between companies; together they cost coordination.",
    "breakdown_loss": "Money lost if the partnership breaks down in a year; counts at its breakdown rate.",
    "terminal": "Money at the end of the horizon, read where the last year's other flows are. Any sign.",
    "sensitivity": "By flow and driver: how strongly the flow follows the driver; its factor is never below 0.",
}
_ELEMENTS = {
    "shared_goals": "Shared goals",
    "complementary_strengths": "Complementary strengths",
    "governance": "Clear roles and governance",
    "culture": "Cultural readiness for change",
    "exit_path": "An agreed exit path",
}
_ID = "Its name in plans, messages and model files; unique among all limits, links and rules."
_SERIES = "a number for every year, or a list of one number for each year of the horizon"

_BY_RECORD: dict[str, dict[str, str]] = {
    "Instance": {
        "format": "The version of the language.",
        "name": "What the instance is called in reports.",
        "description": "What it is about, for its readers.",
        "currency": "A label for money, such as EUR million; nothing is converted.",
        "horizon": "The years that are planned.",
        "discount_rate": (
            "Money of year y (0 is the first) counts 1 / (1 + rate) to the power of y + o, o from cash_timing."
        ),
        "cash_timing": (
            "When in its year money flows, for discounting: at the start (o = 0), in the middle (½) or at the end (1)."
        ),
        "partnerships": "Every partnership, in force or possible.",
        "readiness": "How readiness scores turn into realized benefits and breakdown.",
        "capital": "The capital budget. Without it capital is not limited.",
        "skills": "By skill: the engineers there are.",
        "exposures": "Limits on amounts at risk.",
        "requirements": "Capabilities that must be provided, or whose shortfall costs money.",
        "pools": "Benefits that grow with the total provided of a capability.",
        "coordination": "What live interfaces cost together.",
        "activity": "How many partnerships may, or must, be active at once.",
        "moves": "How many decisions may be taken in a year or in all.",
        "links": "Partnerships that require, exclude or strengthen each other.",
        "rules": "What must, or must never, be so, with reason and owner.",
        "drivers": "Names of what may turn out otherwise; level 1 is the instance's own numbers.",
        "scenarios": "Possible futures; their probabilities sum to 1. None: one, with every level at 1.",
        "review_years": (
            "Years in which plans may react to what was seen in the years before; the first is always one. "
            "Default: all."
        ),
    },
    "Horizon": {"first_year": "The first calendar year.", "years": "How many years."},
    "Partnership": {
        "id": "Its name in plans, messages and references: a lowercase letter, then lowercase letters, digits and _.",
        "name": "Its name in reports; default: the id.",
        "partners": "The companies it is with.",
        "type": "Its legal form.",
        "domain": "Its technical domain.",
        "purpose": "What it is for.",
        "readiness": "Scores of the five elements that make it work. Without them benefits are realized in full.",
        "start": "Where it stands today; default: not formed.",
        "states": "By name: the structures it can be in. none (not formed) and exited exist without being written.",
        "actions": "The moves from one state to another that may be decided.",
    },
    "Start": {"state": "The state it is in today.", "years": "Years already completed in that state."},
    "Readiness": {element: f"{said}: 1 (weak) to 5 (strong)." for element, said in _ELEMENTS.items()},
    "ReadinessChange": {
        element: f"{said}: the score in this state, 1 to 5, instead of the partnership's own."
        for element, said in _ELEMENTS.items()
    },
    "Weights": {element: f"{said}: its weight; the five sum to 1." for element, said in _ELEMENTS.items()},
    "ReadinessScale": {
        "weights": "What each element weighs.",
        "realization": "Share of benefits realized at the lowest and at the highest readiness; linear between.",
        "breakdown_rate": "Breakdown rate a year at the lowest and at the highest readiness; linear between.",
    },
    "State": {
        **{flow: f"{said} By year in the state." for flow, said in _FLOWS.items() if flow != "sensitivity"},
        "sensitivity": _FLOWS["sensitivity"],
        "readiness": "Elements of readiness that this state raises or lowers.",
    },
    "During": {
        **{flow: f"{said} By lead year." for flow, said in _FLOWS.items() if flow != "sensitivity"},
        "sensitivity": _FLOWS["sensitivity"],
    },
    "AtEffect": {
        **{flow: f"{said} Once." for flow, said in _FLOWS.items() if flow != "sensitivity"},
        "proceeds": "Money returned, once; a share of it may be spent again (capital.recycle).",
        "sensitivity": _FLOWS["sensitivity"],
    },
    "Sensitivity": {
        flow: f"By driver, any sign: how strongly {flow} follows it; at 1 a level 10% higher makes it 10% larger."
        for flow in ("benefit", "cost", "capital", "proceeds", "terminal", "breakdown_loss")
    },
    "Action": {
        "id": "Its name in plans and messages; unique within the partnership.",
        "kind": "What it is counted as.",
        "from": "The state, or the states, that it leads from.",
        "to": "The state that it leads to.",
        "window": (
            "First and last calendar year in which it may be decided, if it can then take effect within the "
            "horizon; not written or left empty: any year."
        ),
        "after_years": "Years that must be completed in the old state before it may be decided.",
        "notice_years": "Years that the old state goes on after the decision, beginning with the year of the decision.",
        "lead_years": "Years between the old state and the new, after any notice, with the flows of during only.",
        "during": "Flows of the lead years.",
        "at_effect": "Flows that apply once, in the year it takes effect, beside those of the new state.",
    },
    "Capital": {
        "budget": f"Money a year, any sign: {_SERIES}.",
        "carry_over": "Share of unspent money that may be spent the year after.",
        "recycle": "Share of proceeds that may be spent again, from the year they come in.",
        "sensitivity": "How the budget follows drivers.",
    },
    "BudgetSensitivity": {"budget": "By driver: how strongly the budget follows it."},
    "Skill": {"capacity": f"Full-time engineers: {_SERIES}.", "hire": "Those who may be hired beside them."},
    "Hire": {"cost": f"Money for one engineer and year: {_SERIES}.", "at_most": f"Most in a year: {_SERIES}."},
    "Exposure": {
        "id": _ID,
        "tag": "The tag whose amounts at risk are limited.",
        "at_most": f"Most at risk: {_SERIES}.",
        "at_most_share": f"Most at risk as a share, 0 to 1, of the tags in of: {_SERIES}.",
        "of": "The tags that the share is taken of.",
    },
    "Requirement": {
        "id": _ID,
        "capability": "The capability that is required.",
        "at_least": f"How much: {_SERIES}.",
        "shortfall_cost": (
            f"Money for each unit short, a year, instead of a limit: {_SERIES}. Without it the requirement must be met."
        ),
    },
    "Pool": {
        "id": _ID,
        "capability": "The capability that is pooled.",
        "curve": (
            "Points [total provided, benefit a year], the first [0, 0], linear between; of any shape. Beyond "
            "the last point its value stays."
        ),
    },
    "Coordination": {
        "curve": (
            "Points [total interfaces, cost a year], the first [0, 0], linear between, convex and never "
            "falling. Beyond the last point its last slope goes on."
        ),
    },
    "Activity": {
        "id": _ID,
        "domains": "Only partnerships of these domains count.",
        "types": "Only partnerships of these types count.",
        "partners": "Only partnerships with one of these partners count.",
        "ids": "Only these partnerships count.",
        "at_most": f"Most active at once: {_SERIES}.",
        "at_least": f"Fewest active at once: {_SERIES}.",
    },
    "Moves": {
        "id": _ID,
        "kinds": "The kinds of action that count; default: all.",
        "ids": "Only decisions on these partnerships count.",
        "actions": "Only actions of these names count.",
        "years": "First and last calendar year whose decisions count; not written or left empty: every year.",
        "at_most": f"Most decisions: {_SERIES}; with total one number.",
        "at_least": f"Fewest decisions: {_SERIES}; with total one number.",
        "total": "Whether decisions are counted over all years together instead of by year.",
    },
    "Occupancy": {"partnership": "A partnership.", "states": "It is in one of these states."},
    "Requires": {
        "id": _ID,
        "kind": "One requires another, year by year.",
        "when": "While this holds …",
        "needs": "… this must hold.",
    },
    "Excludes": {
        "id": _ID,
        "kind": "Some exclude each other, year by year.",
        "members": "What is counted.",
        "at_most": "How many may hold at once; default: 1.",
    },
    "Synergy": {
        "id": _ID,
        "kind": "Some are worth more, or less, together.",
        "members": "What must hold all at once.",
        "benefit": f"Money in each such year, any sign: {_SERIES}.",
    },
    "Rule": {
        "id": _ID,
        "partnership": "The partnership it is about.",
        "states": "The states it is about.",
        "years": "First and last calendar year; not written or left empty: every year.",
        "must": "Whether it must always, or never, be in one of these states.",
        "reason": "Why; shown in reports.",
        "owner": "Who has decided it; shown in reports.",
    },
    "Scenario": {
        "name": "What the future is called.",
        "probability": "From 0 to 1; all sum to 1, within 1e-9.",
        "drivers": f"By driver: its level, {_SERIES}. A driver not named stays at 1.",
    },
    "Model": {
        "format": "The version of the language.",
        "name": "What the model is called in reports.",
        "description": "What question it answers, for its readers.",
        "objective": "What is maximized; default: expected NPV.",
        "limits": (
            "By family of limits or by id, which wins over its family: hard (the default), or a price at which "
            "it may be exceeded."
        ),
        "changes": "A price on decisions that differ from another plan.",
        "solver": "When to stop and with what means.",
    },
    "Objective": {"risk": "The attitude to risk; default: none."},
    "Cvar": {
        "measure": "Mean of the worst share of futures.",
        "tail": (
            "That share, above 0 and at most 1. The scenario at its edge counts by the part of it that lies inside."
        ),
        "weight": "From 0 (expected NPV only) to 1 (the worst share only).",
    },
    "WorstCase": {
        "measure": "The worst scenario of those that can happen: one with probability 0 does not count.",
        "weight": "From 0 (expected NPV only) to 1 (the worst scenario only).",
    },
    "Price": {
        "price": (
            "Money for each unit of excess and year, discounted as costs are, in every scenario. For capital "
            "the excess is money added in that year."
        ),
    },
    "Changes": {
        "price": (
            "Money, undiscounted, for each decision (partnership, action, year) that only one of the two plans "
            "holds, by probability."
        ),
        "against": "today (no action at all), or a plan file, result or run folder, beside the model file.",
    },
    "Solver": {
        "gap": "Relative gap at which a plan counts as optimal.",
        "time_limit": "Seconds for the whole of a solve.",
        "work_limit": "Work after which to stop, in units of very roughly a second: counted, so the same everywhere.",
        "threads": "Processor cores to use: two, where there are as many, if not given; one if work is limited.",
        "seed": "Start of the solver's random numbers.",
    },
}

NUMBERS = "Numbers are kept as written: 0, or from 1e-12 to below 1e15 in size, with at most 30 digits."

DESCRIPTIONS = {(record, key): said for record, keys in _BY_RECORD.items() for key, said in keys.items()}
"""By record and key as in the file."""
