"""Points: the independent solves of a study, computed anywhere, kept one by one, never twice.

    from portfolioopt.points import Facts, Store, Where, compute_points, solve_asked

    facts = Facts.of(instance, model)                                  what all points have in common, as text
    points = [facts.point(solve_asked(changes, means)) for changes in ...]
    found = compute_points(points, Store(folder), Where("loky"))       outcome by key
    found[points[0].key].answer["objective"]

A point is plain data: facts (instance and model as text, what to start from), what is asked of them (JSON), and the
name of the function of this package that answers. Its key is a hash of all that decides the answer, the engine's code
and the versions beneath it included. An outcome is stored as soon as it is known, whole or not at all, so that whatever
is killed costs no more than what was under way; a point that is stored is never computed again, on whichever engine.

    edition.py      what decides answers beside the question: our code, and the versions that it stands on
    facts.py        what points have in common
    edits.py        changes as text, and back
    point.py        a point, its key, and how it travels
    outcome.py      what came of a point
    solving.py      the answer most points ask for: the best plan of the facts as edited
    work.py         what a worker does with a point
    store.py        the folder of outcomes
    engines/        where workers are: here, in processes here, on a Dask or a Ray cluster
    running.py      hands points out until all have an outcome

A function that answers takes what the facts say (`Opened`), what is asked, and a `Stop`, and returns a `Worked`. It
must not look at a clock to decide anything, nor remember anything from one point to the next.
"""

from portfolioopt.points.engines import ENGINES, Where
from portfolioopt.points.facts import Facts, Opened
from portfolioopt.points.outcome import Outcome, Worked
from portfolioopt.points.point import Point
from portfolioopt.points.running import Pace, compute_points
from portfolioopt.points.solving import SOLVE, solve_asked
from portfolioopt.points.store import Store

__all__ = [
    "ENGINES",
    "SOLVE",
    "Facts",
    "Opened",
    "Outcome",
    "Pace",
    "Point",
    "Store",
    "Where",
    "Worked",
    "compute_points",
    "solve_asked",
]
