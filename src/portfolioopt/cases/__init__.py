"""Cases: an instance edited by changes that are data, checked like an instance.

from portfolioopt import cases

poorer = cases.case("poorer", cases.scale("capital.budget", 0.9), cases.forbid("cell_jv"))
instance, model = cases.apply(poorer, instance, "expected_value")
"""

from portfolioopt.cases.applying import Applied, apply
from portfolioopt.cases.changes import (
    Add,
    Case,
    Change,
    Forbid,
    Force,
    Ignore,
    Origin,
    Remove,
    Scale,
    Set,
    Shift,
    add,
    case,
    forbid,
    force,
    ignore_limit,
    remove,
    scale,
    set_value,
    shift,
)
from portfolioopt.cases.notation import VERBS

__all__ = [
    "VERBS",
    "Add",
    "Applied",
    "Case",
    "Change",
    "Forbid",
    "Force",
    "Ignore",
    "Origin",
    "Remove",
    "Scale",
    "Set",
    "Shift",
    "add",
    "apply",
    "case",
    "forbid",
    "force",
    "ignore_limit",
    "remove",
    "scale",
    "set_value",
    "shift",
]
