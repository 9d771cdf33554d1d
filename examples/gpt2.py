"""A GPT-2-style decoder with a key/value cache and a greedy loop.

    python examples/gpt2.py [--prompt 16 32] [--tokens 16] [--layers 12]

The greedy loop runs the prompt once, then feeds each token it chose back in;
the cache grows by one position a step. The loop ends at `max_tokens` or at the
end-of-text token, so it is scripted; the decoder alone is also traced.
"""
from typing import List, Tuple

import torch
from torch import Tensor, nn

import harness

SMALL = dict(layers=2, hidden=32, heads=4, vocabulary=97, positions=64)
SMALL_SHAPES = [(1, 5, 4), (2, 8, 7)]


class Attention(nn.Module):
    def __init__(self, hidden: int, heads: int, positions: int):
        super().__init__()
        self.hidden = hidden
        self.heads = heads
        self.head_size = hidden // heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.projection = nn.Linear(hidden, hidden)
        causal = torch.tril(torch.ones(positions, positions, dtype=torch.bool))
        self.register_buffer("causal", causal.view(1, 1, positions, positions))

    def split_heads(self, x: Tensor) -> Tensor:
        x = x.view(x.size(0), x.size(1), self.heads, self.head_size)
        return x.transpose(1, 2)

    def forward(self, x: Tensor, past: Tensor) -> Tuple[Tensor, Tensor]:
        query, key, value = self.qkv(x).split(self.hidden, dim=2)
        query = self.split_heads(query)
        key = torch.cat([past[0], self.split_heads(key)], dim=2)
        value = torch.cat([past[1], self.split_heads(value)], dim=2)
        present = torch.stack([key, value])

        scores = torch.matmul(query, key.transpose(-1, -2))
        scores = scores / self.head_size ** 0.5
        end, length = key.size(2), query.size(2)
        allowed = self.causal[:, :, end - length:end, :end]
        scores = scores.masked_fill(torch.logical_not(allowed), -1e4)
        context = torch.matmul(torch.softmax(scores, dim=-1), value)
        context = context.transpose(1, 2).reshape(x.size(0), x.size(1),
                                                  self.hidden)
        return self.projection(context), present


class Block(nn.Module):
    def __init__(self, hidden: int, heads: int, positions: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(hidden)
        self.attention = Attention(hidden, heads, positions)
        self.norm2 = nn.LayerNorm(hidden)
        self.expand = nn.Linear(hidden, 4 * hidden)
        self.contract = nn.Linear(4 * hidden, hidden)

    def forward(self, x: Tensor, past: Tensor) -> Tuple[Tensor, Tensor]:
        attended, present = self.attention(self.norm1(x), past)
        x = x + attended
        hidden = nn.functional.gelu(self.expand(self.norm2(x)),
                                    approximate="tanh")
        return x + self.contract(hidden), present


class GPT2(nn.Module):
    """Takes token ids [batch, n] and, for each layer, a cache
    [2, batch, heads, length, head size]; returns the logits of the last token
    and the caches with n more positions."""

    def __init__(self, layers: int = 12, hidden: int = 768, heads: int = 12,
                 vocabulary: int = 50257, positions: int = 1024):
        super().__init__()
        self.heads = heads
        self.head_size = hidden // heads
        self.tokens = nn.Embedding(vocabulary, hidden)
        self.positions = nn.Embedding(positions, hidden)
        self.blocks = nn.ModuleList(
            [Block(hidden, heads, positions) for _ in range(layers)])
        self.norm = nn.LayerNorm(hidden)

    def forward(self, ids: Tensor, caches: List[Tensor]
                ) -> Tuple[Tensor, List[Tensor]]:
        start = caches[0].size(3)
        position = torch.arange(start, start + ids.size(1), device=ids.device)
        x = self.tokens(ids) + self.positions(position)
        grown: List[Tensor] = []
        for i, block in enumerate(self.blocks):
            x, cache = block(x, caches[i])
            grown.append(cache)
        x = self.norm(x)[:, -1]
        return nn.functional.linear(x, self.tokens.weight), grown

    @torch.jit.export
    def empty_caches(self, batch: int) -> List[Tensor]:
        caches: List[Tensor] = []
        for _ in self.blocks:
            caches.append(torch.zeros(2, batch, self.heads, 0, self.head_size))
        return caches


class GreedyDecoder(nn.Module):
    """Returns the prompt with the chosen tokens appended, and the logits that
    each was chosen from."""

    def __init__(self, model: GPT2, end_of_text: int):
        super().__init__()
        self.model = model
        self.end_of_text = end_of_text

    def forward(self, prompt: Tensor, max_tokens: int
                ) -> Tuple[Tensor, Tensor]:
        caches = self.model.empty_caches(prompt.size(0))
        step = prompt
        ids = prompt
        chosen: List[Tensor] = []
        for _ in range(max_tokens):
            logits, caches = self.model(step, caches)
            step = torch.argmax(logits, dim=-1, keepdim=True)
            ids = torch.cat([ids, step], dim=1)
            chosen.append(logits)
            if bool((step == self.end_of_text).all()):
                break
        return ids, torch.stack(chosen, dim=1)


def build_model(seed: int = 0, **size) -> GPT2:
    torch.manual_seed(seed)
    model = GPT2(**size).eval()
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.05)
    return model


def build(seed: int = 0, **size) -> GreedyDecoder:
    model = build_model(seed, **size)
    return GreedyDecoder(model, model.tokens.num_embeddings - 1).eval()


def example_inputs(model: GreedyDecoder, batch: int = 1, prompt: int = 16,
                   tokens: int = 16, seed: int = 1):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, model.end_of_text, (batch, prompt),
                        generator=generator)
    return ids, tokens


def step_inputs(model: GPT2, batch: int, past: int, length: int,
                seed: int = 1):
    """Inputs of the decoder alone: `length` tokens after `past` others."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, model.tokens.num_embeddings, (batch, length),
                        generator=generator)
    caches = [torch.randn(2, batch, model.heads, past, model.head_size,
                          generator=generator) for _ in model.blocks]
    return ids, caches


def forms(model: GreedyDecoder, inputs):
    return {"script": torch.jit.script(model)}


def step_forms(model: GPT2, inputs):
    # The caches are a list: its length is the number of layers, always.
    return {"script": torch.jit.script(model),
            "trace": torch.jit.trace(model, inputs, strict=False)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, prompt=[16, 32], tokens=16, batch=1,
                                layers=12, hidden=768, heads=12)
    gpt2 = build(layers=options.layers, hidden=options.hidden,
                 heads=options.heads)
    harness.main("GPT-2 greedy loop", gpt2, forms,
                 {f"{options.batch}x{prompt}+{options.tokens}":
                  example_inputs(gpt2, options.batch, prompt, options.tokens)
                  for prompt in options.prompt}, options.repetitions)
