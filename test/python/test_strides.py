"""What depends on how a tensor lies in memory: strides, contiguity, views that
cannot be. Compiled once with every size unknown, and with sizes known."""
from typing import List, Tuple

import minitorch
import pytest
import torch
from torch import Tensor

X = torch.arange(24.0).reshape(2, 3, 4)
SHAPES = pytest.mark.parametrize("shapes", [None, "all"],
                                 ids=["static", "dynamic"])


def asks(x: Tensor) -> Tuple[bool, bool, bool, List[int], List[int]]:
    y = x.transpose(0, 2)
    return (x.is_contiguous(), y.is_contiguous(), y[0].is_contiguous(),
            y.stride(), y[:, ::2].unsqueeze(1).stride())


def asks_of_views(x: Tensor) -> List[int]:
    strides: List[int] = []
    strides += x.permute(2, 0, 1).stride()
    strides += x[:, 1].stride()
    strides += x.narrow(1, 0, 2).stride()
    strides += x[0].t().stride()
    strides += x.unsqueeze(-1).stride()
    strides += x.unsqueeze(1).expand(-1, 5, -1, -1).stride()
    strides += x.expand(1, 1, -1, -1, -1).stride()
    strides += x.diagonal(0, 1, 2).stride()
    strides += x.unbind(1)[1].stride()
    strides += x.split(2, 2)[0].stride()
    strides += (x * 2).t_().stride() if x.dim() == 2 else x.stride()
    return strides


def asks_one(x: Tensor) -> Tuple[int, int]:
    return x.stride(0), x.transpose(0, 1).stride(-2)


def asks_of_new(x: Tensor) -> Tuple[bool, bool, bool]:
    y = x.transpose(1, 2).contiguous()
    return (y.is_contiguous(), (x + 1).is_contiguous(),
            torch.zeros_like(x).t_().is_contiguous() if x.dim() == 2 else True)


def branches(x: Tensor) -> Tensor:
    y = x.transpose(0, 1)
    return y + 1 if y.is_contiguous() else y - 1


def channels_last(x: Tensor) -> Tuple[bool, bool]:
    y = x.unsqueeze(0).permute(0, 3, 1, 2)
    return (y.is_contiguous(memory_format=torch.channels_last),
            y.is_contiguous())


QUESTIONS = [asks, asks_of_views, asks_one, asks_of_new, branches,
             channels_last]


@SHAPES
@pytest.mark.parametrize("function", QUESTIONS, ids=lambda f: f.__name__)
def test_questions(function, shapes):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes=shapes,
                                 fallback=False)
    inputs = [X]
    if shapes:
        inputs += [X[:1], X[:, :2].contiguous()]
    if shapes and function is not asks:
        inputs.append(X[..., :0].contiguous())
    for x in inputs:
        assert_same(compiled(x), scripted(x))


@pytest.mark.parametrize("function", [asks, asks_one, branches],
                         ids=lambda f: f.__name__)
def test_questions_about_arguments(function):
    """Strides of the caller's own tensors."""
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes="all",
                                 fallback=False)
    for x in (X.transpose(0, 1), X[:, ::2], X[..., :1], X.transpose(1, 2)[:1]):
        assert_same(compiled(x), scripted(x))


def assert_same(actual, expected):
    if isinstance(expected, Tensor):
        torch.testing.assert_close(actual, expected)
    else:
        assert actual == expected


# Views -----------------------------------------------------------------------

def flat(x: Tensor) -> Tensor:
    return x.transpose(1, 2).view(-1)


def joins_two(x: Tensor) -> Tensor:
    return x.transpose(0, 1).view(x.size(1), x.size(0) * x.size(2))


def joins_adjacent(x: Tensor) -> Tensor:
    return x.permute(2, 0, 1).view(x.size(2), -1) * 2


def splits(x: Tensor) -> Tensor:
    return x.transpose(1, 2).view(x.size(0), x.size(2), 1, x.size(1)) + 1


def of_slice(x: Tensor) -> Tensor:
    return x[:, :, 1:].view(x.size(0) * x.size(1), -1)


def of_slice_flat(x: Tensor) -> Tensor:
    return x[:, 1:].view(-1)


def of_expanded(x: Tensor) -> Tensor:
    return x.unsqueeze(0).expand(2, -1, -1, -1).view(2 * x.size(0), -1)


def unflattens(x: Tensor) -> Tensor:
    return x.transpose(1, 2).unflatten(1, (2, -1))


def like_another(x: Tensor) -> Tensor:
    return x.transpose(1, 2).view_as(x)


def written(x: Tensor) -> Tensor:
    y = x.clone()
    y.permute(2, 0, 1).view(x.size(2), -1)[0] = 5.0
    return y


VIEWS = [flat, joins_two, joins_adjacent, splits, of_slice, of_slice_flat,
         of_expanded, unflattens, like_another, written]


@SHAPES
@pytest.mark.parametrize("function", VIEWS, ids=lambda f: f.__name__)
def test_views(function, shapes):
    """A view that cannot be raises what PyTorch raises; at other sizes, it
    can."""
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (X,), dynamic_shapes=shapes,
                                 fallback=False)
    inputs = [X]
    if shapes:
        inputs += [X[:1], X[:, :1].contiguous(), X[..., :2].contiguous(),
                   X[:, :2].contiguous(), X[:0], X[:, :0]]
    for x in inputs:
        try:
            expected = scripted(x)
        except RuntimeError as error:
            # Sizes that are only known then are not in our message.
            message = str(error).splitlines()[-1].rpartition("RuntimeError: ")[2]
            with pytest.raises(minitorch.ProgramError) as caught:
                compiled(x)
            for part in message.split(" [")[0], message.rpartition("] ")[2]:
                assert part in str(caught.value)
        else:
            torch.testing.assert_close(compiled(x), expected)


def empty_view(x: Tensor) -> Tensor:
    return x.as_strided([4], [1]).expand(1, 4)[1:1].as_strided([1], [1])


def outside_diagonal(x: Tensor) -> Tensor:
    return x.view(4, 6).diagonal(6).as_strided([2], [1])


def one_row(x: Tensor) -> Tensor:
    return x.as_strided([1, 2], [7, 1])[1:].as_strided([2], [1])


@pytest.mark.parametrize("function", [empty_view, outside_diagonal, one_row],
                         ids=lambda f: f.__name__)
def test_offsets_of_empty_views(function):
    scripted = torch.jit.script(function)
    compiled = minitorch.compile(scripted, (X,), fallback=False)
    torch.testing.assert_close(compiled(X), scripted(X))


def joined(x: Tensor) -> Tensor:
    y = torch.cat([x, x], 2)
    y.reshape(-1).add_(1)
    return y


def summed(x: Tensor) -> Tensor:
    y = x + torch.ones(1, 1, 2, 1)
    y.reshape(-1).add_(1)
    return y


@pytest.mark.parametrize("function", [joined, summed],
                         ids=lambda f: f.__name__)
def test_strides_of_sizes_of_one(function):
    """Contiguous, and yet an operator takes them for another memory format."""
    scripted = torch.jit.script(function)
    plain = torch.ones(4, 3, 1, 1)
    odd = torch.ones(4, 1, 1, 3).permute(0, 3, 1, 2)
    assert odd.is_contiguous() and odd.stride() != plain.stride()
    compiled = minitorch.compile(scripted, (plain,), fallback=False)
    torch.testing.assert_close(compiled(plain.clone()), scripted(plain.clone()))
    torch.testing.assert_close(compiled(odd), scripted(odd))
