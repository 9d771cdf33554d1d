"""What `print` and `str` write."""

from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional

import torch
from torch import Tensor

from .case import case


class Pt(NamedTuple):
    x: int
    y: float


class E(Enum):
    A = 1


@case(
    (1, 2.5, True, "s"),
)
def scalars(a: int, b: float, c: bool, d: str) -> None:
    print(a, b, c, d)
    print()
    print("")
    print(a)


@case(
    (3.0,),
    (0.1,),
    (1e20,),
    (1e-7,),
    (float("inf"),),
    (float("nan"),),
    (-0.0,),
    (123456.789,),
)
def floats(x: float) -> None:
    print(x, [x], (x,), {"k": x})


@case((1 + 2j,), (-1.5j,), (0j,))
def complexes(z: complex) -> str:
    print(z, [z])
    return str(z)


@case(([1, 2], ["a", "b"], [1.5], [True, False]), ([], [], [], []))
def lists(a: List[int], b: List[str], c: List[float], d: List[bool]) -> None:
    print(a, b, c, d)


@case(({"a": 1}, {1: "x"}), ({}, {}))
def dicts(d: Dict[str, int], e: Dict[int, str]) -> None:
    print(d, e)


@case(
    (1,),
)
def tuples(n: int) -> None:
    print((n, "a"), (n,), ((n, n), 2.5))


@case((None,), (3,))
def optionals(x: Optional[int]) -> None:
    print(x, [x])


@case(
    (1,),
)
def nones(n: int) -> None:
    print(None, (None, n))


@case(([[1], []],))
def nested(xs: List[List[int]]) -> None:
    print(xs, {"k": xs}, (xs, "s"))


@case((Pt(1, 2.0),))
def named(p: Pt) -> None:
    print(p, [p])


@case((E.A,))
def enums(e: E) -> None:
    print(e)


@case(
    (torch.tensor([1.0, 2.5]),),
    (torch.tensor([[1.0, -2.0], [3.5, 1e6]]),),
    (torch.zeros(0),),
    (torch.tensor(2.5),),
    (torch.arange(8.0).reshape(2, 2, 2),),
    (torch.zeros(2, 0),),
)
def float_tensors(x: Tensor) -> None:
    print(x)


@case(
    (torch.tensor([1, -20]),),
    (torch.tensor(7),),
    (torch.arange(12).reshape(2, 2, 3),),
    (torch.zeros(0, dtype=torch.int64),),
)
def int_tensors(x: Tensor) -> None:
    print(x)


@case((torch.tensor([True, False]),), (torch.tensor(True),))
def bool_tensors(x: Tensor) -> None:
    print(x)


@case((torch.tensor([1 + 2j, -1j]),), (torch.tensor(1j),))
def complex_tensors(x: Tensor) -> None:
    print(x)


@case(
    (torch.tensor([float("nan"), float("inf"), -float("inf"), 1.0]),),
    (torch.tensor(float("nan")),),
    (torch.tensor([float("inf")]),),
)
def special_tensors(x: Tensor) -> None:
    print(x)


@case(
    (torch.tensor([1.5], dtype=torch.float16),),
    (torch.tensor([1.5], dtype=torch.bfloat16),),
    (torch.tensor([1.5], dtype=torch.float64),),
    (torch.tensor([1], dtype=torch.uint8),),
    (torch.tensor([1], dtype=torch.int8),),
    (torch.tensor([1], dtype=torch.int16),),
    (torch.tensor([1], dtype=torch.int32),),
)
def dtypes(x: Tensor) -> None:
    print(x, x.dtype)


@case((torch.tensor([1.0]),))
def tensors_in_containers(x: Tensor) -> None:
    print([x, x + 1], {"k": x}, (x, 1))


@case((torch.zeros(2, 3),))
def attributes(x: Tensor) -> None:
    print(x.shape, x.size(), x.dtype, x.device, x.dim(), x.requires_grad)


@case(
    (1,),
)
def any_list(n: int) -> None:
    xs: List[Any] = [n, "a", None, 2.5, [n]]
    print(xs)


@case((torch.randn(3, 30, generator=torch.Generator().manual_seed(0)),))
def wide_tensor(x: Tensor) -> None:
    print(x)


@case(
    (torch.tensor([1e-8, 1.0]),),
    (torch.tensor([1e10, 1.0]),),
    (torch.tensor([1e-3, 2e-3]),),
    (torch.tensor([100000.0, 1.0]),),
)
def scaled_tensors(x: Tensor) -> None:
    print(x)


@case(
    (2,),
)
def fstrings(n: int) -> str:
    xs = [n, 3]
    s = f"{n} {n + 1} {xs} {xs[0]} {'q'} {n > 1}"
    print(s)
    return s


@case(("a\nb",))
def newline(s: str) -> None:
    print(s, [s])


@case((torch.float64,))
def dtype_value(d: torch.dtype) -> None:
    print(d)


@case((2,))
def print_in_loop(n: int) -> None:
    for i in range(n):
        print("i", i, end_of(i))


def end_of(i: int) -> str:
    return str(i) + "!"
