"""Branches, loops, assignments, asserts."""

from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from .case import case

T = torch.arange(6.0).reshape(2, 3)


@case((1, T), (-1, T))
def if_else(x: int, a: Tensor) -> Tensor:
    if x > 0:
        a = a + 1
    else:
        a = a - 1
    return a


@case((0,), (1,), (2,), (-7,))
def elif_chain(x: int) -> str:
    if x == 0:
        return "zero"
    elif x == 1:
        return "one"
    elif x < 0:
        y = "minus"
    else:
        y = "many"
    return y + str(x)


@case((1,), (0,), (-5,))
def nested_ternary(x: int) -> str:
    return "p" if x > 0 else "z" if x == 0 else "n"


@case((True, True), (True, False), (False, True), (False, False))
def and_or_not(a: bool, b: bool) -> Tuple[bool, bool, bool, bool]:
    return a and b, a or b, not a, a and not b or b and not a


def shout(name: str, answer: bool) -> bool:
    print("asked", name)
    return answer


@case((True, True), (True, False), (False, True), (False, False))
def short_circuit(a: bool, b: bool) -> Tuple[bool, bool]:
    x = shout("a", a) and shout("b", b)
    y = shout("c", a) or shout("d", b)
    return x, y


@case((1, 2), (2, 2), (0, 3), (5, 1))
def chained_comparison(a: int, b: int) -> Tuple[bool, bool]:
    return 0 < a <= b, a != b > 1


@case((10,), (1,), (0,), (97,))
def collatz(n: int) -> Tuple[int, List[int]]:
    steps = 0
    seen: List[int] = []
    while n > 1 and steps < 200:
        seen.append(n)
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps, seen


@case((1,), (20,))
def while_true(n: int) -> int:
    while True:
        n += 1
        if n % 3 == 0:
            continue
        if n > 9:
            break
    return n


@case((0,), (7,), (13,))
def while_with_return(n: int) -> int:
    k = 1
    while k < 1000:
        k *= 2
        if k % 7 == n % 7:
            return k
        if k > n * 100:
            return -k
    return 0


@case((0, 10, 3), (10, 0, -4), (0, 0, 1), (5, -5, -1), (1, 4, 100))
def range_with_step(a: int, b: int, c: int) -> List[int]:
    out: List[int] = []
    for i in range(a, b, c):
        out.append(i)
    return out


@case(
    (0, 3, 0),
)
def range_step_zero(a: int, b: int, c: int) -> int:
    n = 0
    for i in range(a, b, c):
        n += 1
    return n


@case((3,), (0,), (-3,))
def range_negative(n: int) -> List[int]:
    return [i for i in range(n)]


@case(([1, 2, 3], T, "abc"), ([], T[:0], ""))
def over_each_kind(
    xs: List[int], t: Tensor, w: str
) -> Tuple[int, List[str], Tensor]:
    n = 0
    for x in xs:
        n += x
    total = torch.zeros(3)
    for r in t:
        total = total + r
    cs: List[str] = []
    for c in w:
        cs.append(c + "!")
    return n, cs, total


@case(({"a": 1, "b": 2},), ({},))
def over_dict(d: Dict[str, int]) -> Tuple[int, str]:
    n, names = 0, ""
    for k, v in d.items():
        n += v
        names += k
    for k in d:
        names += k.upper()
    for v in d.values():
        n *= v + 1
    return n, names


@case(([1, 2, 3],))
def grows_while_iterated(xs: List[int]) -> List[int]:
    for x in xs:
        if x < 3:
            xs.append(x * 10)
    return xs


@case(([1, 2, 3, 4],))
def shrinks_while_iterated(xs: List[int]) -> int:
    n = 0
    for x in xs:
        n += x
        xs.pop()
    return n


@case((2,), (-1,))
def over_tuple_literal(x: int) -> float:
    n = 0.0
    for v in (x, 0.5, 3):
        n = n * 2 + v
    return n


@case(([5, 6], ["a", "b", "c"]), ([], []))
def enumerate_and_zip(
    xs: List[int], ys: List[str]
) -> List[Tuple[int, int, str]]:
    out: List[Tuple[int, int, str]] = []
    for i, (x, y) in enumerate(zip(xs, ys)):
        out.append((i, x, y))
    for i, x in enumerate(xs):
        out.append((x, i, "e"))
    return out


@case(([5, 6, 7],))
def enumerate_start(xs: List[int]) -> List[int]:
    out: List[int] = []
    for i, x in enumerate(xs, 10):
        out.append(i * x)
    return out


@case(([1, 2], [3.0, 4.5], "xy"), ([1], [], "xy"))
def zip_of_three(xs: List[int], ys: List[float], s: str) -> List[str]:
    out: List[str] = []
    for x, y, c in zip(xs, ys, s):
        out.append(str(x) + str(y) + c)
    return out


@case((3,), (0,))
def zip_of_ranges(n: int) -> List[int]:
    return [i * j for i, j in zip(range(n), range(5, 5 + n))]


@case(([3, -1, 5], 0), ([3, 1], 5), ([], 1))
def break_and_continue(xs: List[int], k: int) -> Tuple[int, int]:
    n = 0
    last = -1
    for x in xs:
        if x == k:
            continue
        if x < 0:
            break
        n += x
        last = x
    return n, last


@case(([3, -1, 5],), ([3, 1],), ([],))
def return_in_loop(xs: List[int]) -> int:
    for x in xs:
        if x < 0:
            return x
    return 0


@case(([[1, 2], [3, -4], [5]],), ([[1]],), ([],))
def return_in_nested_loop(rows: List[List[int]]) -> Tuple[int, int]:
    for i in range(len(rows)):
        for j, x in enumerate(rows[i]):
            if x < 0:
                return i, j
    return -1, -1


@case((4,), (0,))
def nested_breaks(n: int) -> List[int]:
    out: List[int] = []
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if (i + j) % 2 == 1:
                continue
            out.append(i * 10 + j)
        if len(out) > 4:
            break
    return out


@case(
    (3,),
)
def shadowed_loop_variable(n: int) -> Tuple[int, int]:
    i = 100
    for i in range(n):
        i += 10
    return i, n


@case(
    (0,),
)
def loop_variable_of_no_turn(n: int) -> int:
    i = 100
    for i in range(n):
        pass
    return i


@case((1,), (0,))
def variable_of_two_types_in_branches(n: int) -> str:
    if n > 0:
        x = "text"
        r = x
    else:
        y = 3
        r = str(y)
    return r


@case(
    ((1, (2, "s")), [7, 8]), ((1, (2, "s")), [7]), ((1, (2, "s")), [7, 8, 9])
)
def unpacking(
    t: Tuple[int, Tuple[int, str]], xs: List[int]
) -> Tuple[int, str, int, int]:
    a, (b, c) = t
    d, e = xs
    a, b = b, a
    return a * 10 + b, c, d, e


@case(((1, 2, 3, 4),))
def starred(t: Tuple[int, int, int, int]) -> Tuple[int, int, int, int]:
    a, *b = t
    *c, d = t
    e, *f, g = t
    return a, len(b) + len(c), d + e, f[1] + g


@case((5, T), (-2, T))
def augmented(a: int, x: Tensor) -> Tuple[int, Tensor, Tensor]:
    y = x
    a += 2
    a -= 1
    a *= 3
    x = x * 1
    x += a
    x -= 1
    x *= 2
    x /= 4
    return a, x, y


@case((7,), (-7,))
def augmented_modulo(a: int) -> float:
    a %= 3
    return a


@case(
    (6.0,),
)
def augmented_float(a: float) -> Tuple[float, float]:
    b = a
    a /= 4
    b **= 2
    return a, b


@case((6, 3), (-6, 1))
def augmented_bits(a: int, b: int) -> Tuple[int, int, int, int, int]:
    c, d, e, f, g = a, a, a, a, a
    c &= b
    d |= b
    e ^= b
    f <<= b
    g >>= b
    return c, d, e, f, g


@case(([1, 2, 3], {"a": 1, "b": 2}), ([1], {"b": 2}), ([], {"a": 1}))
def deletes(
    xs: List[int], d: Dict[str, int]
) -> Tuple[List[int], Dict[str, int]]:
    del xs[0]
    del d["a"]
    return xs, d


@case(
    (3,),
)
def del_variable(n: int) -> int:
    m = n + 1
    k = m * 2
    del m
    return k


@case((2,), (0,))
def pass_everywhere(n: int) -> int:
    if n > 1:
        pass
    else:
        n -= 1
    for _ in range(n):
        pass
    return n


@case(
    (3, 4),
)
def multiple_targets(a: int, b: int) -> Tuple[int, int]:
    x = y = a + b
    x += 1
    return x, y


@case(
    ([1, 2],),
)
def multiple_targets_alias(xs: List[int]) -> Tuple[List[int], List[int]]:
    a = b = xs
    a.append(3)
    return a, b


@case((3,), (0,))
def loop_carried_optional(n: int) -> Optional[int]:
    best: Optional[int] = None
    for i in range(n):
        if best is None:
            best = i * 5
        else:
            if i * 7 % 5 > best:
                best = i
    return best


@case((5,), (0,), (1,))
def fibonacci(n: int) -> List[int]:
    a, b = 0, 1
    out: List[int] = []
    while len(out) < n:
        out.append(a)
        a, b = b, a + b
    return out


@case((30,), (2,), (0,))
def sieve(n: int) -> List[int]:
    flags = [True] * (n + 1)
    primes: List[int] = []
    for i in range(2, n + 1):
        if flags[i]:
            primes.append(i)
            j = i * i
            while j <= n:
                flags[j] = False
                j += i
    return primes


@case(([5, 2, 9, 1],), ([],), ([1],))
def bubble_sort(xs: List[int]) -> List[int]:
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return xs


@case(([1, 3, 5, 7], 5), ([1, 3], 2), ([], 1))
def binary_search(xs: List[int], x: int) -> int:
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    if lo < len(xs) and xs[lo] == x:
        return lo
    return -1


@case((1,), (2,), (5,))
def early_returns_deep(x: int) -> str:
    if x > 0:
        if x > 1:
            if x > 4:
                return "big"
            y = "mid"
        else:
            return "one"
    else:
        y = "neg"
    return y


@case((1,), (-1,))
def returns_none_or_raises(x: int) -> None:
    if x < 0:
        raise RuntimeError("no")
    print("fine")


def no_result(x: int):
    print("x is", x)


@case(
    (1,),
)
def calls_without_result(x: int) -> int:
    no_result(x)
    no_result(x + 1)
    return x


@case((4,), (1,))
def assert_with_value(n: int) -> int:
    assert n % 2 == 0, "odd: " + str(n)
    assert n > 0
    return n


@case((4,), (1,))
def assert_fstring(n: int) -> int:
    assert n % 2 == 0, f"odd: {n}"
    return n


@case((3,), (0,))
def in_conditions(n: int) -> List[int]:
    out: List[int] = []
    while n:
        out.append(n)
        n -= 1
    if out:
        out.append(100)
    if not out:
        out.append(-100)
    return out


@case(("",), ("a",))
def string_as_condition(s: str) -> int:
    if s:
        return 1
    return 0
