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
