"""Lists and dicts that a tuple or another list holds, or that an operator passes
on, and tensors that a list holds: written by one name, changed by all."""
import sys
from typing import Dict, List, Tuple, Union

import pytest
import torch
from agreement import check_calls
from sections.case import case
from torch import Tensor, nn


@case((([1], 2), False), (([1], 2), True))
def in_a_tuple_on_a_branch(p: Tuple[List[int], int], c: bool):
    if c:
        p[0].append(5)
    return p


@case((([3], [4]),))
def in_a_tuple_twice(t: Tuple[List[int], List[int]]):
    t[0].append(5)
    t[0].append(6)
    return t


@case((1,))
def in_a_tuple_in_a_list(n: int):
    xs = [(n, [2])]
    xs[0][1].append(5)
    xs[0][1].append(6)
    return xs[0][1]


@case((2, False), (2, True))
def in_a_tuple_in_a_list_on_a_branch(n: int, c: bool):
    xs = [(n, [2])]
    if c:
        xs[0][1].append(5)
    return xs


@case(({"a": [1]},), ({},))
def of_items(d: Dict[str, List[int]]):
    for k, v in d.items():
        v.append(3)
    for k, v in d.items():
        v.append(4)
    return d


@case(((["a"], {"k": [1]}),))
def dict_in_a_tuple(t: Tuple[List[str], Dict[str, List[int]]]):
    t[1]["b"] = [2]
    t[1]["b"].append(5)
    t[0].append("z")
    return t


@case((2,), (0,))
def repeated(n: int):
    xs = [1]
    m = [xs] * n
    xs.append(4)
    return m


@case((2,))
def repeated_dict(n: int):
    d = {"a": 1}
    m = n * [d]
    d["b"] = 4
    return m


@case(([[1]], 2))
def repeated_argument(g: List[List[int]], n: int):
    m = g * n
    g[0].append(9)
    return m


@case((True,), (False,))
def tensor_stored_on_a_branch(c: bool):
    xs: List[Tensor] = []
    if c:
        x = torch.zeros(2)
        xs.append(x)
    else:
        x = torch.ones(2)
    x.add_(2)
    return xs


@case((2,), (0,))
def tensor_stored_in_a_loop(n: int):
    xs: List[Tensor] = []
    z = torch.zeros(2)
    for i in range(n):
        z = torch.ones(2)
        xs.append(z)
    z += 1
    return xs


@case((True,), (False,))
def part_stored_in_a_dict(c: bool):
    d: Dict[str, Tensor] = {}
    if c:
        x = torch.zeros(2)
        d["a"] = x[0]
    else:
        x = torch.ones(2)
    x.add_(2)
    return d


@case((3,), (0,))
def empty_list_made_in_a_loop(n: int):
    g: List[List[int]] = []
    for v in range(n):
        if v == 0:
            e: List[int] = []
            g.append(e)
        g[0].append(v)
    return g


@case(([1, 2, 1],), ([],))
def empty_lists_in_a_dict(xs: List[int]):
    g: Dict[int, List[int]] = {}
    for v in xs:
        if v not in g:
            g[v] = torch.jit.annotate(List[int], [])
        g[v].append(1)
    return g


@case(([1.5, 2.0, 1.5], 1.5), ([], 0.0))
def count_of_floats(xs: List[float], x: float):
    return xs.count(x), [x, 2.5].count(2.5)


@case((0,), ["setl", ([5],)], ["addl", ()], ["addl", ()])
class TwoNames(nn.Module):
    l: List[int]
    k: List[int]

    def __init__(self):
        super().__init__()
        self.l = [1]
        self.k = [2]

    def forward(self, n: int):
        return n

    @torch.jit.export
    def setl(self, xs: List[int]) -> None:
        self.l = xs
        self.k = xs
        xs.append(0)

    @torch.jit.export
    def addl(self):
        self.l.append(7)
        return self.k


@case((0,), (1,), (1,))
class RenamedBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("a", torch.zeros(2))
        self.register_buffer("b", torch.ones(2))

    def forward(self, n: int):
        if n == 0:
            self.a = self.b
        self.a += 1
        return self.b


@case(([1],), (3,), ((4, "a"),))
def field_on_no_branch(x: Union[int, Tuple[int, str], List[int]]):
    if isinstance(x, int):
        return 1
    elif isinstance(x, List[int]):
        return 2
    return x[0]


PROGRAMS = sys.modules[__name__].CASES


@pytest.mark.parametrize("boxed", [False, True], ids=["default", "boxed"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name, boxed):
    check_calls(*PROGRAMS[name], boxed)
