"""out= gives the tensor the sizes of the result, also of one of the caller's."""
import sys
from typing import Tuple

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor

X3, X5 = torch.arange(3.0), torch.arange(5.0)


@case((X3,), (X5,))
def grows(x: Tensor) -> Tuple[Tensor, int]:
    y = torch.empty(0)
    torch.add(x, 1, out=y)
    return y, y.size(0)


@case((X3, torch.zeros(3)), (X5, torch.zeros(5)), (X5, torch.zeros(0)),
      (X3, torch.zeros(0)))
def of_the_caller(x: Tensor, y: Tensor) -> Tensor:
    torch.mul(x, 2, out=y)
    return y.sum()


@case((X3, torch.zeros(3)), (X5, torch.zeros(0)))
def is_the_argument(x: Tensor, y: Tensor) -> Tuple[Tensor, bool]:
    z = torch.exp(x, out=y)
    return z, z is y


@case((torch.arange(12.0).reshape(3, 4),))
def another_rank(x: Tensor) -> Tensor:
    y = torch.empty(0)
    torch.mm(x, x.t(), out=y)
    torch.cat([x, x], out=y)
    return y


@case((torch.arange(4.0),))
def another_dtype(x: Tensor) -> Tensor:
    y = torch.empty(0, dtype=torch.float64)
    torch.exp(x, out=y)
    return y


@case((torch.arange(4.0),))
def no_dtype_for_it(x: Tensor) -> Tensor:
    y = torch.empty(0, dtype=torch.int64)
    torch.exp(x, out=y)
    return y


@case((torch.ones(1), X3), (X3, X3), (torch.ones(1, 3), torch.ones(2, 1)))
def is_an_operand(x: Tensor, y: Tensor) -> Tensor:
    torch.add(x, y, out=x)
    return x


@case((X3, torch.ones(1)), (X3, X3))
def is_the_other_operand(x: Tensor, y: Tensor) -> Tensor:
    return torch.mul(x, y, out=y)


@case((torch.ones(1), X3))
def is_a_view_of_an_operand(x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    return torch.add(x, y, out=x[:]), x


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)
