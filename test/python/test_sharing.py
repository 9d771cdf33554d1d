"""One tensor under several names: arguments that are the same, results that are
arguments or one another."""
from typing import List, Tuple

import minitorch
import pytest
import torch
from torch import Tensor

X = torch.arange(6.0).reshape(2, 3)
SHAPES = pytest.mark.parametrize("shapes", [None, "all"],
                                 ids=["static", "dynamic"])


def compiled_and_scripted(function, inputs, shapes):
    scripted = torch.jit.script(function)
    return minitorch.compile(scripted, inputs, dynamic_shapes=shapes,
                             fallback=False), scripted


# The same argument twice -----------------------------------------------------

def write_first(x: Tensor, y: Tensor):
    x.add_(1)
    return x * y


def write_second(x: Tensor, y: Tensor):
    z = x * 1
    y[0] = 5.0
    return z + x


def write_both(x: Tensor, y: Tensor):
    x.mul_(2)
    y.t()[0].add_(1)
    x[0] += y[1]
    return x - y


def write_in_loop(x: Tensor, y: Tensor):
    for i in range(y.size(0)):
        y[i] += x.sum()
    return x.sum()


def write_list(xs: List[Tensor], y: Tensor):
    xs[0].add_(1)
    return xs[0] + xs[1] * y


SHARING = [write_first, write_second, write_both, write_in_loop]


@SHAPES
@pytest.mark.parametrize("function", SHARING, ids=lambda f: f.__name__)
def test_same_argument(function, shapes):
    compiled, scripted = compiled_and_scripted(function, (X, X), shapes)
    for make in (lambda x: (x, x), lambda x: (x, x.view(2, 3)),
                 lambda x: (x, x.clone()), lambda x: (x.t(), x.t())):
        if shapes is None and make(X)[0].shape != X.shape:
            continue
        ours, theirs = X.clone(), X.clone()
        mine, other = make(ours), make(theirs)
        torch.testing.assert_close(compiled(*mine), scripted(*other))
        torch.testing.assert_close(ours, theirs)
        torch.testing.assert_close(mine, other)


@SHAPES
def test_same_in_a_list(shapes):
    compiled, scripted = compiled_and_scripted(
        write_list, ([X, X.clone()], X.clone()), shapes)
    for make in (lambda x: ([x, x], x), lambda x: ([x, x.clone()], x),
                 lambda x: ([x.clone(), x], x)):
        mine, other = make(X.clone()), make(X.clone())
        torch.testing.assert_close(compiled(*mine), scripted(*other))
        torch.testing.assert_close(mine, other)


def test_other_overlaps():
    compiled, scripted = compiled_and_scripted(
        write_first, (X, X.clone()), "all")
    # Parts that do not touch.
    mine, other = X.clone(), X.clone()
    torch.testing.assert_close(compiled(mine[:, :1], mine[:, 1:2]),
                               scripted(other[:, :1], other[:, 1:2]))
    torch.testing.assert_close(mine, other)
    # Parts that do: tensors are objects over the caller's memory then.
    for take in (lambda x: x[0:1], lambda x: x[:, :1]):
        mine, other = X.clone(), X.clone()
        torch.testing.assert_close(compiled(mine, take(mine)),
                                   scripted(other, take(other)))
        torch.testing.assert_close(mine, other)


def test_expanded_argument_is_not_written():
    compiled, scripted = compiled_and_scripted(return_written, (X,), None)
    for function in (compiled, scripted):
        with pytest.raises(RuntimeError, match="more than one element of the "
                           "written-to tensor refers to a single memory"):
            function(X[:1].clone().expand(2, 3))


# Tensors in which several elements are one in memory ------------------------

def add_nothing(x: Tensor):
    return x.add_(0)


def copy_itself(x: Tensor):
    return x.copy_(x.clone())


def fill_by_mask(x: Tensor):
    x.masked_fill_(x > 1, 9.0)
    return x + 1


def fill_some(x: Tensor):
    return x.index_fill_(0, torch.tensor([0]), 4.0)


def put_one(x: Tensor):
    x[torch.tensor([0]), torch.tensor([2])] = torch.tensor(8.0)
    return x


def fill_places(x: Tensor):
    return x.fill_diagonal_(7.0)


def write_rows(x: Tensor):
    for i in range(x.size(0)):
        x[i].mul_(1)
    return x


WRITERS = [add_nothing, copy_itself, fill_by_mask, fill_some, put_one,
           fill_places, write_rows]


def expanded(function):
    """`function` on a tensor that the program itself expands."""
    def program(x: Tensor):
        return function(x.expand(2, 3))
    return program


@SHAPES
@pytest.mark.parametrize("part", [lambda x: x[:1], lambda x: x[:, :1],
                                  lambda x: x], ids=["rows", "columns", "all"])
@pytest.mark.parametrize("inside", [False, True], ids=["argument", "inside"])
@pytest.mark.parametrize("function", WRITERS, ids=lambda f: f.__name__)
def test_repeated_elements(function, inside, part, shapes):
    """An operator raises, or writes, as PyTorch's does."""
    def give(x):
        return part(x) if inside else part(x).expand(2, 3)

    if inside:
        function = expanded(torch.jit.script(function))
    compiled, scripted = compiled_and_scripted(function, (give(X.clone()),),
                                               shapes)
    mine, other = X.clone(), X.clone()
    try:
        wanted = scripted(give(other))
    except RuntimeError as error:
        assert "more than one element of the written-to" in str(error)
        with pytest.raises(RuntimeError, match="more than one element of the "
                           "written-to tensor refers to a single memory"):
            compiled(give(mine))
    else:
        torch.testing.assert_close(compiled(give(mine)), wanted)
    torch.testing.assert_close(mine, other)


# Results ---------------------------------------------------------------------

def return_argument(x: Tensor) -> Tensor:
    return x


def return_written(x: Tensor) -> Tensor:
    return x.add_(1).mul_(2)


def return_twice(x: Tensor) -> Tuple[Tensor, Tensor]:
    y = x + 1
    return y, y


def return_in_list(x: Tensor) -> List[Tensor]:
    y = x + 1
    z = y
    y += 1
    return [z, x, y, y.contiguous()]


def return_equal(x: Tensor) -> Tuple[Tensor, Tensor]:
    return x + 1, x + 1


def return_after_branch(x: Tensor) -> Tensor:
    if x.sum() > 0:
        x.add_(1)
    else:
        x.sub_(1)
    return x


RETURNS = [return_argument, return_written, return_twice, return_in_list,
           return_equal, return_after_branch]


def identities(result, argument):
    """For each tensor the first one that is the same, the argument first."""
    tensors = [argument] + (list(result) if isinstance(result, (list, tuple))
                            else [result])
    return [next(i for i, other in enumerate(tensors) if other is tensor)
            for tensor in tensors]


@SHAPES
@pytest.mark.parametrize("function", RETURNS, ids=lambda f: f.__name__)
def test_results(function, shapes):
    compiled, scripted = compiled_and_scripted(function, (X,), shapes)
    mine, other = X.clone(), X.clone()
    ours, theirs = compiled(mine), scripted(other)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(mine, other)
    assert identities(ours, mine) == identities(theirs, other)


def return_views(x: Tensor) -> List[Tensor]:
    y = x * 2
    x.add_(1)
    a, b = x.chunk(2, 1)
    return [x.t(), x[1:, ::2], x.detach(), a, b, x.view(-1), y, y[0], y.t()[1:],
            x.unsqueeze(0).expand(2, 2, 3)]


def return_parts(x: Tensor, i: int, n: int) -> List[Tensor]:
    y = x.contiguous() * 2
    a, b = x.chunk(2, 1)
    return [x[i], x[i:n], x[:, -n:], x.narrow(1, i, 1), x.select(1, i)[1:],
            x.diagonal(), x.unfold(1, 2, 1), x.split(1)[i].t(), a, b,
            x.unbind(1)[1], x[None].expand(n, -1, -1), x.t()[i::2],
            x.unsqueeze(1).squeeze(1), y, y[n:]]


def return_seen(x: Tensor, n: int) -> List[Tensor]:
    flat = x.view(-1)
    return [flat, flat[n:], x.reshape(x.size(1), -1).t(), x.flatten()[::2]]


def return_through(x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
    row = x[n]
    for i in range(n):
        row[i] += i
    x.mul_(2)
    return row, row[1:]


def check_views(function, shapes, example, *calls):
    """Also that who writes to one is seen by the others."""
    compiled, scripted = compiled_and_scripted(function, example, shapes)
    for make in calls:
        mine, other = make(), make()
        ours, theirs = compiled(*mine), scripted(*other)
        torch.testing.assert_close(ours, theirs)
        assert [r.stride() for r in ours] == [r.stride() for r in theirs]
        for i in range(len(ours)):
            for results, x in ((ours, mine[0]), (theirs, other[0])):
                results[i].fill_(10 + i)
                x[..., 0] += 100
            torch.testing.assert_close(ours, theirs)
            torch.testing.assert_close(mine, other)


@SHAPES
def test_view_results(shapes):
    """A view of something that the caller has is one."""
    check_views(return_views, shapes, (X,), lambda: (X.clone(),))


def strided(sizes):
    x = torch.arange(float(torch.Size(sizes).numel()))
    return x.reshape(sizes[::-1]).t()


@SHAPES
def test_parts(shapes):
    """Whose place is known when the program runs, also in tensors that lie
    otherwise."""
    calls = [lambda: (X.clone(), 0, 1), lambda: (X.clone(), -1, 2),
             lambda: (X.clone(), 1, 9), lambda: (strided([2, 3]), 1, 1),
             lambda: (torch.arange(12.0).reshape(2, 6)[:, ::2], -2, 1)]
    if shapes:
        calls += [lambda: (torch.arange(20.0).reshape(5, 4), 1, 3),
                  lambda: (strided([4, 5]), -1, 0)]
    check_views(return_parts, shapes, (X, 0, 1), *calls)
    check_views(return_through, shapes, (X, 1), lambda: (X.clone(), 1),
                lambda: (strided([2, 3]), 0))


@SHAPES
def test_other_sizes(shapes):
    calls = [lambda: (X.clone(), 1), lambda: (X[:, :3].clone(), 4)]
    if shapes:
        calls.append(lambda: (torch.arange(20.0).reshape(5, 4), 3))
    check_views(return_seen, shapes, (X, 1), *calls)


def test_numpy_results():
    compiled, _ = compiled_and_scripted(return_written, (X,), None)
    array = X.numpy().copy()
    assert compiled(array) is array
    torch.testing.assert_close(torch.from_numpy(array), (X + 1) * 2)


# Arguments that are not contiguous --------------------------------------------

def write_reshaped(x: Tensor):
    y = x.reshape(-1)
    y[0] = 5.0
    return x.sum(), y


def write_contiguous(x: Tensor):
    y = x.contiguous()
    y.add_(1)
    return x * 1


def write_flattened(x: Tensor):
    y = x.flatten(1)
    y[0] = 7.0
    return x * 1


@SHAPES
@pytest.mark.parametrize("function", [write_reshaped, write_contiguous,
                                      write_flattened],
                         ids=lambda f: f.__name__)
def test_strided_arguments(function, shapes):
    """What is a view of a contiguous tensor is a copy of another one."""
    example = torch.arange(24.0).reshape(2, 3, 4)
    compiled, scripted = compiled_and_scripted(function, (example,), shapes)
    makers = [lambda: example.clone(),
              lambda: example.clone().permute(2, 0, 1).contiguous().permute(
                  1, 2, 0),
              lambda: torch.cat([example, example], 2)[:, :, 1:5],
              lambda: torch.cat([example, example], 0)[1:3]]
    if shapes:
        makers.append(lambda: example.clone().transpose(0, 2))
    for make in makers:
        mine, other = make(), make()
        torch.testing.assert_close(compiled(mine), scripted(other))
        torch.testing.assert_close(mine, other)
