"""The code of the fold, as it is or with a fault put in, for tests that must find the fault."""

import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import ModuleType
from unittest.mock import patch

import msgspec

import storage

_IN_ORDER_OF_IMPORT = ("clock", "ops", "ordering", "folds", "state")


class Fault(msgspec.Struct, frozen=True):
    """A fault in one module: what stands there in place of what."""

    name: str
    module: str
    changes: Mapping[str, str]


class Code(msgspec.Struct, frozen=True):
    """Modules that a record is folded with."""

    clock: ModuleType
    ops: ModuleType
    state: ModuleType


@contextmanager
def code_with(fault: Fault | None) -> Iterator[Code]:
    """Load the modules of the fold once more, with a fault in one of them.

    Raises:
        ValueError: the code has changed, and the fault's place is not there any more.
    """
    names = [f"storage.{name}" for name in _IN_ORDER_OF_IMPORT]
    sources = {name: inspect.getsource(importlib.import_module(name)) for name in names}
    if fault is not None:
        name = f"storage.{fault.module}"
        for right, wrong in fault.changes.items():
            if sources[name].count(right) != 1:
                message = f"{fault.name}: {right!r} stands {sources[name].count(right)} times"
                raise ValueError(message)
            sources[name] = sources[name].replace(right, wrong)
    modules = {name: ModuleType(name) for name in names}
    ours = {name.removeprefix("storage."): module for name, module in modules.items()}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(sys.modules, modules))
        for name, module in ours.items():
            stack.enter_context(patch.object(storage, name, module))
        for name, module in modules.items():
            exec(compile(sources[name], f"{name} with a fault", "exec"), module.__dict__)
        yield Code(ours["clock"], ours["ops"], ours["state"])
