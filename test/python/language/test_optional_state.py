"""State that is a tensor at one time and None or something else at another, and
state that has no slot of its own."""
import sys
from typing import Optional, Union

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor, nn

X = torch.arange(6.0).reshape(2, 3)


@case((), ["reset", ()], (), ["get", ()], ["set", (X,)], ["get", ()],
      ["reset", ()], ["get", ()])
class Reset(nn.Module):
    k: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.k = torch.ones(2)
        self.a = 5
        self.z = "s"

    def forward(self) -> int:
        self.a += 1
        return self.a

    @torch.jit.export
    def reset(self) -> None:
        self.k = None

    @torch.jit.export
    def get(self) -> Optional[Tensor]:
        return self.k

    @torch.jit.export
    def set(self, x: Optional[Tensor]) -> None:
        self.k = x


@case((True,), (False,), (True,), (True,))
class Toggle(nn.Module):
    k: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.k = torch.ones(2)

    def forward(self, c: bool) -> bool:
        was = self.k is None
        self.k = torch.ones(2) if c else None
        return was


@case((), (), ())
class BecomesAnInt(nn.Module):
    u: Union[Tensor, int]

    def __init__(self):
        super().__init__()
        self.u = torch.ones(2)

    def forward(self) -> bool:
        was = isinstance(self.u, int)
        self.u = 3
        return was


@case((1j,), (2.5 + 1j,), ["get", ()])
class AComplex(nn.Module):
    def __init__(self):
        super().__init__()
        self.z = 1 + 1j

    def forward(self, z: complex) -> complex:
        self.z = self.z * z
        return self.z

    @torch.jit.export
    def get(self) -> complex:
        return self.z


@case((X,), (X,))
class ADevice(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = torch.device("cpu")

    def forward(self, x: Tensor) -> str:
        was = str(self.d)
        self.d = x.device
        return was


@case((X,), (X,), ["clear", ()], (X,), (X[:1],))
class Cache(nn.Module):
    k: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.k = None

    def forward(self, x: Tensor) -> Tensor:
        k = self.k
        if k is None:
            k = x
        else:
            k = torch.cat([k, x])
        self.k = k
        return k

    @torch.jit.export
    def clear(self) -> None:
        self.k = None


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)
