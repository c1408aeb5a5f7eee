"""`portfolioopt schema`: the JSON Schema of instance, model, case and sweep files, for editors that complete them."""

import json
from typing import Annotated, Literal

import typer

from portfolioopt.command.talk import data


def schema_command(
    kind: Annotated[
        Literal["instance", "model", "cases", "sweep"], typer.Argument(help="Which kind of file.")
    ] = "instance",
) -> None:
    """Print the JSON Schema of instance, model, case or sweep files."""
    from portfolioopt.cases.schema import cases_schema
    from portfolioopt.language.schema import instance_schema, model_schema
    from portfolioopt.studies.sweep.schema import sweep_schema

    schemas = {"instance": instance_schema, "model": model_schema, "cases": cases_schema, "sweep": sweep_schema}
    data(json.dumps(schemas[kind](), indent=1, ensure_ascii=False))
