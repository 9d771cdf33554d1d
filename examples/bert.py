"""A BERT encoder with embeddings and pooler, in plain PyTorch.

    python examples/bert.py [--seq 64 128] [--layers 12] [--batch 1]

Scripts and traces it, saves both, compiles each file once, runs it at every
sequence length, and prints the difference to PyTorch and the latencies.
"""
from typing import Tuple

import torch
from torch import Tensor, nn

import harness

SMALL = dict(layers=2, hidden=48, heads=4, intermediate=96, vocabulary=120,
             positions=64)
SMALL_SHAPES = [(1, 7), (2, 12)]


class Embeddings(nn.Module):
    def __init__(self, hidden: int, vocabulary: int, positions: int):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, hidden, padding_idx=0)
        self.position_embeddings = nn.Embedding(positions, hidden)
        self.token_type_embeddings = nn.Embedding(2, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor,
                position_ids: Tensor) -> Tensor:
        embedded = (self.word_embeddings(input_ids)
                    + self.position_embeddings(position_ids)
                    + self.token_type_embeddings(token_type_ids))
        return self.dropout(self.norm(embedded))


class SelfAttention(nn.Module):
    def __init__(self, hidden: int, heads: int):
        super().__init__()
        self.heads = heads
        self.head_size = hidden // heads
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.dropout = nn.Dropout(0.1)

    def split_heads(self, x: Tensor) -> Tensor:
        x = x.view(x.size(0), x.size(1), self.heads, self.head_size)
        return x.permute(0, 2, 1, 3)

    def forward(self, x: Tensor, mask: Tensor, head_mask: Tensor) -> Tensor:
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x))
        value = self.split_heads(self.value(x))
        scores = torch.matmul(query, key.transpose(-1, -2))
        scores = scores / self.head_size ** 0.5 + mask
        weights = self.dropout(torch.softmax(scores, dim=-1)) * head_mask
        context = torch.matmul(weights, value).permute(0, 2, 1, 3).contiguous()
        return context.view(context.size(0), context.size(1),
                            self.heads * self.head_size)


class Layer(nn.Module):
    def __init__(self, hidden: int, heads: int, intermediate: int):
        super().__init__()
        self.attention = SelfAttention(hidden, heads)
        self.attention_output = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.intermediate = nn.Linear(hidden, intermediate)
        self.activation = nn.GELU()
        self.output = nn.Linear(intermediate, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor, head_mask: Tensor) -> Tensor:
        attended = self.attention_output(self.attention(x, mask, head_mask))
        x = self.attention_norm(self.dropout(attended) + x)
        y = self.output(self.activation(self.intermediate(x)))
        return self.output_norm(self.dropout(y) + x)


class Pooler(nn.Module):
    def __init__(self, hidden: int):
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.activation = nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.dense(x[:, 0]))


class Bert(nn.Module):
    """Returns the last hidden state and the pooled first token."""

    def __init__(self, layers: int = 12, hidden: int = 768, heads: int = 12,
                 intermediate: int = 3072, vocabulary: int = 30522,
                 positions: int = 512):
        super().__init__()
        self.embeddings = Embeddings(hidden, vocabulary, positions)
        self.layers = nn.ModuleList(
            [Layer(hidden, heads, intermediate) for _ in range(layers)])
        self.pooler = Pooler(hidden)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor,
                position_ids: Tensor, attention_mask: Tensor,
                head_mask: Tensor) -> Tuple[Tensor, Tensor]:
        x = self.embeddings(input_ids, token_type_ids, position_ids)
        # 1 for a token to attend to, 0 for padding; one row of heads a layer.
        mask = attention_mask.unsqueeze(1).unsqueeze(2).to(x.dtype)
        mask = (1.0 - mask) * -10000.0
        for i, layer in enumerate(self.layers):
            x = layer(x, mask, head_mask[i].view(1, -1, 1, 1))
        return x, self.pooler(x)


def build(seed: int = 0, **size) -> Bert:
    torch.manual_seed(seed)
    model = Bert(**size).eval()
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.bias, std=0.02)
    return model


def example_inputs(model: Bert, batch: int = 1, seq: int = 128, seed: int = 1):
    """Token ids, types, positions, a mask that ends in padding, and a head
    mask that switches one head of the first layer off."""
    generator = torch.Generator().manual_seed(seed)
    vocabulary = model.embeddings.word_embeddings.num_embeddings
    input_ids = torch.randint(1, vocabulary, (batch, seq), generator=generator)
    token_type_ids = (torch.arange(seq) >= seq // 2).long().repeat(batch, 1)
    position_ids = torch.arange(seq).repeat(batch, 1)
    attention_mask = torch.ones(batch, seq, dtype=torch.long)
    attention_mask[-1, seq - seq // 8:] = 0
    head_mask = torch.ones(len(model.layers), model.layers[0].attention.heads)
    head_mask[0, 0] = 0
    return input_ids, token_type_ids, position_ids, attention_mask, head_mask


def forms(model: Bert, inputs):
    return {"script": torch.jit.script(model),
            "trace": torch.jit.trace(model, inputs)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, seq=[64, 128], batch=1, layers=12,
                                hidden=768, heads=12, intermediate=3072)
    bert = build(layers=options.layers, hidden=options.hidden,
                 heads=options.heads, intermediate=options.intermediate)
    harness.main("BERT encoder", bert, forms,
                 {f"{options.batch}x{seq}":
                  example_inputs(bert, options.batch, seq)
                  for seq in options.seq}, options.repetitions)
