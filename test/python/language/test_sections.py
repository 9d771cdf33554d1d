"""Each program of each section, run in TorchScript and compiled: results,
printed text, exceptions, arguments afterwards, and the state that later calls
find."""
import importlib
import inspect
import warnings

import minitorch
import pytest
import torch
from agreement import differ, outcome

SECTIONS = [
    "control", "numbers", "strings", "containers", "types", "classes",
    "modules", "stateful", "functions", "algorithms", "errors", "printing",
    "tasks"
]

PROGRAMS = {
    f"{section}-{name}": case
    for section in SECTIONS
    for name, case in importlib.import_module(
        f"sections.{section}").CASES.items()
}


def script(program):
    return torch.jit.script(program() if inspect.isclass(program) else program)


@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name):
    program, calls = PROGRAMS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Two modules: a compiled one has state of its own.
        oracle, scripted = script(program), script(program)
        compiled = minitorch.compile(scripted, calls[0][1], fallback=False,
                                     method=calls[0][0], dynamic_shapes="all")
        for method, args in calls:
            is_first = method == calls[0][0]
            expected = outcome(
                oracle if method == "forward" else getattr(oracle, method),
                args)
            got = outcome(compiled if is_first else compiled.method(method),
                          args)
            assert not differ(expected, got), (method, args, expected, got)
