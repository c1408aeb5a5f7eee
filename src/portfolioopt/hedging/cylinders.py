"""What the processes do, as classes of mpi-sppy: one group hedges, one proves bounds, one looks for plans.

The hub runs progressive hedging (Rockafellar and Wets 1991): it solves every scenario by itself at prices W that it
moves until they all decide alike. Any prices with Σ_w π_w·W_w = 0 at every node prove that no plan is worth more than

    Σ_w π_w·max (worth_w(x) − W_w·x)

which the second group computes (Gade et al. 2016). What the third does stands in `hedging.policies`.

To be imported through `ranks.mpi_sppy` alone, as importing mpi-sppy starts MPI.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from mpisppy.cylinders.hub import PHHub
from mpisppy.cylinders.lagrangian_bounder import LagrangianOuterBound
from mpisppy.cylinders.spoke import InnerBoundNonantSpoke
from mpisppy.cylinders.spwindow import Field
from mpisppy.MPI import SUM
from mpisppy.opt.ph import PH
from mpisppy.spopt import SPOpt

from portfolioopt.hedging.board import Board
from portfolioopt.hedging.descent import Descent
from portfolioopt.hedging.policies import Policies
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.highs import Settings

COARSE, FINE = 1e-2, 2e-3
"""Gaps of a scenario's run at first, where scenarios are to agree and where bounds are proven."""
DONE = 71
"""Tag of the message by which those who prove bounds say that they are at their end."""
IDLE = 0.02
"""Seconds between two looks at whether there is news."""


class ScenarioInfeasible(Exception):
    """Some scenario has no plan of its own, or none was found in time."""


class Hedging(PH):  # type: ignore[misc]
    """Progressive hedging that stops in order where a scenario has no solution."""

    def solve_loop(self, *arguments: Any, **named: Any) -> None:
        board, scenarios = board_of(self), self.local_scenarios.values()
        for scenario in scenarios:
            if scenario.subproblem.warm:
                scenario.subproblem.slice = board.slice(len(scenarios))
        super().solve_loop(*arguments, **named)

    def convergence_diff(self) -> float:
        """What has been cut off without a solution does not agree with anything."""
        cut_off = any(scenario.subproblem.last.x is None for scenario in self.local_scenarios.values())
        distance = float(super().convergence_diff())
        return max(distance, 1.0) if self.allreduce_or(cut_off) else distance

    def incumbent_prob(self) -> float:
        found = float(super().incumbent_prob())
        if found != self.E1:
            raise ScenarioInfeasible
        return found

    def _check_prox_solver_capability(self) -> None:
        """Nothing is quadratic: x² = x for decisions, and the level of risk has tangents."""


class Hub(PHHub):  # type: ignore[misc]
    """The group that hedges: tells how far all are, and stops at the deadline or when asked."""

    def main(self) -> None:
        self._refine()
        try:
            super().main()
            self._await()
        except ScenarioInfeasible:
            subs = [scenario.subproblem for scenario in self.opt.local_scenarios.values()]
            alone = [sub.apart.name for sub in subs if sub.last is not None and sub.last.ending == "infeasible"]
            board_of(self.opt).infeasible.extend(alone)

    def _await(self) -> None:
        """Once all scenarios agree, waits until the bound cannot be made better either."""
        if self.opt._PHIter >= self.opt.options["PHIterLimit"]:
            return
        done = False
        while not self.is_converged(screen_trace=False) and not self.opt.allreduce_or(done):
            time.sleep(IDLE)
            self.sync_bounds()
            while self.global_rank == 0 and self.fullcomm.Iprobe(tag=DONE):
                done = self.fullcomm.recv(tag=DONE) >= self.send_buffers[Field.DUALS].id()

    def is_converged(self, screen_trace: bool = True) -> bool:
        done = bool(super().is_converged(screen_trace=screen_trace))
        board = board_of(self.opt)
        board.iterations = int(self.opt._PHIter)
        board.bound = min(board.bound, self.BestOuterBound)
        self._refine()
        if board.progress is not None and self.global_rank == 0:
            board.progress("hedging", self.BestInnerBound, self.BestOuterBound)
        return bool(self.opt.allreduce_or(board.stop.due)) or done

    def _refine(self) -> None:
        settings = board_of(self.opt).run_settings(self.BestInnerBound, self.BestOuterBound, COARSE)
        for scenario in self.opt.local_scenarios.values():
            scenario.subproblem.settings = settings

    def hub_finalize(self) -> None:
        super().hub_finalize()
        board_of(self.opt).bound = self.BestOuterBound

    def finalize(self) -> None:
        """Nothing: what progressive hedging ends with is no plan."""
        self.opt.mpicomm.Barrier()


class Bounds(LagrangianOuterBound):  # type: ignore[misc]
    """The group that proves bounds at the prices of the hub, and at the end once more by other means."""

    def main(self, need_solution: bool = False) -> None:  # noqa: ARG002  (mpi-sppy's name)
        self.verbose = False
        self.lagrangian_prep()
        self.opt._PHIter = 1
        board = board_of(self.opt)
        self.descent = Descent(*self._scales(), lambda part: float(sum(self.opt.mpicomm.allgather(part))))
        told = 0
        while not self.got_kill_signal():
            if self.update_Ws():
                self._prove(np.array(self.localWs), own=False)
                continue
            self.update_hub_bounds()
            # what one process has heard of the best plan may be news to another
            target = self.opt.mpicomm.bcast(float(self.hub_inner_bound), root=0)
            due = self.opt.allreduce_or(board.stop.due)
            prices = None if due else self.descent.next(target)
            if prices is not None:
                self._prove(prices, own=True)
                continue
            heard = self._nonant_len_receive_buffer.id()
            if heard > told and self.cylinder_rank == 0:
                self.fullcomm.isend(heard, dest=0, tag=DONE)
            told = heard
            time.sleep(IDLE)
        # the last prices are often the best
        if self.update_Ws() and not self.opt.allreduce_or(board.stop.due):
            self._prove(np.array(self.localWs), own=False)

    def _scales(self) -> tuple[Floats, Floats]:
        """By price, in the order of mpi-sppy: the weight of hedging, and the probability of the scenario."""
        rho, scenarios = board_of(self.opt).rho, self.opt.local_scenarios.values()
        scales = [rho[node.name] for scenario in scenarios for node in scenario._mpisppy_node_list]
        chances = [
            np.full(len(scenario._mpisppy_data.nonant_indices), scenario._mpisppy_probability) for scenario in scenarios
        ]
        return np.concatenate(scales), np.concatenate(chances)

    def _prove(self, prices: Floats, *, own: bool) -> None:
        self.opt.W_from_flat_list(prices)
        self.update_hub_bounds()
        best = min(self.descent.best, self.hub_outer_bound)
        bound = self._proven(board_of(self.opt).run_settings(self.hub_inner_bound, best, FINE))
        if not math.isfinite(bound):
            return
        self.opt.Compute_Xbar()
        away = [
            variable.value - scenario._mpisppy_model.xbars[index].value
            for scenario in self.opt.local_scenarios.values()
            for index, variable in scenario._mpisppy_data.nonant_indices.items()
        ]
        self.descent.saw(prices, bound, np.array(away), own=own)
        self.send_bound(bound)

    def _proven(self, settings: Settings) -> float:
        """The bound at the prices that stand, by runs under these settings."""
        for scenario in self.opt.local_scenarios.values():
            scenario.subproblem.settings = settings
        bound = self.lagrangian(need_solution=False)
        rounding = sum(
            scenario._mpisppy_probability * scenario.subproblem.last.rounding
            for scenario in self.opt.local_scenarios.values()
        )
        return float(bound) + float(sum(self.opt.mpicomm.allgather(rounding))) + self._unbalanced()

    def _unbalanced(self) -> float:
        """What prices that do not quite cancel, by rounding, could hide."""
        total = 0.0
        sums: dict[str, Any] = {}
        for scenario in self.opt.local_scenarios.values():
            for node in scenario._mpisppy_node_list:
                here = sums.setdefault(node.name, np.zeros(len(node.nonant_vardata_list)))
                here += scenario._mpisppy_probability * np.array(
                    [scenario._mpisppy_model.W[node.name, place].value for place in range(len(here))]
                )
        for name in self.opt.all_nodenames:
            if name not in sums:
                continue
            summed = np.zeros_like(sums[name])
            self.opt.comms[name].Allreduce(sums[name], summed, op=SUM)
            if self.opt.comms[name].Get_rank() == 0:
                total += float(np.abs(summed) @ board_of(self.opt).reach[name])
        whole = np.zeros(1)
        self.opt.mpicomm.Allreduce(np.array([total]), whole, op=SUM)
        return float(whole[0])

    def finalize(self) -> float:
        """The best bound, proven again under other settings where there is time."""
        board = board_of(self.opt)
        best = board.proven = self.descent.best
        if board.second is not None and math.isfinite(best) and not self.opt.allreduce_or(board.last.due):
            began = time.perf_counter()
            self.opt.W_from_flat_list(self.descent.best_prices)
            for scenario in self.opt.local_scenarios.values():
                scenario.subproblem.stop, scenario.subproblem.warm = board.last, False
                scenario.subproblem.slice = math.inf
            again = self._proven(board.second)
            late = self.opt.allreduce_or(
                any(scenario.subproblem.last.ending != "optimal" for scenario in self.opt.local_scenarios.values())
            )
            worth = sum(
                scenario._mpisppy_probability * scenario.subproblem.last.value
                for scenario in self.opt.local_scenarios.values()
            )
            board.again = math.inf if late else again
            board.worth_again = float(sum(self.opt.mpicomm.allgather(worth)))
            board.seconds_again = time.perf_counter() - began
        return best


class Plans(InnerBoundNonantSpoke):  # type: ignore[misc]
    """The group that looks for plans. A plan counts only once it has been audited."""

    converger_spoke_char = "P"

    def main(self) -> None:
        self.opt._create_solvers(presolve=False)
        board = board_of(self.opt)
        policies = Policies(self.opt, board)
        self._tell(policies.offer_known())
        fresh = False
        while not self.got_kill_signal():
            fresh = self.update_nonants() or fresh
            if self._nonant_len_receive_buffer.id() == 0:
                time.sleep(IDLE)
                continue
            self.update_hub_bounds()
            policies.finer(float(self.hub_inner_bound), float(self.hub_outer_bound))
            if fresh:
                policies.hear(np.array(self.localnonants))
                fresh = False
            if not self._tell(policies.next()):
                time.sleep(IDLE)
        if self.update_nonants() and not self.opt.allreduce_or(board.stop.due):
            policies.hear(np.array(self.localnonants))
            self._tell(policies.next())

    def _tell(self, found: "float | bool | None") -> bool:
        """Sends the value of a better plan to the hub; says whether anything was tried."""
        if found is None:
            return False
        if found is not True and found is not False:
            self.best_inner_bound = found
            self.send_bound(found)
        return True

    def finalize(self) -> float:
        return float(self.best_inner_bound)


def board_of(opt: SPOpt) -> Board:
    """What this process keeps for the time after."""
    board: Board = opt.options["board"]
    return board


def cylinders(opt_arguments: dict[str, Any], options: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The hub and the two spokes, as mpi-sppy's `WheelSpinner` takes them."""

    def one(kind: str, communicator: type, opt: type, more: dict[str, Any]) -> dict[str, Any]:
        return {
            f"{kind}_class": communicator,
            f"{kind}_kwargs": {"options": options} if kind == "hub" else {},
            "opt_class": opt,
            "opt_kwargs": {**opt_arguments, **more},
        }

    rho: dict[str, Callable[..., Any]] = {"rho_setter": options["rho_setter"]}
    hub = one("hub", Hub, Hedging, rho)
    return hub, [one("spoke", Bounds, Hedging, rho), one("spoke", Plans, SPOpt, {})]
