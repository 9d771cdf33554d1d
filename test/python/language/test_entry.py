"""How compiled methods are made and called."""
from typing import Dict, List, Optional, Tuple

import minitorch
import pytest
import torch
from agreement import boxed_form, check
from torch import Tensor, nn

X = torch.arange(6.0).reshape(2, 3)


class Defaults(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 4)

    def forward(self, x: Tensor, state: Tensor = torch.zeros(0),
                times: int = 2) -> Tensor:
        if state.numel() == 0:
            return self.linear(x) * times
        return self.linear(x) + state


def same(got, expected):
    torch.testing.assert_close(got, expected)


def test_the_first_call_compiles():
    torch.manual_seed(0)
    scripted = torch.jit.script(Defaults())
    compiled = minitorch.compile(scripted, fallback=False)
    with pytest.raises(minitorch.InputError, match="first call"):
        compiled.mlir()
    state = torch.ones(4)
    for args in [(X,), (X[:1],), (X, state), (X, state, 3), (X, torch.ones(0), 3)]:
        same(compiled(*args), scripted(*args))
    same(compiled(X, times=5), scripted(X, times=5))
    same(compiled(X, state=state), scripted(X, state=state))


def test_a_default_is_a_tensor():
    torch.manual_seed(0)
    scripted = torch.jit.script(Defaults())
    compiled = minitorch.compile(scripted, (X,), fallback=False)
    same(compiled(X), scripted(X))
    same(compiled(X, torch.ones(4)), scripted(X, torch.ones(4)))
    same(compiled(X), scripted(X))


def anything(x: Tensor, names: List[str], sizes: Dict[str, int],
             extra: Optional[Tensor] = None) -> Tuple[Tensor, int]:
    total = len(names)
    for name in names:
        total += sizes.get(name, 0)
    if extra is not None:
        x = x + extra
    return x.flatten()[:total], total


def test_any_arguments():
    scripted = torch.jit.script(anything)
    compiled = minitorch.compile(scripted, fallback=False)
    for args in [(X, ["a"], {"a": 2}), (X[0], [], {}),
                 (X.double(), ["b", "c"], {"c": 1}, X.double()),
                 (X.reshape(1, 2, 3), ["a", "b"], {"x": 1}, torch.ones(3))]:
        got, expected = compiled(*args), scripted(*args)
        same(got[0], expected[0])
        assert got[1] == expected[1]


def squeezed(x: Tensor, n: int) -> Tensor:
    print("called with", n)
    y = x.squeeze()
    if y.size(0) > 3:
        z = y.sum(0)
    else:
        z = y
    return z * n


def test_sizes_that_no_example_had():
    """What a program was compiled for turns out otherwise: it runs again, in
    another form, and nothing is seen of the first attempt."""
    scripted = torch.jit.script(squeezed)
    compiled = minitorch.compile(scripted, (torch.ones(1, 3), 1),
                                 dynamic_shapes="all", fallback=False)
    for x in (torch.ones(1, 3), torch.ones(2, 3), torch.ones(5, 1, 2),
              torch.ones(1, 7)):
        same(compiled(x, 2), scripted(x, 2))


def same_twice(x: Tensor, n: int) -> Tuple[Tensor, Tensor, Tensor]:
    y = x.unsqueeze(0) if n > 0 else x
    return y, y, x


def test_results_are_the_same_object():
    compiled = minitorch.compile(torch.jit.script(same_twice), fallback=False)
    for n in (0, 1):
        first, second, third = compiled(X, n)
        assert first is second
        assert third is X
        assert (first is X) == (n == 0)
        assert first.data_ptr() == X.data_ptr()


def resized(x: Tensor, n: int) -> Tensor:
    y = x
    if n > 0:
        y = x.unsqueeze_(0)
    if n > 1:
        x.t_() if x.dim() == 2 else x.transpose_(0, 1)
    y.add_(n)
    return y


def test_arguments_change():
    """Sizes, strides and contents of arguments are what the program made of
    them."""
    check(resized, (X.clone(), 0), (X.clone(), 1), (X.clone(), 2),
          (torch.ones(3), 2))


def places(x: Tensor) -> Tuple[List[Tensor], Tensor]:
    return torch.where(x > 0), torch.nonzero(x)


def test_places():
    """As many results as there are dimensions, and they lie as PyTorch's."""
    scripted = torch.jit.script(places)
    with boxed_form():
        compiled = minitorch.compile(scripted, (X,), fallback=False)
    for x in (X, X[0], X[0, 1], X - 100, torch.zeros(2, 0)):
        (got, all_got), (expected, all_expected) = compiled(x), scripted(x)
        same(got, expected)
        same(all_got, all_expected)
        assert [t.stride() for t in (*got, all_got)] == [
            t.stride() for t in (*expected, all_expected)]


class Remembers(nn.Module):
    """State of any rank, written in front of what may raise."""

    def __init__(self):
        super().__init__()
        self.register_buffer("last", torch.zeros(0))
        self.calls: int = 0

    def forward(self, x: Tensor, i: int) -> Tuple[Tensor, int]:
        before = self.last
        self.last = x.unsqueeze(0) if i > 1 else x
        self.calls += 1
        y = x[i]
        self.calls += 10
        return before.sum() + y.sum(), before.dim()

    @torch.jit.export
    def state(self) -> Tuple[int, int, Tensor]:
        return self.last.dim(), self.calls, self.last.sum()


def test_state_is_written_before_an_error():
    scripted = torch.jit.script(Remembers())
    with boxed_form():
        compiled = minitorch.compile(scripted, (X, 0), fallback=False)
        for x, i in [(X, 0), (X, 5), (X, 1), (X[0], 7), (X[0], 0), (X, 9)]:
            try:
                expected = scripted(x, i)
            except RuntimeError:
                with pytest.raises(minitorch.ProgramError, match="out of range"):
                    compiled(x, i)
            else:
                same(compiled(x, i), expected)
            same(compiled.state(), scripted.state())


def longest(words: List[str]) -> str:
    best = ""
    for word in words:
        if len(word) > len(best):
            best = word
    return best


def total(counts: Dict[str, int]) -> int:
    result = 0
    for key, value in counts.items():
        result += len(key) * value
    return result


def stacked(parts: List[Tensor]) -> Tensor:
    return torch.cat(parts).sum()


def lines(text: str) -> List[str]:
    return text.split("\n")[:3]


def nested(pairs: List[Tuple[int, List[float]]]) -> float:
    return sum([pair[1][pair[0]] for pair in pairs])


@pytest.mark.parametrize("program, make", [
    (longest, lambda n: [str(i) for i in range(n)]),
    (total, lambda n: {str(i): i for i in range(n)}),
    (stacked, lambda n: [torch.full((2,), float(i)) for i in range(n)]),
    (lines, lambda n: "a line\n" * n),
    (nested, lambda n: [(i % 2, [float(i), 0.5]) for i in range(n)])])
def test_long_arguments(program, make):
    """What an argument holds is no part of the code where it is much: this
    would not be compiled in an hour."""
    check(program, (make(20_000),), (make(3),), (make(500),))
    check(program, (make(2),), (make(2_000),))
