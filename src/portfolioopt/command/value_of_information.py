"""`portfolioopt value-of-information`: what knowing more, and being able to react, is worth."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from portfolioopt.command.exits import INFEASIBLE, NO_PLAN, OK
from portfolioopt.command.study import (
    TIME_LIMIT,
    AsJson,
    Gap,
    InstancePath,
    ModelName,
    NoVerify,
    Out,
    Quiet,
    Seed,
    Settings,
    SolveLimit,
    Threads,
    TimeLimit,
    means,
    no_plan_words,
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.value_of_information import MeanPlan, ValueOfInformation


def value_of_information_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    time_limit: TimeLimit = TIME_LIMIT,
    solve_limit: SolveLimit = None,
    gap: Gap = None,
    threads: Threads = None,
    seed: Seed = None,
    no_verify: NoVerify = False,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What knowing the drivers, and being able to react, is worth; regret by scenario.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.value_of_information import value_of_information

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: value_of_information(facts, choices, asked, watch=watch),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "ValueOfInformation", _console: "Console") -> "Iterable[RenderableType]":
    """The values from the best informed plan down, what the steps between them are worth, and regret by scenario."""
    from rich.text import Text

    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure, percent

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    if not answer.regrets:
        yield paragraph("Nothing is uncertain here: no driver tells the scenarios apart.")
        return
    risky = bool(answer.risk)
    decimals = decimals_for(finite(answer.policy, answer.wait_and_see))
    scale = max(map(abs, finite(answer.policy, answer.wait_and_see)), default=0.0)

    yield heading("What plans are worth that", f"objective: {answer.risk}" if risky else "expected NPV")
    table = columns("", "value", "against policy")
    values = [("know every driver", answer.wait_and_see)]
    values += [(f"know {known.driver}", known.value) for known in answer.drivers]
    values.append(("policy: see and react", answer.policy))
    values.append(("decide the same in every scenario", answer.fixed))
    if answer.mean is not None and answer.mean.status not in ("infeasible", "no_plan"):
        values.append(("for mean levels, then react", answer.mean.reacting))
        values.append(("for mean levels, to the end", answer.mean.followed))
    for name, value in values:
        less = "" if value is answer.policy else span(value - answer.policy, decimals, signed=True, scale=scale)
        style = "bold" if value is answer.policy else ""
        table.add_row(Text(name, style=style), Text(span(value, decimals), style=style), less)
    yield indented(table)

    yield heading("What that means")
    yield from _meaning(answer, decimals, scale)
    yield heading("Regret", "what hindsight would earn more in each scenario")
    table = columns("", "chance", "hindsight", "policy", "regret")
    for one in answer.regrets:
        table.add_row(
            one.scenario,
            percent(float(one.probability)),
            span(one.hindsight, decimals),
            figure(one.earned, decimals),
            span(one.regret, decimals, scale=scale),
        )
    yield indented(table)
    if not risky:
        yield paragraph("Weighed by chance, regret is what knowing every driver is worth.", style="dim")


def _meaning(answer: "ValueOfInformation", decimals: int, scale: float) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import bullet
    from portfolioopt.command.show.spans import span

    def worth(value: "object") -> str:
        return span(value, decimals, scale=scale)  # type: ignore[arg-type]

    yield bullet(f"Knowing every driver from the start is worth {worth(answer.perfect)}: the most to pay for it today.")
    for known in answer.drivers if len(answer.drivers) > 1 else ():
        yield bullet(f"Knowing {known.driver} alone is worth {worth(known.worth)}.")
    yield bullet(f"Being able to react at reviews is worth {worth(answer.flexibility)}.")
    if answer.mean is not None:
        yield bullet(_of_mean(answer, answer.mean, worth(answer.stochastic)))


def _of_mean(answer: "ValueOfInformation", mean: "MeanPlan", worth: str) -> str:
    if mean.status == "infeasible":
        return "At mean levels of the drivers no plan satisfies all limits, so planning for them cannot be compared."
    if mean.status == "no_plan":
        return "A plan for mean levels of the drivers was not found in time."
    if answer.stochastic.low == float("inf"):
        said = "cannot be mended: after them no reaction satisfies all limits in every scenario"
    else:
        said = f"costs {worth} (the value of the stochastic solution)"
    text = f"Deciding until {mean.last_year} as if mean levels were to come {said}."
    if mean.broken:
        text += f" Followed to its end, the plan for mean levels would break {'; '.join(mean.broken)}."
    return text
