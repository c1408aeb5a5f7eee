"""SCIP through PySCIPOpt on the same matrix, read from a file; one thread, its own tolerances."""

import numpy as np

from benchmarks.answers import Answer, Watch
from benchmarks.curve import Curve
from benchmarks.stage import Limits, Stage


def solve(stage: Stage, limits: Limits) -> Answer:
    """From a model that has been read to the end; reading it is not in its seconds."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

    matrix = stage.matrix
    model = Model()
    model.hideOutput()
    model.readProblem(str(stage.mps_file))
    model.setParam("limits/time", limits.seconds)
    model.setParam("limits/gap", limits.gap)
    model.setParam("randomization/randomseedshift", limits.seed)
    watch, curve = Watch(), Curve()
    events = (SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.NODESOLVED, SCIP_EVENTTYPE.LPEVENT)

    class Listener(Eventhdlr):  # type: ignore[misc, unused-ignore]
        def eventinit(self) -> None:
            for event in events:
                self.model.catchEvent(event, self)

        def eventexit(self) -> None:
            for event in events:
                self.model.dropEvent(event, self)

        def eventexec(self, _event: object) -> None:
            curve.note(matrix.worth(self.model.getPrimalbound()), matrix.worth(self.model.getDualbound()))

    listener = Listener()
    model.includeEventhdlr(listener, "watch", "notes value and bound")
    model.optimize()
    read = watch.read
    x = None
    if model.getNSols():
        best = model.getBestSol()
        x = np.zeros(len(matrix.columns))
        for variable in model.getVars(transformed=False):
            x[int(variable.name[1:])] = model.getSolVal(best, variable)
    value = None if x is None else matrix.value(x)
    curve.note(float("-inf") if value is None else value, matrix.worth(model.getDualbound()))
    points = curve.closed()
    return Answer(*read, value, points[-1].bound, model.getStatus(), points=points, x=x)
