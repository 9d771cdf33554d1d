"""Arithmetic of numbers whose type is known only when the program runs."""
import sys
from typing import Union

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor

CALLS = ((torch.tensor(3), torch.tensor(2)),
         (torch.tensor(2.5), torch.tensor(-2)),
         (torch.tensor(3), torch.tensor(-1.5)))


@case(*CALLS)
def arithmetic(x: Tensor, y: Tensor):
    p, q = x.item(), y.item()
    return p + q, p - q, p * q, p / q


@case(*CALLS)
def comparisons(x: Tensor, y: Tensor):
    p, q = x.item(), y.item()
    return p < q, p <= q, p > q, p >= q, p == q, p != q


@case(*CALLS)
def with_known_ones(x: Tensor, y: Tensor):
    p, q = x.item(), y.item()
    return p + 1, 2.5 * q, 1 - p, p // 2, -q, q % 2


@case(*CALLS)
def conditions(x: Tensor, y: Tensor):
    if x.item() > 2:
        return 1
    assert y.item() > 1
    return 0


@case(*CALLS)
def extremes(x: Tensor, y: Tensor):
    return max(x.item(), 2), min(x.item(), y.item()), abs(y.item())


@case((1,), (1.5,))
def of_a_union(x: Union[int, float]):
    return x + 1, x * 2, x < 2


@case((-1e-17, 1.0), (3.0, 1e17), (1e-5, 1e5), (5.0, float("inf")), (-0.0, 1.0),
      (-5.5, 2.0))
def remainder(a: float, b: float):
    return a % b


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)
