"""Complex numbers, devices, and numbers of tensors."""
import cmath
from typing import Any, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check
from torch import Tensor

T = torch.tensor


def arithmetic(a: float, b: float) -> Tuple[complex, complex, complex, complex]:
    z, w = complex(a, b), complex(b, 2)
    return z + w, z - w, z * w, z / w


def mixed(a: float, n: int) -> Tuple[complex, complex, complex, complex]:
    z = complex(a, n)
    return z + n, a * z, n - z, z ** 2.0


def comparisons(a: float, b: float) -> Tuple[bool, bool, float]:
    z, w = complex(a, b), complex(b, a)
    return z == w, z != w, abs(z)


def functions(a: float, b: float) -> Tuple[complex, complex, complex, float]:
    z = complex(a, b)
    return cmath.exp(z), cmath.log(z), cmath.sqrt(z), cmath.phase(z)


def complex_list(a: float, n: int) -> List[complex]:
    zs: List[complex] = []
    for i in range(n):
        zs.append(complex(a, i))
    print(zs)
    return zs


def complex_text(a: float, b: float) -> str:
    z = complex(a, b)
    print(z, "and", z * 2)
    return str(z) + f"{z}"


def optional_complex(a: float, n: int) -> Optional[complex]:
    z: Optional[complex] = None
    if n > 0:
        z = complex(a, n)
    return z


def complex_of_tensor(x: Tensor) -> Tuple[complex, complex]:
    return complex(x, 2), complex(1.5, x)


def devices(x: Tensor) -> Tuple[str, bool, Optional[int], str]:
    cpu = torch.device("cpu")
    return cpu.type, cpu == x.device, x.device.index, str(x.device)


def device_of_text(text: str) -> str:
    return torch.device(text).type


def ints(x: Tensor) -> List[int]:
    values: List[int] = x.tolist()
    return values


def rows(x: Tensor) -> List[List[float]]:
    values: List[List[float]] = x.tolist()
    values.append([1.5])
    return values


def truths(x: Tensor) -> List[bool]:
    values: List[bool] = x.tolist()
    return values


def one_float(x: Tensor) -> float:
    value: float = x.tolist()
    return value


def as_any(x: Tensor) -> bool:
    values: List[int] = x.tolist()
    any: Any = values
    return isinstance(any, List[int])


CASES = {
    arithmetic: [(1.5, -2.0), (0.0, 0.5)],
    mixed: [(1.5, 3), (-0.5, 0)],
    comparisons: [(1.0, 1.0), (1.0, 2.0)],
    functions: [(0.3, 2.0), (-1.0, 0.0)],
    complex_list: [(0.5, 0), (0.5, 3)],
    complex_text: [(1.5, -2.0), (0.3, 1e20)],
    optional_complex: [(1.0, 0), (1.0, 2)],
    complex_of_tensor: [(T(1.5),), (T(2.0),)],
    devices: [(T(1.5),)],
    device_of_text: [("cpu",), ("cuda:1",)],
    ints: [(T([1, 2]),), (T([1.5]),), (T([[1]]),), (T([], dtype=torch.int64),)],
    rows: [(T([[1.0, 2.0]]),), (torch.zeros(0, 2),), (torch.zeros(2, 0),),
           (torch.ones(2, 2, dtype=torch.float64).t(),)],
    truths: [(T([True, False]),), (T([1]),)],
    one_float: [(T(2.5),), (T([2.5]),)],
    as_any: [(T([1, 2]),)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_numbers(function):
    check(function, *CASES[function])


def by_minus_one(a: int, b: int) -> Tuple[int, int, int, int]:
    quotient, rest = divmod(a, b)
    return a // b, a % b, quotient, rest


def shifts(a: int, b: int) -> Tuple[int, int]:
    return a << b, a >> b


def test_the_least_int():
    """PyTorch divides it by -1, too, which ends the process."""
    least = -2 ** 63
    compiled = minitorch.compile(torch.jit.script(by_minus_one))
    assert compiled(least, -1) == (least, 0, least, 0)
    check(by_minus_one, (7, -1), (-7, -1), (7, 2), (-7, 2), (7, -2))


def test_shifts():
    """By more bits than there are it is undefined in C++, but may not depend on
    what the compiler knows."""
    check(shifts, (3, 2), (-9, 1), (1, 63))
    compiled = minitorch.compile(torch.jit.script(shifts))
    assert compiled(1, 64) == compiled(1, 128) == (1, 1)
