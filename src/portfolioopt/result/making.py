"""Putting a result together from what a solve has found."""

import math
import platform
from collections.abc import Mapping
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from portfolioopt import __version__
from portfolioopt.audit.findings import Audit
from portfolioopt.errors import EngineFault
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Plan
from portfolioopt.result.hashing import input_hash
from portfolioopt.result.outline import outline_of
from portfolioopt.result.record import NOT_VERIFIED, Result, Scalar, Status, Verification

PACKAGES = ("highspy", "pyomo", "numpy")
WITH_PLAN = ("optimal", "feasible")


def make_result(
    instance: Instance,
    model: Model,
    *,
    status: Status,
    stop_reason: str,
    plan: Plan | None = None,
    audit: Audit | None = None,
    do_nothing: Audit | None = None,
    bound: float | None = None,
    verified: bool = False,
    verification: Verification = NOT_VERIFIED,
    conflict: tuple[str, ...] = (),
    conflict_is_smallest: bool = False,
    timings: Mapping[str, float] | None = None,
    options: Mapping[str, Any] | None = None,
    log: str = "",
) -> Result:
    """A result; `plan` and `audit` are given exactly where the status is optimal or feasible.

    `bound` may be infinite or NaN (then there is none). Raises `EngineFault` for a plan that its audit refuses and
    for a status that does not fit the plan.
    """
    if (status in WITH_PLAN) != (plan is not None and audit is not None):
        raise EngineFault(f"status {status} does not fit {'a missing plan' if plan is None else 'a plan'}")
    if audit is not None and not audit.ok:
        found = "; ".join(f"{finding.id} in {finding.year}: {finding.message}" for finding in audit.findings[:3])
        raise EngineFault(f"the audit refuses the plan: {found}")
    with collector_paused():
        outline, asked = outline_of(instance, model), input_hash(instance, model)
    return Result(
        status=status,
        stop_reason=stop_reason,
        bound=_finite(bound),
        verified=verified,
        verification=verification,
        outline=outline,
        audit=audit,
        do_nothing=do_nothing,
        conflict=tuple(conflict),
        timings={phase: float(seconds) for phase, seconds in (timings or {}).items()},
        options={name: _scalar(value) for name, value in (options or {}).items()},
        versions=versions(),
        input_hash=asked,
        log=log,
        chosen=None if plan is None else Plan(plan.decisions, plan.hiring),
        conflict_is_smallest=conflict_is_smallest,
    )


def versions() -> dict[str, str]:
    """Versions of what the result depends on, and the kind of machine."""
    found = {"portfolioopt": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    found["platform"] = f"{platform.system()} {platform.machine()}"
    return found


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _scalar(value: Any) -> Scalar:
    """An option as JSON can hold it."""
    if value is None or type(value) in (bool, int, str):
        return value  # type: ignore[no-any-return]
    if isinstance(value, Decimal | float):
        return float(value) if math.isfinite(value) else str(value)
    return str(value)
