"""Strings that are known only when the program runs."""
from typing import Dict, List, Optional, Tuple

import pytest
import torch
from agreement import check


def in_a_loop(n: int) -> List[str]:
    out: List[str] = []
    for i in range(n):
        out.append("x" + str(i))
    return out


def grows(n: int) -> str:
    s = ""
    for i in range(n):
        s += str(i) + ","
    return s


def chosen(n: int) -> str:
    if n > 2:
        s = "many"
    else:
        s = "few"
    return s + "!"


def formats(n: int, x: float, b: bool) -> str:
    return f"{n} {x} {b}" + " {} and {}".format(x, [n, n]) + " %d %s" % (n, x)


def methods(s: str) -> Tuple[str, str, List[str], int, bool, str]:
    return (s.upper(), s.strip().title(), s.split(" "), s.find("a"),
            s.startswith("a"), s.replace("a", "bc"))


def slices(s: str, i: int) -> Tuple[str, str, str, int]:
    return s[i], s[i:], s[::-1], len(s)


def compares(a: str, b: str) -> Tuple[bool, bool, bool, bool]:
    return a == b, a != b, a < b, a in [b, "x"]


def joins(words: List[str], separator: str) -> str:
    return separator.join([w.lower() for w in words])


def numbers_in(s: str) -> Tuple[int, float]:
    return int(s), float(s)


def loops_over(s: str) -> List[int]:
    out: List[int] = []
    for c in s:
        out.append(ord(c))
    return out


def prints(n: int, s: str):
    for i in range(n):
        print(s, i, [s, s], (i, s), {s: i})
    print("done", s * 1 if False else s)


def raises(n: int, s: str) -> int:
    if n > 1:
        raise ValueError("bad " + s + f" at {n}")
    return n


def asserts(n: int, s: str) -> int:
    assert n < 2, "got " + s
    return n


def optional(n: int) -> Optional[str]:
    s: Optional[str] = None
    for i in range(n):
        if s is None:
            s = "first"
        else:
            s = s + str(i)
    return s


def counts_words(text: str) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for word in text.split(" "):
        counts[word] = counts.get(word, 0) + 1
    return counts


def partitions(s: str) -> Tuple[str, str, str]:
    a, b, c = s.partition(":")
    return c, b, a


def in_tensor_code(x: torch.Tensor, names: List[str]) -> Dict[str, torch.Tensor]:
    return {name: x * len(name) for name in names}


CASES = {
    in_a_loop: [(3,), (0,), (11,)],
    grows: [(3,), (0,), (40,)],
    chosen: [(1,), (3,)],
    formats: [(3, 0.5, True), (-1, 1e20, False), (0, float("nan"), True)],
    methods: [(" abc d",), ("",), ("aaa",)],
    slices: [("hello", 1), ("hello", -1), ("hi", 7), ("", 0)],
    compares: [("a", "b"), ("b", "a"), ("x", "x")],
    joins: [(["Ab", "c", "DE"], "-"), ([], "+"), (["xy"], "")],
    numbers_in: [("12",), ("-3",), ("x",)],
    loops_over: [("abc",), ("",)],
    prints: [(2, "s"), (0, ""), (1, "a b")],
    raises: [(1, "x"), (2, "y"), (5, "")],
    asserts: [(1, "x"), (2, "y")],
    optional: [(0,), (1,), (3,)],
    counts_words: [("the cat and the dog",), ("",), ("a",)],
    partitions: [("a:b",), ("ab",), ("",)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_strings(function):
    check(function, *CASES[function])
