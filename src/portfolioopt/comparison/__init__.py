"""What-ifs: results side by side, what an edit changes, and why value moved.

from portfolioopt import cases, comparison

found = comparison.what_if(cases.case("poorer", cases.scale("capital.budget", 0.9)), instance, "expected_value")
print(found.comparison.frame("outcomes"), [step.effect for step in found.bridge.steps])
"""

from portfolioopt.comparison.bridges import Bridge, Step, bridge, bridge_between
from portfolioopt.comparison.comparing import Comparison, compare
from portfolioopt.comparison.decisions import DecisionChange, decision_changes
from portfolioopt.comparison.held import Held, hold
from portfolioopt.comparison.rows import LimitState, Row
from portfolioopt.comparison.whatif import WhatIf, what_if

__all__ = [
    "Bridge",
    "Comparison",
    "DecisionChange",
    "Held",
    "LimitState",
    "Row",
    "Step",
    "WhatIf",
    "bridge",
    "bridge_between",
    "compare",
    "decision_changes",
    "hold",
    "what_if",
]
