"""portfolioopt itself, stage by stage and whole; and its audit, which judges the plans of the peers too."""

import json
import resource
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from benchmarks.answers import Answer, Watch, timed
from benchmarks.curve import Curve
from benchmarks.matrix import Array, write_matrix
from benchmarks.stage import Limits, Stage

if TYPE_CHECKING:
    from portfolioopt import Session


def prepare(stage: Stage, _limits: Limits) -> Answer:
    """Writes the instance file and, where it is wanted, the whole matrix; tells how large it is."""
    from portfolioopt.formulation.build import formulate
    from portfolioopt.language.model import Model
    from portfolioopt.networks.portfolio import lay_out
    from portfolioopt.solution.program import hand_over

    watch = Watch()
    instance = stage.instance
    size = {"partnerships": len(instance.partnerships), "years": instance.horizon.years}
    size["scenarios"] = len(instance.futures)
    if stage.case.whole:
        formulation = formulate(lay_out(instance), Model())
        program = hand_over(formulation)
        write_matrix(program, stage.matrix_file)
        size |= {"columns": len(program.columns), "rows": len(program.rows), "non_zeros": int(program.matrix.nnz)}
    return Answer(*watch.read, size=size)


def read(stage: Stage, limits: Limits) -> Answer:
    """From the file to a checked instance."""
    from portfolioopt import read_instance

    file, settings = stage.file, stage.settings
    return timed(lambda: read_instance(file, settings), limits.repeats)


def read_json(stage: Stage, limits: Limits) -> Answer:
    """The floor of reading: the same facts as JSON, parsed and not checked."""
    from portfolioopt.language.writing import plain

    text = json.dumps(plain(stage.instance), default=float)
    return timed(lambda: json.loads(text), limits.repeats)


def validate(stage: Stage, limits: Limits) -> Answer:
    """From a mapping to a checked instance, for those who use it as a library."""
    from portfolioopt import Instance
    from portfolioopt.language.writing import plain

    raw = plain(stage.instance)
    return timed(lambda: Instance.model_validate(raw), limits.repeats)


def networks(stage: Stage, limits: Limits) -> Answer:
    """The scenario tree and every partnership's possible lives."""
    from portfolioopt.networks.portfolio import lay_out

    instance = stage.instance
    return timed(lambda: lay_out(instance), limits.repeats)


def formulation(stage: Stage, limits: Limits) -> Answer:
    """All rows and columns."""
    from portfolioopt.formulation.build import formulate
    from portfolioopt.language.model import Model
    from portfolioopt.networks.portfolio import lay_out

    portfolio, model = lay_out(stage.instance), Model()
    return timed(lambda: formulate(portfolio, model), limits.repeats)


def hand_over(stage: Stage, limits: Limits) -> Answer:
    """From finished rows through the Pyomo model into HiGHS."""
    from benchmarks.engines.highs import pass_program
    from portfolioopt.formulation.build import formulate
    from portfolioopt.language.model import Model
    from portfolioopt.networks.portfolio import lay_out
    from portfolioopt.solution import program

    formulated = formulate(lay_out(stage.instance), Model())
    return timed(lambda: pass_program(program.hand_over(formulated)), limits.repeats)


def solve_cold(stage: Stage, limits: Limits) -> Answer:
    """From a checked instance to an audited plan; networks, formulation and checks are within its seconds."""
    return _solve(stage, limits)


def solve_again(stage: Stage, limits: Limits) -> Answer:
    """After the instance without its settings has been solved in the same session: what a what-if costs."""
    from portfolioopt import Session, read_instance

    session = Session()
    session.solve(read_instance(stage.file), time_limit=limits.seconds, gap=limits.gap, seed=limits.seed)
    return _solve(stage, limits, session)


def _solve(stage: Stage, limits: Limits, session: "Session | None" = None) -> Answer:
    from portfolioopt import Session

    instance = stage.instance
    watch, curve = Watch(), Curve()
    result = (session or Session()).solve(
        instance,
        time_limit=limits.seconds,
        gap=limits.gap,
        threads=limits.cores,
        seed=limits.seed,
        progress=lambda sight: curve.note(sight.value, sight.bound),
    )
    read = watch.read
    value = None if result.objective is None else float(result.objective)
    bound = None if result.bound is None else float(result.bound)
    curve.note(float("-inf") if value is None else value, float("inf") if bound is None else bound)
    ended = f"{result.status}: {result.stop_reason}" + (", verified" if result.verified else "")
    return Answer(*read, value, bound, ended, None if value is None else True, curve.closed())


EACH = 60.0
"""Seconds of each solve while deals are priced."""


def price_deals(stage: Stage, limits: Limits) -> Answer:
    """Walk-away prices of all partnerships, and what is missing of those left out, in one study."""
    from portfolioopt import Means, price_deals

    instance = stage.instance
    watch = Watch()
    found = price_deals(
        instance,
        means=Means(time_limit=limits.seconds, solve_limit=min(EACH, limits.seconds), gap=limits.gap, seed=limits.seed),
    )
    ended = f"{found.about.solves} solves, {found.spared} cases without; complete: {found.about.complete}"
    return Answer(*watch.read, found.base.low, found.base.high, ended)


def price_each_deal(stage: Stage, limits: Limits) -> Answer:
    """The same cases, each solved by itself: the best plan, and for each partnership what it is compared with."""
    from portfolioopt import Model, solve
    from portfolioopt.cases import Applied
    from portfolioopt.studies.price_deals import Cases

    instance = stage.instance
    each = min(EACH, limits.seconds)
    watch = Watch()
    base = solve(instance, gap=limits.gap, seed=limits.seed, time_limit=each)
    done = reached = 0
    for partnership in instance.partnerships:
        own = Cases.of(Applied(instance, Model()), partnership)
        for made in (own.without, own.forced, own.as_it_is):
            if made is not None and watch.read[0] < limits.seconds:
                result = solve(made.instance, made.model, gap=limits.gap, seed=limits.seed, time_limit=each)
                done += 1
                reached += result.status in ("optimal", "infeasible")
    ended = f"{done + 1} solves, {reached} of {done} cases to the gap"
    return Answer(*watch.read, base.objective, base.bound, ended)


def command_help(_stage: Stage, limits: Limits) -> Answer:
    """`portfolioopt --help`, whole process."""
    return _command(["--help"], limits.repeats)


def command_solve(stage: Stage, limits: Limits) -> Answer:
    """`portfolioopt solve`, whole process, run folder and report included."""
    with tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-") as folder:
        arguments = ["solve", str(stage.file), "--out", f"{folder}/run", "--time-limit", str(limits.seconds)]
        return _command(arguments, repeats=1)


def _command(arguments: list[str], repeats: int) -> Answer:
    """The CPU seconds are those of the process started."""

    def run() -> None:
        subprocess.run([sys.executable, "-m", "portfolioopt", *arguments], check=True, stdout=subprocess.DEVNULL)

    before = _cpu_of_children()
    done = timed(run, repeats=1)
    cpu = _cpu_of_children() - before
    for _ in range(repeats - 1):
        before = _cpu_of_children()
        again = timed(run, repeats=1)
        if again.seconds < done.seconds:
            done, cpu = again, _cpu_of_children() - before
    return Answer(done.seconds, cpu)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def judge(stage: Stage, x: Array) -> tuple[bool, float]:
    """Whether the audit accepts the plan of a peer's solution, and what the plan is worth by it."""
    from portfolioopt.audit import audit
    from portfolioopt.formulation.build import formulate
    from portfolioopt.language.model import Model
    from portfolioopt.networks.portfolio import lay_out
    from portfolioopt.plan import TODAY
    from portfolioopt.solution.decisions import plan_of

    model = Model()
    formulated = formulate(lay_out(stage.instance), model)
    found = audit(stage.instance, model, plan_of(formulated, stage.matrix.whole(x)), TODAY)
    return found.ok, float(found.objective)
