"""Small TorchScript programs, by theme. Each entry of PROGRAMS is a function or
module class and the argument tuples to call it with, one compilation for all;
each entry of ERRORS has one call that works and one that raises, with a part of
the message."""
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


def t(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# --- Mutation and views ------------------------------------------------------

def add_to_row(x):
    x = x.clone()
    x[0] += 1
    return x


def store_through_view(x):
    y = x * 2
    y[:, 1].fill_(3.0)
    return y, y.sum()


def view_sees_store(x):
    y = x.clone()
    row = y[1]
    y.add_(1.0)
    return row


def transposed_store(x):
    y = x.clone()
    y.t()[0] = 5.0
    return y


def slice_store(x, y):
    z = torch.zeros(x.size(0) + 2, x.size(1))
    z[1:-1] = x
    z[0] = y
    return z


def chained_views(x):
    y = x.clone()
    y.view(-1)[2:4].mul_(10.0)
    y.unsqueeze(0)[:, :1].sub_(1.0)
    return y


def inplace_chain(x):
    return x.clone().mul_(2).relu_().add_(1)


def store_in_loop(x, n: int):
    y = torch.zeros_like(x)
    for i in range(n):
        y[i] = x[i] * i
    return y


def store_under_if(x, flag: bool):
    y = x.clone()
    if flag:
        y[0] = 0.0
    return y + 1


def masked_store(x):
    y = x.clone()
    y[y > 0] = -1.0
    return y


def write_to_chosen(x, c: bool):
    y = x if c else x * 2
    y += 1
    x[0] = 5.0
    return x, y


def write_to_carried(x, n: int):
    h = x
    for i in range(n):
        h.mul_(2)
        h = h + 1
    h[0] = 7.0
    return x, h


def two_names_from_loop(x, n: int):
    y = x
    for i in range(n):
        x = x * 2
        y = x.clone()
    y[0] = 5.0
    return x, y


def reshape_in_place(x):
    y = x + 1
    first = y[0]
    y.unsqueeze_(0)
    if y.dim() == 3:
        y.transpose_(1, 2)
    first += 2
    return y.sum(0), first


def change_argument(x):
    x.add_(1.0)
    return x * 2


# --- Control flow ------------------------------------------------------------

def count_down(n: int):
    k = 0
    while n > 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        k += 1
    return k


def early_return(x, n: int):
    if n > 2:
        return x + 1
    if n == 2:
        return x * 2
    return x - 1


def break_and_continue(x, n: int):
    total = torch.zeros_like(x)
    for i in range(n):
        if i == 1:
            continue
        if i == 4:
            break
        total = total + x * i
    return total


def while_on_tensor(x):
    steps = 0
    while bool((x.abs() > 1e-1).any()):
        x = x / 2
        steps += 1
    return x, steps


def grow_in_loop(x, n: int):
    y = x
    for i in range(n):
        y = torch.cat([y, x + i])
    return y


def nested_loops(x, n: int):
    for i in range(n):
        for j in range(i):
            x = x + i * j
    return x


def collect_and_stack(x, n: int):
    rows: List[Tensor] = []
    for i in range(n):
        rows.append(x[0] * i)
    return torch.stack(rows)


def loop_over_rows(x):
    total = torch.zeros(x.size(1))
    for row in x:
        total = total + row.abs()
    return total


# --- Numbers -----------------------------------------------------------------

def floor_and_modulo(a: int, b: int):
    return a // b, a % b, a / b, a * b - a


def number_functions(a: int, b: float):
    return max(a, 3), min(b, 0.5), abs(a), float(a) * b, int(b), round(b)


def number_with_tensor(x, a: int, b: float):
    return x * a + b, a - x, x / a, x // 2, x % 3, x ** 2, 1.0 / x


def promote(x):
    i = torch.arange(x.size(0))
    b = x[:, 0] > 0
    return i + x[:, 0], i * 2, b & (i > 0), i / 2, b.sum(), i.float().mean()


def shapes_as_numbers(x):
    return x.shape, x.size(-1), x.dim(), x.numel(), x.view(x.numel() // 2, 2)


def tensor_to_number(x):
    n = int(x.sum().item())
    return x * n, float(x[0, 0]), bool((x > 0).all())


# --- Containers --------------------------------------------------------------

class Pair(NamedTuple):
    left: Tensor
    right: Tensor


def tuples(x, y):
    a, (b, c) = (x, (y, x + y))
    return (a, (c, b)), a


def named_tuple(x):
    p = Pair(x, x + 1)
    return p.right - p.left


def list_argument(xs: List[Tensor]):
    return torch.cat(xs) + xs[0].sum()


def dict_result(x):
    return {"double": x * 2, "half": x / 2}


def dict_argument(d: Dict[str, Tensor]):
    return d["a"] + d["b"]


def optional_argument(x, y: Optional[Tensor]):
    if y is not None:
        return x + y
    return x


def default_arguments(x, scale: float = 2.0, plus: bool = True):
    return x * scale + 1 if plus else x * scale


class DefaultArguments(nn.Module):
    """A method keeps its defaults when it is saved; a function does not."""

    def forward(self, x: Tensor, scale: float = 2.0,
                shift: Optional[int] = None) -> Tensor:
        y = x * scale
        return y if shift is None else y + shift


def list_of_numbers(x, n: int):
    sizes = [i * 2 for i in range(3)]
    sizes.append(n)
    return x * sizes[-1] + len(sizes) + sum(sizes)


def append_if_given(numbers: Optional[List[int]], n: int):
    if numbers is not None:
        numbers.append(n)


def write_optional_list(x):
    numbers: List[int] = []
    append_if_given(numbers, 1)
    append_if_given(numbers, 2)
    return x + len(numbers), numbers
def sliced_lists(x):
    rows = [x, x + 1, x + 2, x + 3]
    sizes = list(x.shape)
    return (torch.stack(rows[::-1]), torch.cat(rows[1:-1]),
            torch.cat(rows[-1:0:-2]), x.permute([0, 1][::-1]),
            x.reshape(sizes[::-1]), len(rows[5:-5:-3]) + len(rows[2:2:-1]))


def sorted_lists(x):
    sizes = list(x.shape)
    sizes.sort(reverse=True)
    steps = [3, 1, 2]
    steps.remove(1)
    steps.insert(1, 7)
    steps.extend([1, 3])
    return (x.reshape(sizes), x.reshape(sorted(x.shape)), sorted([2.5, -1.0]),
            sorted(steps), steps, steps.index(7), steps.count(3),
            sizes.count(x.size(0)), 7 in steps)


def list_of_parts(x):
    parts = x.tensor_split(3, 1)
    y = x.clone()
    for part in y.split([1, 2, 1], 1)[::-1]:
        part.add_(part.size(1))
    return torch.cat(parts[::-1], 1), torch.cat(parts[:1] + parts[-1:], 1), y


def lists_of_unknown_length(x, n: int):
    keep = torch.jit.annotate(List[int], [])
    halves = torch.jit.annotate(List[float], [])
    for i in range(3):
        if i != n:
            keep.append(i)
            halves.append(i * 0.5)
    ends = keep[1:] + keep[:-1] + [n]
    has = n in ends
    halves.sort(reverse=True)
    return (x[keep], x[keep[::-1]], torch.tensor(ends), torch.tensor(halves),
            torch.tensor(sorted(ends)), has, ends.count(n), 0.25 in halves,
            torch.stack(x.unbind(0)[::-2]))


def return_from_loop(x, n: int):
    for i in range(n):
        if bool(x[i].sum() > 0):
            return x[i] * i
    return x[-1]


def return_tuple_from_loops(x, n: int):
    for i in range(n):
        for j in range(x.size(1)):
            if bool(x[i, j] > 1):
                return x[i], j
    return x[-1], -1


def optional_in_loop(x):
    total: Optional[Tensor] = None
    for i in range(3):
        if total is None:
            total = x
        else:
            total = total + x * i
    return total


# --- Indexing ----------------------------------------------------------------

def basic_indexing(x):
    return x[-1], x[:, 1:], x[::2], x[None, 0, ..., 1], x[1:-1, :2]


def advanced_indexing(x):
    i = torch.tensor([1, 0])
    return x[i], x[:, i], x[i, i], x.index_select(1, i), x.gather(
        1, i.unsqueeze(0))


def select_of_broadcast(x, y):
    return (x[None, None] + y)[:, :, 0], (x[None, None] * y)[:, 0]


def over_dim(x, dim: int):
    return x.softmax(dim), x.sum(dim)


def squeeze_rows(x):
    y = x.sum(1, keepdim=True).squeeze(-1)
    return y, x[:1].squeeze(0), x[None, :, :1].squeeze()


def index_of_other_rank(x, index):
    return x.gather(0, index), x.scatter(0, index, 1.0)


def places(x):
    rows, columns = torch.where(x > 0)
    return x[rows, columns], torch.where(x[0] > 0)[0], torch.where(x.sum() > 0)


# --- Modules -----------------------------------------------------------------

class NoGrad(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            y = x * 2
        return y + 1


class Counter(nn.Module):
    """State that a call changes: an int, and a buffer."""

    def __init__(self):
        super().__init__()
        self.calls = 0
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, x: Tensor) -> Tuple[int, Tensor]:
        self.calls += 1
        self.seen += x.sum(0)
        return self.calls, self.seen.clone()


class TrainingNorm(nn.Module):
    """Running statistics are state while a layer trains."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.frozen = nn.BatchNorm1d(4).eval()
        self.untracked = nn.InstanceNorm1d(3)

    def forward(self, x: Tensor) -> Tensor:
        return (self.norm(x) + self.frozen(x)
                + self.untracked(x[:, :3, None] * x[:, None])[:, 0])


class GrowingState(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = torch.zeros(0, 4)

    def forward(self, x: Tensor) -> Tensor:
        self.seen = torch.cat([self.seen, x])
        return self.seen.sum(0)


class Tables(nn.Module):
    sizes: Dict[str, int]
    shifts: Dict[str, Tensor]

    def __init__(self):
        super().__init__()
        self.sizes = {"a": 2, "b": 3}
        self.shifts = {"up": torch.ones(4)}

    def forward(self, x: Tensor) -> Tensor:
        y = x * self.sizes["a"] + self.shifts["up"]
        for size in self.sizes.values():
            y = y + size
        return y


class SharedLayers(nn.Module):
    """One submodule used twice, a list and a dict of others."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.fc = nn.Linear(3, 3)
        self.steps = nn.ModuleList([nn.Linear(3, 3), nn.Tanh()])
        self.choice = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Sigmoid()})

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(self.fc(x))
        for step in self.steps:
            x = step(x)
        return self.choice["a"](x) + self.choice["b"](x)


class HelperMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = 3

    def scaled(self, x: Tensor, times: int) -> Tensor:
        for _ in range(times):
            x = x * self.scale
        return x

    def forward(self, x: Tensor) -> Tensor:
        return self.scaled(x, 1) + self.scaled(x, 2)


def encoder_layer(**options):
    torch.manual_seed(0)
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True,
                                      **options)


class SelfAttention(nn.Module):
    """The weights of each head, with a mask for padding and one for time."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.eval()

    def forward(self, x: Tensor, padding: Tensor, mask: Tensor):
        return self.attention(x, x, x, key_padding_mask=padding,
                              attn_mask=mask, average_attn_weights=False)


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.eval()

    def forward(self, x: Tensor, memory: Tensor):
        return self.attention(x, memory, memory)


class Encoder(nn.Module):
    """Takes the ordinary way for padding that is not on the right."""

    def __init__(self):
        super().__init__()
        self.layers = nn.TransformerEncoder(
            encoder_layer(norm_first=False, activation="gelu"), 2)
        self.eval()

    def forward(self, x: Tensor, padding: Optional[Tensor]):
        return self.layers(x, src_key_padding_mask=padding)


class NormFirstEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.TransformerEncoder(
            encoder_layer(norm_first=True), 2, enable_nested_tensor=False)
        self.eval()

    def forward(self, x: Tensor, padding: Tensor):
        return self.layers(x, src_key_padding_mask=padding)


class EncoderDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0,
                                     batch_first=True)

    def forward(self, x: Tensor, target: Tensor):
        return self.layers(x, target)


def padding(*lengths, on_the_left=False):
    hidden = torch.arange(max(lengths)) >= torch.tensor(lengths)[:, None]
    return hidden.flip(1) if on_the_left else hidden


# --- Operators of few models -------------------------------------------------

def pad_on_both_sides(x, y):
    sequences = [x, y]
    return (nn.utils.rnn.pad_sequence(sequences),
            nn.utils.rnn.pad_sequence(sequences, batch_first=True,
                                      padding_value=-1.0, padding_side="left"))


def windows(n: int):
    return (torch.hann_window(n), torch.hamming_window(n, periodic=False),
            torch.blackman_window(n), torch.bartlett_window(n),
            torch.kaiser_window(n, periodic=False, beta=3.0))


def affine_grids(theta, x):
    return (nn.functional.affine_grid(theta, x.size(), align_corners=True),
            nn.functional.affine_grid(theta, x.size(), align_corners=False))


def normalized_weight(v, g):
    return torch._weight_norm(v, g, 0)


def least_as_number(x):
    return float(torch.unique(x)[0].item()), int(torch.unique(x)[0].item())


def norm_of_nothing(x, mean, var):
    return torch.nn.functional.batch_norm(x[:0], mean, var, training=True)


def norm_of_vector(x, mean, var):
    return torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False)


def complex_number(x):
    return torch.complex(x, x + 1).sum().item(), x.size(0)


X, Y = t(3, 4), t(5, 4, seed=1)

PROGRAMS = [
    (add_to_row, [(X,), (Y,)]),
    (store_through_view, [(X,), (Y,)]),
    (view_sees_store, [(X,), (Y,)]),
    (transposed_store, [(X,), (Y,)]),
    (slice_store, [(X, t(4)), (Y, t(4))]),
    (chained_views, [(X,), (Y,)]),
    (inplace_chain, [(X,), (Y,)]),
    (store_in_loop, [(X, 2), (Y, 5)]),
    (store_under_if, [(X, True), (Y, False)]),
    (masked_store, [(X,), (Y,)]),
    (write_to_chosen, [(X, True), (Y, False)]),
    (write_to_carried, [(X, 0), (Y, 1), (X, 3)]),
    (two_names_from_loop, [(X, 0), (Y, 3)]),
    (reshape_in_place, [(X,), (Y,)]),
    (change_argument, [(X,), (Y,)]),
    (count_down, [(7,), (27,)]),
    (early_return, [(X, 1), (Y, 2), (X, 3)]),
    (break_and_continue, [(X, 3), (Y, 8)]),
    (while_on_tensor, [(X,), (Y,)]),
    (grow_in_loop, [(X, 2), (Y, 0)]),
    (nested_loops, [(X, 3), (Y, 4)]),
    (collect_and_stack, [(X, 2), (Y, 4)]),
    (loop_over_rows, [(X,), (Y,)]),
    (floor_and_modulo, [(7, 2), (-7, 2), (7, -2)]),
    (number_functions, [(-2, 0.25), (5, -3.75)]),
    (number_with_tensor, [(X, 3, 0.5), (Y, -2, 1.5)]),
    (promote, [(X,), (Y,)]),
    (shapes_as_numbers, [(X,), (Y,)]),
    (tensor_to_number, [(X * 3,), (Y,)]),
    (tuples, [(X, X + 1), (Y, Y)]),
    (named_tuple, [(X,), (Y,)]),
    (list_argument, [([X, Y],), ([Y, X],)]),
    (dict_result, [(X,), (Y,)]),
    (dict_argument, [({"a": X, "b": X},), ({"a": Y, "b": Y * 2},)]),
    (optional_argument, [(X, X)]),
    (optional_argument, [(X, None)]),
    (default_arguments, [(X,), (Y,)]),
    (DefaultArguments, [(X,), (Y,)]),
    (write_optional_list, [(X,), (Y,)]),
    (list_of_numbers, [(X, 4), (Y, 6)]),
    (sliced_lists, [(X,), (Y,)]),
    (sorted_lists, [(X,), (Y,)]),
    (list_of_parts, [(X,), (Y,)]),
    (lists_of_unknown_length, [(X, 1), (Y, 7)]),
    (return_from_loop, [(X, 3), (Y, 2), (-abs(X), 2)]),
    (return_tuple_from_loops, [(X, 3), (Y, 2), (-abs(X), 2)]),
    (optional_in_loop, [(X,), (Y,)]),
    (basic_indexing, [(X,), (Y,)]),
    (advanced_indexing, [(X,), (Y,)]),
    (select_of_broadcast, [(t(4), X), (t(4), Y)]),
    (over_dim, [(X, 1), (Y, 0), (X, -2)]),
    (squeeze_rows, [(X,), (Y,)]),
    (NoGrad, [(X,), (Y,)]),
    (index_of_other_rank, [(t(5), torch.zeros(2, 0, dtype=torch.int64)),
                           (t(4), torch.zeros(0, 3, dtype=torch.int64))]),
    (places, [(X,), (Y,)]),
    (Counter, [(t(2, 3),), (t(4, 3),), (t(2, 3),)]),
    (Tables, [(X,), (Y,)]),
    (TrainingNorm, [(X,), (Y,)]),
    (GrowingState, [(X,), (Y,), (X,)]),
    (SharedLayers, [(t(2, 3),), (t(4, 3),)]),
    (HelperMethods, [(t(2, 3),), (t(4, 3),)]),
    (SelfAttention, [(t(2, 5, 8), padding(5, 3), t(5, 5).triu(1) < 0),
                     (t(3, 4, 8), padding(4, 3, 1), t(4, 4).triu(1) < 0)]),
    (CrossAttention, [(t(2, 5, 8), t(2, 3, 8)), (t(3, 4, 8), t(3, 6, 8))]),
    (Encoder, [(t(2, 5, 8), None), (t(3, 4, 8), None)]),
    (Encoder, [(t(2, 5, 8), padding(5, 3, on_the_left=True)),
               (t(3, 4, 8), padding(4, 2, 1, on_the_left=True))]),
    (NormFirstEncoder, [(t(2, 5, 8), padding(5, 3)),
                        (t(3, 4, 8), padding(4, 2, 1))]),
    (EncoderDecoder, [(t(2, 5, 8), t(2, 3, 8)), (t(3, 4, 8), t(3, 6, 8))]),
    (pad_on_both_sides, [(t(3, 2), t(5, 2)), (t(4, 2), t(1, 2))]),
    (windows, [(1,), (2,), (7,)]),
    (affine_grids, [(t(2, 2, 3), t(2, 3, 4, 5)), (t(3, 2, 3), t(3, 1, 1, 2))]),
    (normalized_weight, [(t(3, 4), t(3, 1)), (t(2, 5), t(2, 1))]),
    (least_as_number, [(X,), (Y,)]),
    (complex_number, [(X,), (Y,)]),
    (norm_of_nothing, [(X, torch.zeros(4), torch.ones(4)),
                       (t(2, 3), torch.zeros(3), torch.ones(3))]),
]


# --- Errors ------------------------------------------------------------------

def raise_if_negative(n: int):
    if n < 0:
        raise ValueError("must not be negative")
    return n


def assert_square(x):
    assert x.size(0) == x.size(1), "not square"
    return x.t()


def row(x, i: int):
    return x[i]


def add(x, y):
    return x + y


def multiply(x, y):
    return x @ y


def divide(a: int, b: int):
    return a // b


ERRORS = [
    (raise_if_negative, (1,), (-1,), "must not be negative"),
    (assert_square, (t(3, 3),), (t(3, 4),), "not square"),
    (row, (X, 1), (X, 7), "out of range"),
    (add, (X, X), (X, Y), "size"),
    (index_of_other_rank, (t(5), torch.zeros(2, 0, dtype=torch.int64)),
     (t(5), torch.zeros(2, 1, dtype=torch.int64)), "number of dimensions"),
    (norm_of_vector, (t(0), t(0), t(0)), (t(3), t(0), t(0)), "input of size 3"),
    (multiply, (t(2, 3), t(3, 4)), (t(2, 3), t(2, 4)), ""),
    (divide, (7, 2), (7, 0), "division by 0"),
]
