"""The command line: list, run, pictures, page."""

import argparse
import signal
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import benchmarks
from benchmarks import records
from benchmarks.cases import Case, cases
from benchmarks.measure import Plan, measure_cases
from benchmarks.records import RESULTS, Record
from benchmarks.registry import ENGINES, PHASES, WORKS

DOCS = Path(__file__).parents[1] / "docs"


def main(arguments: Sequence[str]) -> None:
    """Does what the first word says; asked to end, it ends the engine at work too."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit("ended"))
    asked.do(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=benchmarks.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="the cases, phases and engines").set_defaults(do=_list)

    run = commands.add_parser("run", help="measure, and append to the results")
    run.add_argument("case", nargs="+", help="names, or patterns such as 'logos_*'")
    run.add_argument("--phase", action="append", choices=PHASES, help="only this one; may repeat")
    run.add_argument("--engine", action="append", choices=ENGINES, help="only this one; may repeat")
    run.add_argument("--seed", type=int, default=1, help="of the made instances and of the engines (default 1)")
    run.add_argument("--time-limit", type=float, help="seconds of a solve (default: the case's own)")
    run.add_argument("--data", type=Path, help="folder with test sets that do not come with the project")
    run.add_argument("--no-audit", action="store_true", help="take the plans of peers at their word")
    run.add_argument("--tiny", action="store_true", help="at the size of the tests, to try the machinery")
    run.add_argument("--results", type=Path, default=RESULTS, help="file of JSON lines to append to")
    run.set_defaults(do=_run)

    pictures = commands.add_parser("pictures", help="gap against time, a picture for each case measured")
    pictures.add_argument("--results", type=Path, default=RESULTS)
    pictures.add_argument("--out", type=Path, default=DOCS / "speed", help="folder (default docs/speed)")
    pictures.add_argument("--png", action="store_true", help="PNG beside SVG")
    pictures.set_defaults(do=_pictures)

    page = commands.add_parser("page", help="docs/speed.md from the results")
    page.add_argument("--results", type=Path, default=RESULTS)
    page.add_argument("--out", type=Path, default=DOCS / "speed.md")
    page.set_defaults(do=_page)
    return parser


def _list(_asked: argparse.Namespace) -> None:
    for case in cases().values():
        print(f"{case.name:28} {case.about}")
    print()
    for work in WORKS:
        missing = "" if work.installed else f"   ({work.needs} is not installed)"
        print(f"{work.phase:28} {work.engine}{missing}")


def _run(asked: argparse.Namespace) -> None:
    chosen = _chosen(asked.case, cases(asked.data))
    works = tuple(
        work
        for work in WORKS
        if (not asked.phase or work.phase in asked.phase) and (not asked.engine or work.engine in asked.engine)
    )
    plan = Plan(works, asked.seed, asked.time_limit, asked.data, not asked.no_audit, asked.tiny)
    print(
        f"{'case':26} {'phase':20} {'engine':15} {'s':>9} {'CPU s':>9} {'MB':>8} {'value':>14} {'bound':>14} {'gap':>9}"
    )
    for record in measure_cases(chosen, plan):
        records.append([record], asked.results)  # at once, so that an interrupt loses none
        print(line(record), flush=True)


def _chosen(patterns: Sequence[str], known: dict[str, Case]) -> list[Case]:
    chosen: dict[str, Case] = {}
    for pattern in patterns:
        found = {name: case for name, case in known.items() if fnmatch(name, pattern)}
        if not found:
            sys.exit(f"there is no case {pattern}; python -m benchmarks list shows them")
        chosen |= found
    return list(chosen.values())


def line(record: Record) -> str:
    """A record for the eye."""
    start = f"{record.case:26} {record.phase:20} {record.engine:15}"
    if record.outcome != "measured":
        return f"{start} {record.outcome}: {record.ended}"
    figures = f"{record.seconds:9.3f} {record.cpu_seconds:9.3f} {_figure(record.peak_memory_mb, ',.0f'):>8}"
    found = f"{_figure(record.value, ',.2f'):>14} {_figure(record.bound, ',.2f'):>14} {_figure(record.gap, '.3%'):>9}"
    refused = "  refused by the audit" if record.audited is False else ""
    return f"{start} {figures} {found}  {record.ended}{refused}".rstrip()


def _figure(amount: float | None, form: str) -> str:
    return "" if amount is None else format(amount, form)


def _pictures(asked: argparse.Namespace) -> None:
    from benchmarks.pictures import draw_all

    for path in draw_all(_of_full_size(asked.results), asked.out, png=asked.png):
        print(path)


def _of_full_size(path: Path) -> list[Record]:
    return [record for record in records.read(path) if not record.tiny]


def _page(asked: argparse.Namespace) -> None:
    from benchmarks.page import page

    asked.out.write_text(page(_of_full_size(asked.results), cases(), asked.out.parent), encoding="utf-8")
    print(asked.out)


if __name__ == "__main__":
    main(sys.argv[1:])
