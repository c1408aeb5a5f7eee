"""portfolioopt: which partnerships an automaker should form, expand, restructure, keep or exit, and when.

instance = portfolioopt.read_instance("instances/two_deals")
result = portfolioopt.solve(instance, portfolioopt.read_model("risk_averse"))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portfolioopt import cases, comparison
    from portfolioopt.audit.findings import Audit
    from portfolioopt.cases import Case
    from portfolioopt.cases.files import read_cases
    from portfolioopt.comparison import Comparison, bridge, compare, what_if
    from portfolioopt.errors import (
        EngineFault,
        InvalidCase,
        InvalidInput,
        InvalidInstance,
        InvalidModel,
        PortfolioError,
        UnknownOption,
        WrongProcesses,
    )
    from portfolioopt.hedging.hedge import hedge
    from portfolioopt.language.instance import Instance
    from portfolioopt.language.model import Model
    from portfolioopt.language.plans import read_plan
    from portfolioopt.language.reading import read_instance, read_model
    from portfolioopt.plan import Plan
    from portfolioopt.result import Result
    from portfolioopt.solving import Session, solve
    from portfolioopt.studies.alternatives import alternatives
    from portfolioopt.studies.diagnose import diagnose
    from portfolioopt.studies.explain import explain
    from portfolioopt.studies.frontier import frontier
    from portfolioopt.studies.means import Means
    from portfolioopt.studies.price_deals import price_deals
    from portfolioopt.studies.price_limits import price_limits
    from portfolioopt.studies.price_rights import price_rights
    from portfolioopt.studies.price_terms import price_terms
    from portfolioopt.studies.rolling import rolling
    from portfolioopt.studies.security import security
    from portfolioopt.studies.stability import stability
    from portfolioopt.studies.stress import stress
    from portfolioopt.studies.sweep import sweep
    from portfolioopt.studies.value_of_information import value_of_information

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Case",
    "Comparison",
    "EngineFault",
    "Instance",
    "InvalidCase",
    "InvalidInput",
    "InvalidInstance",
    "InvalidModel",
    "Means",
    "Model",
    "Plan",
    "PortfolioError",
    "Result",
    "Session",
    "UnknownOption",
    "WrongProcesses",
    "__version__",
    "alternatives",
    "bridge",
    "cases",
    "compare",
    "comparison",
    "diagnose",
    "explain",
    "frontier",
    "hedge",
    "price_deals",
    "price_limits",
    "price_rights",
    "price_terms",
    "read_cases",
    "read_instance",
    "read_model",
    "read_plan",
    "rolling",
    "security",
    "solve",
    "stability",
    "stress",
    "sweep",
    "value_of_information",
    "what_if",
]

_HOMES = {
    "Audit": "portfolioopt.audit.findings",
    "Case": "portfolioopt.cases",
    "Comparison": "portfolioopt.comparison",
    "EngineFault": "portfolioopt.errors",
    "Instance": "portfolioopt.language.instance",
    "InvalidCase": "portfolioopt.errors",
    "InvalidInput": "portfolioopt.errors",
    "InvalidInstance": "portfolioopt.errors",
    "InvalidModel": "portfolioopt.errors",
    "Means": "portfolioopt.studies.means",
    "Model": "portfolioopt.language.model",
    "Plan": "portfolioopt.plan",
    "PortfolioError": "portfolioopt.errors",
    "Result": "portfolioopt.result",
    "Session": "portfolioopt.solving",
    "UnknownOption": "portfolioopt.errors",
    "WrongProcesses": "portfolioopt.errors",
    "bridge": "portfolioopt.comparison",
    "compare": "portfolioopt.comparison",
    "read_cases": "portfolioopt.cases.files",
    "alternatives": "portfolioopt.studies.alternatives",
    "diagnose": "portfolioopt.studies.diagnose",
    "explain": "portfolioopt.studies.explain",
    "frontier": "portfolioopt.studies.frontier",
    "hedge": "portfolioopt.hedging.hedge",
    "price_deals": "portfolioopt.studies.price_deals",
    "price_limits": "portfolioopt.studies.price_limits",
    "price_rights": "portfolioopt.studies.price_rights",
    "price_terms": "portfolioopt.studies.price_terms",
    "read_instance": "portfolioopt.language.reading",
    "read_model": "portfolioopt.language.reading",
    "read_plan": "portfolioopt.language.plans",
    "rolling": "portfolioopt.studies.rolling",
    "security": "portfolioopt.studies.security",
    "solve": "portfolioopt.solving",
    "what_if": "portfolioopt.comparison",
    "stability": "portfolioopt.studies.stability",
    "stress": "portfolioopt.studies.stress",
    "sweep": "portfolioopt.studies.sweep",
    "value_of_information": "portfolioopt.studies.value_of_information",
}
_MODULES = ("cases", "comparison")


def __getattr__(name: str) -> Any:
    """Loads what is asked for, when it is asked for: importing portfolioopt alone costs next to nothing."""
    if name in _MODULES:
        return import_module(f"portfolioopt.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
