"""Studies: the questions that are asked of a plan, each answered by exact re-solves.

A study stands in five like-named places: a module (or package) here that has a function of the same name, a command in
`command/`, a page in `docs/`, a test in `tests/studies/`, and a line below; a test says which place is missing. What
studies share is the frame:

    interval.py     between what a value lies, and differences of such
    limits.py       limits one by one, and changes that loosen them
    terms.py        terms of a deal, and changes of them
    taken.py        decisions of two plans side by side
    means.py        when to stop and with what means
    kept.py         solves as points: stored as soon as they are made, under a key of all that decides them
    asked.py        what was asked, as it stands in the folder of a study that is gone on with
    desk.py         where re-solves are made: one session, one clock, one wish to stop
    from_base.py    cases edited from one base case: what is known of them without a solve, and their re-solves
    pace.py         how far a study has come, how fast, and how long it may still take
    scenarios.py    an instance in some of its scenarios, and what a plan does in them
    answer.py       what every answer tells of itself; answers as JSON and as tables
    exhibiting.py   answers on the page of a run
    saving.py       the folder of a study
"""

STUDIES: dict[str, str] = {
    "alternatives": "Near-optimal plans that differ in decisions that matter; how firmly each decision stands.",
    "diagnose": "Why nothing is feasible: limits that contradict each other, and the cheapest ways out.",
    "explain": "Why a partnership is in the best plan or not, and what would turn that over.",
    "frontier": "Value against risk, capital, an exposure or a requirement, in even steps.",
    "price_deals": "What each partnership is worth to the whole portfolio: the most to pay, or what is still missing.",
    "price_limits": "What one more of each limit is worth, and what each limit costs.",
    "price_rights": "What exits, expansions, restructurings, reviews and flexibility as a whole are worth.",
    "price_terms": "What each term of a deal is worth, changed by one step either way.",
    "rolling": "Planning again at each review with what is known by then, beside the policy and hindsight.",
    "security": "Losing any one partner in any year: the best recovery, its cost, and what can no longer be met.",
    "stability": "Re-planning against a published plan: value against the number of decisions that change.",
    "stress": "A given plan in thousands of drawn futures: NPV, limits that break, and who drives the worst.",
    "sweep": "Many variations, each solved by itself: grids, samples, one input at a time; here or on a cluster.",
    "value_of_information": "What knowing the drivers, and being able to react, is worth; regret by scenario.",
}
"""By name: what the study answers. A command is the name with hyphens; those of prices are commands of `price`."""
FRAME = (
    "ahead",
    "answer",
    "asked",
    "desk",
    "exhibiting",
    "from_base",
    "interval",
    "kept",
    "limits",
    "means",
    "optimum",
    "pace",
    "saving",
    "scenarios",
    "taken",
    "terms",
)
"""Modules that studies share."""
