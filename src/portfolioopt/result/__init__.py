"""The result of a solve: the plan, its audit, the bound, and their tables."""

from portfolioopt.result.hashing import input_hash
from portfolioopt.result.making import make_result
from portfolioopt.result.outline import Outline
from portfolioopt.result.record import NOT_VERIFIED, ReportedPlan, Result, Status, Verification

__all__ = [
    "NOT_VERIFIED",
    "Outline",
    "ReportedPlan",
    "Result",
    "Status",
    "Verification",
    "input_hash",
    "make_result",
]
