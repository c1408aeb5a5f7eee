"""mpi-sppy's wheel: every scenario's model with its nodes, the options, and off it goes."""

from typing import Any

from portfolioopt.formulation.apart import Apart, take_apart
from portfolioopt.formulation.draft import Level
from portfolioopt.hedging.board import Board
from portfolioopt.hedging.case import Case
from portfolioopt.hedging.ranks import Ranks, mpi_sppy
from portfolioopt.hedging.stages import Stages
from portfolioopt.hedging.subproblem import SOLVER, subproblem

AGREED = 1e-9
"""Mean distance from agreement below which all scenarios decide alike."""


def spin(case: Case, stages: Stages, board: Board, level: Level, ranks: Ranks) -> None:
    """Has mpi-sppy do the work; what came of it stands on the board."""
    classes = mpi_sppy("portfolioopt.hedging.cylinders")
    wheel = mpi_sppy("mpisppy.spin_the_wheel")
    tree = mpi_sppy("mpisppy.scenario_tree")
    names = [f"scenario{position}" for position in range(len(stages.scenarios))]

    def create(name: str, **_named: Any) -> Any:
        position = names.index(name)
        apart = take_apart(case.instance, case.model, stages.scenarios[position], case.against, level=level)
        sub = subproblem(apart, board.stop, board.settings)
        take, risk = sub.takes, apart.level
        nodes = []
        for node in stages.path[position]:
            same = [take[column] for column in board.columns[node.name].tolist()]
            if board.levels[node.name]:
                same.append(sub.model.component(_name_of(apart, risk))[0])
            nodes.append(
                tree.ScenarioNode(node.name, node.chance, node.stage, 0, same, sub.model, parent_name=node.above)
            )
        sub.model._mpisppy_node_list = nodes
        sub.model._mpisppy_probability = stages.probability[position]
        return sub.model

    def weights(scenario: Any) -> list[tuple[int, float]]:
        return [
            (id(variable), float(weight))
            for node in scenario._mpisppy_node_list
            for variable, weight in zip(node.nonant_vardata_list, board.rho[node.name], strict=True)
        ]

    options = {
        "solver_name": SOLVER,
        "PHIterLimit": case.iterations,
        "defaultPHrho": 1.0,
        "convthresh": AGREED,
        "verbose": False,
        "display_progress": False,
        "display_timing": False,
        "linearize_binary_proximal_terms": True,
        "linearize_proximal_terms": board.measured,
        "time_limit": None,
        "toc": False,
        "board": board,
        "rho_setter": weights,
        "rel_gap": float(case.solver.gap),
    }
    arguments = {
        "options": options,
        "all_scenario_names": names,
        "scenario_creator": create,
        "all_nodenames": stages.names,
    }
    hub, spokes = classes.cylinders(arguments, options)
    wheel.WheelSpinner(hub, spokes).spin(ranks.world)


def _name_of(apart: Apart, column: int | None) -> str:
    return next(group.name for group in apart.formulation.groups if group.start == column)
