"""The boxed form agrees with PyTorch on what else is compiled in other forms,
and in what only it does."""
import os
import sys
import warnings
from typing import List, Tuple

import minitorch
import pytest
import torch
from agreement import boxed_form, differ, layout, outcome
from torch import Tensor

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

import programs  # noqa: E402
import test_list_programs  # noqa: E402

#: Not yet: lists of indices that `where` gives, and complex numbers.
REFUSED = {"places", "complex_number"}
FUNCTIONS = [(program, calls) for program, calls in programs.PROGRAMS
             if not isinstance(program, type)
             and program.__name__ not in REFUSED]


def name(value):
    return value.__name__ if hasattr(value, "__name__") else None


def check(scripted, oracle, calls, exactly=False):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with boxed_form():
            compiled = minitorch.compile(scripted, calls[0], fallback=False)
        for args in calls:
            expected, got = outcome(oracle, args), outcome(compiled, args)
            assert not differ(expected, got), (args, expected, got)
            if exactly:
                assert layout(expected) == layout(got), (args, expected, got)


@pytest.mark.parametrize("program,calls", FUNCTIONS, ids=name)
def test_program(program, calls):
    scripted = torch.jit.script(program)
    check(scripted, scripted, calls)


@pytest.mark.parametrize("function", test_list_programs.NAMED,
                         ids=lambda f: f.__name__)
def test_lists(function):
    scripted, oracle = test_list_programs.with_oracle(function)
    check(scripted, oracle, [(2,), (1,), (3,)])


def of_one(x: Tensor) -> List[Tensor]:
    return [x + 1, x * x, -x, x > 0, x ** 2, torch.sqrt(x), x.clamp(0, 1),
            torch.where(x > 0, x, -x), x // 2]


def of_two(x: Tensor, y: Tensor) -> List[Tensor]:
    return [x + y, y - x, x / y, torch.maximum(x, y), x == y,
            torch.where(x > y, x, y), torch.lerp(x, y, 0.5)]


SOURCE = torch.arange(24.0).reshape(2, 3, 4) - 6
LAYOUTS = [SOURCE, SOURCE.transpose(0, 2), SOURCE.permute(1, 2, 0),
           SOURCE[:, ::2], SOURCE.transpose(0, 1)[:1], SOURCE[0].t(),
           SOURCE[:, :1].transpose(1, 2), SOURCE[:1, 0].t(),
           SOURCE[:, :1].expand(2, 3, 4), SOURCE[:0].transpose(0, 2),
           SOURCE[None].contiguous(memory_format=torch.channels_last)]


def test_layout_of_one():
    """Results of pointwise operators lie as their operands do."""
    scripted = torch.jit.script(of_one)
    check(scripted, scripted, [(x,) for x in LAYOUTS], exactly=True)


def test_layout_of_two():
    scripted = torch.jit.script(of_two)
    calls = [(x, y) for x in LAYOUTS for y in (
        x, torch.ones(x.shape), x.clone().transpose(0, -1).contiguous()
        .transpose(0, -1), torch.ones(x.shape[-1]), torch.tensor(2.0),
        torch.ones(x.shape[:1] + (1,) * (x.dim() - 1)))]
    check(scripted, scripted, calls, exactly=True)


def sorts(x: Tensor, y: Tensor) -> List[Tensor]:
    return [x.sort(-1)[0], x.sort(-1)[1], x.sort(0)[1], x.argsort(0),
            x.flip(0), torch.isin(x, y), x.t(), x.msort()]


def indexes(x: Tensor, i: Tensor, j: Tensor, mask: Tensor) -> List[Tensor]:
    return [x[:, i], x[i], x[:, :, i], x[:, i, j], x[i, :, j], x[mask], x[:, j],
            x[j], x[j, i]]


def test_layout_of_sorted():
    scripted = torch.jit.script(sorts)
    check(scripted, scripted, [(x, torch.ones(2)) for x in (
        SOURCE[0], SOURCE[0].t(), SOURCE[:, 0], SOURCE[:, :, 0].t(),
        SOURCE[:1, 0].t(), SOURCE[0, :1].expand(3, 4), SOURCE[0, :0].t())],
          exactly=True)


@pytest.mark.parametrize("j", [torch.tensor([[0, 1], [1, 0], [0, 0]]),
                               torch.tensor([[0, 1], [1, 0], [0, 0]]).t(),
                               torch.tensor([[0, 1]]),
                               torch.tensor(1)], ids=lambda j: str(j.shape))
def test_layout_of_indexed(j):
    scripted = torch.jit.script(indexes)
    for i in (torch.tensor([0, 1]), torch.tensor([1])):
        if i.numel() == 2 and j.dim() == 2 and j.shape[-1] == 3:
            i = torch.tensor([0, 1, 1])
        x = torch.arange(24.0).reshape(2, 3, 4)[..., :2]
        layouts = [x.reshape(2, 3, 2), x.permute(2, 0, 1), x.transpose(0, 2),
                   x.permute(1, 2, 0), x[:, :2].permute(2, 0, 1)]
        check(scripted, scripted,
              [(x, i, j, torch.arange(x.shape[0]) > 0) for x in layouts],
              exactly=True)


def itself(x: Tensor) -> List[Tensor]:
    return [x.mT, x.mH, x.H, x.T, x.adjoint(), torch.full([2, 0], 1.0).abs()]


def test_of_rank_zero():
    scripted = torch.jit.script(itself)
    check(scripted, scripted, [(torch.tensor(2.0),)], exactly=True)


def overlaps(x: Tensor, i: Tensor, way: int) -> Tensor:
    if way == 0:
        x.index_add_(0, i, x)
    elif way == 1:
        x.index_copy_(0, i, x)
    elif way == 2:
        x.index_put_([i], x)
    elif way == 3:
        x[None].copy_(x)
    elif way == 4:
        x.add_(x)
    elif way == 5:
        x.t().add_(x)
    elif way == 6:
        x.masked_fill_(x > 1, x[0, 0])
    elif way == 7:
        x.fmod_(x[0, 1])
    elif way == 8:
        x[:, :1].add_(x[:, 1:])
    elif way == 9:
        x.t().mul_(x.t()[:])
    return x


def test_overlaps():
    """What PyTorch refuses to read while it is written, and what not."""
    scripted = torch.jit.script(overlaps)
    check(scripted, scripted,
          [(torch.arange(4.0).reshape(2, 2), torch.tensor([1, 0]), way)
           for way in range(10)])


def kept(x: Tensor) -> Tuple[Tensor, Tensor]:
    return x.t() + 1, x.t() * 2


def test_results_outlive_calls():
    scripted = torch.jit.script(kept)
    with boxed_form():
        compiled = minitorch.compile(scripted, (torch.ones(2, 3),),
                                     fallback=False)
    inputs = [torch.full((2, 3), float(i)) for i in range(20)]
    for x, results in [(x, compiled(x)) for x in inputs]:
        assert all(map(torch.equal, results, kept(x)))


def writes_to_one(x: Tensor, y: Tensor) -> Tensor:
    x.mul_(2)
    return x.sum() + y.sum()


def test_arguments_that_share_memory():
    """What the typed form refuses when the arguments come."""
    scripted = torch.jit.script(writes_to_one)
    compiled = minitorch.compile(scripted, (torch.ones(3), torch.ones(3)),
                                 fallback=False, dynamic_shapes="all")
    for y in (slice(1, None), slice(None)):
        results = []
        for function in (scripted, compiled):
            x = torch.arange(3.0)
            results.append((function(x, x[y]), x))
        assert all(map(torch.equal, *results))


def test_indices_of_no_dimension():
    def get(x: Tensor, mask: Tensor) -> Tensor:
        return x[mask]

    scripted = torch.jit.script(get)
    check(scripted, scripted, [(torch.ones(2), torch.tensor([True, False])),
                               (torch.tensor(1.0), torch.tensor(True))])
