"""What PyTorch's schemas do not say of its operators: hidden writes, and results
that are an operand. A wrong answer here is one without a word, so that each is
either PyTorch's or refused."""
import copy
from typing import Tuple

import minitorch
import pytest
import torch
from torch import Tensor, nn

X = torch.tensor([1.0, 2.0, 3.0, 4.0])


def compiled_and_scripted(function, inputs, shapes=None):
    scripted = torch.jit.script(function)
    return minitorch.compile(scripted, copy.deepcopy(inputs),
                             dynamic_shapes=shapes, fallback=False), scripted


def check(function, inputs, shapes=None):
    compiled, scripted = compiled_and_scripted(function, inputs, shapes)
    ours, theirs = copy.deepcopy(inputs), copy.deepcopy(inputs)
    torch.testing.assert_close(compiled(*ours), scripted(*theirs),
                               equal_nan=True)
    torch.testing.assert_close(ours, theirs, equal_nan=True)


SHAPES = pytest.mark.parametrize("shapes", [None, "all"],
                                 ids=["static", "dynamic"])

# Hidden writes ---------------------------------------------------------------


def batch(x: Tensor, m: Tensor, v: Tensor) -> Tensor:
    torch.batch_norm(x, None, None, m, v, True, 0.1, 1e-5, False)
    return m * 1


def native(x: Tensor, m: Tensor, v: Tensor) -> Tensor:
    torch.native_batch_norm(x, None, None, m, v, True, 0.1, 1e-5)
    return m * 1


def instance(x: Tensor, m: Tensor, v: Tensor) -> Tensor:
    torch.instance_norm(x, None, None, m, v, True, 0.1, 1e-5, False)
    return v * 1


def evaluated(x: Tensor, m: Tensor, v: Tensor) -> Tensor:
    torch.batch_norm(x, None, None, m, v, False, 0.1, 1e-5, False)
    return m * 1


@SHAPES
@pytest.mark.parametrize("function", [batch, native, instance, evaluated],
                         ids=lambda f: f.__name__)
def test_statistics_of_an_unused_result(function, shapes):
    x = torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(0))
    check(function, (x, torch.zeros(2), torch.ones(2)), shapes)


def perhaps(x: Tensor, m: Tensor, v: Tensor, training: bool) -> Tensor:
    return torch.batch_norm(x, None, None, m, v, training, 0.1, 1e-5, False)


def test_unknown_whether_it_trains():
    """Refused, or compiled for each value of the flag."""
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    for training in (False, True):
        check(perhaps, (x, torch.zeros(2), torch.ones(2), training))


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        self.norm(x)
        mean = self.norm.running_mean
        assert mean is not None
        return mean * 1


def test_state_of_an_unused_result():
    model = torch.jit.script(Unused().train())
    compiled = minitorch.compile(copy.deepcopy(model), (torch.ones(3, 2),),
                                 fallback=False)
    for i in range(3):
        x = torch.randn(3, 2, generator=torch.Generator().manual_seed(i))
        # torch.jit's optimizer drops the write.
        with torch.jit.optimized_execution(False):
            expected = model(x)
        torch.testing.assert_close(compiled(x), expected)


def weighted(x: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:
    c = torch.cov(x, correction=0, aweights=w)
    return x * 1, c


def weighted_unused(x: Tensor, w: Tensor) -> Tensor:
    y = x * 2
    torch.cov(y, aweights=w)
    return y


@SHAPES
@pytest.mark.parametrize("function", [weighted, weighted_unused],
                         ids=lambda f: f.__name__)
def test_covariance_of_one_observation(function, shapes):
    """PyTorch sets the observation to zero."""
    check(function, (torch.tensor([[3.0], [4.0]]), torch.tensor([2.0])), shapes)
    check(function, (torch.tensor([[3.0, 1.0]]), torch.tensor([2.0, 1.0])),
          shapes)


# Results that are an operand -------------------------------------------------


def conjugate(x: Tensor):
    y = torch.conj_physical(x)
    y.add_(1)
    return x * 1, y


def conjugate_reshaped(x: Tensor):
    y = torch.conj_physical(x)
    y.unsqueeze_(0)
    return x * 1, y


def product(x: Tensor):
    y = torch.cartesian_prod([x])
    y.mul_(2)
    return x * 1, y


def product_reshaped(x: Tensor):
    y = torch.cartesian_prod([x])
    y.unsqueeze_(0)
    return x * 1, y


def tensor(x: Tensor):
    y = torch.as_tensor(x)
    y.add_(1)
    return x * 1, y


def tensor_reshaped(x: Tensor):
    y = torch.as_tensor(x)
    y.unsqueeze_(0)
    return x * 1, y


def tensor_converted(x: Tensor):
    y = torch.as_tensor(x, dtype=torch.float64)
    y.add_(1)
    return x * 1, y


def data_reshaped(x: Tensor):
    y = x.data
    y.unsqueeze_(0)
    return x * 1, y


def data(x: Tensor):
    y = x.data
    y.add_(1)
    return x * 1, y


def scalar_transposed(x: Tensor):
    y = x[0].mT
    y.unsqueeze_(0)
    return x * 1, y


def is_same(x: Tensor):
    y, z = torch.conj_physical(x), torch.as_tensor(x)
    return (x + 1 if y is x else x - 1), (x + 1 if z is x else x - 1)


OPERANDS = [conjugate, conjugate_reshaped, product, product_reshaped, tensor,
            tensor_reshaped, tensor_converted, data, data_reshaped,
            scalar_transposed, is_same]


@SHAPES
@pytest.mark.parametrize("function", OPERANDS, ids=lambda f: f.__name__)
def test_results_that_are_operands(function, shapes):
    try:
        check(function, (X.clone(),), shapes)
    except minitorch.CompileError as error:
        assert "test_facts.py" in str(error)


# New tensors in another order --------------------------------------------------


def cloned(x: Tensor):
    y = x.clone(memory_format=torch.channels_last)
    y.reshape(-1).add_(1)
    return y


def cloned_contiguous(x: Tensor):
    y = x.clone(memory_format=torch.contiguous_format)
    y.reshape(-1).add_(1)
    return y


def zeros(x: Tensor):
    y = torch.zeros_like(x, memory_format=torch.channels_last)
    y.reshape(-1).add_(1)
    return y


def converted(x: Tensor):
    y = x.to(torch.float64, memory_format=torch.channels_last)
    y.reshape(-1).add_(1)
    return y


def converted_plainly(x: Tensor):
    y = x.to(torch.float64)
    y.reshape(-1).add_(1)
    return y


def rebuilt(x: Tensor):
    y = torch.as_tensor(x.transpose(1, 3), dtype=torch.float64)
    y.reshape(-1).add_(1)
    return y


@pytest.mark.parametrize(
    "function", [cloned, cloned_contiguous, zeros, converted, converted_plainly,
                 rebuilt], ids=lambda f: f.__name__)
def test_orders_of_new_tensors(function):
    try:
        check(function, (torch.arange(24.0).reshape(1, 2, 3, 4),))
    except minitorch.CompileError as error:
        assert "test_facts.py" in str(error)
