"""How sure all this is: audit, verification, what is exceeded at a price, and how the search ended."""

from portfolioopt.report.content import Block, Item, Listing, Paragraph, Section, Tone
from portfolioopt.report.run import Run
from portfolioopt.result import Result, beyond
from portfolioopt.result.figures import decimals_for, figure, percent, seconds
from portfolioopt.result.lookup import Lookup


def checks(run: Run, lookup: Lookup) -> Section:
    """The same facts with which the terminal report ends."""
    result = run.result
    kind = "hard limit" if any(use.price is not None for use in lookup.audit.limits) else "limit"
    audited = (
        f"Audited: replayed from the instance alone in exact numbers, the plan keeps every {kind} to the last digit."
    )
    items = [Item(audited), Item(result.verification.said, tone="" if result.verified else "warn")]
    exceeded = tuple(Item(said) for said in beyond.exceeded(lookup))
    if exceeded:
        said = f"Soft limits are exceeded, for {figure(lookup.audit.penalties, 1)} expected (not part of NPV):"
        items.append(Item(said, exceeded, "warn"))
    items.append(Item(f"Stopped: {result.stop_reason}, after {seconds(result.seconds)}."))
    blocks: list[Block] = [Paragraph(*proof(result)), Listing(tuple(items))]
    return Section("checks", "How sure this is", tuple(blocks))


def proof(result: Result) -> tuple[str, Tone]:
    """How good the plan is known to be, and whether it was checked."""
    bound, gap = result.bound, percent(result.gap or 0, 2)
    better = "" if bound is None else f"no plan can be worth more than {figure(bound, decimals_for([bound]))}"
    if result.status == "optimal":
        said = f"Optimal: {better} (gap {gap})." if better else "Optimal."
        checked = "audited and verified" if result.verified else "audited, not verified"
    else:
        said = f"Not proven optimal, stopped by: {result.stop_reason}; "
        said += f"{better}, {gap} above this one." if better else "no bound is known."
        checked = "audited, not contradicted" if result.verified else "audited, not verified"
    sure = result.status == "optimal" and result.verified
    return f"{said} {checked.capitalize()}.", "good" if sure else "warn"
