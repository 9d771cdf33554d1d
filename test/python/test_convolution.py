"""Convolution, pooling and resampling agree with PyTorch."""
import pytest
import torch
import torch.nn.functional as F
from layers import check
from torch import nn


def image(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


CONVOLUTIONS = {
    "pointwise": (nn.Conv2d(8, 16, 1), 4),
    "padded": (nn.Conv2d(3, 8, 3, padding=1), 4),
    "strided": (nn.Conv2d(3, 8, 7, stride=2, padding=3, bias=False), 4),
    "dilated": (nn.Conv2d(4, 8, 3, dilation=2, stride=(2, 1)), 4),
    "depthwise": (nn.Conv2d(8, 8, 3, padding=1, groups=8), 4),
    "depthwise_strided": (nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=False), 4),
    "grouped": (nn.Conv2d(8, 12, 3, groups=4), 4),
    "multiplied": (nn.Conv2d(4, 8, 3, groups=4), 4),
    "same": (nn.Conv2d(4, 6, (3, 4), padding="same"), 4),
    "flat": (nn.Conv1d(4, 6, 3, stride=2, padding=1), 3),
    "flat_grouped": (nn.Conv1d(4, 8, 3, groups=2), 3),
    "solid": (nn.Conv3d(4, 6, 3, padding=1), 5),
    "solid_grouped": (nn.Conv3d(4, 6, 2, groups=2), 5),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1,
                                      output_padding=1), 4),
    "transposed_grouped": (nn.ConvTranspose2d(4, 6, 3, groups=2), 4),
    "transposed_flat": (nn.ConvTranspose1d(4, 6, 4, stride=2), 3),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution(name):
    module, rank = CONVOLUTIONS[name]
    channels = module.in_channels
    sizes = [9, 8, 7][:rank - 2]
    check(module, (image(2, channels, *sizes),), dynamic_shapes=None)
    check(module, (image(2, channels, *sizes),),
          (image(1, channels, *[s + 3 for s in sizes]),),
          dynamic_shapes=[[0] + list(range(2, rank))])


def test_without_batch():
    check(nn.Conv2d(3, 4, 3), (image(3, 6, 7),))


def test_folded_batch_norm():
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(6)
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    check(nn.Sequential(nn.Conv2d(3, 6, 3), norm, nn.ReLU()),
          (image(2, 3, 6, 6),))
    check(nn.Sequential(nn.ReLU(), norm), (image(2, 6, 5, 5),))


POOLS = {
    "max": lambda x: F.max_pool2d(x, 3, 2, 1),
    "max_ceil": lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    "max_dilated": lambda x: F.max_pool2d(x, (2, 3), (1, 2), (1, 0), (2, 1)),
    "max_indices": lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True),
    "max_flat": lambda x: F.max_pool1d(x.flatten(2), 3, 2, 1),
    "max_solid": lambda x: F.max_pool3d(x.unsqueeze(0), 2),
    "average": lambda x: F.avg_pool2d(x, 2),
    "average_padded": lambda x: F.avg_pool2d(x, 3, 2, 1),
    "average_inside": lambda x: F.avg_pool2d(x, 3, 2, 1,
                                             count_include_pad=False),
    "average_ceil": lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True),
    "average_divisor": lambda x: F.avg_pool2d(x, 3, 2, divisor_override=5),
    "average_flat": lambda x: F.avg_pool1d(x.flatten(2), 3, 2),
    "average_solid": lambda x: F.avg_pool3d(x.unsqueeze(0), 2),
    "to_one": lambda x: F.adaptive_avg_pool2d(x, 1),
    "to_windows": lambda x: F.adaptive_avg_pool2d(x, (3, 5)),
    "to_maxima": lambda x: F.adaptive_max_pool2d(x, (3, 2)),
}


@pytest.mark.parametrize("name", POOLS)
def test_pooling(name):
    check(POOLS[name], (image(2, 3, 9, 10),), dynamic_shapes=None)
    check(POOLS[name], (image(2, 3, 9, 10),), (image(1, 3, 12, 7),))


def test_pooling_keeps_nan():
    x = image(1, 1, 4, 4)
    x[0, 0, 1, 1] = float("nan")
    check(POOLS["max"], (x,), dynamic_shapes=None)


RESAMPLINGS = {
    "nearest": lambda x: F.interpolate(x, size=(7, 5)),
    "nearest_factor": lambda x: F.interpolate(x, scale_factor=2.0),
    "bilinear": lambda x: F.interpolate(x, size=(7, 9), mode="bilinear"),
    "bilinear_factor": lambda x: F.interpolate(x, scale_factor=1.5,
                                               mode="bilinear"),
    "bilinear_aligned": lambda x: F.interpolate(
        x, size=(7, 9), mode="bilinear", align_corners=True),
}


@pytest.mark.parametrize("name", RESAMPLINGS)
def test_resampling(name):
    check(RESAMPLINGS[name], (image(2, 3, 4, 6),), dynamic_shapes=None)
