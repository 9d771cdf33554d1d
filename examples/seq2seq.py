"""A seq2seq chatbot: GRU encoder, Luong attention decoder, greedy search.

    python examples/seq2seq.py [--seq 6 10] [--tokens 10] [--attention dot]
                               [--hidden 500] [--padded 1]

The greedy search is scripted: its loop feeds each word it chose back into the
decoder. Encoder and decoder have no control flow of their own, so they are
scripted in the first form and traced in the second.
"""
from typing import Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import harness

SMALL = dict(vocabulary=60, hidden=16)
SMALL_SHAPES = [(5, 4), (8, 6)]

START_OF_SENTENCE = 1


class Encoder(nn.Module):
    """Takes word ids [length, batch] and the length of each column, longest
    first; returns outputs [length, batch, hidden] and the last hidden
    states."""

    def __init__(self, embedding: nn.Embedding, hidden: int, layers: int):
        super().__init__()
        self.hidden = hidden
        self.embedding = embedding
        self.gru = nn.GRU(hidden, hidden, layers, bidirectional=True)

    def forward(self, words: Tensor, lengths: Tensor,
                state: Optional[Tensor] = None) -> Tuple[Tensor, Tensor]:
        embedded = self.embedding(words)
        packed = pack_padded_sequence(embedded, lengths)
        packed, state = self.gru(packed, state)
        outputs, _ = pad_packed_sequence(packed)
        # The two directions are added.
        return outputs[:, :, :self.hidden] + outputs[:, :, self.hidden:], state


class PaddedEncoder(Encoder):
    """The same for columns that all have the full length."""

    def forward(self, words: Tensor, lengths: Tensor,
                state: Optional[Tensor] = None) -> Tuple[Tensor, Tensor]:
        outputs, state = self.gru(self.embedding(words), state)
        return outputs[:, :, :self.hidden] + outputs[:, :, self.hidden:], state


class DotScore(nn.Module):
    """hidden . output"""

    def __init__(self, hidden: int):
        super().__init__()

    def forward(self, hidden: Tensor, outputs: Tensor) -> Tensor:
        return torch.sum(hidden * outputs, dim=2)


class GeneralScore(nn.Module):
    """hidden . W output"""

    def __init__(self, hidden: int):
        super().__init__()
        self.weight = nn.Linear(hidden, hidden)

    def forward(self, hidden: Tensor, outputs: Tensor) -> Tensor:
        return torch.sum(hidden * self.weight(outputs), dim=2)


class ConcatScore(nn.Module):
    """v . tanh(W [hidden, output])"""

    def __init__(self, hidden: int):
        super().__init__()
        self.weight = nn.Linear(2 * hidden, hidden)
        self.v = nn.Parameter(torch.randn(hidden))

    def forward(self, hidden: Tensor, outputs: Tensor) -> Tensor:
        hidden = hidden.expand(outputs.size(0), -1, -1)
        energy = self.weight(torch.cat((hidden, outputs), 2)).tanh()
        return torch.sum(self.v * energy, dim=2)


SCORES = {"dot": DotScore, "general": GeneralScore, "concat": ConcatScore}


class LuongAttention(nn.Module):
    """Weights [batch, 1, length] of the encoder's outputs."""

    def __init__(self, method: str, hidden: int):
        super().__init__()
        self.score = SCORES[method](hidden)

    def forward(self, hidden: Tensor, outputs: Tensor) -> Tensor:
        energies = self.score(hidden, outputs).t()
        return torch.softmax(energies, dim=1).unsqueeze(1)


class Decoder(nn.Module):
    """One word at a time: takes word ids [1, batch], the last hidden states and
    the encoder's outputs; returns the probabilities of the next word and the
    new hidden states."""

    def __init__(self, embedding: nn.Embedding, attention: str, hidden: int,
                 layers: int, vocabulary: int):
        super().__init__()
        self.embedding = embedding
        self.dropout = nn.Dropout(0.1)
        self.gru = nn.GRU(hidden, hidden, layers)
        self.attention = LuongAttention(attention, hidden)
        self.concat = nn.Linear(2 * hidden, hidden)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, word: Tensor, state: Tensor, outputs: Tensor
                ) -> Tuple[Tensor, Tensor]:
        embedded = self.dropout(self.embedding(word))
        output, state = self.gru(embedded, state)
        weights = self.attention(output, outputs)
        context = weights.bmm(outputs.transpose(0, 1)).squeeze(1)
        both = torch.cat((output.squeeze(0), context), 1)
        probabilities = torch.softmax(self.out(torch.tanh(self.concat(both))),
                                      dim=1)
        return probabilities, state


class GreedySearchDecoder(nn.Module):
    """Returns the words chosen and the probability of each."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, layers: int):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.layers = layers
        self.start = START_OF_SENTENCE

    def forward(self, words: Tensor, lengths: Tensor, max_length: int
                ) -> Tuple[Tensor, Tensor]:
        outputs, state = self.encoder(words, lengths)
        state = state[:self.layers]
        word = torch.ones(1, 1, device=words.device, dtype=torch.long)
        word = word * self.start
        chosen = torch.zeros([0], device=words.device, dtype=torch.long)
        scores = torch.zeros([0], device=words.device)
        for _ in range(max_length):
            probabilities, state = self.decoder(word, state, outputs)
            score, word = torch.max(probabilities, dim=1)
            chosen = torch.cat((chosen, word), dim=0)
            scores = torch.cat((scores, score), dim=0)
            word = torch.unsqueeze(word, 0)
        return chosen, scores


def build(seed: int = 0, vocabulary: int = 7826, hidden: int = 500,
          layers: int = 2, attention: str = "dot", padded: bool = False
          ) -> GreedySearchDecoder:
    torch.manual_seed(seed)
    embedding = nn.Embedding(vocabulary, hidden)
    encoder_class = PaddedEncoder if padded else Encoder
    encoder = encoder_class(embedding, hidden, layers)
    decoder = Decoder(embedding, attention, hidden, layers, vocabulary)
    return GreedySearchDecoder(encoder, decoder, layers).eval()


def example_inputs(model: GreedySearchDecoder, seq: int = 10,
                   tokens: int = 10, seed: int = 1):
    words, lengths = encoder_inputs(model, [seq], seed)
    return words, lengths, tokens


def encoder_inputs(model: GreedySearchDecoder, lengths, seed: int = 1):
    """Sentences of the given lengths, longest first, padded with zeros."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.tensor(lengths)
    words = torch.randint(2, model.encoder.embedding.num_embeddings,
                          (int(lengths[0]), len(lengths)), generator=generator)
    words[torch.arange(words.size(0))[:, None] >= lengths] = 0
    return words, lengths


def forms(model: GreedySearchDecoder, inputs):
    words, lengths, _ = inputs
    encoder = torch.jit.trace(model.encoder, (words, lengths))
    outputs, state = encoder(words, lengths)
    decoder = torch.jit.trace(
        model.decoder, (torch.tensor([[START_OF_SENTENCE]]),
                        state[:model.layers], outputs))
    traced = GreedySearchDecoder(encoder, decoder, model.layers).eval()
    return {"script": torch.jit.script(model),
            "traced parts": torch.jit.script(traced)}


if __name__ == "__main__":
    options = harness.arguments(__doc__, seq=[6, 10], tokens=10, hidden=500,
                                layers=2, vocabulary=7826, attention="dot",
                                padded=0)
    chatbot = build(hidden=options.hidden, layers=options.layers,
                    vocabulary=options.vocabulary,
                    attention=options.attention, padded=bool(options.padded))
    harness.main("seq2seq greedy search", chatbot, forms,
                 {f"{seq}+{options.tokens}":
                  example_inputs(chatbot, seq, options.tokens)
                  for seq in options.seq}, options.repetitions)
