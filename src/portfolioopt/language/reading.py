"""Reading instances and models from files: every fault at once, each with its file, line and column."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import BaseModel

from portfolioopt.errors import Fault, InvalidInput, InvalidInstance, InvalidModel
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.files import read_text
from portfolioopt.language.instance import Instance, check
from portfolioopt.language.model import Model, check_model
from portfolioopt.language.parsing import Places, parse, places
from portfolioopt.language.plans import compared_with
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.settings import Edited, edited

INSTANCE_FILE = "instance.yaml"


def read_instance(path: FilePath | str, settings: Iterable[str] = ()) -> Instance:
    """The instance in a file, or in a folder that holds `instance.yaml`, after the settings (`path=value`) given.

    Raises `InvalidInstance` with every fault.
    """
    return InstanceSource(path, settings).instance


def read_model(path_or_name: FilePath | str) -> Model:
    """The model in a file, or a model that comes with portfolioopt, by name. Raises `InvalidModel`."""
    return ModelSource(path_or_name).model


def shipped_models() -> dict[str, FilePath]:
    """The models that come with portfolioopt, by name: in the package, or in a checkout beside `src`."""
    package = FilePath(__file__).parents[1]
    folder = package / "models"
    checkout = package.parents[1]
    if not folder.is_dir() and package.parent.name == "src" and (checkout / "pyproject.toml").is_file():
        folder = checkout / "models"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


class InstanceSource:
    """An instance and the file it comes from, so that what is found in it later can still be placed."""

    def __init__(self, path: FilePath | str, settings: Iterable[str] = ()) -> None:
        try:
            given = (settings,) if isinstance(settings, str) else tuple(settings)
            self._source = Source(instance_file(FilePath(path)), Instance, given)
            self.instance: Instance = self._source.checked(Instance.model_validate)
        except InvalidInput as invalid:
            raise InvalidInstance(invalid.faults) from None

    def warnings(self) -> list[Fault]:
        """What is odd but not wrong, with its place in the file."""
        return self._source.placed(check(self.instance).warnings)


class ModelSource:
    """A model and the file it comes from, so that what does not fit an instance can be placed."""

    def __init__(self, path_or_name: FilePath | str) -> None:
        path = model_file(path_or_name)
        try:
            self._source = Source(path, Model)
            self.model: Model = self._source.checked(Model.model_validate, empty={})
        except InvalidInput as invalid:
            raise InvalidModel(invalid.faults) from None
        # plan files that a model names lie beside it
        self.model._folder = path.resolve().parent

    def check_fit(self, instance: Instance) -> None:
        """Raises `InvalidModel` where the model, or the plan it names, asks for what the instance does not have."""
        found: list[Fault] = []
        for fits in (check_model, compared_with):
            try:
                fits(self.model, instance)
            except InvalidModel as invalid:
                found += invalid.faults
        if found:
            elsewhere = [fault for fault in found if fault.file]
            raise InvalidModel([*self._source.placed(fault for fault in found if not fault.file), *elsewhere])


class Source:
    """A file's text and value, settings made."""

    def __init__(
        self,
        path: FilePath,
        root: type[BaseModel],
        settings: tuple[str, ...] = (),
        scalar: Callable[[str], Any] = plain_value,
    ) -> None:
        self.file = str(path)
        self.text = read_text(path)
        self.root = root
        self.scalar = scalar
        self.settings = settings
        self.edit = Edited(None)

    def checked(self, validate: Any, empty: Any = None) -> Any:
        """What `validate` makes of the file; raises `InvalidInput` with every fault, placed."""
        with _collector_paused():
            return self._checked(validate, empty)

    def raw(self, empty: Any = None) -> tuple[dict[str, Any], list[Fault]]:
        """The file's keys with values as plain data, and what is wrong with its text.

        Raises `InvalidInput` where there are none; `empty` stands for a file that says nothing.
        """
        parsed = parse(self.text, self.scalar)
        faults = [replace(fault, file=self.file) for fault in parsed.faults]
        value = empty if parsed.value is None else parsed.value
        if not isinstance(value, dict):
            if not faults:
                said = "the file is empty" if value is None else "the file must hold keys with values at its top"
                faults = self.placed([Fault((), said, f"begin with format: {_format(self.root)}")])
            raise InvalidInput(faults)
        return value, faults

    def _checked(self, validate: Any, empty: Any) -> Any:
        value, faults = self.raw(empty)
        self.edit = edited(value, self.settings, self.root)
        faults += self.edit.faults
        try:
            result = validate(self.edit.value)
        except InvalidInput as invalid:
            faults += self.placed(invalid.faults)
        if faults:
            raise InvalidInput(faults)
        return result

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults with their places, in the order of the file; those of settings last."""
        found: list[Fault] = []
        for fault in faults:
            setting = self.edit.origin(fault.path)
            found.append(fault.at(setting, 0, 0) if setting else fault.at(self.file, *self.places.find(fault.path)))
        return sorted(found, key=lambda fault: (fault.line == 0, fault.line, fault.column))

    @cached_property
    def places(self) -> Places:
        """Where the file's keys stand."""
        return places(self.text)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Spares a large file a quarter of its reading time: what is built has no cycles that would need collecting."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _format(root: type[BaseModel]) -> str:
    return str(get_args(root.model_fields["format"].annotation)[0])


def instance_file(path: FilePath) -> FilePath:
    """The file of an instance: itself, or `instance.yaml` in a folder."""
    try:
        folder = path.is_dir()
    except (OSError, ValueError):  # a name that no file can have: reading it says so
        return path
    if not folder:
        return path
    if not (path / INSTANCE_FILE).exists():
        hint = f"to begin with an example: portfolioopt init {path}"
        raise InvalidInput([Fault((), f"the folder holds no {INSTANCE_FILE}", hint, file=str(path))])
    return path / INSTANCE_FILE


def _exists(path: FilePath) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def model_file(path_or_name: FilePath | str) -> FilePath:
    """The file of a model, shipped or the caller's own."""
    path = FilePath(path_or_name)
    shipped = shipped_models()
    if str(path_or_name) in shipped:
        return shipped[str(path_or_name)]
    is_name = len(path.parts) == 1 and not path.suffix
    if is_name and not _exists(path):
        hint = did_you_mean(path.name, shipped)
        if shipped and not hint.startswith("known"):
            hint += f" known: {', '.join(shipped)}"
        raise InvalidModel([Fault((), f"there is no model called {path.name}, nor a file of that name", hint)])
    return path
