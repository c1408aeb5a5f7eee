"""The report of one run, section by section in reading order."""

from portfolioopt.report.branches import branching_of
from portfolioopt.report.content import Page, Paragraph, Section
from portfolioopt.report.run import Run
from portfolioopt.report.sections.answers import answers
from portfolioopt.report.sections.capital import capital
from portfolioopt.report.sections.changes import changes
from portfolioopt.report.sections.checks import checks, proof
from portfolioopt.report.sections.decisions import decisions
from portfolioopt.report.sections.exhibits import exhibits
from portfolioopt.report.sections.limits import attention, exposures, requirements, skills
from portfolioopt.report.sections.no_plan import no_plan_answers, no_plan_sections
from portfolioopt.report.sections.partnerships import partnerships
from portfolioopt.report.sections.roadmap import roadmaps
from portfolioopt.report.sections.scenarios import scenarios
from portfolioopt.report.sections.tree import tree
from portfolioopt.report.sections.worth import worth
from portfolioopt.result.lookup import Lookup


def single_page(run: Run) -> Page:
    """What one run has to say."""
    outline = run.result.outline
    lookup = run.lookup
    model = "default model" if outline.model == "unnamed" else f"model {outline.model}"
    subtitle = f"{model}, {outline.first_year} to {outline.calendar[-1]}, figures in {outline.currency}"
    if lookup is None:
        infeasible = run.result.status == "infeasible"
        said = "No plan satisfies all limits." if infeasible else "No plan was found."
        return Page(
            outline.instance,
            subtitle,
            Paragraph(said, "bad" if infeasible else "warn"),
            no_plan_answers(run),
            (*no_plan_sections(run), *exhibits(run)),
            source=source(run),
        )
    domains = dict.fromkeys(each.domain for each in outline.partnerships if each.domain)
    return Page(
        outline.instance,
        subtitle,
        Paragraph(*proof(run.result)),
        answers(run, lookup),
        _sections(run, lookup),
        tuple(domains) if len(domains) > 1 else (),
        source(run),
    )


def _sections(run: Run, lookup: Lookup) -> tuple[Section, ...]:
    branching = branching_of(lookup)
    found = [
        roadmaps(run, lookup, branching),
        tree(run, lookup, branching),
        decisions(run, lookup),
        capital(lookup),
        skills(run, lookup),
        exposures(run, lookup),
        requirements(run, lookup),
        attention(run, lookup),
        scenarios(lookup),
        worth(lookup),
        partnerships(run, lookup),
        changes(run, lookup),
        *exhibits(run),
        checks(run, lookup),
    ]
    return tuple(section for section in found if section is not None)


def source(run: Run) -> tuple[str, ...]:
    """Where the figures come from."""
    result = run.result
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    lines = [
        f"Every figure of the plan is the audit's: the plan replayed from the instance alone in exact numbers. "
        f"Run of {run.created}, input {result.input_hash[:12]}, made with {versions}."
    ]
    if run.studies:
        lines.append(f"Beside the plan, from studies of the same input: {'; '.join(run.studies)}.")
    if run.doubt:
        lines.append(f"Readiness, capital by partnership and who uses what are not told: {run.doubt}.")
    return tuple(lines)
