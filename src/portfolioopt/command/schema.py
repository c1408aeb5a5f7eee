"""`portfolioopt schema`: the JSON Schema of instance, model and case files, for editors that complete and check."""

import json
from typing import Annotated, Literal

import typer

from portfolioopt.command.talk import data


def schema_command(
    kind: Annotated[Literal["instance", "model", "cases"], typer.Argument(help="Which kind of file.")] = "instance",
) -> None:
    """Print the JSON Schema of instance, model or case files."""
    from portfolioopt.cases.schema import cases_schema
    from portfolioopt.language.schema import instance_schema, model_schema

    schemas = {"instance": instance_schema, "model": model_schema, "cases": cases_schema}
    data(json.dumps(schemas[kind](), indent=1, ensure_ascii=False))
