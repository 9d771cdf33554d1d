"""`with` blocks that an exception leaves."""
import copy
from typing import Any, List

import minitorch
import pytest
import torch
from agreement import check, differ, outcome
from torch import Tensor


@torch.jit.script
class Says:
    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> int:
        print("enter", self.name)
        return 1

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        print("exit", self.name)


@torch.jit.script
class Refuses:
    def __init__(self, n: int):
        self.n = n

    def __enter__(self) -> int:
        if self.n > 2:
            raise ValueError("too many")
        return self.n

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        print("left", self.n)


@torch.jit.script
class Depth:
    def __init__(self):
        self.n = 0

    def __enter__(self) -> int:
        self.n += 1
        return self.n

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        self.n -= 1


@torch.jit.script
class Fails:
    def __init__(self):
        pass

    def __enter__(self) -> int:
        return 1

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        print("failing")
        raise ValueError("in exit")


def raises_inside(n: int) -> int:
    with Says("outer"):
        if n < 0:
            raise RuntimeError("inside")
        n += 1
    return n


def nested(n: int) -> int:
    with Says("outer"):
        with Says("inner"):
            if n == 0:
                raise RuntimeError("in both")
        if n == 1:
            raise RuntimeError("in one")
        print("between")
    if n == 2:
        raise RuntimeError("in none")
    return n


def in_a_loop(n: int) -> int:
    total = 0
    with Says("all"):
        for i in range(n):
            with Says("turn"):
                total += i
                if total > 5:
                    raise ValueError("enough")
    return total


def inner(n: int) -> int:
    with Says("inner"):
        return outer(n) + 1


def outer(n: int) -> int:
    if n > 3:
        raise ValueError("more than three")
    return n


def through_a_call(n: int) -> int:
    with Says("first"):
        m = inner(n)
    return m


def while_entering(n: int) -> int:
    with Says("outer"):
        with Refuses(n) as m:
            n += m
    return n


def changes_itself(n: int, xs: List[int]) -> int:
    d = Depth()
    with d:
        with d as depth:
            n += depth * xs[n]
    return n * 10 + d.n


def asks_for_gradients(n: int) -> List[bool]:
    modes = [torch.is_grad_enabled()]
    for i in range(n):
        with torch.no_grad():
            modes.append(torch.is_grad_enabled())
            if i > 0:
                with torch.no_grad():
                    modes.append(torch.is_grad_enabled())
            modes.append(torch.is_grad_enabled())
        modes.append(torch.is_grad_enabled())
    torch.set_grad_enabled(not modes[0])
    modes.append(torch.is_grad_enabled())
    torch.set_grad_enabled(modes[0])
    return modes


def sets_on_one_way(flag: bool) -> bool:
    if flag:
        torch.set_grad_enabled(False)
    return torch.is_grad_enabled()


def no_grad(x: Tensor, n: int) -> Tensor:
    with torch.no_grad():
        if n < 0:
            raise ValueError("negative")
        y = x.view(n, 2) * 2
    return y


def a_tensor(x: Tensor, n: int) -> Tensor:
    with Says("tensor"):
        y = torch.relu(x) * 2 + n
        print("value", n)
    return y


def an_operator_may_raise(xs: List[int], i: int) -> int:
    with Says("here"):
        x = xs[i]
    return x


def exit_raises(n: int) -> int:
    with Fails():
        if n < 0:
            raise RuntimeError("inside")
    return n


@torch.jit.script
class Logs:
    def __init__(self, log: List[str], name: str):
        self.log = log
        self.name = name
        self.turns = 0

    def __enter__(self) -> int:
        self.turns += 1
        self.log.append("in " + self.name)
        return self.turns

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        self.turns *= 10
        self.log.append("out " + self.name + str(self.turns))
        print(self.log)


def operators_in_all(xs: List[int], i: int, word: str) -> int:
    log: List[str] = []
    outer = Logs(log, "outer")
    with outer as turns:
        n = turns + xs[i]
        with Logs(log, "inner"), Says("third"):
            outer.turns += 1
            n += int(word)
            if n > 90:
                raise ValueError("large " + str(n))
        n = n // (len(xs) - 3)
    print(log)
    return n + outer.turns


def an_operator_in_a_loop(xs: List[int], n: int) -> int:
    total = 0
    for i in range(n):
        with Says(str(i)):
            total += xs[i]
    return total


def a_tensor_operator(x: Tensor, n: int) -> Tensor:
    with Says("view"):
        y = x.view(n, -1)
        with Fails():
            y = y + y.select(0, n - 1)
    return y * 2


def given_a_list(log: List[str], i: int) -> str:
    with Logs(log, "given"):
        log[i] += "!"
        return log[i]


def in_a_callee(word: str) -> int:
    with Says("caller"):
        return parsed(word) + 1


def parsed(word: str) -> int:
    with Says("callee"):
        return int(word)


CASES = {
    raises_inside: [(1,), (-1,)],
    nested: [(0,), (1,), (2,), (3,)],
    in_a_loop: [(2,), (6,), (0,)],
    through_a_call: [(1,), (4,)],
    while_entering: [(1,), (3,)],
    changes_itself: [(1, [1, 2]), (2, [1, 2])],
    no_grad: [(torch.ones(2, 2), 2), (torch.ones(2, 2), -1)],
    asks_for_gradients: [(0,), (3,)],
    a_tensor: [(torch.tensor([1.0, -1.0]), 2)],
    an_operator_may_raise: [([1, 2], 0), ([1, 2], 2)],
    exit_raises: [(-1,), (1,)],
    operators_in_all: [([1, 2], 1, "4"), ([1, 2], 2, "4"), ([1, 2], 0, "x"),
                       ([1, 2], 0, "99"), ([1, 2, 3], 0, "1")],
    an_operator_in_a_loop: [([1, 2], 2), ([1, 2], 3), ([], 0)],
    a_tensor_operator: [(torch.arange(6.0), 2), (torch.arange(6.0), 4)],
    given_a_list: [(["a"], 0), (["a"], 1), (["a"], 2)],
    in_a_callee: [("4",), ("x",)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_agrees(function):
    check(function, *CASES[function])


def test_gradients_of_the_caller():
    with torch.no_grad():
        check(asks_for_gradients, (0,), (2,))
    compiled = minitorch.compile(torch.jit.script(asks_for_gradients), (0,))
    assert compiled(0)[0]
    with torch.no_grad():
        assert not compiled(0)[0]
    with pytest.raises(minitorch.CompileError, match="sets on one way only"):
        minitorch.compile(torch.jit.script(sets_on_one_way), (True,))


class Guarded(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.depth = Depth()
        self.calls = 0

    def forward(self, n: int) -> int:
        with self.depth as depth:
            self.calls += 1
            if n < 0:
                raise ValueError("negative")
            n += depth
        return n * 100 + self.depth.n * 10 + self.calls


class GuardedOperator(Guarded):
    def forward(self, n: int) -> int:
        xs = [5, 6, 7]
        with self.depth as depth:
            self.calls += 1
            n += xs[n] * depth
        return n * 100 + self.depth.n * 10 + self.calls


@pytest.mark.parametrize("model", [Guarded, GuardedOperator],
                         ids=lambda m: m.__name__)
def test_state_that_exit_writes(model):
    scripted = torch.jit.script(model())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (0,), fallback=False)
    for n in (0, 1, -1, 2, -1, -1, 3, -5, 1):
        expected, got = outcome(oracle, (n,)), outcome(compiled, (n,))
        assert not differ(expected, got), (n, expected, got)
