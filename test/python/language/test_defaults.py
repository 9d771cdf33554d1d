"""Defaults of arguments, of every type that may have one."""
import sys
from typing import Optional, Tuple

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor, nn

X = torch.arange(6.0).reshape(2, 3)


@case((X,), (X, (3, 4.5)), (X,))
class ATuple(nn.Module):
    def forward(self, x, t: Tuple[int, float] = (1, 2.5)):
        return x * t[0] + t[1]


@case((X,), (X, ("a", (2, True))))
class Nested(nn.Module):
    def forward(self, x, t: Tuple[str, Tuple[int, bool]] = ("b", (1, False))):
        return t[0], x * t[1][0], t[1][1], t


@case((X,))
class ADevice(nn.Module):
    def forward(self, x, d: torch.device = torch.device("cpu")):
        return x.to(d), str(d)


@case((2.0,), (2.0, 1j))
class AComplex(nn.Module):
    def forward(self, x: float, z: complex = 1 + 2j):
        return z * x


@case((X,), (X, "c"), (X, "c", 4))
class Others(nn.Module):
    def forward(self, x, s: str = "ab", n: Optional[int] = None,
                f: float = 1, dtype: Optional[torch.dtype] = None):
        return x if n is None else x + n, s + "c", f


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)
