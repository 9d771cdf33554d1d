"""Forked tasks: their results, and errors, which arrive where they are waited
for."""
from typing import Dict, List, Tuple

import pytest
import torch
from agreement import check
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
