"""One linear layer and gelu: the smallest model worth timing.

    python examples/linear_gelu.py [--rows 128 32] [--inputs 768] [--outputs 3072]
"""
import torch
from torch import Tensor, nn

import harness

SMALL = dict(inputs=20, outputs=36)
SMALL_SHAPES = [(5,), (16,)]


class LinearGelu(nn.Module):
    def __init__(self, inputs: int = 768, outputs: int = 3072):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.gelu(self.linear(x))


def build(seed: int = 0, **size) -> LinearGelu:
    torch.manual_seed(seed)
    return LinearGelu(**size).eval()


def example_inputs(model: LinearGelu, rows: int = 128, seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(rows, model.linear.in_features, generator=generator),)


def forms(model: LinearGelu, inputs):
    return {"script": torch.jit.script(model),
            "trace": torch.jit.trace(model, inputs)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, rows=[128, 32], inputs=768,
                                outputs=3072)
    layer = build(inputs=options.inputs, outputs=options.outputs)
    harness.main("linear + gelu", layer, forms,
                 {f"{rows}x{options.inputs}": example_inputs(layer, rows)
                  for rows in options.rows}, options.repetitions)
