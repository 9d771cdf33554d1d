"""Named tuples: as arguments, results and attributes, and in containers. What
comes out has the name and the fields that PyTorch gives it."""
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import check, differ, outcome


class Point(NamedTuple):
    x: int
    y: float


class Label(NamedTuple):
    text: Optional[str]
    point: Point


class Batch(NamedTuple):
    data: torch.Tensor
    sizes: List[int]


class Pair(NamedTuple):
    first: torch.Tensor
    label: Optional[str]


def echo(p: Point) -> Point:
    return p


def made(n: int) -> Point:
    return Point(n, n / 2)


def fields(p: Point) -> Tuple[int, float, int]:
    return p.x, p[1], p.x + 1


def unpacked(p: Point) -> float:
    a, b = p
    return a * b


def changed(p: Point) -> Point:
    return Point(p.x + 1, -p.y)


def listed(n: int) -> List[Point]:
    out: List[Point] = []
    for i in range(n):
        out.append(Point(i, i * 0.5))
    return out


def list_argument(ps: List[Point]) -> Tuple[int, Point, List[Point]]:
    total = 0
    for p in ps:
        total += p.x
    ps.append(Point(total, 0.0))
    return total, ps[-1], ps


def dict_argument(d: Dict[str, Point], k: str) -> Tuple[Dict[str, Point], Point]:
    d["new"] = Point(7, 7.0)
    return d, d[k]


def optional(p: Optional[Point]) -> Optional[Point]:
    if p is None:
        return Point(0, 0.0)
    if p.x > 0:
        return None
    return p


def nested(l: Label, n: int) -> Label:
    text = l.text
    if text is not None:
        return Label(text + str(n), Point(n, l.point.y))
    return l


def in_tuple(t: Tuple[Point, int]) -> Tuple[int, Point]:
    return t[1] + t[0].x, t[0]


def branch(n: int) -> Point:
    p = Point(0, 0.0)
    if n > 0:
        p = Point(n, 1.0)
    return p


def looped(n: int) -> Point:
    p = Point(1, 1.0)
    for i in range(n):
        p = Point(p.x + i, p.y * 2)
    return p


def either(n: int) -> Tuple[int, float]:
    t = (1, 2.0)
    if n > 0:
        t = Point(n, 4.0)
    return t


def widened(n: int) -> Tuple[int, float]:
    return Point(n, 0.5)


def _any(x: Any) -> Any:
    return x


# PyTorch crashes on returns of several types.
def any_result(n: int) -> Any:
    x = _any({"a": Point(3, 4.0)})
    if n == 0:
        x = _any(Point(1, 2.0))
    if n == 1:
        x = _any([Point(1, 2.0)])
    if n == 2:
        x = _any((1, 2.0))
    return x


def text(p: Point, l: Label) -> Tuple[str, str]:
    return str(p), f"{l}"


def printed(ps: List[Point], n: int) -> int:
    print(ps, Point(n, 1.5), (ps,))
    return n


def tensors(x: torch.Tensor, label: Optional[str]) -> Pair:
    return Pair(x * 2, label if label is None else label + "!")


def tensor_fields(b: Batch) -> Batch:
    return Batch(b.data + 1, b.sizes + [b.data.size(0)])


def list_of_tensor_fields(x: torch.Tensor) -> List[Pair]:
    return [Pair(x, "a"), Pair(x + 1, None)]


def _swap(l: Label) -> Tuple[Point, Optional[str]]:
    return l.point, l.text


def called(l: Label) -> Tuple[Point, Optional[str]]:
    return _swap(l)


COUNTS = [(2,), (0,), (-1,), (5,)]
POINTS = [(Point(1, 2.0),), (Point(-3, 0.5),), ((4, 1.0),)]
T = torch.arange(6.0).reshape(2, 3)
CASES = {
    echo: POINTS, made: COUNTS, fields: POINTS, unpacked: POINTS,
    changed: POINTS, listed: COUNTS,
    list_argument: [([Point(1, 2.0), Point(3, 4.0)],), ([],), ([(1, 2.0)],)],
    dict_argument: [({"a": Point(1, 2.0)}, "a"), ({"a": Point(1, 2.0)}, "new"),
                    ({}, "a"), ({"b": Point(2, 2.0), "c": Point(1, 1.0)}, "b")],
    optional: [(None,), *POINTS],
    nested: [(Label("a", Point(1, 2.0)), 1), (Label(None, Point(1, 2.0)), 2)],
    in_tuple: [((Point(1, 2.0), 3),), ((Point(4, 2.5), 5),)],
    branch: COUNTS, looped: COUNTS, either: COUNTS, widened: COUNTS,
    any_result: [(0,), (1,), (2,), (3,)],
    text: [(Point(1, 2.0), Label("a", Point(1, 2.0))),
           (Point(1, 2.5), Label(None, Point(0, 0.0)))],
    printed: [([Point(1, 2.0)], 1), ([], 2)],
    tensors: [(T, "name"), (T, None)],
    tensor_fields: [(Batch(T, [1]),), (Batch(T, [1, 2]),)],
    list_of_tensor_fields: [(T,)],
    called: [(Label("a", Point(1, 2.0)),), (Label(None, Point(1, 2.0)),)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_named_tuples(function):
    check(function, *CASES[function])


class Tracker(torch.nn.Module):
    last: Point
    all: List[Point]
    label: Optional[Label]

    def __init__(self):
        super().__init__()
        self.last = Point(0, 0.0)
        self.all = []
        self.label = None

    def forward(self, n: int) -> Tuple[Point, List[Point], Optional[Label]]:
        before = self.last
        self.last = Point(before.x + n, before.y - n)
        self.all.append(before)
        if n > 1:
            self.label = Label(str(n), before)
        return before, self.all, self.label


def test_attributes():
    # A copy by deepcopy has plain tuples.
    oracle = torch.jit.script(Tracker())
    compiled = minitorch.compile(torch.jit.script(Tracker()), (1,),
                                 fallback=False)
    for args in [(1,), (2,), (0,), (5,)]:
        expected, got = outcome(oracle, args), outcome(compiled, args)
        assert not differ(expected, got), (args, expected, got)
