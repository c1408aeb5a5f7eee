"""`portfolioopt schema` prints the schemas."""

import json

import pytest

from portfolioopt.cases.schema import cases_schema
from portfolioopt.command import run
from portfolioopt.language.schema import instance_schema, model_schema
from portfolioopt.studies.sweep.schema import sweep_schema


def test_the_schemas_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    schemas = {"instance": instance_schema, "model": model_schema, "cases": cases_schema, "sweep": sweep_schema}
    for arguments, made in (([], instance_schema), *(([name], made) for name, made in schemas.items())):
        schema = made()
        assert run(["schema", *arguments]) == 0
        assert json.loads(capsys.readouterr().out) == schema
