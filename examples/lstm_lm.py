"""An LSTM language model whose cell and loop are written by hand.

    python examples/lstm_lm.py [--seq 32 100] [--hidden 512] [--layers 2]

The loop runs over the length of its input, so it is scripted and not traced.
"""
from typing import List, Tuple

import torch
from torch import Tensor, nn

import harness

SMALL = dict(vocabulary=50, hidden=24, layers=2)
SMALL_SHAPES = [(5, 1), (9, 3)]


class LSTMCell(nn.Module):
    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.from_input = nn.Linear(inputs, 4 * hidden)
        self.from_hidden = nn.Linear(hidden, 4 * hidden)

    def forward(self, x: Tensor, state: Tuple[Tensor, Tensor]
                ) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        h, c = state
        gates = self.from_input(x) + self.from_hidden(h)
        i, f, g, o = gates.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class LSTMLayer(nn.Module):
    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.hidden = hidden
        self.cell = LSTMCell(inputs, hidden)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        zeros = torch.zeros(x.size(1), self.hidden, dtype=x.dtype,
                            device=x.device)
        state = (zeros, zeros)
        outputs: List[Tensor] = []
        for t in range(x.size(0)):
            out, state = self.cell(x[t], state)
            outputs.append(out)
        return torch.stack(outputs), state


class LSTMLanguageModel(nn.Module):
    """Takes token ids [length, batch]; returns the log-probabilities of each
    next token and the last state of each layer."""

    def __init__(self, vocabulary: int = 10000, hidden: int = 512,
                 layers: int = 2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.layers = nn.ModuleList(
            [LSTMLayer(hidden, hidden) for _ in range(layers)])
        self.decoder = nn.Linear(hidden, vocabulary)

    def forward(self, tokens: Tensor
                ) -> Tuple[Tensor, List[Tuple[Tensor, Tensor]]]:
        x = self.embedding(tokens)
        states: List[Tuple[Tensor, Tensor]] = []
        for layer in self.layers:
            x, state = layer(x)
            states.append(state)
        return torch.log_softmax(self.decoder(x), dim=-1), states


def build(seed: int = 0, **size) -> LSTMLanguageModel:
    torch.manual_seed(seed)
    return LSTMLanguageModel(**size).eval()


def example_inputs(model: LSTMLanguageModel, seq: int = 32, batch: int = 1,
                   seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randint(0, model.embedding.num_embeddings, (seq, batch),
                          generator=generator),)


def forms(model: LSTMLanguageModel, inputs):
    return {"script": torch.jit.script(model)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, seq=[32, 100], batch=1, hidden=512,
                                layers=2, vocabulary=10000)
    lstm = build(hidden=options.hidden, layers=options.layers,
                 vocabulary=options.vocabulary)
    harness.main("LSTM language model", lstm, forms,
                 {f"{seq}x{options.batch}":
                  example_inputs(lstm, seq, options.batch)
                  for seq in options.seq}, options.repetitions)
