"""JSON Schema of case files (draft 2020-12), for editors that complete and check while one types."""

from typing import Any

from portfolioopt.cases.files import CasesRecord
from portfolioopt.language.schema import schema_of

DESCRIPTIONS = {
    ("CasesRecord", "format"): "The version of the language.",
    ("CasesRecord", "name"): "What the file is called.",
    ("CasesRecord", "description"): "What its cases are about, for its readers.",
    ("CasesRecord", "base"): "The instance and the model that all cases start from.",
    ("CasesRecord", "cases"): "Every case: an edited instance.",
    ("BaseRecord", "instance"): "An instance file, or a folder that holds instance.yaml; beside this file.",
    ("BaseRecord", "model"): "A model that comes with portfolioopt, by name, or a model file beside this file.",
    ("CaseRecord", "name"): "Its name in reports, and behind FILE: on the command line.",
    ("CaseRecord", "description"): "What is asked, for its readers.",
    ("CaseRecord", "base"): "A case of this file, or another instance and model; default: the file's base.",
    ("CaseRecord", "changes"): "What is changed, in order: entries of paths with values, or of verbs.",
}
_PATHS = "Paths go by ids: capital.budget.2028, partnerships.cell_jv.states.full.capital, model.objective.risk.weight."
_AIM = "A partnership, or partnership.action or partnership.state, and at most .year or .year-year behind it."


def cases_schema() -> dict[str, Any]:
    """The schema of case files."""
    found = schema_of(CasesRecord, "Cases of portfolioopt: what-ifs", DESCRIPTIONS)
    with_changes(found, "CaseRecord")
    return found


def with_changes(schema: dict[str, Any], *records: str) -> None:
    """Says in a schema what may stand under `changes` of these records."""
    schema["$defs"]["Entry"] = _entry()
    schema["$defs"]["Aim"] = _aim()
    entry = {"$ref": "#/$defs/Entry"}
    for record in records:
        changes = schema["$defs"][record]["properties"]["changes"]
        changes["anyOf"] = [{"type": "array", "items": entry}, entry, {"type": "null"}]


def _entry() -> dict[str, Any]:
    aims = {"anyOf": [{"$ref": "#/$defs/Aim"}, {"type": "array", "items": {"$ref": "#/$defs/Aim"}}]}
    texts = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    factor = {"anyOf": [{"type": "number"}, {"type": "string"}]}
    years = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    return {
        "type": "object",
        "description": f"Paths with x1.1 (scale), +120 (add), -10%, 1 year later (shift), or a value (set). {_PATHS}",
        "properties": {
            "group": {"type": "string", "maxLength": 100, "description": "What its changes belong to in a bridge."},
            "set": {"type": "object", "description": "By path: the new value."},
            "scale": {"type": "object", "description": "By path: the factor.", "additionalProperties": factor},
            "add": {"type": "object", "description": "By path: the amount, the new members, or the new entries."},
            "shift": {"type": "object", "description": "By path: years later.", "additionalProperties": years},
            "remove": {**texts, "description": "Paths of what is taken out."},
            "force": {**aims, "description": "What must happen in every scenario."},
            "forbid": {**aims, "description": "What may happen in none."},
            "ignore": {**texts, "description": "Limits, by id or family, that may be exceeded free of charge."},
        },
    }


def _aim() -> dict[str, Any]:
    year = {"type": "integer"}
    span = {"type": "array", "items": year, "minItems": 2, "maxItems": 2}
    return {
        "anyOf": [
            {"type": "string", "description": _AIM},
            {
                "type": "object",
                "required": ["partnership"],
                "additionalProperties": False,
                "properties": {
                    "partnership": {"type": "string", "description": "A partnership, by id."},
                    "action": {"type": "string", "description": "One of its actions."},
                    "states": {
                        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                        "description": "One or more of its states.",
                    },
                    "years": {"anyOf": [year, span], "description": "A calendar year, or the first and the last."},
                },
            },
        ]
    }
