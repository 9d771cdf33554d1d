"""The order of sorted lists is that of PyTorch's algorithm, also of items that
are equal and under comparisons that are no order."""
import random
from typing import List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check
from torch import Tensor

NAN = float("nan")


def floats(values: List[float], reverse: bool) -> Tuple[List[float], List[float]]:
    copy = sorted(values)
    values.sort(reverse=reverse)
    return copy, values


def tensors(values: List[Tensor], reverse: bool) -> List[Tensor]:
    values.sort(reverse=reverse)
    return values


def pairs(values: List[float], reverse: bool) -> List[Tuple[float, int]]:
    items = [(v, i) for i, v in enumerate(values)]
    items.sort(reverse=reverse)
    return items


def few(seed):
    """As many as PyTorch, too, sorts safely whatever they are."""
    rng = random.Random(seed)
    return [rng.choice([NAN, 0.0, -0.0, 1.0, -1.0, rng.random()])
            for _ in range(rng.randint(2, 16))]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("function", [floats, pairs], ids=lambda f: f.__name__)
def test_nan(function, reverse):
    check(function, *[(few(seed), reverse) for seed in range(12)])


@pytest.mark.parametrize("reverse", [False, True])
def test_equal(reverse):
    rng = random.Random(reverse)
    check(tensors, *[([torch.tensor(rng.randint(0, 3)) for _ in range(n)],
                      reverse) for n in (1, 2, 5, 16)])
    many = [float(rng.randint(0, 9)) * rng.choice([-1, 1]) for _ in range(200)]
    check(floats, (many, reverse))


def test_folded():
    def constants():
        values = [2.0, float("nan"), 1.0, -0.0, 0.0]
        values.sort(reverse=True)
        return values, sorted([3.0, float("nan"), 1.0])
    check(constants, ())


class Unordered:
    def __init__(self, n: int):
        self.n = n

    def __lt__(self, other: "Unordered") -> bool:
        return True


def unordered(n: int) -> int:
    items = [Unordered(i) for i in range(n)]
    items.sort()
    return sum([item.n for item in items])


@pytest.mark.parametrize("reverse", [False, True])
def test_no_order(reverse):
    """Where PyTorch leaves the list, nothing is lost."""
    values = [NAN if i % 3 else float(i) for i in range(500)]
    compiled = minitorch.compile(torch.jit.script(floats), (values, reverse),
                                 dynamic_shapes="all")
    for result in compiled(list(values), reverse):
        assert (sorted(v for v in result if v == v)
                == sorted(v for v in values if v == v))
        assert len(result) == len(values)
    compiled = minitorch.compile(torch.jit.script(unordered), (500,))
    assert compiled(500) == sum(range(500))


def sort_optional(values: List[Optional[int]]) -> List[Optional[int]]:
    values.sort()
    return values


def sort_pairs(values: List[Tuple[int, Optional[int]]]) -> List[
        Tuple[int, Optional[int]]]:
    return sorted(values)


@pytest.mark.parametrize("function,values", [
    (sort_optional, [3, 1, 2]), (sort_optional, [3, None]),
    (sort_optional, [None, 3]), (sort_optional, [None]), (sort_optional, []),
    (sort_pairs, [(1, 3), (1, 2)]), (sort_pairs, [(1, None), (1, 2)]),
    (sort_pairs, [(1, None)])])
def test_what_may_be_none_has_no_order(function, values):
    check(function, (values,))


def extremes(a: List[float], b: List[float]) -> Tuple[List[float], List[float]]:
    return min(a, b), max(a, b)


@pytest.mark.parametrize("a,b", [
    ([1.0, 2.0], [1.0, 2.0]), ([2.0, 1.0], [1.0, 2.0]), ([NAN], [1.0]),
    ([1.0], [NAN]), ([NAN, 1.0], [NAN, 2.0]), ([1.0], [1.0, 2.0]), ([], [1.0])])
def test_least_and_greatest_list(a, b):
    check(extremes, (a, b))
