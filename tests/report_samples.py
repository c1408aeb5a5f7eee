"""Run folders for the tests of reports: small, hostile, large, without a plan; and pages as a reader has them."""

import csv
import html.parser
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

import portfolioopt
from portfolioopt.audit import audit
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.writing import plain
from portfolioopt.plan import TODAY, Decision, Hiring, Plan
from portfolioopt.report.pdf import find_browser
from portfolioopt.result import Result, make_result
from portfolioopt.result.exhibit import (
    CoreDecision,
    CoreIndex,
    Exhibit,
    Frontier,
    FrontierPoint,
    PlainTable,
    Reason,
    Tornado,
    TornadoBar,
    WalkAway,
    WalkAwayPrice,
    WhyNot,
)
from portfolioopt.runs import write_exhibit, write_run
from result_samples import BEST, INSTANCES, big_case, infeasible, soft_case, solved, two_deals

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "]]>--><b>&amp;\"'`${7*7}{{7*7}}{% raw %}",
    "javascript:alert(1) url(http://example.invalid/x) \u202eright to left",
    "datum['x'] \\\" + (function(){document.title='owned'})() //|p0|",
    "A name that goes on and on and on without a word of use to anybody who has to read it on a small screen, on and",
)


def two_deals_run(folder: Path) -> Path:
    """The smallest shipped instance with the plan that its file solves by hand."""
    return write_run(solved(), two_deals(), Model(name="expected_npv"), folder)


def other_run(folder: Path) -> Path:
    """Two deals again: dearer, later, and with nothing decided in a review."""
    instance = portfolioopt.read_instance(INSTANCES / "two_deals", ["capital.recycle=0", "discount_rate=0.12"])
    plan = Plan.of(decision for decision in BEST.decisions if decision.year < 2028)
    model = Model(name="expected_npv")
    return write_run(solved(instance, model, plan, verified=False), instance, model, folder)


def soft_run(folder: Path) -> Path:
    """Soft limits exceeded, engineers hired, a measure of risk."""
    instance, model, plan = soft_case()
    return write_run(solved(instance, model, plan), instance, model, folder)


def five_deals_run(folder: Path) -> Path:
    """A real solve with every kind of chart."""
    instance = portfolioopt.read_instance(INSTANCES / "five_deals")
    return write_run(portfolioopt.solve(instance, verify=False), instance, Model(name="expected_value"), folder)


def automaker_run(folder: Path) -> Path:
    """The largest shipped instance with a plan that a search of less than a minute found."""
    instance, model = portfolioopt.read_instance(INSTANCES / "automaker_2026"), Model(name="expected_value")
    with (Path(__file__).parent / "data" / "automaker_plan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    plan = Plan.of(
        (Decision(row["scenario"], int(row["year"]), row["what"], row["does"], row["kind"])
         for row in rows if row["kind"] != "hire"),
        (Hiring(row["scenario"], int(row["year"]), row["what"], Decimal(row["does"]))
         for row in rows if row["kind"] == "hire"),
    )  # fmt: skip
    result = make_result(
        instance, model, status="feasible", stop_reason="time limit", plan=plan, audit=audit(instance, model, plan),
        do_nothing=audit(instance, model, TODAY), bound=12936.6,
    )  # fmt: skip
    return write_run(result, instance, model, folder)


def infeasible_run(folder: Path, **changes) -> Path:
    return write_run(infeasible(**changes), two_deals(), Model(), folder)


def idle_run(folder: Path) -> Path:
    """Nothing is decided, and doing nothing is the plan."""
    return write_run(solved(plan=TODAY, status="feasible", bound=None), two_deals(), Model(), folder)


def hostile_run(folder: Path) -> Path:
    """Names that would like to be markup, script or an expression, in all places that take any text."""
    document = plain(two_deals())
    document["name"], document["currency"] = HOSTILE[0], HOSTILE[1]
    document["partnerships"][0] |= {"name": HOSTILE[2], "partners": [HOSTILE[3]]}
    document["partnerships"][1] |= {"name": HOSTILE[4], "partners": [HOSTILE[0]]}
    document["scenarios"][0]["name"], document["scenarios"][1]["name"] = HOSTILE[5], HOSTILE[0]
    rule = {"id": "promise", "partnership": "cell_plant", "states": ["owned", "supply"], "must": "always",
            "reason": HOSTILE[2], "owner": HOSTILE[1]}  # fmt: skip
    document["rules"] = [rule]
    instance = Instance.model_validate(document)
    names = {"high": HOSTILE[5], "slow": HOSTILE[0]}
    plan = Plan.of(
        Decision(names[one.scenario], one.year, one.partnership, one.action, one.kind) for one in BEST.decisions
    )
    model = Model(name=HOSTILE[0])
    result = solved(instance, model, plan, stop_reason=HOSTILE[1])
    run = write_run(result, instance, model, folder)
    write_exhibit(run, "table", Exhibit(HOSTILE[0], HOSTILE[1:4], result.input_hash, PlainTable(HOSTILE[:2], ())))
    return run


def lone_run(folder: Path) -> Path:
    """One scenario, one year, no limit at all, no domain, no readiness."""
    document = {
        "format": "portfolioopt-instance/1",
        "name": "lone",
        "horizon": {"first_year": 2026, "years": 1},
        "discount_rate": 0,
        "partnerships": [
            {
                "id": "only",
                "states": {"on": {"benefit": Decimal("0.004")}},
                "actions": [{"id": "go", "kind": "form", "from": "none", "to": "on"}],
            }
        ],
    }
    instance, model = Instance.model_validate(document), Model()
    plan = Plan.of([Decision("base", 2026, "only", "go", "form")])
    result = make_result(
        instance, model, status="optimal", stop_reason="gap reached", plan=plan, audit=audit(instance, model, plan),
        bound=0.004,
    )  # fmt: skip
    return write_run(result, instance, model, folder)


def big_run(folder: Path) -> Path:
    """Forty partnerships with long names, 24 scenarios, 18 years, forty skills."""
    instance, plan = big_case()
    model = Model()
    result = make_result(
        instance, model, status="feasible", stop_reason="interrupted", plan=plan, audit=audit(instance, model, plan)
    )
    return write_run(result, instance, model, folder)


def huge_case(partnerships: int = 2000) -> tuple[Instance, Plan]:
    """Two thousand partnerships, each formed in one of twelve years."""
    document = {
        "format": "portfolioopt-instance/1",
        "name": "huge",
        "horizon": {"first_year": 2026, "years": 12},
        "discount_rate": Decimal("0.08"),
        "skills": {"engineer": {"capacity": partnerships}},
        "partnerships": [
            {
                "id": f"p{number}",
                "domain": ("platforms", "software")[number % 2],
                "states": {"full": {"benefit": 1 + number, "capital": [5, 0], "effort": {"engineer": 1}}},
                "actions": [{"id": "form", "kind": "form", "from": "none", "to": "full"}],
            }
            for number in range(partnerships)
        ],
    }
    plan = Plan.of(Decision("base", 2026 + number % 12, f"p{number}", "form", "form") for number in range(partnerships))
    return Instance.model_validate(document), plan


def huge_run(folder: Path) -> Path:
    instance, plan = huge_case()
    model = Model()
    result = make_result(
        instance, model, status="feasible", stop_reason="time limit", plan=plan, audit=audit(instance, model, plan)
    )
    return write_run(result, instance, model, folder)


def exhibits(input_hash: str) -> dict[str, Exhibit]:
    """One of every kind, with what is hardest to draw."""
    kinds = {
        "frontier": Frontier(
            "mean of the worst tenth",
            "expected NPV",
            (
                FrontierPoint("most cautious", -20.0, 51.85, 52.0, ""),
                FrontierPoint("this plan", 45.6, 102.66, None, "plan"),
                FrontierPoint("doing nothing", 0.0, 0.0, None, "today"),
            ),
        ),
        "tornado": Tornado(
            "expected NPV",
            102.66,
            (
                TornadoBar("capital.budget", "x0.9", "x1.1", 40.5, 110.0, True, False),
                TornadoBar("discount_rate", "0.08", "0.12", 120.25, 88.0, False, False),
                TornadoBar("nothing at all", "low", "high", 102.66, 102.66, False, False),
            ),
        ),
        "core_index": CoreIndex(
            20,
            (
                CoreDecision("cell_plant", "sign", 2026, 1.0, "core"),
                CoreDecision("stack", "go_full", 2028, 0.35, "borderline"),
                CoreDecision("gone", "sign", None, 0.0, "out"),
            ),
        ),
        "walk_away": WalkAway(
            (
                WalkAwayPrice("cell_plant", 50.31, 51.31, "The stack cannot be full without it."),
                WalkAwayPrice("stack", 3.25, None, "More was not proven."),
                WalkAwayPrice("idle", 0.0, 0.0, "lacks 3.0 to be signed in every scenario"),
                WalkAwayPrice("gone", None, None, ""),
            )
        ),
        "why_not": WhyNot(
            (
                Reason("stack", "out", 12.5, 12.5, ("capital", "software_engineer"), "Its engineers are bound."),
                Reason("cell_plant", "in", None, None, (), ""),
            )
        ),
        "Any table/of mine": PlainTable(("name", "value"), (("a", 1.5), ("b", None), ("c", 3))),
    }
    return {
        name: Exhibit(f"What {name} says", (f"About {name}.",), input_hash, content) for name, content in kinds.items()
    }


@dataclass
class ReadTable:
    """A table of a page as text."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)


class Reader(html.parser.HTMLParser):
    """Reads a page: its tables, its text, its headings, and every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[ReadTable] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self.text = ""
        self.feed(text)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "input", "img", "br"):
            self._open.append(tag)
        if tag == "table":
            self.tables.append(ReadTable())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            self.tables[-1].rows[-1].append("")
        elif tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self._open or "script" in self._open:
            return
        self.text += data
        if "caption" in self._open:
            self.tables[-1].caption += data
        elif self._open and ("th" in self._open or "td" in self._open):
            self.tables[-1].rows[-1][-1] += data
        elif self._open and self._open[-1] in ("h1", "h2", "h3"):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def table(self, caption: str) -> ReadTable:
        """The table whose caption begins so."""
        return next(table for table in self.tables if table.caption.startswith(caption))

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


def number(text: str) -> float:
    """A figure of a page as a number."""
    return float(text.replace(",", "").replace("%", ""))


def read_result(run: Path) -> Result:
    return Result.from_json((run / "result.json").read_text(encoding="utf-8"))


def browser_here() -> str:
    """The browser to look at pages with; where there is none, tests are skipped, but never unseen by CI."""
    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium, Chrome or Edge is installed")
    return path
