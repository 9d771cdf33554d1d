"""Forked tasks and awaitables."""

from typing import Dict, List, Tuple

import torch
from torch import Tensor, nn

from .case import case

T = torch.arange(6.0).reshape(2, 3)


def square(x: Tensor) -> Tensor:
    return x * x


def slow_add(a: int, b: int = 3) -> int:
    return a + b


@case((T,))
def fork_wait(x: Tensor) -> Tensor:
    f = torch.jit.fork(square, x)
    return torch.jit.wait(f) + 1


@case((2,), (0,))
def fork_numbers(n: int) -> List[int]:
    fs: List[torch.jit.Future[int]] = []
    for i in range(n):
        fs.append(torch.jit.fork(slow_add, i, b=i))
    return [torch.jit.wait(f) for f in fs]


@case((3,))
def fork_in_dict(n: int) -> Dict[str, int]:
    fs: Dict[str, torch.jit.Future[int]] = {}
    for i in range(n):
        fs[str(i)] = torch.jit.fork(slow_add, i)
    out: Dict[str, int] = {}
    for k in fs.keys():
        out[k] = torch.jit.wait(fs[k])
    return out


def pair(n: int) -> Tuple[int, str]:
    return n, str(n)


@case((3,))
def fork_tuple(n: int) -> Tuple[int, str]:
    return torch.jit.wait(torch.jit.fork(pair, n))


@case((3,))
def fork_wait_method(n: int) -> int:
    f = torch.jit.fork(slow_add, n)
    return f.wait()


@case((T,))
def awaitable(x: Tensor) -> Tensor:
    a = torch.jit._awaitable(square, x)
    return torch.jit._awaitable_wait(a)


@case((3,))
def awaitable_numbers(n: int) -> int:
    a = torch.jit._awaitable(slow_add, n, b=5)
    b = torch.jit._awaitable(slow_add, n)
    return torch.jit._awaitable_wait(a) * 10 + torch.jit._awaitable_wait(b)


def says(n: int) -> int:
    print("computing", n)
    return n * 2


@case((3,), (0,))
def awaitable_is_lazy(n: int) -> int:
    a = torch.jit._awaitable(says, n)
    print("before")
    x = torch.jit._awaitable_wait(a) if n > 0 else 7
    print("after")
    if n > 0:
        x += torch.jit._awaitable_wait(a)
    return x


@case((3,))
def awaitable_nowait(n: int) -> int:
    a = torch.jit._awaitable_nowait(n)
    return torch.jit._awaitable_wait(a)


def fails(n: int) -> int:
    if n > 2:
        raise ValueError("too many " + str(n))
    return n


@case((1,), (5,))
def fork_fails(n: int) -> int:
    f = torch.jit.fork(fails, n)
    g = torch.jit.fork(fails, 1)
    return torch.jit.wait(g) + torch.jit.wait(f)


@case((1,), (5,))
def awaitable_fails(n: int) -> int:
    a = torch.jit._awaitable(fails, n)
    return torch.jit._awaitable_wait(a)


@case((1,), (5,), (2,))
class WritesAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 0

    def bump(self, k: int) -> int:
        self.n += k
        return self.n

    def forward(self, k: int) -> Tuple[int, int]:
        f = torch.jit.fork(self.bump, k)
        x = torch.jit.wait(f)
        return x, self.n


@case((T,), (T,))
class WritesBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("b", torch.zeros(2, 3))

    def add(self, x: Tensor) -> Tensor:
        self.b += x
        return self.b.sum()

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        f = torch.jit.fork(self.add, x)
        s = torch.jit.wait(f)
        return s, self.b + 0


@case((1,), (2,))
class WritesList(nn.Module):
    log: List[int]

    def __init__(self):
        super().__init__()
        self.log = []

    def note(self, k: int) -> int:
        self.log.append(k)
        return len(self.log)

    def forward(self, k: int) -> Tuple[int, List[int]]:
        n = torch.jit.wait(torch.jit.fork(self.note, k))
        return n, self.log


@case((T,))
class ForksModules(nn.Module):
    def __init__(self):
        super().__init__()
        self.ms = nn.ModuleList([nn.ReLU(), nn.Tanh()])

    def forward(self, x: Tensor) -> Tensor:
        fs = [torch.jit.fork(self.ms[0], x), torch.jit.fork(self.ms[0], x + 1)]
        y = torch.jit.wait(fs[0]) + torch.jit.wait(fs[1])
        return y + torch.jit.wait(torch.jit.fork(self.ms[1], x))


@case((T, 2))
class AwaitMethod(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 3

    def scaled(self, x: Tensor, n: int) -> Tensor:
        return x * n * self.k

    def forward(self, x: Tensor, n: int) -> Tensor:
        a = torch.jit._awaitable(self.scaled, x, n)
        return torch.jit._awaitable_wait(a) + 1


def nested(x: int) -> int:
    f = torch.jit.fork(slow_add, x)
    return torch.jit.wait(f) * 2


@case((2,))
def fork_nested(x: int) -> int:
    return torch.jit.wait(torch.jit.fork(nested, x)) + 1


def appends(xs: List[int], n: int) -> int:
    xs.append(n)
    return len(xs)


@case(([1],))
def fork_shares_list(xs: List[int]) -> Tuple[int, List[int]]:
    n = torch.jit.wait(torch.jit.fork(appends, xs, 5))
    return n, xs


@case((T,))
def wait_all(x: Tensor) -> List[Tensor]:
    fs = [torch.jit.fork(square, x), torch.jit.fork(square, x + 1)]
    return [torch.jit.wait(f) for f in fs]


@case((1,))
def fork_changes_known_list(n: int) -> Tuple[int, int, List[int], int]:
    xs = [n, 2]
    count = torch.jit.wait(torch.jit.fork(appends, xs, 5))
    return count, len(xs), xs, xs[-1]


def puts(d: Dict[str, int], key: str) -> int:
    d[key] = 7
    return len(d)


@case((1,))
def fork_changes_known_dict(n: int) -> Tuple[int, int, List[str]]:
    d = {"a": n}
    count = torch.jit.wait(torch.jit.fork(puts, d, "b"))
    return count, len(d), list(d.keys())


def gives_back(x: Tensor, xs: List[Tensor]) -> Tensor:
    x.add_(1)
    xs.append(x)
    return x


@case((torch.zeros(2),))
def fork_gives_argument(x: Tensor) -> Tuple[Tensor, bool, bool, int]:
    xs = [x]
    y = torch.jit.wait(torch.jit.fork(gives_back, x, xs))
    return x, y is x, xs[1] is not y, len(xs)
