"""MobileNetV2, in plain PyTorch.

    python examples/mobilenet_v2.py [--size 224 160] [--batch 1]
"""
from typing import List, Optional

import torch
from torch import Tensor, nn

import harness

SMALL = dict(settings=[[1, 8, 1, 1], [6, 12, 2, 2], [6, 16, 1, 2]], first=8,
             last=32, classes=10)
SMALL_SHAPES = [(1, 48), (2, 32)]


class ConvNormActivation(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, kernel: int = 3,
                 stride: int = 1, groups: int = 1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2,
                      groups=groups, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU6(inplace=True))


class InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, expand: int):
        super().__init__()
        hidden = inputs * expand
        self.residual = stride == 1 and inputs == outputs
        layers: List[nn.Module] = []
        if expand != 1:
            layers.append(ConvNormActivation(inputs, hidden, kernel=1))
        layers += [ConvNormActivation(hidden, hidden, stride=stride,
                                      groups=hidden),
                   nn.Conv2d(hidden, outputs, 1, bias=False),
                   nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        if self.residual:
            return x + self.conv(x)
        return self.conv(x)


class MobileNetV2(nn.Module):
    """`settings` has a row [expansion, channels, repetitions, stride] a
    stage."""

    def __init__(self, settings: Optional[List[List[int]]] = None,
                 first: int = 32, last: int = 1280, classes: int = 1000):
        super().__init__()
        layers: List[nn.Module] = [ConvNormActivation(3, first, stride=2)]
        inputs = first
        for expand, outputs, count, stride in settings or [
                [1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2],
                [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]]:
            for i in range(count):
                layers.append(InvertedResidual(inputs, outputs,
                                               stride if i == 0 else 1, expand))
                inputs = outputs
        layers.append(ConvNormActivation(inputs, last, kernel=1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2),
                                        nn.Linear(last, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
        return self.classifier(torch.flatten(x, 1))


def build(seed: int = 0, **size) -> MobileNetV2:
    torch.manual_seed(seed)
    model = MobileNetV2(**size).eval()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_in")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.8, 1.2)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.2)
    return model


def example_inputs(model: MobileNetV2, batch: int = 1, size: int = 224,
                   seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(batch, 3, size, size, generator=generator),)


def forms(model: MobileNetV2, inputs):
    return {"script": torch.jit.script(model),
            "trace": torch.jit.trace(model, inputs)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, size=[224, 160], batch=1)
    mobilenet = build()
    harness.main("MobileNetV2", mobilenet, forms,
                 {f"{options.batch}x3x{size}x{size}":
                  example_inputs(mobilenet, options.batch, size)
                  for size in options.size}, options.repetitions)
