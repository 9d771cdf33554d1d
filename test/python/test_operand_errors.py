"""Operands that PyTorch refuses, by the lines of OperandErrors.txt and the
conditions of DtypeErrors.txt; and their neighbours, which it takes."""
import pytest
import torch
from test_refusals import check, make

BOOLS = torch.tensor([[True, False], [False, True]])
BYTES = torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8)
CHARS = BYTES.to(torch.int8)
LONGS = torch.tensor([[1, 2], [3, 4]])
HALFS = torch.tensor([[1.0, -2.0], [3.0, 4.0]], dtype=torch.float16)
FLOATS = torch.tensor([[1.0, -2.0], [3.0, 4.0]])
COMPLEX = FLOATS + 1j
SCALAR = torch.tensor(2.0)
IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)
SAMPLES = torch.full((1, 1, 2), 0.5)

# Expressions of x and a number n, which becomes an element of x's dtype.
ELEMENTS = ["torch.fill(x, n)", "torch.full_like(x, n)", "x.new_full([2], n)",
            "x.new_full([1], n)", "torch.full([2], n, dtype=x.dtype)",
            "torch.scalar_tensor(n, dtype=x.dtype)", "x.fill_(n)",
            "x.masked_fill(x > 1, n)", "x.masked_fill_(x > 1, n)",
            "x.index_fill(0, torch.tensor([0]), n)",
            "torch.scatter(x, 0, torch.tensor([[0]]), n)",
            "torch.scatter(x, 0, torch.tensor([[0]]), n, reduce='add')",
            "torch.constant_pad_nd(x, [1, 1], n)", "torch.where(x > 1, x, n)",
            "torch.where(x > 1, n, x)",
            "torch.index_add(x, 0, torch.tensor([0]), x[:1], alpha=n)"]
NUMBERS = ["300", "-1", "-1.5", "1e30", "1e300", "float('nan')",
           "float('inf')", "True"]

# Expressions of x and y.
OTHERS = [
    ("torch.nn.functional.pad(x, [1, 1], value=1e30)", BYTES, BYTES),
    ("torch.nn.functional.pad(x, [1, 1], value=7.5)", BYTES, BYTES),
    ("torch.nn.functional.pad(x, [1, 1])", BYTES, BYTES),
    ("torch.nn.functional.threshold(x, 1e30, 0.0)", CHARS, CHARS),
    ("torch.nn.functional.threshold(x, 1.0, 1e30)", CHARS, CHARS),
    ("torch.nn.functional.threshold(x, 2.0, 1.0)", CHARS, CHARS),
    ("torch.nn.functional.hardtanh(x, -1e30, 1.0)", CHARS, CHARS),
    ("torch.nn.functional.hardtanh(x, 1.0, 1e30)", CHARS, CHARS),
    ("torch.nn.functional.hardtanh(x, 1.0, 3.0)", CHARS, CHARS),
    ("torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 5, 2)", FLOATS, FLOATS),
    ("torch.fake_quantize_per_tensor_affine(x, 0.1, 30, 0, 7)", FLOATS, FLOATS),
    ("torch.fake_quantize_per_tensor_affine(x, 0.1, -1, 0, 7)", FLOATS, FLOATS),
    ("torch.fake_quantize_per_channel_affine(x, y, y, 0, 5, 2)",
     torch.ones(3), torch.ones(3)),
    ("torch.fake_quantize_per_channel_affine(x, y, y[:1], 0, 0, 7)",
     torch.ones(3), torch.ones(3)),
    ("torch.fake_quantize_per_channel_affine(x, y, y.long(), 0, 0, 7)",
     torch.ones(3), torch.ones(3)),
    ("torch.fake_quantize_per_channel_affine(x, y.double(), y, 0, 0, 7)",
     torch.ones(3), torch.ones(3)),
    ("x.pow(300)", BYTES, BYTES), ("x.pow(3)", BYTES, BYTES),
    ("torch.addcmul(x, y, y, value=300)", BYTES, BYTES),
    ("torch.addcmul(x, y, y, value=1e30)", HALFS, HALFS),
    ("torch.addcmul(x, y, y, value=2j)", HALFS, HALFS),
    ("torch.addcdiv(x, y, y, value=2j)", FLOATS, FLOATS),
    ("torch.lerp(x, y, 2j)", FLOATS, FLOATS),
    ("torch.lerp(x, y, 2j)", COMPLEX, COMPLEX),
    ("x.masked_fill(y, 2j)", FLOATS, BOOLS),
    ("x.masked_fill(y, 2j)", LONGS, BOOLS),
    ("x.masked_fill(y, 2j)", COMPLEX, BOOLS),
    ("torch.full_like(x, 2j)", FLOATS, FLOATS),
    ("x.index_fill(0, y[0], 2j)", FLOATS, LONGS - 1),
    ("torch.nn.functional.max_pool3d(x, 2)", torch.zeros(1, 0, 4, 4, 4), LONGS),
    ("torch.nn.functional.max_pool3d(x, 2)", torch.zeros(0, 1, 4, 4, 4), LONGS),
    ("torch.nn.functional.max_pool3d(x, 2)", torch.zeros(0, 4, 4, 4), LONGS),
    ("torch.isclose(x, y)", FLOATS, LONGS),
    ("torch.isclose(x, y, rtol=-0.5)", FLOATS, FLOATS),
    ("torch.isclose(x, y, atol=-1.0)", FLOATS, FLOATS),
    ("torch.isclose(x, y, atol=float('nan'))", FLOATS, FLOATS),
    ("torch.isclose(x, y, rtol=float(y.size(0) - 3))", FLOATS, FLOATS),
    ("torch.isclose(x, y, rtol=0.0)", FLOATS, FLOATS),
    ("torch.allclose(x, y, rtol=-0.5)", FLOATS, FLOATS),
    ("torch._C._nn.fractional_max_pool2d(x, [2, 2], [1, 1], y)", IMAGE,
     SAMPLES), ("torch._C._nn.fractional_max_pool2d(x, [2, 2], [1, 1], y)",
                IMAGE, SAMPLES.double()),
    ("torch._C._nn.fractional_max_pool3d(x, [2, 2, 2], [1, 1, 1], y)",
     IMAGE.expand(1, 1, 4, 4, 4).clone(),
     torch.full((1, 1, 3), 0.5, dtype=torch.float64)),
    ("torch.gather(x, 0, y)", FLOATS, FLOATS[:0]),
    ("torch.gather(x, 0, y)", FLOATS, BOOLS[:0]),
    ("torch.gather(x, 0, y)", FLOATS, FLOATS),
    ("torch.scatter(x, 0, y, 1.0)", FLOATS, FLOATS[:0]),
    ("torch.scatter(x, 0, y, 1.0)", FLOATS, FLOATS),
    ("torch.scatter_add(x, 0, y, x[:0])", FLOATS, COMPLEX[:0]),
    ("torch.scatter_reduce(x, 0, y, x[:0], 'amax')", FLOATS, FLOATS[:0]),
    ("torch.take_along_dim(x, y)", FLOATS, FLOATS[0, :0]),
    ("torch.take_along_dim(x, y, 0)", FLOATS, LONGS[:1].int()),
    ("torch.diag(x)", FLOATS[None], FLOATS), ("torch.diag(x)", SCALAR, SCALAR),
    ("torch.diag(x)", FLOATS, FLOATS), ("torch.diag(x[0])", FLOATS, FLOATS),
    ("torch.diag_embed(x)", SCALAR, SCALAR),
    ("torch.diag_embed(x, 0, 0, 0)", FLOATS, FLOATS),
    ("torch.diag_embed(x, 0, 0, 7)", FLOATS, FLOATS),
    ("torch.diag_embed(x, 1, 0, 2)", FLOATS, FLOATS),
    ("torch.diagonal(x[0])", FLOATS, FLOATS),
    ("torch.diagonal(x, 0, 1, 1)", FLOATS, FLOATS),
    ("torch.diff(x)", SCALAR, SCALAR), ("torch.diff(x, n=-1)", FLOATS, FLOATS),
    ("torch.diff(x, n=x.size(0) - 4)", FLOATS, FLOATS),
    ("torch.diff(x, n=0)", FLOATS, FLOATS),
    ("torch.trace(x[None])", FLOATS, FLOATS),
    ("torch.nn.functional.layer_norm(x, [])", FLOATS, FLOATS),
    ("torch.nn.functional.rms_norm(x, [])", FLOATS, FLOATS),
    ("torch.nn.functional.rms_norm(x, [2])", FLOATS, FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2)", FLOATS[:0], FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2)", FLOATS[:, :0], FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2)", FLOATS[None, :0], FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2)", FLOATS[None, :, :0], FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2)", FLOATS[None][:0], FLOATS),
    ("torch.cdist(x, y)", HALFS, HALFS),
    ("torch.cdist(x, y, p=1.0)", torch.ones(30, 2).half(), HALFS),
    ("torch.cdist(x, y)", torch.ones(30, 2).half(), HALFS),
    ("torch.cdist(x, y)", HALFS[:0], HALFS),
    ("torch.addmm(x, y, y.t(), beta=0.5)", LONGS, LONGS[:, :0]),
    ("torch.addmm(x, y, y.t(), beta=2)", LONGS, LONGS[:, :0]),
    ("torch.addmm(x, y, y.t(), beta=0.5)", LONGS, LONGS),
    ("torch.baddbmm(x[None], y[None], y.t()[None], beta=0.5)", LONGS,
     LONGS[:, :0]),
    ("torch.addr(x, y[0], y[1], alpha=0.5)", LONGS, LONGS),
    ("torch.addr(x, y[0], y[1], beta=0.5)", LONGS, LONGS),
    ("torch.addr(x, y[0], y[1], beta=2)", LONGS, LONGS),
    ("torch.kthvalue(x, 1)[0]", BOOLS, BOOLS),
    ("torch.kthvalue(x[0, 0], 1)[0]", BOOLS, BOOLS),
    ("torch.clamp(x, y, y)", BOOLS, BOOLS),
    ("torch.clamp(x, y, None)", BOOLS, BOOLS),
    ("torch.clamp(x, y, y)", BOOLS, LONGS),
    ("torch.nn.functional.pad(x, [1, 1], 'reflect')", BOOLS, BOOLS),
    ("torch.nn.functional.pad(x, [1, 1], 'replicate')", BOOLS, BOOLS),
    ("torch.nn.functional.pad(x, [1, 1], 'circular')", BOOLS, BOOLS),
    ("torch.nn.functional.soft_margin_loss(x, y)", LONGS, LONGS),
    ("torch.nn.functional.soft_margin_loss(x, y)", FLOATS, LONGS),
    ("torch.nn.functional.soft_margin_loss(x, y)", LONGS, FLOATS),
    ("torch.cummax(x, 0)[0]", COMPLEX, COMPLEX),
    ("torch.cummax(x[0, 0], 0)[0]", COMPLEX, COMPLEX),
    ("x - y", BOOLS, FLOATS), ("x - y", LONGS, BOOLS), ("x - 1", BOOLS, BOOLS),
    ("torch.rsub(x, y)", BOOLS, FLOATS),
    ("torch.nn.functional.tanhshrink(x)", BOOLS, BOOLS),
    ("torch.tensordot(x, y, dims=1)", BOOLS, BOOLS),
    ("torch.tensordot(x, y, dims=1)", BOOLS[:0], BOOLS),
    ("torch.nn.functional.dropout(x, 0.5)", COMPLEX, COMPLEX),
    ("torch.nn.functional.dropout(x, 0.0)", COMPLEX, COMPLEX),
    ("torch.pdist(x)", HALFS, HALFS), ("torch.pdist(x)", HALFS[:1], HALFS),
    ("torch.linalg.matrix_power(x, -1)", LONGS, LONGS),
    ("torch.linalg.matrix_power(x, 2)", LONGS, LONGS),
    ("torch.nn.functional.hinge_embedding_loss(x, y)", LONGS, LONGS),
    ("torch.nn.functional.hinge_embedding_loss(x, y, reduction='sum')", LONGS,
     LONGS),
    ("torch.index_reduce(x[0, 0], 0, torch.tensor([0]), y[0, 0], 'prod')",
     BOOLS, BOOLS),
    ("x.masked_fill(x > 0, y[0, 0])", BYTES, LONGS * 300),
    ("x.masked_fill(x > 0, y[0, 0])", BYTES, LONGS),
    ("x.masked_fill(x > 0, y[0, 0])", LONGS, COMPLEX),
    ("torch.bucketize(x, y)", FLOATS, FLOATS),
    ("torch.cov(x, fweights=y)", FLOATS, LONGS),
    ("torch.dsplit(x, 1)[0]", FLOATS, FLOATS),
    ("torch.vsplit(x, 0)[0]", FLOATS, FLOATS),
    ("torch.hsplit(x[0], 0)[0]", FLOATS, FLOATS),
    ("torch.hsplit(x, 2)[1]", FLOATS, FLOATS),
    ("torch.empty_permuted([2], [0, 1])", FLOATS, FLOATS),
    ("torch.empty_permuted([2, 3], [0, 0])", FLOATS, FLOATS),
    ("torch.eye(x.size(0) - 3)", FLOATS, FLOATS),
    ("torch.eye(2, -1)", FLOATS, FLOATS),
    ("torch.fft.fft(x)", SCALAR, SCALAR),
    ("torch.fft.fftn(x, dim=[0, 5])", FLOATS, FLOATS),
    ("torch.gather(x, 0, y[0] - 1)", FLOATS, LONGS),
    ("torch.gradient(x, edge_order=3)[0]", FLOATS, FLOATS),
    ("torch.gradient(x, dim=[0, 3])[0]", FLOATS, FLOATS),
    ("torch.index_add(x, 0, torch.tensor([0]), y[0, :1])", FLOATS, FLOATS),
    ("torch.index_add(x, 0, torch.tensor([0]), y[:1, :1])", FLOATS, FLOATS),
    ("torch.index_add(x, 1, torch.tensor([0]), y[:, :1])", FLOATS, FLOATS),
    ("torch.linalg.cross(x, y)", FLOATS, FLOATS),
    ("torch.linalg.cross(x, y)", torch.ones(2, 3), torch.ones(2, 1)),
    ("torch.linalg.cross(x, y)", torch.ones(2, 3), torch.ones(3)),
    ("torch.linalg.cross(x, y)", torch.ones(2, 3), torch.ones(2, 3)),
    ("torch.mean(x, dtype=torch.int32)", FLOATS, FLOATS),
    ("torch.movedim(x, [0, -2], [0, 1])", FLOATS, FLOATS),
    ("torch.movedim(x, [0, 1], [0, 0])", FLOATS, FLOATS),
    ("torch.movedim(x, [0], [0, 1])", FLOATS, FLOATS),
    ("torch.rot90(x, 1, [0])", FLOATS, FLOATS),
    ("torch.rot90(x, 1, [0, -2])", FLOATS, FLOATS),
    ("torch.rot90(x[0])", FLOATS, FLOATS), ("torch.rot90(x)", FLOATS, FLOATS),
    ("torch.narrow(x, 0, 0, 3)", FLOATS, FLOATS),
    ("torch.narrow(x, 0, 3, 0)", FLOATS, FLOATS),
    ("torch.narrow(x, 0, -3, 0)", FLOATS, FLOATS),
    ("torch.narrow(x, 0, 0, -1)", FLOATS, FLOATS),
    ("torch.narrow(x, 5, 0, 1)", FLOATS, FLOATS),
    ("torch.narrow(x, 0, 2, 0)", FLOATS, FLOATS),
    ("torch.multinomial(x, 3)", FLOATS.abs(), FLOATS),
    ("torch.multinomial(x, 0)", FLOATS.abs(), FLOATS),
    ("torch.multinomial(x, 1)", FLOATS, FLOATS),
    ("torch.multinomial(x, 2, True)", FLOATS, FLOATS),
    ("torch.multinomial(x, 2, True)", FLOATS.abs() / 0, FLOATS),
    ("torch.multinomial(x * 0, 2, True)", FLOATS.abs(), FLOATS),
    ("torch.multinomial(x[None], 1)", FLOATS, FLOATS),
    ("torch.renorm(x[0], 1, 0, 1.0)", FLOATS, FLOATS),
    ("torch.tril(x[0])", FLOATS, FLOATS), ("torch.triu(x[0])", FLOATS, FLOATS),
    ("torch.unbind(x)[0]", SCALAR, SCALAR),
    ("torch.linspace(x, y, 3)", FLOATS[0], FLOATS[0]),
    ("torch.nn.functional.gelu(x, approximate='x')", FLOATS, FLOATS),
    ("torch.nn.functional.rrelu(x, 0.5, 0.1)", FLOATS, FLOATS),
    ("torch.nn.functional.softshrink(x, -0.5)", FLOATS, FLOATS),
    ("torch.nn.functional.softshrink(x, 0.5)", FLOATS, FLOATS),
    ("torch.scatter(x, 0, torch.tensor([[0]]), y)", FLOATS, FLOATS.double()),
    ("torch.nn.functional.max_unpool2d(x[None], y[None, :1] - 1, 2)", FLOATS,
     LONGS),
    ("torch.nn.functional.prelu(x, y)", FLOATS, FLOATS[:1]),
    ("torch.nn.functional.prelu(x, y)", FLOATS, torch.ones(3)),
    ("torch.nn.functional.prelu(x, y)", FLOATS[0], torch.ones(2)),
    ("torch.nn.functional.prelu(x, y)", FLOATS[0], torch.ones(1)),
    ("torch.nn.functional.triplet_margin_loss(x, y, y[0])", FLOATS, FLOATS),
    ("torch.nn.functional.avg_pool2d(x[None], 2, divisor_override=0)", FLOATS,
     FLOATS),
    ("torch.nn.functional.avg_pool1d(x, 2, padding=2)", FLOATS, FLOATS),
    ("torch.nn.functional.avg_pool1d(x, 2, padding=-1)", FLOATS, FLOATS),
    ("torch.nn.functional.avg_pool1d(x, 2, padding=1)", FLOATS, FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2, padding=2)", FLOATS, FLOATS),
    ("torch.nn.functional.max_pool1d(x, 2, stride=0)", FLOATS, FLOATS),
    ("torch.nn.functional.max_pool2d(x[None], 2, padding=2)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y[None], padding=-1)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y[None], stride=0)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y[None], groups=3)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y[None], groups=0)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y)", FLOATS, FLOATS),
    ("x.bernoulli_(2.0)", FLOATS, FLOATS),
    ("torch.bernoulli(x, -0.5)", FLOATS, FLOATS),
    ("x.exponential_(0.0)", FLOATS, FLOATS),
    ("x.normal_(0.0, -1.0)", FLOATS, FLOATS),
    ("x.cauchy_(0.0, 0.0)", FLOATS, FLOATS),
    ("x.geometric_(1.0)", FLOATS, FLOATS),
    ("x.log_normal_(0.0, 0.0)", FLOATS, FLOATS),
    ("x.uniform_(1.0, 0.0)", FLOATS, FLOATS),
    ("x.random_(3, 1)", FLOATS, FLOATS),
    ("torch.randint(3, 3, [2])", FLOATS, FLOATS),
    ("torch.randint(0, [2])", FLOATS, FLOATS),
    ("torch.randperm(-1)", FLOATS, FLOATS),
    ("torch.dropout(x, 2.0, True)", FLOATS, FLOATS),
    ("torch.alpha_dropout(x, -1.0, True)", FLOATS, FLOATS),
    ("torch.normal(x, -1.0)", FLOATS, FLOATS),
    ("torch.nn.functional.glu(x[:, :1], 1)", FLOATS, FLOATS),
    ("torch.nn.functional.glu(x[:1], -2)", FLOATS, FLOATS),
    ("torch.nn.functional.group_norm(x[None, :1], 2)", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(torch.cat([x, x]), torch.cat([y, y, y[:1]])[:, None], groups=4)",
     FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(torch.cat([x, x]), torch.cat([y, y, y[:1]])[:, None], groups=2)",
     FLOATS, FLOATS),
    ("x[:0].max()", FLOATS, FLOATS),
    ("x[:0].argmax()", FLOATS, FLOATS),
    ("x[:0].max(0)[0]", FLOATS, FLOATS),
    ("x[:, :0].min(-1)[1]", FLOATS, FLOATS),
    ("x[:0].argmin(0)", FLOATS, FLOATS),
    ("x[:0].median(0)[0]", FLOATS, FLOATS),
    ("torch.zeros([2, -1])", FLOATS, FLOATS),
    ("torch.ones([2, -1])", FLOATS, FLOATS),
    ("torch.full([-3], 1.0)", FLOATS, FLOATS),
    ("torch.outer(x, y[0])", FLOATS, FLOATS),
    ("torch.outer(x[0], y)", FLOATS, FLOATS),
    ("torch.histc(x, 2, 3.0, 1.0)", FLOATS, FLOATS),
    ("torch.bincount(x.long()[:, 1])", FLOATS, FLOATS),
    ("torch.bincount(x.long())", FLOATS, FLOATS),
    ("torch.nn.functional.pad(x, [1])", FLOATS, FLOATS),
    ("torch.nn.functional.pad(x, [1, 1, 1, 1, 1, 1])", FLOATS, FLOATS),
    ("torch.nn.functional.binary_cross_entropy(x, y)", FLOATS, FLOATS),
    ("torch.nn.functional.binary_cross_entropy(y.sigmoid(), x)", FLOATS, FLOATS),
    ("torch.nn.functional.nll_loss(x, y[0].long() + 4)", FLOATS, FLOATS),
    ("torch.nn.functional.cross_entropy(x, y[1].long())", FLOATS, FLOATS),
    ("torch.nn.functional.cross_entropy(x, y[0].abs().int() - 1)", FLOATS, FLOATS),
    ("torch.nn.functional.nll_loss(x, y[0].abs().long() - 1, y[:, :1].flatten()[:1])",
     FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x[:1], y[None])", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x[None, :1], y[None])", FLOATS, FLOATS),
    ("torch.nn.functional.conv1d(x, y[None])", FLOATS, FLOATS),
    ("torch.histogramdd(x, [1, 1, 1])[0]", FLOATS, FLOATS),
]

# Expressions of x and y that write to a part of x.
SIZES = ["x[:1].add_(y)", "x[:, :1].le_(y)", "x[0].mul_(y)", "x[:1].copy_(y)",
         "x[0].copy_(y)", "x.copy_(y[0, :1])", "x[:1].lerp_(y, 0.5)",
         "x[:1].masked_fill_(y > 0, 1.0)", "x[:1].addmm_(y, y)", "x.add_(y)",
         "x[0, :1].addmv_(y, y[0])", "x.add_(y[:1])", "x.addmm_(y, y)",
         "x.cumsum_(0, dtype=torch.float64)", "x.float_power_(2)",
         "x.copy_(y[:, :1])", "x[:1].clone().pow_(y)", "x[:1].index_fill_(0, "
         "torch.tensor([0]), 1)", "x.t().copy_(y)"]

# Expressions of a vector x that write to it.
WRITES = ["x.index_add_(0, torch.arange(3), x)", "x.index_add_(0, x, x + 1)",
          "x.index_copy_(0, torch.arange(3), x)", "x.index_fill_(0, x, 1)",
          "x.scatter_(0, torch.arange(3), x)", "x.scatter_add_(0, x, x + 1)",
          "x.scatter_reduce_(0, torch.arange(3), x, 'sum')",
          "x.put_(torch.arange(3), x)", "x.index_put_([torch.arange(3)], x)",
          "x.index_put_([x], x + 1)", "x[:2].index_add_(0, torch.arange(2), x[1:])",
          "x[:1].index_add_(0, torch.arange(1), x[2:])",
          "x.index_add_(0, torch.arange(3), x + 1)", "x.add_(x)",
          "x[1:].add_(x[:-1])", "x[1:].copy_(x[:-1])", "x[1:].mul_(x[1:])",
          "x[1:].masked_fill_(x[1:] > 1, 7)"]


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("number", NUMBERS)
def test_elements(number, boxed):
    for expression in ELEMENTS:
        function = make(expression.replace("n)", number + ")").replace(
            "n,", number + ",").replace(" n ", f" {number} "), "x: Tensor")
        check(function, *[(x.clone(),) for x in (BYTES, LONGS, HALFS, FLOATS,
                                                 BOOLS)], boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
def test_computed_elements(boxed):
    """Numbers that are known when the program runs."""
    for expression in ("torch.full_like(x, n)", "x.masked_fill(x > 1, n)"):
        function = make(expression, "x: Tensor, n: float")
        check(function, *[(x.clone(), n) for x in (BYTES, LONGS, HALFS, FLOATS)
                          for n in (3.0, -1.0, 1e30, float("nan"))],
              boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression, x, y", OTHERS,
                         ids=[f"{case[0]}-{i}" for i, case in
                              enumerate(OTHERS)])
def test_others(expression, x, y, boxed):
    check(make(expression, "x: Tensor, y: Tensor"), (x.clone(), y.clone()),
          boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression", SIZES)
def test_sizes_of_writes(expression, boxed):
    source = (f"def f(x: Tensor, y: Tensor):\n    z = {expression}\n"
              "    return x, z\n")
    function = torch.jit.CompilationUnit(source).f
    check(function, (FLOATS.clone(), FLOATS.clone()), boxed=boxed)


@pytest.mark.parametrize("boxed", [False, True], ids=["typed", "boxed"])
@pytest.mark.parametrize("expression", WRITES)
def test_writes(expression, boxed):
    source = f"def f(x: Tensor):\n    {expression}\n    return x\n"
    function = torch.jit.CompilationUnit(source).f
    check(function, (torch.arange(3),), boxed=boxed)
