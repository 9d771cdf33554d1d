"""What a call that raises leaves: arguments and attributes have what was
written before, and nothing of what comes after."""
import copy
import os
import subprocess
import sys
from typing import List, Tuple

import minitorch
import pytest
import torch
from agreement import check, outcome


def writes_before(x: torch.Tensor, n: int) -> int:
    x[0] = 1
    if n < 0:
        raise ValueError("negative")
    x[1] = 2
    return n


def writes_in_a_loop(x: torch.Tensor, n: int) -> torch.Tensor:
    for i in range(n):
        x[i] = float(i + 1)
        if i == 2:
            raise ValueError("three")
    return x


def writes_in_a_branch(x: torch.Tensor, n: int) -> torch.Tensor:
    if n > 0:
        x.add_(n)
        assert n < 3, "large"
    else:
        x.mul_(2)
    assert n != 0, "zero"
    return x + 1


def writes_a_view(x: torch.Tensor, n: int) -> torch.Tensor:
    row = x[0]
    row.fill_(n)
    y = x.view(-1)
    y[1] = 7
    values: List[int] = []
    for i in range(n):
        values.append(i)
    y[2] = float(values[1])
    return x


def writes_two(x: torch.Tensor, y: torch.Tensor, n: int) -> torch.Tensor:
    x += 1
    y -= 1
    if n == 1:
        raise RuntimeError("one")
    x += 1
    if n == 2:
        raise RuntimeError("two")
    return x + y


def turns_before(x: torch.Tensor, n: int) -> torch.Tensor:
    x.t_()
    if n < 0:
        raise ValueError("negative")
    return x + n


def turns_twice_before(x: torch.Tensor, n: int) -> torch.Tensor:
    x.t_()
    assert n > 0, "small"
    x.unsqueeze_(0)
    assert n > 1, "large"
    return x + n


def turns_and_writes(x: torch.Tensor, n: int) -> torch.Tensor:
    x.transpose_(0, 1)
    x[0] = 7
    if n < 0:
        raise ValueError("negative")
    x.mul_(2)
    return x[n]


def turns_and_raises(x: torch.Tensor, n: int) -> torch.Tensor:
    x.unsqueeze_(-1)
    raise ValueError("always")


def shrinks_before(x: torch.Tensor, n: int) -> int:
    x.resize_([2])
    assert n > 0, "small"
    return n


def writes_for_nobody(xs: List[torch.Tensor], n: int) -> int:
    y = torch.zeros([2])
    y.add_(n)
    y[n].mul_(2)
    xs[1].add_(True)
    return n


def asks_for_a_dtype(x: torch.Tensor, n: int) -> bool:
    return (x * n).transpose(-1, n).is_floating_point()


CASES = {
    turns_before: [(torch.zeros(2, 3), 1), (torch.zeros(2, 3), -1),
                   (torch.arange(4.0).reshape(2, 2), -1)],
    turns_twice_before: [(torch.zeros(2, 3), n) for n in (2, 1, 0)],
    turns_and_writes: [(torch.zeros(2, 3), 1), (torch.zeros(2, 3), -1),
                       (torch.zeros(2, 3), 5)],
    turns_and_raises: [(torch.zeros(2, 3), 1), (torch.zeros(2), 1)],
    shrinks_before: [(torch.arange(3.0), 1), (torch.arange(3.0), 0)],
    writes_for_nobody: [([torch.zeros(2), torch.zeros(2)], 1),
                        ([torch.zeros(2)], 1), ([torch.zeros(2)] * 2, 2)],
    asks_for_a_dtype: [(torch.zeros(2, 3), 0), (torch.zeros(2, 3), 2),
                       (torch.zeros(3), 1)],
    writes_before: [(torch.zeros(3), 1), (torch.zeros(3), -1)],
    writes_in_a_loop: [(torch.zeros(5), 2), (torch.zeros(5), 4)],
    writes_in_a_branch: [(torch.ones(2), 1), (torch.ones(2), 3),
                         (torch.ones(2), 0), (torch.ones(2), -1)],
    writes_a_view: [(torch.zeros(2, 3), 2), (torch.zeros(2, 3), 1)],
    writes_two: [(torch.zeros(2), torch.zeros(2), n) for n in (0, 1, 2)],
}


@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_arguments(function):
    check(function, *CASES[function])


class Counter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.scale = 0.5
        self.seen = False
        self.register_buffer("total", torch.zeros(2))

    def forward(self, x: torch.Tensor, n: int
                ) -> Tuple[int, float, bool, torch.Tensor]:
        self.calls += 1
        self.total += x
        self.seen = n > 1
        if n == 1:
            raise ValueError("one")
        self.scale = self.scale * 2
        self.total = self.total * 2
        if n == 2:
            raise ValueError("two")
        for i in range(n):
            self.calls += i
            assert i < 4, "too many"
        return self.calls, self.scale, self.seen, self.total.clone()


@pytest.mark.parametrize("order", [(0, 1, 0), (0, 2, 0), (0, 1, 2, 1, 0),
                                   (0, 6, 0, 3), (1, 2, 0)])
def test_state(order):
    scripted = torch.jit.script(Counter())
    oracle = copy.deepcopy(scripted)
    compiled = minitorch.compile(scripted, (torch.ones(2), 0), fallback=False,
                                 dynamic_shapes="all")
    for n in order:
        args = (torch.ones(2) * (n + 1), n)
        expected, got = outcome(oracle, args), outcome(compiled, args)
        assert expected[0][0] == got[0][0]
        if expected[0][0] == "value":
            *numbers, total = expected[0][1]
            assert list(got[0][1][:3]) == numbers
            assert torch.equal(got[0][1][3], total)


OUT_OF_MEMORY = '''
import resource, sys
from typing import List
import torch, minitorch

def joins(w: List[str]) -> int:
    while len(w) < 1000:
        w.append("ab".join(w))
    return len(w)

def doubles(v: List[int]) -> int:
    while len(v) > 0:
        v = v + v
    return len(v)

def repeats(s: str) -> int:
    while s != "":
        s = s + s
    return len(s)

def used():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[0]) * resource.getpagesize()

for function, argument in ((joins, ["x", "yy"]), (doubles, [1, 2]), (repeats, "ab")):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (argument,), fallback=False)
    compiled_once = compiled.explain_boxed()
    resource.setrlimit(resource.RLIMIT_AS, (used() + (256 << 20), -1))
    for call in (scripted, compiled):
        try:
            call(type(argument)(argument))
            print("no error")
        except Exception as error:
            print(type(error).__name__, str(error).strip().splitlines()[-1].strip())
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
'''


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""),
                    reason="the sanitizer ends the process itself")
def test_out_of_memory(tmp_path):
    """Memory that is out is an error of the program, not the process's end."""
    path = tmp_path / "program.py"
    path.write_text(OUT_OF_MEMORY)
    done = subprocess.run([sys.executable, str(path)], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 6, lines
    for line in lines:
        assert "RuntimeError: std::bad_alloc" in line or (
            "RuntimeError: cannot allocate" in line), lines
