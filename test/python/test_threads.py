"""Threads that compile and call at once, against PyTorch.

MINITORCH_THREAD_ROUNDS sets how often each of the tests is repeated.
"""
import os
import threading

import minitorch
import pytest
import torch
from torch import Tensor, nn

ROUNDS = int(os.environ.get("MINITORCH_THREAD_ROUNDS", "2"))
THREADS = 8


def at_once(function, count=THREADS):
    """Results of `function(i)` in `count` threads that start together."""
    barrier = threading.Barrier(count)
    results, errors = [None] * count, []

    def run(i):
        try:
            barrier.wait()
            results[i] = function(i)
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


class Layers(nn.Module):
    """A model that differs from others of another number."""

    def __init__(self, number: int):
        super().__init__()
        self.fc = nn.Linear(5, 3 + number % 4)
        self.number = number

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.number % 3):
            x = torch.tanh(x * self.number)
        return torch.softmax(self.fc(x), -1)


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(4))
        self.count: int = 0

    def forward(self, x: Tensor) -> Tensor:
        self.total.add_(x)
        self.count += 1
        return self.total * 1

    @torch.jit.export
    def take(self) -> Tensor:
        total = self.total.clone()
        self.total.zero_()
        return total

    @torch.jit.export
    def calls(self) -> int:
        return self.count

    @torch.jit.export
    def scale(self, x: Tensor, dim: int) -> Tensor:
        return x.sum(dim) * 2


def layers(count):
    torch.manual_seed(0)
    return [torch.jit.script(Layers(i).eval()) for i in range(count)]


X = torch.linspace(-1, 1, 10).reshape(2, 5)


@pytest.mark.parametrize("round", range(ROUNDS))
def test_first_calls_of_many_models(round):
    models = layers(5 if ROUNDS < 20 else 20)
    expected = [model(X) for model in models]
    compiled = [minitorch.compile(model, (X,)) for model in models]

    def call_all(i):
        order = [(i * 7 + j) % len(compiled) for j in range(len(compiled))]
        return {j: compiled[j](X) for j in order}

    for results in at_once(call_all):
        for j, result in results.items():
            torch.testing.assert_close(result, expected[j])


@pytest.mark.parametrize("round", range(ROUNDS))
def test_many_models_compiled_at_once(round):
    models = layers(THREADS)

    def compile_and_call(i):
        return minitorch.compile(models[i], (X,), dynamic_shapes="all")(X)

    for model, result in zip(models, at_once(compile_and_call)):
        torch.testing.assert_close(result, model(X))


@pytest.mark.parametrize("round", range(ROUNDS))
def test_one_model_compiled_at_once(round):
    """Methods, sizes and numbers, each for the first time in all threads."""
    scripted = torch.jit.script(Sum())
    x = torch.arange(12.0).reshape(3, 4)

    def work(i):
        compiled = minitorch.compile(scripted, (x[i % 3],))
        assert compiled.calls() >= 0
        return compiled, [compiled.scale(x, dim) for dim in (0, 1, 0)]

    results = at_once(work)
    for _, sums in results:
        for got, dim in zip(sums, (0, 1, 0)):
            torch.testing.assert_close(got, x.sum(dim) * 2)
    results[0][0](x[0])
    assert [compiled.calls() for compiled, _ in results] == [1] * THREADS


@pytest.mark.parametrize("round", range(ROUNDS))
def test_state_of_one_model(round):
    """No call is lost, whatever their order is."""
    compiled = minitorch.compile(torch.jit.script(Sum()), (torch.ones(4),))
    one = torch.ones(4)

    def work(i):
        taken = torch.zeros(4)
        for j in range(50):
            if i % 2:
                compiled(one)
            else:
                taken += compiled.take()
                assert 0 <= compiled.calls() <= 50 * THREADS // 2
        return taken

    taken = sum(at_once(work)) + compiled.take()
    torch.testing.assert_close(taken, one * 50 * (THREADS // 2))
    assert compiled.calls() == 50 * THREADS // 2


def test_calls_without_state():
    model = layers(1)[0]
    compiled = minitorch.compile(model, (X,), dynamic_shapes="all")

    def work(i):
        x = torch.randn(i + 1, 5)
        return all(torch.allclose(compiled(x), model(x)) for _ in range(100))

    assert all(at_once(work))
