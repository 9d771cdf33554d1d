"""Operators that PyTorch runs. Those here are PyTorch's own test operators,
which will never have a lowering."""
import subprocess

import minitorch
import numpy as np
import pytest
import torch
from test_mt_run import MT_RUN
from torch import Tensor

pytestmark = pytest.mark.filterwarnings(
    "ignore::minitorch.FallbackWarning")


def number(x: Tensor, n: int) -> Tensor:
    return torch.ops.aten._test_serialization_subcmul(x * 2, x, n) + n


def view(x: Tensor, n: int) -> Tensor:
    y = x.t()
    return torch.ops.aten._test_serialization_subcmul(y, y[:1], 2.5)


def string(x: Tensor, n: int) -> Tensor:
    return torch.ops.aten._test_string_default(x).relu()


def truth(x: Tensor, n: int) -> Tensor:
    return torch.ops.aten._test_autograd_multiple_dispatch(x, n > 3)


def int_list(x: Tensor, n: int) -> Tensor:
    y = x.to(torch.int32).flatten()[:2]
    return torch.ops.aten._test_optional_intlist(
        torch.ops.aten._test_optional_intlist(y, [n, 7]), None)


def float_list(x: Tensor, n: int) -> Tensor:
    return torch.ops.aten._test_optional_floatlist(x.flatten()[:2],
                                                   [0.5, n * 0.25])


def in_loop(x: Tensor, n: int) -> Tensor:
    for i in range(n):
        x = torch.ops.aten._test_serialization_subcmul(x, x, i).relu() + 1
    return x


def in_branch(x: Tensor, n: int) -> Tensor:
    if n > 3:
        x = torch.ops.aten._test_serialization_subcmul(x, x + 1, 2.5)
    return x.sum(dim=1)


def written_after(x: Tensor, n: int) -> Tensor:
    y = torch.ops.aten._test_serialization_subcmul(x, x, 1)
    y[0].add_(n)
    return y


PROGRAMS = [number, view, string, truth, int_list, float_list, in_loop,
            in_branch, written_after]
X = torch.arange(-6.0, 6.0).reshape(3, 4)


@pytest.mark.parametrize("shapes", [None, "all"], ids=["static", "dynamic"])
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(function, shapes):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (X, 3), dynamic_shapes=shapes)
    for x in (X, X[:, ::2]) if shapes else (X,):
        for n in (3, 5):
            torch.testing.assert_close(compiled(x.clone(), n),
                                       scripted(x.clone(), n))
    assert compiled.fallbacks


@pytest.mark.parametrize("dtype", [
    torch.uint8, torch.int64, torch.float16, torch.bfloat16, torch.float64,
    torch.complex64], ids=str)
def test_dtypes(dtype):
    scripted = torch.jit.script(number)
    x = X.abs().to(dtype)
    compiled = minitorch.compile(scripted, (x, 2), dynamic_shapes="all")
    torch.testing.assert_close(compiled(x, 2), scripted(x, 2))


def test_is_said_and_refused():
    scripted = torch.jit.script(string)
    with pytest.warns(minitorch.FallbackWarning,
                      match=r"test_fallback.py:\d+.*_test_string_default'"
                      " has no lowering") as warned:
        compiled = minitorch.compile(scripted, (X, 1))
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert compiled.fallbacks == ["aten::_test_string_default"]
    with pytest.raises(minitorch.CompileError,
                       match="_test_string_default"):
        minitorch.compile(scripted, (X, 1), fallback=False)


def test_native_needs_none():
    scripted = torch.jit.script(torch.nn.ReLU())
    assert minitorch.compile(scripted, (X,)).fallbacks == []


def both(x: Tensor, y: Tensor) -> Tensor:
    return torch.ops.aten._test_serialization_subcmul(x, y, 1)


def test_errors_have_the_program_s_line():
    compiled = minitorch.compile(torch.jit.script(both), (X, X),
                                 dynamic_shapes="all")
    torch.testing.assert_close(compiled(X, X), both(X, X))
    with pytest.raises(minitorch.ProgramError,
                       match=r"(?s)RuntimeError: The size of tensor a \(4\) .*"
                       r"test_fallback.py:\d+"):
        compiled(X, X[:, :3])


def test_refused_operands_are_explained():
    with pytest.raises(minitorch.CompileError,
                       match=r"The size of tensor a \(4\) must match"):
        minitorch.compile(torch.jit.script(both), (X, X[:, :3]))


@pytest.mark.skipif(not MT_RUN, reason="mt-run was not built")
def test_mt_run(tmp_path):
    class Model(torch.nn.Module):
        def forward(self, x):
            return torch.ops.aten._test_serialization_subcmul(x, x, 3) * 2

    model, inputs, output = (str(tmp_path / name)
                             for name in ("m.pt", "in.npz", "out.npz"))
    torch.jit.script(Model()).save(model)
    np.savez(inputs, arg0=X.numpy())

    def run(*options, file=model):
        return subprocess.run(
            [MT_RUN, file, "--inputs", inputs, "--output", output, *options],
            capture_output=True, text=True, timeout=120)

    done = run()
    assert done.returncode == 0, done.stderr
    assert "warning: 'aten::_test_serialization_subcmul' has no lowering" in (
        done.stderr)
    expected = torch.ops.aten._test_serialization_subcmul(X, X, 3) * 2
    np.testing.assert_allclose(np.load(output)["out0"], expected.numpy())
    refused = run("--no-fallback")
    assert refused.returncode == 3
    assert "_test_serialization_subcmul" in refused.stderr
    # A file of a later stage says what it needs, too.
    stage = run("--dump-stage=linalg")
    later = tmp_path / "later.mlir"
    later.write_text(stage.stdout)
    again = run(file=str(later))
    assert again.returncode == 0, again.stderr
    assert "_test_serialization_subcmul" in again.stderr
