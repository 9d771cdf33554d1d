"""Instances in the attributes of a model."""
import copy
from typing import Dict, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import differ, outcome
from object_classes import Box, Counter, Link
from torch import Tensor, nn


class Kept(nn.Module):
    """Objects that were there before the program."""

    def __init__(self):
        super().__init__()
        self.counter = Counter(5)

    def forward(self, n: int) -> int:
        counters: List[Counter] = [self.counter, Counter(1)]
        return counters[n].add(2) * 100 + self.counter.n


class KeptInAList(nn.Module):
    counters: List[Counter]

    def __init__(self):
        super().__init__()
        self.counters = [Counter(5), Counter(6)]

    def forward(self, n: int) -> int:
        return self.counters[n].add(2)


class Weights(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.register_buffer("b", torch.full((2, 2), 3.0))
        self.last = 0

    def forward(self, n: int) -> Tensor:
        boxes = [Box(self.w, 1), Box(self.b, 2)]
        self.b = boxes[n].x + 1
        self.last += boxes[n].n
        return self.b * self.last


class SharedList(nn.Module):
    log: List[int]

    def __init__(self):
        super().__init__()
        self.log = []

    def forward(self, n: int) -> List[int]:
        links = [Link(1), Link(2)]
        links[0].rest = self.log
        links[n].rest.append(n)
        return self.log


@pytest.mark.parametrize("model", [Kept, KeptInAList, Weights, SharedList],
                         ids=lambda m: m.__name__)
def test_attributes_of_the_model(model):
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False,
                                 dynamic_shapes="all")
    for n in (0, 1, 1, 0, 0):
        expected, got = outcome(oracle, (n,)), outcome(compiled, (n,))
        assert not differ(expected, got), (n, expected, got)


class Replaced(nn.Module):
    counter: Counter

    def __init__(self):
        super().__init__()
        self.counter = Counter(5)

    def forward(self, n: int) -> int:
        return self.counter.add(n)

    @torch.jit.export
    def replace(self, n: int) -> int:
        self.counter = Counter(n)
        return self.counter.n

    @torch.jit.export
    def give(self, n: int) -> Counter:
        if n > 1:
            self.counter.add(100)
        return self.counter


class Kept(nn.Module):
    by_name: Dict[str, Counter]
    order: List[Counter]
    best: Optional[Counter]
    pairs: List[Tuple[Counter, int]]

    def __init__(self):
        super().__init__()
        self.by_name = {}
        self.order = []
        self.best = None
        self.pairs = []
        self.first = Counter(7)

    def forward(self, n: int) -> int:
        key = str(n)
        if key not in self.by_name:
            self.by_name[key] = self.first if n == 1 else Counter(n)
            self.order.append(self.by_name[key])
        counter = self.by_name[key]
        best = self.best
        if best is None or counter.n > best.n:
            self.best = counter
        self.pairs.append((counter, n))
        return counter.add(n)

    @torch.jit.export
    def replace(self, n: int) -> Tuple[List[int], int]:
        self.order.append(self.first)
        if n == 3:
            raise ValueError("three")
        best = self.best
        if best is not None:
            best.n += 1000
        return [counter.n for counter in self.order], self.first.n

    @torch.jit.export
    def give(self, n: int) -> Tuple[List[bool], Optional[Counter]]:
        return ([counter is self.first for counter in self.order]
                + [pair[0] is self.order[0] for pair in self.pairs], self.best)


@pytest.mark.parametrize("model", [Replaced, Kept], ids=lambda m: m.__name__)
@pytest.mark.parametrize("first", ["forward", "replace", "give"])
def test_objects_as_state(model, first, tmp_path):
    """Other ones in an attribute, in lists and dicts: which one is which stays
    known, whatever method uses which attribute, also of a saved module."""
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    path = str(tmp_path / "model.pt")
    scripted.save(path)
    for program in (scripted, path):
        again = copy.deepcopy(oracle)
        compiled = minitorch.compile(program, (2,), method=first,
                                     fallback=False)
        for method, n in [(first, 2), ("forward", 1), ("forward", 5),
                          ("replace", 1), ("forward", 5), ("give", 1),
                          ("replace", 3), ("forward", 1), ("give", 2),
                          ("forward", 2), ("replace", 4), ("give", 0)]:
            expected = outcome(getattr(again, method), (n,))
            got = outcome(compiled.method(method), (n,))
            assert not differ(expected, got), (method, n, expected, got)
