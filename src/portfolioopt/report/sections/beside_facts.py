"""Several runs: which they are, how each ended, and what they were asked differently."""

from collections.abc import Sequence

from portfolioopt.report.content import Block, Cell, Paragraph, Section, Table
from portfolioopt.report.differences import differences
from portfolioopt.report.run import Run
from portfolioopt.result.figures import decimals_for, figure, percent

MOST = 60
"""Keys that are listed."""


def the_runs(names: Sequence[str], runs: Sequence[Run]) -> Section:
    """A line for each run."""
    results = [run.result for run in runs]
    decimals = decimals_for(
        value for one in results for value in (one.expected_npv, one.objective) if value is not None
    )
    rows = []
    for name, run, result in zip(names, runs, results, strict=True):
        today = result.do_nothing
        rows.append(
            (
                name,
                result.instance_name,
                result.model_name,
                Cell(result.status, "" if result.status == "optimal" else "warn"),
                "-" if result.gap is None else percent(result.gap, 2),
                "-" if result.expected_npv is None else figure(result.expected_npv, decimals),
                "-" if result.objective is None else figure(result.objective, decimals),
                "-" if today is None else figure(today.expected_npv, decimals),
                "yes" if result.verified else "no",
                run.created[:10],
            )
        )
    columns = (
        "run",
        "instance",
        "model",
        "status",
        "gap",
        "expected NPV",
        "objective",
        "doing nothing",
        "verified",
        "made",
    )
    return Section("runs", "The runs", (Table("The runs compared", columns, tuple(rows), names=4),))


def asked_differently(names: Sequence[str], runs: Sequence[Run]) -> Section:
    """Facts and choices that are not the same in all."""
    blocks: list[Block] = []
    facts = [run.instance for run in runs if run.instance is not None]
    choices = [run.model for run in runs if run.model is not None]
    without = [name for name, run in zip(names, runs, strict=True) if run.instance is None or run.model is None]
    if without:
        blocks.append(
            Paragraph(f"Facts or choices cannot be read, so they are not compared: {', '.join(without)}.", "warn")
        )
    else:
        for word, found in (("Facts", differences(facts)), ("Choices", differences(choices))):
            found = [(key, values) for key, values in found if key != "description"]
            if not found:
                blocks.append(Paragraph(f"{word}: the same in all."))
                continue
            note = f"Shown {MOST} of {len(found)}." if len(found) > MOST else ""
            rows = tuple((key, *values) for key, values in found[:MOST])
            caption = f"{word} that differ: {len(found)}"
            blocks.append(Table(caption, ("key", *names), rows, note=note, words=True))
    return Section("asked", "What was asked differently", tuple(blocks))
