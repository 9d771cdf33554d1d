"""Functions that call one another, and operators on tensors."""

import math
from typing import Any, List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)

CONST = 5
RATIO = 0.25
NAME = "global"
FLAG = True


def helper(a: int, b: int = 2, c: str = "x") -> str:
    return c + str(a + b)


def make_adder(k: int):
    def add(x: int) -> int:
        return x + 1

    return add


adder = make_adder(3)


@torch.jit.ignore
def ignored(x: int) -> int:
    return x * 2


@torch.jit.unused
def unused(x: int) -> int:
    return x * 2


@case(
    (1,),
)
def default_arguments(a: int) -> List[str]:
    return [helper(a), helper(a, 0), helper(a, c="y"), helper(c="z", a=a, b=1)]


@case(
    (1,),
)
def global_constants(a: int) -> Tuple[float, float]:
    return a + math.pi, math.inf


@case(
    (1,),
)
def nested_function(a: int) -> int:
    return adder(a) * 2


@case((1,), (-1,))
def calls_unused(a: int) -> int:
    if a < 0:
        return unused(a)
    return a


def even(n: int) -> bool:
    return n % 2 == 0


def apply_twice(x: int) -> int:
    return step(step(x))


def step(x: int) -> int:
    return x // 2 if even(x) else 3 * x + 1


@case((7,), (8,))
def call_chain(n: int) -> int:
    return apply_twice(n) + apply_twice(n + 1)


def swap(a: int, b: str) -> Tuple[str, int]:
    return b, a


@case(
    (1, "s"),
)
def returns_tuple(a: int, b: str) -> Tuple[int, str]:
    x, y = swap(a, b)
    return y + 1, x


def changes(xs: List[int]) -> None:
    xs.append(len(xs))


@case(([],), ([5],))
def changes_argument(xs: List[int]) -> List[int]:
    changes(xs)
    changes(xs)
    return xs


def maybe(n: int) -> Optional[int]:
    if n > 0:
        return n
    return None


@case((1,), (-1,))
def optional_result(n: int) -> int:
    x = maybe(n)
    if x is None:
        return 0
    return x


@case((T,))
def functional(x: Tensor) -> Tensor:
    return F.relu(F.softmax(x, dim=-1)) + F.pad(x, [0, 0])


@case((T,))
def keyword_operators(x: Tensor) -> Tuple[Tensor, Tensor]:
    return x.sum(dim=0, keepdim=True), torch.add(x, 1, alpha=2)


def many(a: int, b: float, c: str, d: bool, e: List[int]) -> str:
    return str(a) + str(b) + c + str(d) + str(e)


@case(
    (1,),
)
def many_arguments(n: int) -> str:
    return many(n, e=[n], c="c", d=n > 0, b=0.5)


def void() -> None:
    print("void")


@case(
    (1,),
)
def call_void(n: int) -> None:
    void()
    return void()


def identity(x: Any) -> Any:
    return x


@case(
    (1,),
)
def any_parameter(n: int) -> int:
    y = identity([n])
    if torch.jit.isinstance(y, List[int]):
        return y[0]
    return -1


def sum_all(xs: List[float], start: float = 0.0) -> float:
    for x in xs:
        start += x
    return start


@case(([1.5, 2.0],), ([],))
def parameter_assigned(xs: List[float]) -> Tuple[float, float]:
    return sum_all(xs), sum_all(xs, start=10.0)


@case((3,), (0,))
def locals_shadow_globals(CONST: int) -> int:
    NAME = CONST + 1
    return NAME


@case(
    (3,),
)
def builtin_functions(n: int) -> Tuple[int, int, float, List[int]]:
    return abs(-n), len([n]), float(n), list(range(n))


@case((T, 1.0), (T, 3.0))
def tensor_and_number(x: Tensor, k: float) -> Tensor:
    if x.sum() > k * 10:
        x = x - k
    elif float(x.max()) > k:
        x = x * k
    return x


@case((T,))
def lists_from_ops(x: Tensor) -> Tuple[List[int], int, List[Tensor]]:
    a, b = x.shape
    return x.shape, a * b, torch.split(x, 1)


@case((T,))
def multiple_outputs(x: Tensor) -> Tuple[Tensor, Tensor]:
    values, indices = x.max(dim=1)
    m = torch.max(x, 0)
    return values + m[0].sum(), indices + m.indices.sum()


@case((T.clone(),))
def in_place_calls(x: Tensor) -> Tuple[Tensor, Tensor]:
    y = x
    y += 1
    x.mul_(2)[0].zero_()
    return x, y


@case((T.clone(), torch.tensor([0, 1])))
def index_stores(x: Tensor, i: Tensor) -> Tensor:
    x[0] = 1.0
    x[i] = 2.0
    x[1, 2] += 5
    x[:, 0] = torch.tensor([7.0, 8.0])
    x[x > 6] = -1.0
    return x


@case((T,))
def index_reads(x: Tensor) -> List[Tensor]:
    return [
        x[None],
        x[..., 0],
        x[x > 2],
        x[1:],
        x[:, ::2],
        x[-1],
        x[0, 1],
        x[torch.tensor([1])],
    ]


@case((T,))
def casts(x: Tensor) -> List[Tensor]:
    return [
        x.to(torch.float64),
        x.to("cpu"),
        x.int(),
        x.long(),
        x.to(torch.bool),
        x.type_as(x),
        x.half(),
    ]


@case((T,))
def shape_queries(x: Tensor) -> Tuple[int, int, int, bool, List[int], int]:
    return x.size(0), x.dim(), x.numel(), x.is_contiguous(), x.stride(), len(x)


@case((3,), (1,))
def rank_by_value(n: int) -> Tensor:
    x = torch.ones(2)
    for i in range(n):
        x = x.unsqueeze(0)
    return x


@case((T,))
def closure_of_functions(x: Tensor) -> Tensor:
    return doubled(x) + doubled(x + 1)


def doubled(y: Tensor) -> Tensor:
    return y * 2


@case(
    (3,),
)
def lambda_free_sort(n: int) -> List[int]:
    pairs = [(-(i * 7 % 5), i) for i in range(n)]
    pairs.sort()
    return [p[1] for p in pairs]


@case(([3, 1, 2],))
def chained_calls(xs: List[int]) -> str:
    return ",".join([str(x) for x in sorted(xs)]).replace(",", ";").upper()


@case((T, T + 1))
def zip_tensors(a: Tensor, b: Tensor) -> Tensor:
    out = torch.zeros(3)
    for x, y in zip(a, b):
        out = out + x * y
    return out


@case((T,))
def enumerate_tensor(a: Tensor) -> Tensor:
    out = torch.zeros(3)
    for i, x in enumerate(a):
        out = out + x * i
    return out


@case((1,), (2,), (3,))
def range_len_mix(n: int) -> List[int]:
    out: List[int] = []
    for i, j in enumerate(range(n)):
        out.append(i + j)
    for c, k in zip("abc", range(n)):
        out.append(ord(c) + k)
    return out


@case((3,))
def seeds(n: int) -> Tuple[List[int], bool]:
    torch.manual_seed(n)
    a = torch.rand(2, n)
    torch.manual_seed(n)
    return a.size(), torch.equal(a, torch.rand(2, n))
