"""The auditor: replays a plan from the instance alone, in exact rationals, sharing nothing with the model."""

from portfolioopt.audit.auditor import Auditor, audit
from portfolioopt.audit.findings import MONEY_LINES, Audit, Finding, LimitUse, MoneyLine, Standing

__all__ = ["MONEY_LINES", "Audit", "Auditor", "Finding", "LimitUse", "MoneyLine", "Standing", "audit"]
