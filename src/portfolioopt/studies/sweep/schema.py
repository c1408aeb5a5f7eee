"""JSON Schema of sweep files (draft 2020-12), for editors that complete and check while one types."""

from typing import Any

from portfolioopt.cases.schema import with_changes
from portfolioopt.language.schema import schema_of
from portfolioopt.studies.sweep.files import DESIGNS, SweepRecord

DESCRIPTIONS = {
    ("SweepRecord", "format"): "The version of the language.",
    ("SweepRecord", "name"): "What the sweep is called.",
    ("SweepRecord", "description"): "What is asked, for its readers.",
    ("SweepRecord", "base"): "The instance and the model that are varied; the command line may name others.",
    ("SweepRecord", "grid"): "Inputs, each with values or levels: every combination of them is solved.",
    ("SweepRecord", "one_at_a_time"): "Inputs with values, levels or ends: each alone, all else as it is.",
    ("SweepRecord", "sample"): "Points drawn over inputs, as a Latin hypercube.",
    ("SweepRecord", "cases"): "Cases as they are given; or a case file beside this one, all of whose cases are solved.",
    ("SweepRecord", "solver"): "When each solve stops, as in a model; what is not said here the model says.",
    ("BaseRecord", "instance"): "An instance file, or a folder that holds instance.yaml; beside this file.",
    ("BaseRecord", "model"): "A model that comes with portfolioopt, by name, or a model file beside this file.",
    ("InputRecord", "name"): "What it is called in tables; its paths, if not given.",
    ("InputRecord", "path"): "What is varied, by ids: capital.budget, partnerships.cell_jv.states.full.capital.",
    ("InputRecord", "paths"): "Several paths that move together.",
    ("InputRecord", "each"): "A path with *: every member that it stands for is an input by itself.",
    ("InputRecord", "values"): "Levels: x0.9 and -10% scale, +5 adds, 1 year later shifts, all else is set.",
    ("InputRecord", "from"): "One end of a range.",
    ("InputRecord", "to"): "The other end, of the same kind. Between whole numbers only whole ones are drawn.",
    ("InputRecord", "levels"): "Levels that are more than one value, each with a name and its changes.",
    ("LevelRecord", "name"): "What it is called in tables.",
    ("LevelRecord", "changes"): "What is changed, as in a case; nothing, if not given.",
    (
        "SampleRecord",
        "points",
    ): "How many points are drawn: each input is cut in so many parts, and each part met once.",
    ("SampleRecord", "seed"): "The same seed draws the same points.",
    ("SampleRecord", "inputs"): "Inputs with ends, values or levels.",
    ("CaseRecord", "name"): "Its name in tables.",
    ("CaseRecord", "description"): "What is asked, for its readers.",
    ("CaseRecord", "changes"): "What is changed, in order: entries of paths with values, or of verbs.",
}
RANGE: dict[str, Any] = {"path": "discount_rate", "from": 0.07, "to": 0.11}
EXAMPLES: dict[tuple[str, str], Any] = {
    ("SweepRecord", "grid"): [{"path": "capital.budget", "values": ["x0.9", "x1.1"]}],
    ("SweepRecord", "one_at_a_time"): [RANGE],
    ("SweepRecord", "sample"): {"points": 200, "seed": 7, "inputs": [RANGE]},
    ("SweepRecord", "name"): "tight_money",
    ("InputRecord", "name"): "people",
    ("InputRecord", "path"): "capital.budget",
    ("InputRecord", "paths"): ["skills.software_engineer.capacity", "skills.cell_engineer.capacity"],
    ("InputRecord", "each"): "skills.*.capacity",
    ("InputRecord", "values"): ["x0.9", "x1.1"],
    ("InputRecord", "from"): "x0.9",
    ("InputRecord", "to"): "x1.1",
    ("InputRecord", "levels"): [{"name": "open"}, {"name": "closed", "changes": [{"forbid": "cell_jv"}]}],
    ("LevelRecord", "name"): "closed",
    ("LevelRecord", "changes"): [{"forbid": "cell_jv"}],
    ("SampleRecord", "points"): 200,
    ("SampleRecord", "inputs"): [RANGE],
}
VARIED, ENDS = ("path", "paths", "each"), ("from", "to")


def sweep_schema() -> dict[str, Any]:
    """The schema of sweep files."""
    found = schema_of(SweepRecord, "Sweep of portfolioopt: many variations", DESCRIPTIONS)
    with_changes(found, "LevelRecord", "CaseRecord")
    records = {**found["$defs"], "SweepRecord": found}
    for (record, key), example in EXAMPLES.items():
        records[record]["properties"][key]["examples"] = [example]
    for key in ("path", "paths", "each", "values", "levels", *ENDS):
        # what is null counts as given where one of several has to be
        _never_null(found["$defs"]["InputRecord"]["properties"][key])
    for key in DESIGNS:
        _never_null(found["properties"][key])
    found["oneOf"] = [{"required": [name]} for name in DESIGNS]
    spread = [{"required": ["values"], **_without(*ENDS)}, {"required": list(ENDS), **_without("values")}]
    found["$defs"]["InputRecord"]["oneOf"] = [
        {"required": ["name", "levels"], **_without(*VARIED, "values", *ENDS)},
        *(
            {"required": [one], "oneOf": spread, **_without("levels", *(other for other in VARIED if other != one))}
            for one in VARIED
        ),
    ]
    return found


def _without(*keys: str) -> dict[str, Any]:
    """That none of these keys is given."""
    return {"properties": dict.fromkeys(keys, False)}


def _never_null(said: dict[str, Any]) -> None:
    options = [option for option in said.pop("anyOf", []) if option.get("type") != "null"]
    if len(options) == 1:
        said.update(options[0])
    elif options:
        said["anyOf"] = options
