"""Forked tasks: their results, and errors, which arrive where they are waited
for."""
import copy
from typing import Dict, List, Tuple

import minitorch
import pytest
import torch
from agreement import check, differ, outcome
from torch import Tensor, nn

T = torch.arange(6.0).reshape(2, 3)


def add(x: Tensor, n: int) -> Tensor:
    if n > 2:
        raise ValueError("n is " + str(n))
    return x + n


def waits(x: Tensor, n: int) -> Tensor:
    first = torch.jit.fork(add, x, n)
    second = torch.jit.fork(add, x, 1)
    return torch.jit.wait(second) * torch.jit.wait(first)


def error_waits(x: Tensor, n: int) -> Tensor:
    task = torch.jit.fork(add, x, n)
    print("forked")
    y = x * 2
    print("waiting")
    return torch.jit.wait(task) + y


def never_waits(x: Tensor, n: int) -> Tensor:
    torch.jit.fork(add, x, n)
    return x * n


def list_of_futures(x: Tensor, n: int) -> Tuple[Tensor, int]:
    futures: List[torch.jit.Future[Tensor]] = []
    for i in range(n):
        futures.append(torch.jit.fork(add, x, i))
    total = torch.zeros_like(x)
    for future in futures:
        total += torch.jit.wait(future)
    return total, len(futures)


def words(text: str, n: int) -> List[str]:
    return [text] * n


def other_results(text: str, n: int) -> Tuple[List[str], int, float]:
    a = torch.jit.fork(words, text, n)
    b = torch.jit.fork(len, text)
    return torch.jit.wait(a), torch.jit.wait(b), 0.5


def count(text: str) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def in_tasks(text: str) -> int:
    future = torch.jit.fork(count, text)
    return len(torch.jit.wait(future))


def outer(text: str) -> int:
    future = torch.jit.fork(in_tasks, text)
    return torch.jit.wait(future) + 1


def waited_for_twice(x: Tensor, n: int) -> Tensor:
    task = torch.jit.fork(add, x, n)
    return torch.jit.wait(task) + torch.jit.wait(task)


def under_a_condition(x: Tensor, n: int) -> Tensor:
    if n > 0:
        task = torch.jit.fork(add, x, n)
    else:
        task = torch.jit.fork(add, x * 2, 0)
    return torch.jit.wait(task)


CASES = {
    waits: [(T, 1), (T, 2), (T, 3)],
    error_waits: [(T, 1), (T, 5), (T, 2)],
    never_waits: [(T, 1), (T, 7)],
    list_of_futures: [(T, 0), (T, 3), (T, 5)],
    in_tasks: [("a b a",), ("",)],
    outer: [("a b a c",), ("x",)],
    waited_for_twice: [(T, 2), (T, 3)],
    under_a_condition: [(T, 1), (T, 0), (T, 9)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_tasks(function):
    check(function, *CASES[function])


class Towers(nn.Module):
    def __init__(self):
        super().__init__()
        self.towers = nn.ModuleList([nn.Linear(3, n) for n in (2, 3, 4)])
        self.register_buffer("bias", torch.ones(2))

    def scaled(self, x: Tensor, by: float) -> Tensor:
        return x[:, :2] * by + self.bias

    def forward(self, x: Tensor) -> Tensor:
        futures: List[torch.jit.Future[Tensor]] = []
        for tower in self.towers:
            futures.append(torch.jit.fork(tower, x))
        extra = torch.jit.fork(self.scaled, x, by=0.25)
        parts = [torch.jit.wait(future) for future in futures]
        return torch.cat(parts + [torch.jit.wait(extra)], 1)


def test_modules():
    torch.manual_seed(0)
    check(Towers(), (T,), (T[:1],))


class Writes(nn.Module):
    log: List[str]

    def __init__(self):
        super().__init__()
        self.n = 0
        self.log = []
        self.register_buffer("total", torch.zeros(3))

    def bump(self, k: int) -> int:
        self.n += k
        self.log.append(str(k))
        if self.n > 100:
            raise ValueError("too many: " + str(self.n))
        return self.n

    def add(self, x: Tensor) -> Tensor:
        self.total += x
        return self.total.sum()

    def forward(self, x: Tensor, k: int) -> Tuple[int, int, Tensor, List[str]]:
        a = torch.jit.fork(self.bump, k)
        first = torch.jit.wait(a)
        self.n *= 2
        b = torch.jit.fork(self.add, x)
        s = torch.jit.wait(b)
        last = 0
        # One after another: PyTorch's tasks run at the same time.
        for i in range(k):
            last = torch.jit.wait(torch.jit.fork(self.bump, i))
        return first, last, s + self.total, self.log


class Waits(Writes):
    def forward(self, x: Tensor, k: int) -> Tuple[int, int, Tensor, List[str]]:
        lazy = torch.jit._awaitable(self.bump, k)
        sums = torch.jit._awaitable(self.add, x)
        self.n += 1000 if k == 3 else 0
        early = self.n
        first = torch.jit._awaitable_wait(lazy)
        again = torch.jit._awaitable_wait(lazy)
        return early + again, first, torch.jit._awaitable_wait(sums), self.log


@pytest.mark.parametrize("model", [Writes, Waits], ids=lambda m: m.__name__)
def test_tasks_that_write_attributes(model):
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    x = torch.arange(3.0)
    compiled = minitorch.compile(scripted, (x, 1), fallback=False)
    for k in (1, 2, 4, 3, 99, 1, 0):
        expected, got = outcome(oracle, (x, k)), outcome(compiled, (x, k))
        assert not differ(expected, got), (k, expected, got)


def says(n: int) -> int:
    print("computing", n)
    if n > 4:
        raise ValueError("large " + str(n))
    return n * 2


def lazily(n: int) -> int:
    a = torch.jit._awaitable(says, n)
    b = torch.jit._awaitable(says, n + 1)
    c = torch.jit._awaitable_nowait(n)
    print("before")
    total = torch.jit._awaitable_wait(c)
    if n > 0:
        total += torch.jit._awaitable_wait(a)
        print("between")
        total += torch.jit._awaitable_wait(a)
    print("after")
    return total


def waited_for_elsewhere(x: Tensor, n: int) -> Tensor:
    tasks = [torch.jit._awaitable(add, x, i) for i in range(n)]
    total = torch.zeros_like(x)
    for task in tasks:
        total += torch.jit._awaitable_wait(task)
    return total


def bump(xs: List[int], n: int) -> int:
    xs.append(n)
    return len(xs)


def shares_a_list(xs: List[int], n: int) -> Tuple[int, List[int]]:
    task = torch.jit.fork(bump, xs, n)
    # What PyTorch does in another order is not compared.
    length = torch.jit.wait(task)
    xs.append(-n)
    return length, xs


@torch.jit.script
class Tally:
    def __init__(self):
        self.n = 0

    def add(self, k: int) -> int:
        self.n += k
        return self.n


def count_in(tally: Tally, k: int) -> int:
    return tally.add(k)


def shares_an_object(k: int) -> Tuple[int, int]:
    tally = Tally()
    task = torch.jit.fork(count_in, tally, k)
    n = torch.jit.wait(task)
    tally.add(100)
    return n, tally.n


MORE = {
    lazily: [(1,), (0,), (5,), (4,)],
    waited_for_elsewhere: [(T, 2), (T, 0), (T, 5)],
    shares_a_list: [([1], 2)],
    shares_an_object: [(3,)],
}


@pytest.mark.parametrize("function", MORE, ids=lambda f: f.__name__)
def test_awaitables_and_shared_values(function):
    check(function, *MORE[function])
