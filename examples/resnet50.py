"""ResNet-50, in plain PyTorch.

    python examples/resnet50.py [--size 224 160] [--batch 1] [--width 64]
"""
from typing import List, Optional

import torch
from torch import Tensor, nn

import harness

SMALL = dict(blocks=[1, 2, 1, 1], width=8, classes=10)
SMALL_SHAPES = [(1, 64), (2, 48)]


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int):
        super().__init__()
        outputs = width * self.expansion
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: Optional[nn.Module] = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, blocks: Optional[List[int]] = None, width: int = 64,
                 classes: int = 1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        stages = []
        inputs = width
        for stage, count in enumerate(blocks or [3, 4, 6, 3]):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                stages.append(Bottleneck(inputs, width << stage, stride))
                inputs = (width << stage) * Bottleneck.expansion
        self.stages = nn.Sequential(*stages)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.stages(x))
        return self.fc(torch.flatten(x, 1))


def randomize(model: nn.Module, residual_scale: float) -> None:
    """Weights as after training in size: activations neither grow nor vanish,
    and no batch norm is the identity."""
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out",
                                    nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.8, 1.2)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.2)
            if name.endswith("bn3"):
                module.weight.data.mul_(residual_scale)


def build(seed: int = 0, **size) -> ResNet:
    torch.manual_seed(seed)
    model = ResNet(**size).eval()
    randomize(model, residual_scale=0.3)
    return model


def example_inputs(model: ResNet, batch: int = 1, size: int = 224,
                   seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(batch, 3, size, size, generator=generator),)


def forms(model: ResNet, inputs):
    return {"script": torch.jit.script(model),
            "trace": torch.jit.trace(model, inputs)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, size=[224, 160], batch=1, width=64)
    resnet = build(width=options.width)
    harness.main("ResNet-50", resnet, forms,
                 {f"{options.batch}x3x{size}x{size}":
                  example_inputs(resnet, options.batch, size)
                  for size in options.size}, options.repetitions)
