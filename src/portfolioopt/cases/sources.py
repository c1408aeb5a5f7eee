"""Instance and model read from their files, edited by a case before they are checked: an edit may also repair.

What is wrong is told where it is written: at the change that brought it about, else in the file it comes from.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from portfolioopt.cases.applying import Applied, at_change, culprit, make_all, owner_of
from portfolioopt.cases.changes import Case
from portfolioopt.cases.draft import Draft, Root
from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.checking import Path
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.instance import Instance, check
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import InstanceSource, ModelSource, Source, instance_file, model_file

DEFAULT_MODEL = "expected_value"


class EditedSource:
    """The instance and the model of two files after the changes of a case.

    Raises `InvalidInput` with every fault.
    """

    def __init__(
        self, instance: FilePath | str, model: FilePath | str = DEFAULT_MODEL, case: Case | None = None
    ) -> None:
        self._paths = (FilePath(instance), model)
        self.case = case or Case("base")
        found: list[Fault] = []
        sources: dict[Root, Source] = {}
        raw: dict[Root, dict[str, Any]] = {}
        for root in ("instance", "model"):
            try:
                source = self._opened(root)
                raw[root], faults = source.raw({} if root == "model" else None)
                sources[root] = source
                found += faults
            except InvalidInput as invalid:
                found += invalid.faults
        if len(raw) < 2:
            raise InvalidInput(found)
        self._sources = sources
        self._raw: dict[Root, dict[str, Any]] = raw
        with collector_paused():
            self._draft = Draft({"instance": dict(raw["instance"]), "model": dict(raw["model"])})
            found += make_all(self._draft, self.case)
            found += self._check()
        if found:
            raise InvalidInput(sorted(found, key=lambda fault: (fault.line == 0, fault.file, fault.line, fault.column)))

    instance: Instance
    model: Model

    @cached_property
    def before(self) -> Applied:
        """Instance and model without the changes; raises `InvalidInput` where only the changes make them sound."""
        if not self.case.every_change:
            return Applied(self.instance, self.model)
        path, model = self._paths
        return Applied(InstanceSource(path).instance, ModelSource(model).model)

    def warnings(self) -> list[Fault]:
        """What is odd but not wrong in the instance, with its place."""
        return self._placed("instance", check(self.instance).warnings)

    def _opened(self, root: Root) -> Source:
        path, model = self._paths
        return Source(instance_file(path), Instance) if root == "instance" else Source(model_file(model), Model)

    def _check(self) -> list[Fault]:
        """Checks both, and whether they fit each other."""
        found: list[Fault] = []
        instance = model = None
        try:
            instance = self.instance = Instance.model_validate(self._draft.instance)
        except InvalidInput as invalid:
            found += self._placed("instance", invalid.faults)
        try:
            model = self.model = Model.model_validate(self._draft.model)
        except InvalidInput as invalid:
            found += self._placed("model", invalid.faults)
        if instance is None or model is None:
            return found
        # plan files that a model names lie beside it
        model._folder = FilePath(self._sources["model"].file).resolve().parent
        for fits in (check_model, compared_with):
            try:
                fits(model, instance)
            except InvalidInput as invalid:
                elsewhere = [fault for fault in invalid.faults if fault.file]
                found += [*self._placed("model", (one for one in invalid.faults if not one.file)), *elsewhere]
        return found

    @cached_property
    def _wrong_before(self) -> dict[Root, set[tuple[Path, str]]]:
        """What is wrong or odd in the files as they are, by path and message."""
        found: dict[Root, set[tuple[Path, str]]] = {"instance": set(), "model": set()}
        if not self._draft.marks:
            return found
        try:
            odd = check(Instance.model_validate(self._raw["instance"])).warnings
        except InvalidInput as invalid:
            odd = list(invalid.faults)
        found["instance"] = {(fault.path, fault.message) for fault in odd}
        try:
            Model.model_validate(self._raw["model"])
        except InvalidInput as invalid:
            found["model"] = {(fault.path, fault.message) for fault in invalid.faults}
        return found

    def _placed(self, root: Root, faults: Iterable[Fault]) -> list[Fault]:
        source, found = self._sources[root], []
        for fault in faults:
            change = culprit(fault, root, self._draft.marks)
            path = self._draft.path_before(root, fault.path)
            if change is None or (path, fault.message) in self._wrong_before[root]:
                found.append(fault.at(source.file, *source.places.find(path)))
            else:
                found.append(at_change(fault, change, owner_of(change, self.case)))
        return sorted(found, key=lambda fault: (fault.line == 0, fault.line, fault.column))
