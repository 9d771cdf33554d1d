"""What `print` writes: the same text as torch.jit, character by character."""
from typing import List, Optional

import pytest
import torch
from torch import Tensor

minitorch = pytest.importorskip("minitorch", exc_type=ModuleNotFoundError)


def numbers(n: int, x: float, b: bool):
    print(n, x, b, n + 1, x * 2.0, not b)
    print(2.5, -0.0, 1e20, 3.0, 0.1, x * 4e9, 123456789.0, float("inf"))
    return n


def containers(n: int, x: float, name: str):
    print([n, 2], [x, 1.5], ["a", name], (n, "b"), (n,), None)
    print({"k": n}, [(n, x)], "é", name)
    empty: List[int] = []
    nothing: Optional[int] = None
    print(empty, nothing, "")
    print()
    return n


def branches(x: Tensor, n: int):
    for i in range(n):
        if i % 2 == 0:
            print("even", i, x[i])
        else:
            print("odd", i)
    return x


def tensors(x: Tensor):
    print(x)
    print("x:", x, "most", x.flatten()[0:1].sum())
    return x


def output(function, inputs, capfd):
    function(*inputs)
    return capfd.readouterr().out


@pytest.mark.parametrize("function, inputs", [
    (numbers, (3, 2.5, True)), (containers, (7, 0.25, "nâme")),
    # The ends of int64, and what is no number.
    (numbers, (-2**63, -2.0**63, True)), (numbers, (2**62, 2.0**63, False)),
    (numbers, (0, -float("nan"), False)),
    (branches, (torch.arange(6.0).reshape(3, 2), 3)),
], ids=lambda value: getattr(value, "__name__", str(value)))
def test_values(function, inputs, capfd):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, inputs, fallback=False)
    capfd.readouterr()
    expected = output(scripted, inputs, capfd)
    assert output(compiled, inputs, capfd) == expected


TENSORS = {
    "matrix": torch.tensor([[16.2391, 17.2, -19.57], [4.3, -1.2, 13.776]]),
    "whole": torch.tensor([[1.0, 2.0], [30.0, -4.0]]),
    "large": torch.tensor([1e10, 1.0]),
    "wide range": torch.tensor([0.5, 1e-5]),
    "scaled": torch.tensor([123456.5, 200000.25]),
    "small": torch.tensor([0.001, 0.002]),
    "not finite": torch.tensor([float("nan"), 1.5, float("inf")]),
    "nothing finite": torch.tensor([float("nan"), float("-inf")]),
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(2, 0),
    "empty vector": torch.zeros(0),
    "columns": torch.arange(60.0).reshape(2, 30) * 1.25,
    "rank 4": torch.arange(24.0).reshape(2, 2, 2, 3) - 7.5,
    "int64": torch.tensor([[1, -200], [3, 4]]),
    "uint8": torch.tensor([1, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
    "half": torch.tensor([1.5, 2.25], dtype=torch.float16),
    "bfloat16": torch.tensor([1.5, 2.25], dtype=torch.bfloat16),
    "double": torch.tensor([[0.1, 1 / 3]], dtype=torch.float64),
}


@pytest.mark.parametrize("name", TENSORS)
def test_tensors(name, capfd):
    inputs = (TENSORS[name],)
    scripted = torch.jit.script(tensors)
    compiled = minitorch.compile(scripted, inputs, dynamic_shapes="all",
                                 fallback=False)
    capfd.readouterr()
    expected = output(scripted, inputs, capfd)
    assert output(compiled, inputs, capfd) == expected
