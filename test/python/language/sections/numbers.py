"""Ints, floats, bools and complex numbers, and what converts between them."""

import cmath
import math
from typing import List, Optional, Tuple

import torch
from torch import Tensor

from .case import case

I = 2**63 - 1
J = -(2**63)


@case((7, 2), (-7, 2), (7, -2), (-7, -2), (0, 3))
def int_arithmetic(a: int, b: int) -> Tuple[int, int, int, int, int, float]:
    return a + b, a - b, a * b, a // b, a % b, a / b


@case(
    (7, 0),
)
def int_floordiv_zero(a: int, b: int) -> int:
    return a // b


@case((7, 0), (-7, 0), (0, 0))
def int_div_zero(a: int, b: int) -> float:
    return a / b


@case((7, 0), (7, 2))
def int_divmod(a: int, b: int) -> Tuple[int, int]:
    return divmod(a, b)


@case((7.5, 2.0), (-7.5, 2.0), (7.5, 0.0), (7.5, -2.0))
def float_divmod(a: float, b: float) -> Tuple[float, float]:
    return divmod(a, b)


@case((7, 2.0), (-7, 2.5), (3, 0.0))
def int_float_divmod(
    a: int, b: float
) -> Tuple[Tuple[float, float], Tuple[float, float]]:
    return divmod(a, b), divmod(b, a)


@case((I, 1), (J, -1), (J, 2))
def int_overflow(a: int, b: int) -> Tuple[int, int, int]:
    return a + b, a - b, a * b


@case((J,), (-5,), (0,))
def int_negation(a: int) -> Tuple[int, int, int, int]:
    return -a, abs(a), 0 - a, -1 - a


@case((2, 10), (2, -1), (0, 0), (-3, 3), (10, 30))
def int_power(a: int, b: int) -> Tuple[float, float]:
    return a**b, pow(a, b)


@case((2.0, 10), (2.0, -1), (0.0, 0), (-8.0, 3), (0.0, -1))
def float_power(a: float, b: int) -> Tuple[float, float, float]:
    return a**b, pow(a, b), b**a


@case((-8.0, 0.5), (2.0, 0.5))
def float_power_float(a: float, b: float) -> float:
    return a**b


@case((5.5, 2.0), (-5.5, 2.0), (5.5, 0.0), (-5.5, 0.0), (0.0, 0.0))
def float_arithmetic(
    a: float, b: float
) -> Tuple[float, float, float, float, float, float]:
    return a + b, a - b, a * b, a / b, a // b, a % b


@case((5, 2.5), (-5, 0.0), (0, -0.0))
def mixed_arithmetic(
    a: int, b: float
) -> Tuple[float, float, float, float, float, float, float]:
    return a + b, b - a, a * b, a / b, b / a, a // b, a % b


@case((5, 2.5), (2, 2.0), (-1, float("nan")), (I, 9.2e18))
def mixed_comparison(
    a: int, b: float
) -> Tuple[bool, bool, bool, bool, bool, bool]:
    return a < b, a <= b, a > b, a >= b, a == b, a != b


@case((6, 3), (-6, 2), (0, 0))
def bits(a: int, b: int) -> Tuple[int, int, int, int, int]:
    return a & b, a | b, a ^ b, a << b, a >> b


@case((True, False), (True, True), (False, False))
def bool_bits(a: bool, b: bool) -> Tuple[bool, bool, bool, bool, bool]:
    return a & b, a | b, a ^ b, a == b, a != b


@case((True, 3), (False, 0))
def bool_to_number(a: bool, n: int) -> Tuple[int, float, bool, bool, int]:
    return int(a), float(a), bool(n), bool(float(n)), n + int(a)


@case((2.7,), (-2.7,), (0.0,), (1e18,))
def int_of_float(x: float) -> Tuple[int, bool]:
    return int(x), bool(x)


@case((float("nan"),), (float("inf"),), (1e30,))
def int_of_special(x: float) -> bool:
    return bool(x)


@case(
    ("12",),
    ("-7",),
    (" 5 ",),
    ("x",),
    ("",),
    ("1.5",),
    ("0x10",),
    ("9223372036854775808",),
    ("1_000",),
    ("+3",),
)
def int_of_str(s: str) -> int:
    return int(s)


@case(
    ("12",),
    ("-7.5",),
    (" 5.25 ",),
    ("x",),
    ("",),
    ("1e5",),
    ("inf",),
    ("nan",),
    ("-inf",),
    ("1.5x",),
)
def float_of_str(s: str) -> float:
    return float(s)


@case((2.5,), (3.5,), (-0.5,), (2.4,), (float("inf"),))
def round_float(x: float) -> float:
    return round(x)


@case((3,), (-2,))
def round_int(x: int) -> float:
    return round(x)


@case((3, 5), (-3, 5))
def min_max(a: int, b: int) -> Tuple[int, int, float, float]:
    return min(a, b), max(a, b), min(float(a), 2.5), max(a, 4.5)


@case(([3, 1, 2],), ([7],))
def min_max_list(xs: List[int]) -> Tuple[int, int, int]:
    return min(xs), max(xs), sum(xs)


@case(([3.5, 1.0],), ([-1.0],))
def min_max_float_list(xs: List[float]) -> Tuple[float, float, float]:
    return min(xs), max(xs), sum(xs)


@case(([],))
def min_of_empty(xs: List[int]) -> int:
    return min(xs)


@case(([],))
def max_of_empty(xs: List[float]) -> float:
    return max(xs)


@case(([],), ([1.5, 2.5],))
def sum_of_floats(xs: List[float]) -> float:
    return sum(xs)


@case(([True, False, True],), ([],))
def any_all(xs: List[bool]) -> Tuple[bool, bool]:
    return any(xs), all(xs)


@case(([True, False, True],))
def sum_of_bools(xs: List[bool]) -> int:
    return sum(xs)


@case(([0, 2],), ([],), ([1, 1],))
def any_all_ints(xs: List[int]) -> Tuple[bool, bool]:
    return any(xs), all(xs)


@case(
    ([1, 2], [3, 0]),
)
def min_of_lists(xs: List[int], ys: List[int]) -> Tuple[List[int], List[int]]:
    return min(xs, ys), max(xs, ys)


@case(
    (2.0,), (0.5,), (-1.0,), (0.0,), (float("inf"),), (float("nan"),), (1e300,)
)
def math_one_argument(x: float) -> List[float]:
    return [
        math.sqrt(x),
        math.exp(x),
        math.log(x),
        math.log10(x),
        math.log1p(x),
        math.expm1(x),
        math.sin(x),
        math.cos(x),
        math.tan(x),
        math.asin(x),
        math.acos(x),
        math.atan(x),
        math.sinh(x),
        math.cosh(x),
        math.tanh(x),
        math.asinh(x),
        math.acosh(x),
        math.atanh(x),
        math.fabs(x),
        math.degrees(x),
        math.radians(x),
        math.erf(x),
        math.erfc(x),
        math.gamma(x),
        math.lgamma(x),
    ]


@case((2,), (0,), (-1,), (170,), (10000,))
def math_of_int(x: int) -> List[float]:
    return [
        math.sqrt(x),
        math.exp(x),
        math.log(x),
        math.log10(x),
        math.log1p(x),
        math.expm1(x),
        math.sin(x),
        math.cos(x),
        math.tan(x),
        math.asin(x),
        math.acos(x),
        math.atan(x),
        math.sinh(x),
        math.cosh(x),
        math.tanh(x),
        math.asinh(x),
        math.acosh(x),
        math.atanh(x),
        math.fabs(x),
        math.degrees(x),
        math.radians(x),
        math.erf(x),
        math.erfc(x),
        math.gamma(x),
        math.lgamma(x),
    ]


@case((2.5, 1.5), (-2.5, 0.0), (0.0, -0.0), (float("inf"), 1.0))
def math_two_arguments(x: float, y: float) -> List[float]:
    return [
        math.atan2(x, y),
        math.pow(x, y),
        math.fmod(x, y),
        math.copysign(x, y),
        math.log(x, y),
        math.remainder(x, y),
    ]


@case((5, 2), (-5, 3), (5, 0))
def math_two_ints(x: int, y: int) -> List[float]:
    return [math.atan2(x, y), math.pow(x, y), math.copysign(x, y)]


@case((2.5,), (-2.5,), (3.0,), (-0.5,))
def math_rounding(x: float) -> Tuple[int, int, int]:
    return math.floor(x), math.ceil(x), int(x)


@case((2.5,), (-2.5,), (1e15,), (0.0,))
def math_floor_ceil(x: float) -> Tuple[int, int]:
    return math.floor(x), math.ceil(x)


@case((2.5,), (-0.0,), (float("inf"),), (float("nan"),))
def math_predicates(x: float) -> Tuple[bool, bool, bool]:
    return math.isnan(x), math.isinf(x), math.isfinite(x)


@case((2.5,), (-1.25,), (0.0,))
def math_parts(
    x: float,
) -> Tuple[Tuple[float, float], Tuple[float, int], float]:
    return math.modf(x), math.frexp(x), math.ldexp(x, 3)


@case((12, 18), (0, 5), (-4, 6), (0, 0))
def math_gcd(a: int, b: int) -> int:
    return math.gcd(a, b)


@case((5,), (0,), (20,), (-1,), (25,))
def math_factorial(n: int) -> int:
    return math.factorial(n)


@case(
    (1,),
)
def math_constants(n: int) -> Tuple[float, float, float, float, float]:
    return math.pi * n, math.e, math.tau, math.inf, -math.inf


@case((1.5, -2.0), (0.0, 0.0), (-1.0, 0.5))
def complex_basics(
    a: float, b: float
) -> Tuple[complex, complex, complex, complex, float]:
    z = complex(a, b)
    w = z * 2j + 1
    return z, w, z - w, -z, abs(z)


@case((1.5, -2.0), (2.0, 0.5))
def complex_division(a: float, b: float) -> complex:
    z = complex(a, b)
    return z / complex(1.0, 2.0)


@case((1.5, -2.0), (1.0, 1.0))
def complex_equality(a: float, b: float) -> Tuple[bool, bool, bool]:
    z = complex(a, b)
    return z == complex(1.0, 1.0), z != 1j, z == a


@case((3,), (-1,))
def complex_of_ints(a: int) -> Tuple[complex, complex, complex]:
    return complex(a), complex(a, 2), complex(1.5, a)


@case((True,), (False,))
def complex_of_bool(a: bool) -> complex:
    return complex(a, 1.0)


@case((1.5 - 2j,), (0j,))
def complex_argument(z: complex) -> Tuple[complex, complex, str]:
    return z + 1, z * z, str(z)


@case(([1j, 2 + 0j],), ([],))
def complex_list(zs: List[complex]) -> Tuple[List[complex], complex]:
    total = 0j
    for z in zs:
        total += z
    return [z * 1j for z in zs], total


@case(
    (1.0, 2.0),
)
def cmath_functions(a: float, b: float) -> List[complex]:
    z = complex(a, b)
    return [
        cmath.exp(z),
        cmath.log(z),
        cmath.sqrt(z),
        cmath.sin(z),
        cmath.cos(z),
        cmath.tan(z),
        cmath.asin(z),
        cmath.acos(z),
        cmath.atan(z),
        cmath.sinh(z),
        cmath.cosh(z),
        cmath.tanh(z),
        cmath.asinh(z),
        cmath.acosh(z),
        cmath.atanh(z),
        cmath.log10(z),
    ]


@case((1.0, 2.0), (-1.0, 0.0))
def cmath_phase(a: float, b: float) -> float:
    z = complex(a, b)
    return cmath.phase(z)


@case(
    (1.0, 2.0),
)
def cmath_predicates(a: float, b: float) -> Tuple[bool, bool, bool]:
    z = complex(a, b)
    return cmath.isnan(z), cmath.isinf(z), cmath.isfinite(z)


@case((255,), (-255,), (0,))
def bases(n: int) -> Tuple[str, str, str]:
    return hex(n), bin(n), oct(n)


@case((65,), (0,), (255,), (256,), (-1,))
def chr_of(n: int) -> str:
    return chr(n)


@case(("a",), ("ab",), ("",), ("é",))
def ord_of(s: str) -> int:
    return ord(s)


@case(
    (torch.tensor(3),),
    (torch.tensor(2.7),),
    (torch.tensor([1]),),
    (torch.tensor([1, 2]),),
    (torch.tensor(True),),
)
def numbers_of_tensor(x: Tensor) -> Tuple[int, float, bool]:
    return int(x), float(x), bool(x)


@case((torch.tensor(1 + 2j),), (torch.tensor(1.0),))
def complex_of_tensor(x: Tensor) -> complex:
    return complex(x)


@case(
    (torch.tensor(3),),
    (torch.tensor(2.5),),
    (torch.tensor(False),),
    (torch.tensor([1, 2]),),
)
def item_of_tensor(x: Tensor) -> str:
    return str(x.item())


@case((7, torch.tensor([2.0, 4.0])), (-7, torch.tensor([2, 3])))
def number_with_tensor(
    n: int, x: Tensor
) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    return n + x, n - x, n * x, n / x, x**2, x // 2


@case(
    (3.0,),
    (0.1,),
    (1e100,),
    (1e16,),
    (123456789.123,),
    (-0.0,),
    (float("nan"),),
    (float("inf"),),
    (1e-5,),
)
def str_of_float(x: float) -> str:
    return str(x) + " " + f"{x}"


@case(
    (2**53 + 1,),
)
def float_of_large_int(n: int) -> Tuple[float, bool]:
    return float(n), float(n) == n


@case((5, 3), (1, 1))
def int_comparison_chain(a: int, b: int) -> Tuple[bool, bool]:
    return a < b < 10, a >= b >= 1


@case((None,), (4,))
def optional_number(x: Optional[int]) -> int:
    if x is None:
        x = 10
    return x * 2


@case((3,), (-3,))
def number_literals(n: int) -> Tuple[int, int, int, float, float, int]:
    return 0x1F + n, 0b101, 0o17, 1e3, 0.5, 1_000


@case((5,), (2,))
def index_arithmetic(n: int) -> int:
    return (n * n + n) // 2 - (n - 1) * n // 2


@case((1.5,), (-1.5,))
def float_methods(x: float) -> Tuple[bool, bool, bool]:
    return x > 0 and x < 2, x == 1.5, x != x


@case(
    (J,),
)
def minimum_literal(n: int) -> Tuple[bool, int]:
    return n == -9223372036854775807 - 1, n + 1


@case(
    (3, 4.0, 2 + 1j),
)
def mixed_complex(
    a: int, b: float, c: complex
) -> Tuple[complex, complex, complex]:
    return a + c, b * c, c - a
