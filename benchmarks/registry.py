"""What is measured on every case: phase × engine, in the order in which they run; what others are measured against
comes first."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.answers import Answer
from benchmarks.cases import PRICE_DEALS, SWEEP, Case
from benchmarks.engines import cp_sat, highs, linopy_rows, ours, scip, sweeps
from benchmarks.stage import Limits, Stage

OURS, HIGHS, FLOOR, LINOPY, CP_SAT, SCIP = "portfolioopt", "HiGHS", "numpy to HiGHS", "linopy", "CP-SAT", "SCIP"
Do = Callable[[Stage, Limits], Answer]


@dataclass(frozen=True)
class Work:
    """A phase done by an engine."""

    phase: str
    engine: str
    do: Do
    against: str = ""
    """the engine of the same phase that its seconds are divided by"""
    needs: str = ""
    """module of an optional peer"""
    whole: bool = False
    """takes the whole matrix"""
    only: tuple[str, ...] = ()
    """names of the cases it is for; empty for all"""
    except_for: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.phase, self.engine

    @property
    def installed(self) -> bool:
        return not self.needs or importlib.util.find_spec(self.needs) is not None

    def is_for(self, case: Case) -> bool:
        """Whether it is meant for a case at all."""
        if case.phases and self.phase not in case.phases:
            return False
        return case.name not in self.except_for and (not self.only or case.name in self.only)


COMMAND = ("two_deals",)
DEALS = ("automaker_2026_deals",)
SCRATCH = "each from scratch"
SWEPT = ("automaker_2026_sweep",)
COMMANDS, ALONE = "loop of commands", "one process"
AGAIN = ("automaker_2026_budget", "automaker_2026_budget_up")
WORKS: tuple[Work, ...] = (
    Work("read", "json.loads", ours.read_json),
    Work("read", OURS, ours.read, "json.loads"),
    Work("validate", OURS, ours.validate),
    Work("networks", OURS, ours.networks),
    Work("formulation", OURS, ours.formulation),
    Work("hand-over", FLOOR, highs.hand_over, whole=True),
    Work("hand-over", OURS, ours.hand_over, FLOOR, whole=True),
    Work("hand-over", LINOPY, linopy_rows.hand_over, FLOOR, needs="linopy", whole=True),
    Work("relaxation", HIGHS, highs.relaxation, whole=True),
    Work("solve", HIGHS, highs.solve, whole=True),
    Work("solve", OURS, ours.solve_cold, HIGHS),
    Work("solve", SCIP, scip.solve, HIGHS, needs="pyscipopt", whole=True),
    Work("solve", CP_SAT, cp_sat.solve, HIGHS, needs="ortools", whole=True),
    Work("solve after a change", OURS, ours.solve_again, only=AGAIN),
    Work(PRICE_DEALS, SCRATCH, ours.price_each_deal, only=DEALS),
    Work(PRICE_DEALS, OURS, ours.price_deals, SCRATCH, only=DEALS),
    Work(SWEEP, COMMANDS, sweeps.loop_of_commands, only=SWEPT),
    Work(SWEEP, ALONE, sweeps.one_process, COMMANDS, only=SWEPT),
    Work(SWEEP, OURS, sweeps.two_processes, COMMANDS, only=SWEPT),
    Work("command --help", OURS, ours.command_help, only=COMMAND),
    Work("command solve", OURS, ours.command_solve, only=COMMAND),
)
PREPARE = Work("prepare", OURS, ours.prepare)
WRITE_MPS = Work("write", "MPS", highs.write_mps, whole=True)
PHASES = tuple(dict.fromkeys(work.phase for work in WORKS))
ENGINES = tuple(dict.fromkeys(work.engine for work in WORKS))
