"""Decisions and findings in words, the same wherever a result is read."""

from portfolioopt.audit.findings import Audit
from portfolioopt.plan import Decision
from portfolioopt.result.figures import years_text
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.outline import Outline
from portfolioopt.result.wording import some


def sentence(decision: Decision, outline: Outline, *, brief: bool = False) -> str:
    """Form Volta cell joint venture (cell_jv, form): lead 2026, full from 2027; `brief` without the ids."""
    title = outline.partnership(decision.partnership).title
    ids = "" if brief else f" ({decision.partnership}, {decision.action})"
    return f"{decision.kind.capitalize()} {title}{ids}: {', '.join(steps(decision, outline))}"


def clause(decision: Decision, outline: Outline) -> str:
    """2028 expand Volta cell joint venture: full; the action's name only where its kind could mean another."""
    partnership = outline.partnership(decision.partnership)
    own = partnership.action(decision.action)
    alike = [action for action in partnership.actions if (action.kind, action.to) == (own.kind, own.to)]
    name = f" ({own.id})" if len(alike) > 1 else ""
    told = steps(decision, outline) if own.delay else [own.to]
    said = "" if told == ["exited"] else f": {', '.join(told)}"
    return f"{decision.year} {decision.kind} {partnership.title}{name}{said}"


def steps(decision: Decision, outline: Outline) -> list[str]:
    """Notice years, lead years, and the state with the year from which it holds."""
    action = outline.partnership(decision.partnership).action(decision.action)
    lead, effect = decision.year + action.notice_years, decision.year + action.delay
    told = [f"notice {years_text(range(decision.year, lead))}"] if action.notice_years else []
    if action.lead_years:
        told.append(f"lead {years_text(range(lead, effect))}")
    return [*told, f"{action.to} from {effect}"]


def broken(audit: Audit) -> str:
    """What an audit finds broken, and when: capital in 2027, cells in 2029-2031."""
    years: dict[str, set[int]] = {}
    for finding in audit.findings:
        years.setdefault(finding.id, set()).add(finding.year)
    return some(f"{name} in {years_text(own)}" for name, own in years.items())


def nothing_changes(lookup: Lookup) -> str:
    """A plan without decisions, said in so many words: is today's portfolio the best, or was no better one found?"""
    what = "The plan changes no partnership, it only hires" if lookup.plan.hiring else "The plan is to change nothing"
    optimal = lookup.result.status == "optimal"
    return f"{what}: {'no change makes it better' if optimal else 'no better plan was found yet'}."


def way_on(stop_reason: str) -> str:
    """What lets a search that was stopped get further."""
    if stop_reason == "interrupted":
        return "let it run to its end"
    return "allow it more work (--work-limit)" if stop_reason == "work limit" else "give it more time (--time-limit)"
