"""Small scripted programs compiled once, with every dimension unknown; PyTorch
is the oracle for results, changed arguments, state and errors."""
import copy

import harness
import programs
import pytest
import torch


def name(value):
    return value.__name__ if hasattr(value, "__name__") else None


def compiled_and_oracle(program, inputs):
    minitorch = pytest.importorskip(
        "minitorch", exc_type=ModuleNotFoundError,
        reason="the minitorch package is not built")
    if isinstance(program, type):
        program = program()
    scripted = torch.jit.script(program)
    compiled = minitorch.compile(
        copy.deepcopy(scripted) if isinstance(scripted, torch.nn.Module)
        else scripted, inputs, dynamic_shapes="all", fallback=False)
    return compiled, scripted


def same(actual, expected):
    """Values of the same structure and type, tensors within tolerance."""
    if isinstance(expected, torch.Tensor):
        _, relative = harness.difference(actual, expected)
        assert relative <= 1e-5
    elif isinstance(expected, dict):
        assert list(actual) == list(expected)
        for key in expected:
            same(actual[key], expected[key])
    elif isinstance(expected, (list, tuple)):
        assert isinstance(actual, type(expected)) or isinstance(actual, tuple)
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected):
            same(a, e)
    else:
        assert type(actual) is type(expected)
        assert actual == pytest.approx(expected)


@pytest.mark.parametrize("program,calls", programs.PROGRAMS, ids=name)
def test_program(program, calls):
    compiled, oracle = compiled_and_oracle(program, copy.deepcopy(calls[0]))
    for inputs in calls:
        ours, theirs = copy.deepcopy(inputs), copy.deepcopy(inputs)
        same(compiled(*ours), oracle(*theirs))
        same(ours, theirs)


@pytest.mark.parametrize("program,good,bad,message", programs.ERRORS, ids=name)
def test_error(program, good, bad, message):
    """An error is a Python exception that names the line of the program, and
    leaves the compiled program usable."""
    compiled, oracle = compiled_and_oracle(program, good)
    with pytest.raises(Exception):
        oracle(*bad)
    for _ in range(2):
        with pytest.raises(Exception) as caught:
            compiled(*bad)
        assert message in str(caught.value)
        assert "programs.py" in str(caught.value)
        same(compiled(*good), oracle(*good))
