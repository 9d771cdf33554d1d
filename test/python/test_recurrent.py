"""Recurrent networks, padded and packed, agree with PyTorch."""
import pytest
import torch
from layers import check, compiled, close
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def sequence(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


NETWORKS = {
    "gru": lambda **kw: nn.GRU(6, 8, **kw),
    "lstm": lambda **kw: nn.LSTM(6, 8, **kw),
    "tanh": lambda **kw: nn.RNN(6, 8, **kw),
    "relu": lambda **kw: nn.RNN(6, 8, nonlinearity="relu", **kw),
    "projected": lambda **kw: nn.LSTM(6, 8, proj_size=4, **kw),
}
FORMS = {
    "plain": {},
    "no_bias": {"bias": False},
    "deep": {"num_layers": 2, "dropout": 0.5},
    "both_ways": {"bidirectional": True, "num_layers": 2},
    "batch_first": {"batch_first": True},
}


class Padded(nn.Module):
    """A network by itself scripts to two overloads of forward."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", NETWORKS)
def test_network(kind, form):
    torch.manual_seed(0)
    network = Padded(NETWORKS[kind](**FORMS[form]))
    if form == "plain":
        check(network, (sequence(5, 3, 6),), dynamic_shapes=None)
    check(network, (sequence(5, 3, 6),), (sequence(1, 2, 6),),
          (sequence(7, 3, 6),), dynamic_shapes=[[0, 1]])


class Packed(nn.Module):
    def __init__(self, network, batch_first: bool):
        super().__init__()
        self.network = network
        self.batch_first = batch_first

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths,
                                      batch_first=self.batch_first)
        output, state = self.network(packed)
        return pad_packed_sequence(output, batch_first=self.batch_first), state


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_packed(kind, form):
    torch.manual_seed(0)
    batch_first = form == "batch_first"
    program = Packed(NETWORKS[kind](**FORMS[form]), batch_first)
    sizes = [(4, 6), (5, 2)] if batch_first else [(6, 4), (2, 5)]
    check(program, (sequence(*sizes[0], 6), torch.tensor([6, 4, 4, 1])),
          (sequence(*sizes[1], 6), torch.tensor([2, 2, 1, 1, 1])),
          dynamic_shapes=[[0, 1], [0]])


def test_packed_checks_lengths():
    program = torch.jit.script(Packed(nn.GRU(6, 8), False).eval())
    f = compiled(program, (sequence(5, 2, 6), torch.tensor([5, 3])))
    with pytest.raises(Exception, match="sorted in decreasing order"):
        f(sequence(5, 2, 6), torch.tensor([3, 5]))
    with pytest.raises(Exception, match="has to be greater than 0"):
        f(sequence(5, 2, 6), torch.tensor([3, 0]))
    x, lengths = sequence(5, 2, 6), torch.tensor([4, 2])
    with torch.no_grad():
        close(f(x, lengths), program(x, lengths))


@pytest.mark.parametrize("cell", [nn.GRUCell, nn.LSTMCell, nn.RNNCell],
                         ids=lambda cell: cell.__name__)
def test_cell(cell):
    torch.manual_seed(0)
    check(cell(6, 8), (sequence(3, 6),), (sequence(5, 6),),
          dynamic_shapes=[[0]])
