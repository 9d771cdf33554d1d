"""models.py NAME OUT.pt [trace]: writes one of the small models below."""
import enum
import sys
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
        self.calls = 0

    def forward(self, x: Tensor, n: int = 3) -> Tensor:
        self.calls += 1
        for _ in range(n):
            x = torch.relu(self.fc(x)[:, :4])
        return x


class Point(NamedTuple):
    x: float
    y: Optional[Tensor]


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Attributes(nn.Module):
    names: Dict[str, int]
    sizes: List[Tuple[int, float]]
    maybe: Optional[Tensor]
    point: Point

    def __init__(self):
        super().__init__()
        self.names = {"zwei": 2, "eins": 1}
        self.sizes = [(1, 0.5), (2, float("inf"))]
        self.maybe = None
        self.color = Color.GREEN
        self.point = Point(1.5, None)
        self.text = "注意\n"
        self.flag = True
        self.z = 1 + 2j
        self.register_buffer("mask", torch.tensor([True, False, True]))
        self.register_buffer("octets", torch.arange(3, dtype=torch.uint8))
        self.register_buffer("brain", torch.ones(2, dtype=torch.bfloat16))
        self.register_buffer("empty", torch.zeros(0, 3))
        self.register_buffer("many", torch.ones(100, dtype=torch.bool))

    def forward(self, x: Tensor):
        return (x, self.names, self.sizes, self.maybe, self.color, self.point,
                self.text, self.flag, self.z)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 8, bias=False)
        self.second = nn.Linear(8, 8, bias=False)
        self.second.weight = self.first.weight
        self.register_buffer("row", self.first.weight.detach()[1:5])
        self.register_buffer("turned", self.first.weight.detach().t())

    def forward(self, x):
        return self.second(self.first(x)) + self.row.sum() + self.turned




class Unicode(nn.Module):
    def forward(self, k: str) -> str:
        return "注意" + k  # 中文


class Inner(nn.Module):
    def forward(self, x):
        return torch.tanh(x) + 1


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return self.inner(x * 2)


class Raises(nn.Module):
    def forward(self, x: int) -> int:
        if x < 0:
            raise ValueError("negative")
        return x


class Names(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.last = 0

    def forward(self, x, n: int):
        rows: List[Tensor] = []
        total = x.sum()
        for i in range(n):
            row = self.fc(x)
            rows.append(row)
            total = total + row.sum()
        if n > 2:
            first, second = rows[0], 2
        else:
            first, second = total, 3
        self.last = second
        return torch.stack(rows) * total, first


class Rows(nn.Module):
    """The example of lib/Dialect/Mt/Transforms/README.md."""

    def forward(self, x, n: int):
        rows: List[Tensor] = []
        for i in range(n):
            rows.append(x[i])
        return torch.stack(rows)


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_forward_pre_hook(twice)
        self.register_forward_hook(total)

    def forward(self, x: Tensor) -> Tensor:
        return x + 1


def twice(self, input: Tuple[Tensor]) -> Tuple[Tensor]:
    return (input[0] * 2,)


def total(self, input: Tuple[Tensor], result: Tensor) -> Tensor:
    return result.sum()


MODELS = {cls.__name__.lower(): cls for cls in
          (Linear, Attributes, Tied, Unicode, Outer, Raises, Names,
           Rows, Hooked)}

if __name__ == "__main__":
    torch.manual_seed(0)
    model = MODELS[sys.argv[1]]().eval()
    if sys.argv[3:] == ["trace"]:
        model = torch.jit.trace(model, torch.ones(2, 4))
    else:
        model = torch.jit.script(model)
    torch.jit.save(model, sys.argv[2])
