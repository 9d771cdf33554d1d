"""Where PyTorch raises, MiniTorch raises, with PyTorch's words; and what stands
beside it, it computes."""
import contextlib
import os
import sys

import pytest
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "language"))
import agreement  # noqa: E402

pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                    reason="the minitorch package is not built")

BOOLS = torch.tensor([[True, False], [False, True]])
BYTES = torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8)
LONGS = torch.tensor([[1, 2], [3, 4]])
FLOATS = torch.tensor([[1.0, -2.0], [3.0, 4.0]])

# Expressions of x, and the tensors that take its place: some are refused.
UNARY = ["torch.topk(x, 1)[0]", "x @ x", "-x",
         "x.neg_()", "x.relu_()", "torch.relu(x)", "x.argmax()",
         "x.argmin(1)", "x.cumsum(0)", "x - x", "x ^ x", "~x", "x.mean()",
         "x.mean(0, dtype=torch.float64)", "x.std()", "x.sigmoid()",
         "x.sigmoid_()", "x.floor()", "x.abs()", "x.trace()", "x << 1",
         "torch.nn.functional.gelu(x)", "torch.softmax(x, 1)", "x.add_(1)",
         "x.mul_(1.5)", "x.div_(2)", "x.sub_(True)", "x.eq_(1)", "x.pow_(2)",
         "x.lerp(x, 0.5)", "x.sort()[0]", "x.gather(0, x)",
         "x.index_select(0, x[0])", "x.masked_fill(x, 0)",
         "torch.where(x, 1, 0)", "x.clamp(0, 1)", "x % 2",
         "torch.nn.functional.one_hot(x)", "torch.linalg.inv(x)"]

# Expressions of x, 3 by 4, and i, a vector of indices.
INDEXED = ["x[i]", "x[:, i]", "x[i, i]", "x[i, i, i]", "x.gather(0, i[None])",
           "x.scatter(0, i[None], 1.0)", "x.index_fill(0, i, 1.0)",
           "x.index_copy(0, i, x[:1])", "x.take(i)", "x.index_select(1, i)",
           "x.index_put((i,), torch.ones(4))",
           "torch.nn.functional.embedding(i, x)"]

# Expressions of x, 3 by 4, and y, 3 by 5.
SHAPED = ["x + y", "x @ y", "torch.mm(x, y[0])", "torch.bmm(x, y)",
          "torch.mv(x, y[0])", "torch.dot(x[0], y[0])",
          "torch.cat([x, y])", "torch.cat([x, y], 1)", "torch.cat([x, y[0]])",
          "torch.stack([x, y])", "x.view(5)", "x.view(-1, 5)",
          "x.view(-1, -1)", "x.expand(2, 3, 5)", "x.permute(0, 0)",
          "x.transpose(0, 2)", "x.unsqueeze(4)", "x.squeeze(3)", "x[5]",
          "x.repeat(2)", "x.unfold(0, 5, 1)", "x.flatten(1, 0)", "x.sum(5)",
          "x.argmax(3)", "torch.topk(x, 9)[0]", "torch.topk(x, -1)[0]",
          "torch.nn.functional.linear(x, y)", "x.double() @ y.t()[:4]",
          "x.index_put((torch.tensor([1]),), torch.ones(3))"]


# Expressions of x and y, and these.
OTHERS = [("torch.add(x, y, alpha=1.5)", LONGS, LONGS),
          ("torch.sub(x, y, alpha=True)", LONGS, LONGS),
          ("torch.add(x, y, alpha=True)", BOOLS, BOOLS),
          ("torch.complex(x, y.double())", FLOATS, FLOATS),
          ("torch.flipud(x[0, 0])", FLOATS, FLOATS),
          ("torch.fliplr(x[0])", FLOATS, FLOATS),
          ("torch.gradient(x, dim=[0, 0])", FLOATS, FLOATS),
          ("torch.gradient(x[:1])", FLOATS, FLOATS),
          ("torch.kthvalue(x, 9)[0]", FLOATS, FLOATS),
          ("torch.linspace(0, 1, -1)", FLOATS, FLOATS),
          ("torch.arange(0, float('inf'), 2)", FLOATS, FLOATS),
          ("torch.nn.functional.conv1d(x[None], y[None], torch.ones(1).double())",
           FLOATS, FLOATS),
          ("torch.masked_fill(x, x > 0, y)", FLOATS, FLOATS),
          ("torch.cov(x, aweights=y[0])", FLOATS, FLOATS),
          ("torch.allclose(x, y)", FLOATS, BOOLS),
          ("torch.isclose(x, y)", FLOATS, FLOATS.double()),
          ("torch.lerp(x, y, 0.5)", FLOATS, LONGS),
          ("torch.lerp(x, x, y)", FLOATS, FLOATS.double()),
          ("torch.lerp(x, x, y[0, 0])", FLOATS, FLOATS.double()),
          ("x[0].add_(y)", FLOATS, FLOATS),
          ("x.index_put_([y > 0], y[0, 0].to(torch.bool))", FLOATS, FLOATS),
          ("x.index_put_([None, y[0] > 0], y[0, 0].to(torch.bool))", FLOATS, FLOATS),
          ("x.index_put_([y > 0], y[0, 0].to(torch.bool), True)", FLOATS, FLOATS),
          ("x[0, 0].cumsum_(0)", BOOLS, FLOATS),
          ("x[:1].expand(3, -1).zero_()", FLOATS, FLOATS),
          ("x[:1].expand(3, -1).fill_(2)", FLOATS, FLOATS),
          ("x[:1].expand(0, -1).fill_(2)", FLOATS, FLOATS),
          ("x[:1].expand(3, -1).add_(2)", FLOATS, FLOATS),
          ("torch.nn.functional.cross_entropy(x, y)", FLOATS, FLOATS)]


def make(expression, parameters):
    source = f"def f({parameters}):\n    return {expression}\n"
    return torch.jit.CompilationUnit(source).f


def check(function, *calls, boxed):
    """All calls agree, in the form."""
    import warnings

    import minitorch
    with warnings.catch_warnings(), (
            agreement.boxed_form() if boxed else contextlib.nullcontext()):
        warnings.simplefilter("ignore")
        for args in calls:
            # One program each: dtypes are a matter of the compiler's.
            compiled = minitorch.compile(function, args, fallback=False,
                                         dynamic_shapes="all")
            expected = agreement.outcome(function, args)
            got = agreement.outcome(compiled, args)
            assert not agreement.differ(expected, got), (
                f"{args}: {expected[0]} != {got[0]}")


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression", UNARY)
def test_dtypes(expression, boxed):
    check(make(expression, "x: Tensor"), (BOOLS,), (BYTES,), (LONGS,),
          (FLOATS,), boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression", INDEXED)
def test_indices(expression, boxed):
    x = torch.arange(12.0).reshape(3, 4)
    check(make(expression, "x: Tensor, i: Tensor"),
          (x, torch.tensor([2])), (x, torch.tensor([7])),
          (x, torch.tensor([-9])), (x, torch.tensor([True])),
          (x, torch.tensor([1.0])), boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression", SHAPED)
def test_shapes(expression, boxed):
    x, y = torch.arange(12.0).reshape(3, 4), torch.arange(15.0).reshape(3, 5)
    check(make(expression, "x: Tensor, y: Tensor"), (x, y), boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression, x, y", OTHERS,
                         ids=[case[0] for case in OTHERS])
def test_others(expression, x, y, boxed):
    check(make(expression, "x: Tensor, y: Tensor"), (x.clone(), y.clone()),
          boxed=boxed)


def in_a_cycle(x: torch.Tensor, n: int) -> int:
    for i in range(n):
        x = x.expand(n, -1) * 2
    return n


def in_a_list(x: torch.Tensor, n: int) -> int:
    return len(x.split([1, n], 1))


def in_parts(x: torch.Tensor, n: int) -> int:
    a, b = x.split([1, n], 0)
    return b.dim()


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("function", [in_a_cycle, in_a_list, in_parts],
                         ids=lambda f: f.__name__)
def test_of_what_is_not_used(function, boxed):
    """PyTorch computes it all the same."""
    check(torch.jit.script(function),
          *[(torch.ones(2, 3), n) for n in (0, 1, 2, 3)], boxed=boxed)


def test_behind_the_end():
    """Not read, wherever an as_strided points."""
    function = make("torch.as_strided(x, [2, 2], [1, 2], 10)", "x: Tensor")
    import minitorch
    for shapes in (None, "all"):
        compiled = minitorch.compile(function, (torch.ones(10),),
                                     fallback=False, dynamic_shapes=shapes)
        with pytest.raises(minitorch.ProgramError, match="out of (range|bounds)"):
            compiled(torch.ones(10))


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("x, mask", [
    (torch.tensor(1.0), torch.tensor(True)),
    (torch.tensor(1.0), torch.tensor([True])),
    (torch.ones(3), torch.tensor([True, False])),
    (torch.ones(3), torch.tensor([True, False, True]))])
def test_write_at_mask(x, mask, boxed):
    def write(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x[mask] = 5.0
        return x
    check(torch.jit.script(write), (x, mask), boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
def test_what_was_done_before(boxed):
    """The error comes at its place."""
    def write(x: torch.Tensor, n: int) -> torch.Tensor:
        x[0] = True
        print(n)
        if n > 1:
            x.add_(n)
        x[1] = True
        return x
    x = torch.zeros(2, dtype=torch.bool)
    check(torch.jit.script(write), (x, 1), (x, 2), boxed=boxed)
