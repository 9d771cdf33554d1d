"""The boxed form agrees with PyTorch on what else is compiled in other forms,
and in what only it does."""
import os
import sys
import warnings
from typing import List, Tuple

import minitorch
import pytest
import torch
import torch.nn.functional as F
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


def named(x: Tensor) -> List[Tensor]:
    return [abs(x), x.absolute(), torch.negative(x), x.detach_copy()]


def test_layout_of_other_names():
    scripted = torch.jit.script(named)
    check(scripted, scripted, [(x,) for x in LAYOUTS], exactly=True)


def copies(x: Tensor, q: Tensor) -> List[Tensor]:
    return [torch.rot90(x, 1, [0, 1]), torch.rot90(x, 2, [0, 1]),
            torch.rot90(x, -1, [-1, 0]), torch.rot90(x, 4, [0, 1]),
            torch.quantile(x, q, dim=1), torch.quantile(x, q, 0, True),
            torch.quantile(x, 0.5, dim=0), torch.quantile(x, q),
            F.pad(x, [0, 0]), F.pad(x, [1, 0]), torch.roll(x, 1),
            torch.roll(x, 1, 0), torch.roll(x, [1, 1], [0, 1]),
            torch.slice_scatter(x, x[:1] + 1, 0, 1, 2),
            torch.select_scatter(x, x[0] + 1, 0, 0),
            torch.diagonal_scatter(x, x.diagonal() + 1),
            x.index_fill(0, torch.tensor([0]), 1.0), x.masked_fill(x > 1, 0.0),
            torch.zeros_like(x), torch.rand_like(x).mul(0),
            torch.randint_like(x, 1), torch.stack([x, x]),
            torch.fake_quantize_per_tensor_affine(x, 0.5, 0, -8, 7)]


def test_layout_of_copies():
    scripted = torch.jit.script(copies)
    last = torch.ones(2, 8, 4, 6).to(memory_format=torch.channels_last)
    check(scripted, scripted,
          [(x, q) for x in [x for x in LAYOUTS if x.numel() and x.dim() < 4 and
                            x.size(0) > 1] +
           [last.transpose(2, 3)] for q in (torch.tensor([0.25, 0.5]),
                                            torch.tensor(0.5))],
          exactly=True)


def shuffles(x: Tensor) -> List[Tensor]:
    return [F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 2),
            F.channel_shuffle(x, 2), torch.roll(x, 1, 2), F.pad(x, [0, 0])]


def test_layout_of_shuffles():
    scripted = torch.jit.script(shuffles)
    x = torch.arange(384.0).reshape(2, 8, 4, 6)
    last = x.to(memory_format=torch.channels_last)
    check(scripted, scripted, [(x,), (last,), (last[:, :, ::2],),
                               (x.transpose(2, 3),)], exactly=True)


def factors(a: Tensor, b: Tensor) -> List[Tensor]:
    """Of which only the layouts are compared: signs are free."""
    tall = b.mT
    q, r = torch.linalg.qr(tall)
    q2, r2 = torch.linalg.qr(tall, mode="complete")
    u, s, vh = torch.linalg.svd(tall)
    u2, s2, v2 = torch.svd(tall)
    values, vectors = torch.linalg.eigh(a)
    lu, pivots, info = torch.linalg.lu_factor_ex(tall)
    lu2, pivots2 = torch.linalg.lu_factor(a)
    ld, pivots3 = torch.linalg.ldl_factor(a)
    g, tau = torch.geqrf(tall)
    inverse, info2 = torch.linalg.inv_ex(a)
    x, info3 = torch.linalg.solve_ex(a, b)
    y, c = torch.triangular_solve(b, a)
    least = torch.linalg.lstsq(tall, tall)[0]
    wide = torch.linalg.lstsq(b, b)[0]
    return [q, r, q2, r2, u, s, vh, u2, s2, v2, values, vectors, lu, pivots,
            info, lu2, ld, pivots3, g, tau, inverse, info2, x, info3, y, c,
            least, wide, torch.linalg.cholesky(a), torch.linalg.inv(a),
            a.inverse(), torch.linalg.solve(a, b),
            torch.linalg.solve(a, tall, left=False),
            torch.linalg.solve(a, b[..., 0]),
            torch.linalg.solve_triangular(a, b, upper=True),
            torch.linalg.solve_triangular(a, tall, upper=True, left=False),
            torch.cholesky_solve(b, a), torch.cholesky_inverse(a),
            torch.linalg.lu_solve(lu2, pivots2, b),
            torch.linalg.lu_solve(lu2, pivots2, tall, left=False),
            torch.linalg.ldl_solve(ld, pivots3, b),
            torch.linalg.householder_product(g, tau), torch.orgqr(g, tau),
            torch.ormqr(g, tau, tall), torch.linalg.pinv(tall),
            torch.linalg.matrix_power(a, 2), torch.linalg.matrix_exp(a),
            torch.linalg.svdvals(tall), torch.linalg.det(a)]


@pytest.mark.parametrize("batch", [(), (2,), (2, 2)], ids=str)
def test_layout_of_factors(batch):
    """LAPACK's matrices lie column by column."""
    scripted = torch.jit.script(factors)
    b = torch.arange(12.0).sin().reshape(3, 4).expand(*batch, 3, 4)
    a = b @ b.mT + torch.eye(3)
    with boxed_form():
        compiled = minitorch.compile(scripted, (a, b), fallback=False)
    for args in ((a, b), (a.mT.contiguous().mT, b.mT.contiguous().mT)):
        for i, (expected, got) in enumerate(zip(scripted(*args),
                                                compiled(*args))):
            assert expected.shape == got.shape, i
            assert expected.stride() == got.stride(), (i, expected.shape)


def test_layout_of_inverted():
    def first(x: Tensor) -> Tensor:
        return torch.linalg.tensorinv(x)

    def second(x: Tensor) -> Tensor:
        return torch.linalg.tensorinv(x, 1)

    x = torch.eye(6) + 0.25 * torch.arange(36.0).sin().reshape(6, 6)
    for function, sizes in ((first, (2, 3, 6)), (second, (6, 2, 3)),
                            (first, (3, 2, 2, 3))):
        scripted = torch.jit.script(function)
        check(scripted, scripted, [(x.reshape(sizes),)])
        with boxed_form():
            compiled = minitorch.compile(scripted, (x.reshape(sizes),),
                                         fallback=False)
        assert compiled(x.reshape(sizes)).stride() == \
            scripted(x.reshape(sizes)).stride()


def asks(x: Tensor, y: Tensor, n: int, f: float, b: bool) -> List[int]:
    return [torch.result_type(x, y), torch.result_type(x, n),
            torch.result_type(x, f), torch.result_type(x, b),
            torch.result_type(f, x), torch.promote_types(x.dtype, y.dtype),
            int(x.is_pinned()), int(x.retains_grad),
            int(torch.is_autocast_cpu_enabled())]


def test_types_of_results():
    scripted = torch.jit.script(asks)
    tensors = [torch.ones(shape, dtype=dtype) for shape in ((2,), ())
               for dtype in (torch.bool, torch.uint8, torch.int64,
                             torch.bfloat16, torch.float32, torch.float64,
                             torch.complex64)]
    check(scripted, scripted, [(x, y, 1, 1.5, True) for x in tensors
                               for y in tensors])


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


def of_images(x: Tensor, w: Tensor) -> List[Tensor]:
    return [torch.conv2d(x, w), F.conv_transpose2d(x, w[:4]),
            F.max_pool2d(x, 2), F.avg_pool2d(x, 2), F.adaptive_avg_pool2d(x, 3),
            F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 2),
            F.batch_norm(x, None, None, None, None, True), F.group_norm(x, 2),
            F.layer_norm(x, [6]), F.instance_norm(x), F.pad(x, [1, 1]),
            F.pad(x, [1, 1, 1, 1], "reflect"), F.relu(x),
            F.pad(x, [1, 1, 1, 1], "circular"),
            F.interpolate(x, [9, 9]), F.interpolate(x, [3, 3], mode="bilinear")]


def test_layout_of_images():
    """Operators on images keep their channels last."""
    scripted = torch.jit.script(of_images)
    x = torch.arange(288.0).remainder(2).reshape(2, 4, 6, 6)
    w = torch.arange(216.0).remainder(5).reshape(6, 4, 3, 3)
    last = torch.channels_last
    check(scripted, scripted, [
        (x, w), (x.to(memory_format=last), w), (x, w.to(memory_format=last)),
        (x[:1].to(memory_format=last), w), (x.transpose(2, 3), w)],
          exactly=True)


def bags(x: Tensor, weight: Tensor) -> Tensor:
    return F.embedding_bag(x, weight)


def test_unused_results():
    """Those of an operator that only a gradient needs are not asked for."""
    scripted = torch.jit.script(bags)
    weight = torch.arange(12.0).reshape(4, 3)
    check(scripted, scripted, [(torch.tensor([[1, 2], [3, 0]]), weight),
                               (torch.tensor([[1, 2, 3]]), weight)])


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
