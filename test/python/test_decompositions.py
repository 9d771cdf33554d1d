"""Operators that are formulas of others agree with PyTorch."""
import copy

import pytest
import torch
import torch.nn.functional as F
from layers import check
from torch import nn


def t(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


MODULES = {
    "layer_norm": (nn.LayerNorm([5, 4]), (2, 3, 5, 4)),
    "group_norm": (nn.GroupNorm(3, 6), (2, 6, 5)),
    "instance_norm": (nn.InstanceNorm2d(6), (2, 6, 5, 4)),
    "rms_norm": (nn.RMSNorm(4), (2, 3, 4)),
    "batch_norm": (nn.BatchNorm1d(6), (2, 6, 5)),
    "glu": (nn.GLU(1), (2, 6, 5)),
    "softmax": (nn.Softmax(1), (2, 6, 5)),
    "log_softmax": (nn.LogSoftmax(-1), (2, 6, 5)),
    "dropout": (nn.Dropout(0.5), (2, 6)),
    "pixel_shuffle": (nn.PixelShuffle(2), (2, 8, 3, 4)),
    "bilinear_pair": (nn.Bilinear(4, 5, 6), (3, 4), (3, 5)),
}


@pytest.mark.parametrize("name", MODULES)
def test_module(name):
    torch.manual_seed(0)
    module, *shapes = MODULES[name]
    check(module, tuple(t(*shape) for shape in shapes), dynamic_shapes=None)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", ["layer_norm", "softmax", "log_softmax"])
def test_half_precision(name, dtype):
    module, shape = MODULES[name]
    check(copy.deepcopy(module).to(dtype), (t(*shape).to(dtype),),
          tolerance=2e-2, dynamic_shapes=None)


HIDDEN = torch.rand(5, 7, generator=torch.Generator().manual_seed(1)) > 0.5
HIDDEN[2] = False
FUNCTIONS = {
    "attention": (F.scaled_dot_product_attention, (2, 4, 5, 8), (2, 4, 7, 8),
                  (2, 4, 7, 6)),
    "attention_causal": (lambda q, k, v: F.scaled_dot_product_attention(
        q, k, v, is_causal=True), (2, 5, 8), (2, 5, 8), (2, 5, 8)),
    "attention_masked": (lambda q, k, v: F.scaled_dot_product_attention(
        q, k, v, HIDDEN, scale=0.3), (2, 5, 8), (2, 7, 8), (2, 7, 6)),
    "attention_grouped": (lambda q, k, v: F.scaled_dot_product_attention(
        q, k, v, enable_gqa=True), (2, 8, 5, 4), (2, 2, 5, 4), (2, 2, 5, 4)),
    "einsum_matmul": (lambda x, y: torch.einsum("bij,bjk->bik", x, y),
                      (2, 3, 4), (2, 4, 5)),
    "einsum_inner": (lambda x, y: torch.einsum("ij,ij->", x, y), (3, 4),
                     (3, 4)),
    "einsum_heads": (lambda x, y: torch.einsum("bqhd,bkhd->bhqk", x, y),
                     (2, 3, 4, 5), (2, 6, 4, 5)),
    "einsum_outer": (lambda x, y: torch.einsum("i,j", x, y), (3,), (4,)),
    "variance": (lambda x: (x.var(), x.std(1), x.var((0, 2), correction=0)),
                 (3, 4, 5)),
    "logsumexp": (lambda x: (x.logsumexp(1), x.logsumexp((0, 2), True)),
                  (3, 4, 5)),
    "triangles": (lambda x: (x.tril(), x.triu(1)), (2, 4, 5)),
    "repeat": (lambda x: (x.repeat(2, 1, 3), x.tile(2),
                          x.repeat_interleave(2, 1)), (2, 3)),
    "chunks": (lambda x: (x.chunk(3, 1), x.split(2, 1), x.unbind(0),
                          x.tensor_split(2, 1)), (2, 7)),
    "addmm": (lambda b, x, y: torch.addmm(b, x, y, beta=2, alpha=0.5), (4,),
              (3, 5), (5, 4)),
    "losses": (lambda x, y: [loss(x, y, reduction=reduction)
                             for loss in (F.mse_loss, F.l1_loss,
                                          F.smooth_l1_loss, F.huber_loss)
                             for reduction in ("none", "mean", "sum")],
               (3, 4), (3, 4)),
    "logits_loss": (lambda x, y: F.binary_cross_entropy_with_logits(
        x, y.sigmoid(), pos_weight=y.exp()), (3, 4), (3, 4)),
    "add_relu": (lambda x, y: (torch._add_relu(x, y, alpha=0.5),
                               torch._add_relu(x, 0.25),
                               torch._add_relu_(x.clone(), y)),
                 (3, 4), (3, 4)),
    "bilinear": (F.bilinear, (3, 4), (3, 5), (6, 4, 5), (6,)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    function, *shapes = FUNCTIONS[name]
    check(function, tuple(t(*shape, seed=i) for i, shape in enumerate(shapes)),
          dynamic_shapes=None)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_cross_entropy(reduction):
    target = torch.tensor([0, 3, -100, 2, 1])
    weight = torch.tensor([0.5, 1.0, 2.0, 0.25])
    check(lambda x, y: F.cross_entropy(x, y, weight, reduction=reduction),
          (t(5, 4), target), dynamic_shapes=None)
    check(lambda x, y: F.cross_entropy(x, y, reduction=reduction),
          (t(5, 4), t(5, 4, seed=1).softmax(1)), dynamic_shapes=None)


def test_one_hot():
    check(lambda x: (F.one_hot(x, 5), F.one_hot(x)),
          (torch.tensor([[0, 4, 2], [1, 1, 3]]),), dynamic_shapes=None)


@pytest.mark.parametrize("dynamic", [None, [{0}, None, None]],
                         ids=["static", "dynamic"])
def test_grouped_matmul(dynamic):
    """Rows by where they end; a group may have none."""
    ends = torch.tensor([2, 2, 6], dtype=torch.int32)
    check(lambda x, w, ends: torch._grouped_mm(x, w, offs=ends),
          (t(6, 8), t(3, 8, 4), ends), dynamic_shapes=dynamic)


STRANGE = torch.tensor([1.2, -3.7, float("nan"), float("inf"), -float("inf"),
                        1e20, -1e20, 0.05, -0.05, 0.15, 0.25, 9e17])
FORMS = pytest.mark.parametrize("dynamic", [None, "all"],
                                ids=["static", "dynamic"])


@FORMS
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16,
                                   torch.bfloat16], ids=str)
def test_fake_quantize(dtype, dynamic):
    def per_tensor(x, scale, zero):
        return (torch.fake_quantize_per_tensor_affine(x, 0.1, 3, -128, 127),
                torch.fake_quantize_per_tensor_affine(x, 0.037, 0, 0, 15),
                torch.fake_quantize_per_tensor_affine(x, scale, zero, -8, 7),
                torch.ops.aten.fake_quantize_per_tensor_affine_cachemask(
                    x, 0.1, 3, -128, 127))

    def per_channel(x, scale, zero, between):
        f = torch.fake_quantize_per_channel_affine
        return (f(x, scale, zero, 0, -128, 127), f(x, scale, between, 0, 0, 15),
                f(x.mT, scale, zero, 1, -8, 7),
                torch.ops.aten.fake_quantize_per_channel_affine_cachemask(
                    x, scale, zero, 0, -128, 127))

    x = STRANGE.to(dtype)
    check(per_tensor, (x, torch.tensor(0.1), torch.tensor(3)),
          tolerance=0, dynamic_shapes=dynamic)
    check(per_channel, (torch.stack([x, x / 2]), torch.tensor([0.1, 0.3]),
                        torch.tensor([3, 0], dtype=torch.int32),
                        torch.tensor([3.3, 0.0])),
          tolerance=0, dynamic_shapes=dynamic)


@FORMS
def test_products_of_bytes(dynamic):
    x = torch.arange(-64, 64, dtype=torch.int8)
    check(torch._int_mm, (x.reshape(4, 32), x.reshape(32, 4)),
          dynamic_shapes=dynamic)


@FORMS
@pytest.mark.parametrize("pad", [0, 1])
def test_convolution_of_times(pad, dynamic):
    check(lambda x, w, b: torch.conv_tbc(x, w, b, pad),
          (t(6, 2, 3), t(3, 3, 4, seed=1), t(4, seed=2)),
          dynamic_shapes=dynamic)


@FORMS
def test_padded_volumes(dynamic):
    check(lambda x: (F.pad(x, [1, 0, 1, 1, 2, 1], "reflect"),
                     F.pad(x[0], [1, 0, 1, 1, 2, 1], "replicate"),
                     torch.ops.aten.reflection_pad3d(x, [1, 0, 1, 1, 2, 1])),
          (t(2, 2, 3, 4, 5),), dynamic_shapes=dynamic)


def test_special_values():
    values = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, 3.0])
    x, y = values.repeat(5), values.repeat_interleave(5)
    check(torch.hypot, (x, y), dynamic_shapes=None)
    check(lambda x: torch.polygamma(1, x), (torch.tensor([0.5, 4, float("inf")]),),
          dynamic_shapes=None)
    check(torch.special.zeta, (torch.full((3,), float("nan")),
                               torch.tensor([-1.0, 0.0, -0.5])),
          dynamic_shapes=None)


class Initialized(nn.Module):
    def forward(self, x, y):
        nn.init.zeros_(x)
        y.fill_(2.5)
        return x + 1, y, abs(y - 3), abs(x - 1)


@FORMS
def test_initialized(dynamic):
    """And `abs` of a tensor in TorchScript, an operator of its own."""
    check(Initialized(), (t(2, 3), t(4)), dynamic_shapes=dynamic)
