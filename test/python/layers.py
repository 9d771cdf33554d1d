"""Calls a module or function compiled and in PyTorch, and compares."""
import copy

import pytest
import torch


def compiled(program, inputs, dynamic_shapes=None):
    minitorch = pytest.importorskip(
        "minitorch", exc_type=ModuleNotFoundError,
        reason="the minitorch package is not built")
    return minitorch.compile(program, inputs, dynamic_shapes=dynamic_shapes,
                             fallback=False)


def leaves(value):
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def close(actual, expected, tolerance=1e-4):
    ours, theirs = leaves(actual), leaves(expected)
    assert len(ours) == len(theirs)
    for a, e in zip(ours, theirs):
        torch.testing.assert_close(a, e, rtol=tolerance, atol=tolerance,
                                   equal_nan=True)


def check(program, *calls, tolerance=1e-4, dynamic_shapes="all"):
    """`program` (a module, scripted here, or a function, traced with the first
    call) agrees with PyTorch on every call; sizes may differ between calls
    unless `dynamic_shapes` is None."""
    if isinstance(program, torch.nn.Module):
        program = torch.jit.script(program.eval())
    else:
        program = Function(program, calls[0])
    with torch.no_grad():
        f = compiled(program, copy.deepcopy(calls[0]), dynamic_shapes)
        for call in calls:
            close(f(*copy.deepcopy(call)), program(*call), tolerance)


def Function(function, inputs):
    """A traced module that is the function."""
    class Holder(torch.nn.Module):
        def forward(self, *args):
            return function(*args)

    return torch.jit.trace(Holder(), inputs, check_trace=False)
