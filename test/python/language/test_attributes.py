"""Attributes of every type that methods write: kept between calls, shared by
methods, left as they are where a call raises."""
import copy
from typing import Dict, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import differ, outcome


class State(torch.nn.Module):
    log: List[str]
    counts: Dict[str, int]
    last: Optional[int]
    rows: List[List[int]]
    pair: Tuple[int, str]
    maybe: Optional[str]

    def __init__(self):
        super().__init__()
        self.log = []
        self.counts = {"z": 0}
        self.last = None
        self.name = "n"
        self.rows = [[1], [2, 3]]
        self.pair = (0, "p")
        self.maybe = None
        self.limits = [0.5]


class Log(State):
    def forward(self, n: int) -> Tuple[int, List[str]]:
        self.log.append(str(n))
        return len(self.log), self.log


class Counts(State):
    def forward(self, n: int) -> Dict[str, int]:
        key = str(n % 2)
        self.counts[key] = self.counts.get(key, 0) + n
        return self.counts


class Last(State):
    def forward(self, n: int) -> Tuple[Optional[int], Optional[str]]:
        old = self.last
        if n > 1:
            self.last = n
            self.maybe = "m" + str(n)
        else:
            self.maybe = None
        return old, self.maybe


class Name(State):
    def forward(self, n: int) -> str:
        self.name = self.name + str(n)
        return self.name


class Rows(State):
    def forward(self, n: int) -> List[List[int]]:
        self.rows[0].append(n)
        if n > 1:
            self.rows.append([n])
        return self.rows


class Pair(State):
    def forward(self, n: int) -> Tuple[int, str]:
        number, text = self.pair
        self.pair = (number + n, text + "!")
        return self.pair


class Replaced(State):
    def forward(self, n: int) -> List[float]:
        self.limits = self.limits + [float(n)]
        self.limits.append(n / 2)
        self.limits.sort()
        return self.limits


class Raises(State):
    def forward(self, n: int) -> Tuple[List[str], Dict[str, int], str]:
        self.log.append("before")
        self.name += "b"
        self.counts = {"new": n}
        if n == 1:
            raise ValueError("one")
        self.log.append("after")
        self.counts["set"] = self.counts.pop("new")
        self.name += "a"
        assert n != 2, "two"
        return self.log, self.counts, self.name


MODELS = [Log, Counts, Last, Name, Rows, Pair, Replaced, Raises]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_between_calls(model):
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False)
    for n in (0, 3, 1, 2, 5, 1, 0):
        expected, got = outcome(oracle, (n,)), outcome(compiled, (n,))
        assert not differ(expected, got), (n, expected, got)


class Methods(State):
    def forward(self, n: int) -> int:
        self.log.append(str(n))
        return len(self.log)

    @torch.jit.export
    def joined(self) -> str:
        return ",".join(self.log)

    @torch.jit.export
    def reset(self) -> int:
        count = len(self.log)
        self.log.clear()
        return count


def test_methods_share_it():
    scripted = torch.jit.script(Methods())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False)
    for step in range(3):
        assert compiled(step) == oracle(step)
        assert compiled.joined() == oracle.joined()
    assert compiled.reset() == oracle.reset() == 3
    assert compiled.joined() == oracle.joined() == ""
    assert compiled(7) == oracle(7)
    assert compiled.joined() == oracle.joined()


class Same(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = [1]
        self.second = [2]

    def forward(self, n: int) -> int:
        if n > 0:
            self.first = self.second
        self.first.append(n)
        return len(self.second)


class Other(Same):
    @torch.jit.export
    def lengths(self, n: int) -> Tuple[int, int]:
        self.second.append(n)
        return len(self.first), len(self.second)

    @torch.jit.export
    def grow(self, n: int) -> int:
        self.first.append(n)
        return len(self.first)


def test_one_list_of_two_attributes():
    """Also where a method uses only one of them."""
    scripted = torch.jit.script(Other())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False)
    for method, n in [("forward", 0), ("grow", 1), ("lengths", 2),
                      ("forward", 1), ("grow", 2), ("lengths", 3),
                      ("forward", 0), ("grow", 4), ("lengths", 5)]:
        expected = outcome(getattr(oracle, method), (n,))
        got = outcome(compiled.method(method), (n,))
        assert not differ(expected, got), (method, n, expected, got)
