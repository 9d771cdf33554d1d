"""Random programs of views and in-place operators: equal to PyTorch or refused.

MINITORCH_FUZZ sets how many of each kind are tried.
"""
import copy
import importlib.util
import os
import textwrap

import mutation_programs
import pytest
import torch

COUNT = int(os.environ.get("MINITORCH_FUZZ", "20"))


def load(source, folder):
    """A module with this method; TorchScript wants the source in a file."""
    path = folder / "program.py"
    path.write_text("import torch\nfrom torch import Tensor\n\n\n"
                    "class Program(torch.nn.Module):\n"
                    + textwrap.indent(source, "    "))
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return torch.jit.script(module.Program())


def outcome(module, calls):
    """Results and inputs afterwards of every call, or the error. By torch.jit's
    interpreter: its optimizer loses writes in loops."""
    outcomes = []
    for inputs in map(copy.deepcopy, calls):
        try:
            with torch.jit.optimized_execution(False):
                outcomes.append([*module(*inputs), *inputs])
        except RuntimeError as error:
            outcomes.append(str(error))
    return outcomes


def are_one(a, b):
    """Whether two tensors are the same memory."""
    return a.data_ptr() == b.data_ptr() and a.stride() == b.stride()


def share(inputs):
    """The same inputs, with one tensor for all of its shape and dtype."""
    first = {}
    return [first.setdefault((v.shape, v.dtype), v)
            if isinstance(v, torch.Tensor) else v for v in inputs]


def stride(inputs):
    """The same inputs, tensors not contiguous."""
    return [v.transpose(0, -1).contiguous().transpose(0, -1)
            if isinstance(v, torch.Tensor) and v.dim() else v for v in inputs]


def is_defined(plain, separate, calls, folder):
    copied = outcome(load(separate, folder), calls)
    return all(isinstance(p, str) or (
        not isinstance(c, str) and all(
            torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b
            for a, b in zip(p, c))) for p, c in zip(plain, copied))


def check(source, calls, dynamic, folder, separate=None):
    minitorch = pytest.importorskip(
        "minitorch", exc_type=ModuleNotFoundError,
        reason="the minitorch package is not built")
    try:
        oracle = load(source, folder)
    except RuntimeError as error:
        pytest.skip(f"not TorchScript: {str(error).splitlines()[0]}")
    expected = outcome(oracle, calls)
    if isinstance(expected[0], str):
        # Some of Python's indexing is not TorchScript's.
        pytest.skip(f"raises: {expected[0].splitlines()[-1]}")
    if separate and not is_defined(expected, separate, calls, folder):
        pytest.skip("depends on the order in which elements are read and written")
    try:
        compiled = minitorch.compile(oracle, tuple(calls[0]),
                                     dynamic_shapes="all" if dynamic else None,
                                     fallback=False)
    except minitorch.CompileError as error:
        pytest.skip(f"refused: {str(error).splitlines()[0]}")
    for inputs, wanted in zip(calls, expected):
        if isinstance(wanted, str):
            continue
        ours = copy.deepcopy(inputs)
        try:
            actual = [*compiled(*ours), *ours]
        except (minitorch.CompileError, minitorch.InputError) as error:
            # Compiled for the numbers, or the memory, of the first call only.
            pytest.skip(f"refused: {str(error).splitlines()[0]}")
        if any(value is None for value in wanted):
            pytest.skip("torch.jit loses a value")
        assert len(actual) == len(wanted), source
        assert all(are_one(wanted[i], wanted[j]) for i in range(len(actual))
                   for j in range(i) if actual[i] is actual[j]
                   and isinstance(actual[i], torch.Tensor)), source
        for a, e in zip(actual, wanted):
            if isinstance(e, torch.Tensor):
                assert a.dtype == e.dtype and a.shape == e.shape, source
                torch.testing.assert_close(a, e, equal_nan=True, msg=source)


@pytest.mark.parametrize("seed", range(COUNT))
@pytest.mark.parametrize("dynamic", [False, True])
def test_straight_line(seed, dynamic, tmp_path):
    source, inputs = mutation_programs.straight_line(seed, 4 + seed % 10)
    change = {2: stride, 3: share}.get(seed % 4, list)
    check(source, [change(inputs)], dynamic, tmp_path)


@pytest.mark.parametrize("seed", range(COUNT))
def test_control_flow(seed, tmp_path):
    program = mutation_programs.ControlFlow(seed, 3 + seed % 8)
    calls = program.inputs
    if seed % 4 == 3:
        calls = [*calls, *map(share, calls), *map(stride, calls)]
    check(program.source, calls, False, tmp_path, program.separate)
