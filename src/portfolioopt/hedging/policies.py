"""Plans that agree wherever scenarios cannot be told apart, made from what the hub's scenarios would each like to do.

Stage by stage one scenario of every node leads: what it decides is decided for all of the node. Where it has already
been overruled on the way, it is solved again from what has been decided, drawn towards what most of the node wants.
Below the last stage every scenario decides for itself. A scenario that finds no way on from there leads next time, as
the tightest budget must. What comes out is audited before it counts.
"""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from mpisppy.MPI import SUM

from portfolioopt.hedging.board import Board
from portfolioopt.hedging.stages import Node
from portfolioopt.hedging.subproblem import Subproblem
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import Plan
from portfolioopt.solution.decisions import plan_of
from portfolioopt.solution.highs import run
from portfolioopt.solution.judgement import Candidate
from portfolioopt.solution.program import revalued

ATTEMPTS = 6
"""Plans tried from one word of the hub's."""
FINE = 1e-3
"""Gap of a scenario's run at first."""
BETTER = 1e-9
"""Relative: by how much less than this a plan need not be audited."""

Fixed = dict[str, Floats]
"""By node, what is decided."""


class Policies:
    """The search for plans of one process; all processes of its group go through the same steps."""

    def __init__(self, opt: Any, board: Board) -> None:
        self._opt, self._board, self._stages = opt, board, board.stages
        self._place = {name: number for number, name in enumerate(opt.all_scenario_names)}
        self._subs: dict[int, Subproblem] = {
            self._place[name]: scenario.subproblem for name, scenario in opt.local_scenarios.items()
        }
        self._local = [
            node for node in self._stages.nodes if any(position in self._subs for position in node.scenarios)
        ]
        self._wanted: dict[int, Fixed] = {}
        self._mean: Fixed = {}
        self._broke: Counter[int] = Counter()
        self._attempt = ATTEMPTS
        self._seen: set[bytes] = set()
        self._settings = board.run_settings(-np.inf, np.inf, FINE)

    def offer_known(self) -> float | bool:
        """Audits the plans that there were before."""
        found: list[float] = []
        if self._opt.cylinder_rank == 0:
            found = [value for name, plan in self._board.known if (value := self._offer(plan, name)) is not None]
        found = self._opt.mpicomm.bcast(found, root=0)
        return max(found) if found else True

    def finer(self, value: float, bound: float) -> None:
        """Takes how far apart value and bound are now."""
        self._settings = self._board.run_settings(value, bound, FINE)

    def hear(self, values: Floats) -> None:
        """Takes what every scenario of the hub would do: the variables of all nodes, scenario after scenario."""
        start = 0
        for position in self._subs:
            self._wanted[position] = {}
            for node in self._stages.path[position]:
                width = len(self._board.columns[node.name])
                self._wanted[position][node.name] = np.round(values[start : start + width])
                start += width + self._board.levels[node.name]
        for node in self._local:
            here = np.zeros(len(self._board.columns[node.name]))
            for position in node.scenarios:
                if position in self._subs:
                    here += self._stages.probability[position] * self._wanted[position][node.name]
            total = np.zeros_like(here)
            self._opt.comms[node.name].Allreduce(here, total, op=SUM)
            self._mean[node.name] = total / sum(self._stages.probability[position] for position in node.scenarios)
        self._attempt = 0

    def next(self) -> float | bool | None:
        """Makes one plan: its value if it is the best so far, True if not, None if there is nothing left to try."""
        if self._attempt >= ATTEMPTS or self._opt.allreduce_or(self._board.stop.due):
            return None
        attempt, self._attempt = self._attempt, self._attempt + 1
        fixed = self._decided(attempt)
        if fixed is None:
            return True
        print_of = b"".join(fixed[name].astype(np.int8).tobytes() for name in sorted(fixed))
        if self._opt.allreduce_or(print_of not in self._seen):
            self._seen.add(print_of)
            return self._completed(fixed)
        return True

    def _decided(self, attempt: int) -> Fixed | None:
        """What is decided at every node, the first stage first; None where a leader finds no way on."""
        fixed: Fixed = {}
        for stage in range(1, self._stages.count + 1):
            stuck = False
            for node in self._local:
                if node.stage != stage:
                    continue
                comm = self._opt.comms[node.name]
                leader = self._leader(node, attempt)
                root = self._opt.scenario_names_to_rank[node.name][self._opt.all_scenario_names[leader]]
                said = self._led(leader, node, fixed) if leader in self._subs else None
                said = comm.bcast(said, root=root)
                if said is None:
                    stuck = True
                    said = np.zeros(len(self._board.columns[node.name]))
                    self._broke[leader] += 1
                fixed[node.name] = said
            if self._opt.allreduce_or(stuck):
                return None
        return fixed

    def _leader(self, node: Node, attempt: int) -> int:
        """The scenario that decides for a node: the one that was stuck most often, then the likeliest, then others."""
        order = sorted(
            node.scenarios, key=lambda position: (-self._broke[position], -self._stages.probability[position], position)
        )
        return order[attempt // 2 % len(order)]

    def _led(self, leader: int, node: Node, fixed: Fixed) -> Floats | None:
        """What the leader decides at a node, after what has been decided above it."""
        wanted = self._wanted[leader]
        above = [upper.name for upper in self._stages.path[leader] if upper.stage < node.stage]
        if all(np.array_equal(wanted[name], fixed[name]) for name in above) and not self._broke[leader]:
            return wanted[node.name]
        x = self._solved(leader, {name: fixed[name] for name in above}, drawn=True)
        return None if x is None else np.round(x[self._board.columns[node.name]])

    def _solved(self, position: int, fixed: Fixed, *, drawn: bool) -> Floats | None:
        """A scenario's best way on from what is decided, drawn towards what its nodes want."""
        if self._board.stop.due:
            return None
        sub = self._subs[position]
        program = sub.program
        lower, upper = program.lower.copy(), program.upper.copy()
        worth = sub.apart.formulation.objective.copy()
        for node in self._stages.path[position]:
            columns = self._board.columns[node.name]
            if node.name in fixed:
                lower[columns] = upper[columns] = fixed[node.name]
            elif drawn:
                worth[columns] -= self._board.rho[node.name][: len(columns)] * (0.5 - self._mean[node.name])
        changed = replace(revalued(program, worth, program.constant), lower=lower, upper=upper)
        ended = run(changed, self._settings, self._board.stop.within(self._board.slice(len(self._subs))))
        return None if ended.x is None else changed.whole(ended.x)

    def _completed(self, fixed: Fixed) -> float | bool:
        """All scenarios to their ends from what is decided, and the audit of the plan that this makes."""
        parts: list[tuple[int, Plan]] = []
        stuck: list[int] = []
        worth = 0.0
        for position, sub in self._subs.items():
            own = {node.name: fixed[node.name] for node in self._stages.path[position]}
            x = self._solved(position, own, drawn=False)
            if x is None:
                stuck.append(position)
                continue
            formulation = sub.apart.formulation
            worth += self._stages.probability[position] * float(formulation.objective @ x + formulation.constant)
            parts.append((position, plan_of(formulation, x)))
        stuck = [position for some in self._opt.mpicomm.allgather(stuck) for position in some]
        self._broke.update(stuck)
        if stuck:
            return True
        worth = float(sum(self._opt.mpicomm.allgather(worth)))
        found: float | None = None
        gathered = self._opt.mpicomm.gather(parts, root=0)
        if self._opt.cylinder_rank == 0:
            best = self._board.best
            promising = best is None or self._board.measured or worth > best.value + BETTER * abs(best.value)
            if promising:
                plans = dict(part for some in gathered for part in some)
                found = self._offer(self._joined(plans), "progressive hedging")
        found = self._opt.mpicomm.bcast(found, root=0)
        return True if found is None else found

    def _joined(self, plans: dict[int, Plan]) -> Plan:
        """One plan of all scenarios: those that cannot be told apart do what the first of them does."""
        first_year = self._board.first_year
        decisions, hiring = [], []
        for position, name in enumerate(self._stages.scenarios):
            source = dict.fromkeys(range(self._board.years), position)
            for node in self._stages.path[position]:
                source |= dict.fromkeys(node.years, node.scenarios[0])
            for year, other in source.items():
                plan = plans[other]
                decisions += [replace(one, scenario=name) for one in plan.decisions if one.year == first_year + year]
                hiring += [replace(one, scenario=name) for one in plan.hiring if one.year == first_year + year]
        return Plan.of(decisions, hiring)

    def _offer(self, plan: Plan, found_by: str) -> float | None:
        """The value of a plan if the audit passes it and it is the best so far."""
        board = self._board
        verdict = board.judge(plan)
        board.tried += 1
        if not verdict.ok:
            board.refused += 1
            return None
        if board.best is not None and verdict.objective <= Fraction(board.best.objective):
            return None
        board.best = Candidate(plan, verdict.objective, found_by)
        return board.best.value
