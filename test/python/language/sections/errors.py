"""What programs and operators raise."""

from typing import Dict, List, Optional

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


class OwnError(Exception):
    pass


class DetailError(ValueError):
    def __init__(self, text: str):
        super().__init__(text)


@case((1,), (-1,))
def own_exception(n: int) -> int:
    if n < 0:
        raise OwnError("own " + str(n))
    return n


@case((1,), (-1,))
def own_exception_no_text(n: int) -> int:
    if n < 0:
        raise OwnError
    return n


@case((1,), (-1,))
def own_exception_empty_call(n: int) -> int:
    if n < 0:
        raise OwnError()
    return n


@case((0,), (1,), (2,), (3,), (4,), (5,), (6,))
def builtin_exceptions(n: int) -> int:
    if n == 0:
        raise ValueError("value")
    if n == 1:
        raise KeyError("key")
    if n == 2:
        raise IndexError("index")
    if n == 3:
        raise TypeError("type")
    if n == 4:
        raise NotImplementedError("not implemented")
    if n == 5:
        raise RuntimeError("runtime")
    return n


@case((0,), (1,))
def raise_without_message(n: int) -> int:
    if n == 0:
        raise ValueError
    return n


@case((0,), (1,))
def raise_with_number(n: int) -> int:
    if n == 0:
        raise ValueError(n)
    return n


@case((0,), (1,))
def raise_with_two(n: int) -> int:
    if n == 0:
        raise ValueError("a", n)
    return n


@case((0,), (1,))
def raise_with_fstring(n: int) -> int:
    if n == 0:
        raise ValueError(f"bad {n} of {[n]}")
    return n


@case((0,), (1,))
def raise_with_format(n: int) -> int:
    if n == 0:
        raise ValueError("bad {} of {}".format(n, "x"))
    return n


@case((0,), (1,))
def raise_with_percent(n: int) -> int:
    if n == 0:
        raise ValueError("bad %d" % n)
    return n


@case((0,), (1,))
def raise_in_callee(n: int) -> int:
    return inner(n) + 1


def inner(n: int) -> int:
    if n == 0:
        raise ValueError("inner")
    return n


@case(([1], 0), ([1], 1), ([1], -2))
def index_error(xs: List[int], i: int) -> int:
    return xs[i]


@case(
    ({"a": 1}, "b"),
)
def key_error(d: Dict[str, int], k: str) -> int:
    return d[k]


@case(
    ({1: 1}, 7),
)
def key_error_int(d: Dict[int, int], k: int) -> int:
    return d[k]


@case(
    ({1.5: 1}, 2.5),
)
def key_error_float(d: Dict[float, int], k: float) -> int:
    return d[k]


@case((0,), (3,))
def assert_plain(n: int) -> int:
    assert n > 0
    return n


@case((0,), (3,))
def assert_text(n: int) -> int:
    assert n > 0, "n must be positive"
    return n


@case((0,), (3,))
def assert_computed(n: int) -> int:
    assert n > 0, "n is {}".format(n)
    return n


@case((T, 3), (T, 4))
def view_error(x: Tensor, n: int) -> Tensor:
    return x.view(n, -1)


@case((T, torch.ones(2)), (T, torch.ones(3)))
def broadcast_error(x: Tensor, y: Tensor) -> Tensor:
    return x + y


@case((T, T), (T, T.t()))
def matmul_error(x: Tensor, y: Tensor) -> Tensor:
    return x @ y


@case((T, 5), (T, 1))
def select_error(x: Tensor, i: int) -> Tensor:
    return x[i]


@case((T, 5), (T, -1))
def dim_error(x: Tensor, d: int) -> Tensor:
    return x.sum(d)


@case(([1, 2, 3],), ([1, 2],))
def unpack_error(xs: List[int]) -> int:
    a, b = xs
    return a + b


@case((None,), (1,))
def unwrap_error(x: Optional[int]) -> int:
    assert x is not None, "nothing"
    return x


@case(([],), ([1.5],))
def pop_error(xs: List[float]) -> float:
    return xs.pop()


@case(
    (T, torch.ones(2, 2)),
)
def cat_error(x: Tensor, y: Tensor) -> Tensor:
    return torch.cat([x, y])


@case(([],))
def stack_error(xs: List[Tensor]) -> Tensor:
    return torch.stack(xs)


@case((T,))
def item_error(x: Tensor) -> float:
    return x.item()


@case((T,))
def bool_error(x: Tensor) -> int:
    if x:
        return 1
    return 0


@case((2,), (0,))
def partial_effects(n: int) -> List[int]:
    xs: List[int] = []
    for i in range(3):
        print("step", i)
        xs.append(6 // (n - i))
    return xs


@case(([1, 2], 5), ([1, 2], 1))
def argument_written_before(xs: List[int], k: int) -> int:
    xs.append(9)
    xs[0] = 7
    return xs[k]


@case((T.clone(), 5), (T.clone(), 1))
def tensor_written_before(x: Tensor, k: int) -> Tensor:
    x[0] = 7.0
    x.add_(1)
    return x[k]


@case((1,), (0,))
def error_in_condition(n: int) -> int:
    xs = [1]
    if xs[1 - n] > 0 and 10 // n > 1:
        return 1
    return 0


@case(("a",), ("1",))
def int_error(s: str) -> int:
    return int(s)


@case(("a",), ("1.5",))
def float_error(s: str) -> float:
    return float(s)


@case(("é",), ("a",), ("",))
def ord_error(s: str) -> int:
    return ord(s)


@case((1, 70), (1, 3), (1, -1))
def shift(a: int, b: int) -> int:
    if b < 0 or b > 63:
        raise ValueError("shift by " + str(b))
    return a << b


@case((-1,), (1,))
def nested_raise(n: int) -> str:
    if n < 0:
        if n < -5:
            raise KeyError("deep")
        else:
            raise OwnError("shallow")
    return "ok"


@case((0,), (1,), (2,))
def raise_in_loop(n: int) -> int:
    total = 0
    for i in range(3):
        if i == n:
            raise IndexError("at " + str(i) + " with " + str(total))
        total += i
    return total


@case((T,))
def not_implemented(x: Tensor) -> Tensor:
    if x.size(0) > 1:
        raise NotImplementedError("rows " + str(x.size(0)))
    return x


@case((0,), (1,))
def raise_variable(n: int) -> int:
    msg = "m" + str(n)
    if n == 0:
        raise RuntimeError(msg)
    return n


@case((0,), (1,))
def unreachable_after_raise(n: int) -> int:
    if n > 0:
        return n
    raise ValueError("end")
