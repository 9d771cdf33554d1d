"""Views of tensors that are objects, and changes of their sizes and strides in
place, compared with PyTorch."""
import itertools
import random
import warnings

import pytest
import torch

import boxed
from boxed import Tensor, rt, runtime
from tensor_objects import DTYPES, filled, layouts, pairs, same

pytestmark = boxed.needs_runtime
warnings.filterwarnings("ignore")

VIEWS = """squeeze t numpy_T mT mH adjoint matrix_H ravel contiguous detach
alias view_as_real view_as_complex real imag atleast_1d atleast_2d atleast_3d
resolve_conj resolve_neg clone""".split()


@pytest.mark.parametrize("op", VIEWS)
def test_views(rt, op):
    for tensor in layouts():
        same(rt, "aten::" + op, tensor)
    if op in ("mH", "adjoint", "matrix_H"):
        return  # of complex ones, a view by a flag
    for tensor in layouts(torch.complex64):
        same(rt, "aten::" + op, tensor)


@pytest.mark.parametrize("op", ["unsqueeze", "squeeze.dim", "unbind.int"])
def test_views_along_a_dimension(rt, op):
    for tensor in layouts():
        for dim in range(-tensor.dim() - 2, tensor.dim() + 3):
            same(rt, "aten::" + op, tensor, dim)


@pytest.mark.parametrize("op", ["transpose.int", "swapdims", "swapaxes",
                                "movedim.int", "moveaxis.int",
                                "flatten.using_ints"])
def test_views_of_two_dimensions(rt, op):
    for tensor in layouts():
        dims = range(-tensor.dim() - 1, tensor.dim() + 2)
        for pair in itertools.product(dims, repeat=2):
            same(rt, "aten::" + op, tensor, *pair)


def test_permutations(rt):
    chance = random.Random(1)
    for tensor in layouts():
        for _ in range(6):
            rank = tensor.dim()
            order = chance.sample(range(rank), rank)
            other = chance.sample(range(rank), rank)
            size = chance.randint(0, rank)
            negative = [d - rank if chance.random() < 0.5 else d for d in order]
            same(rt, "aten::permute", tensor, negative)
            for op in ("movedim.intlist", "moveaxis.intlist"):
                same(rt, "aten::" + op, tensor, negative[:size], other[:size])
            same(rt, "aten::squeeze.dims", tensor, negative[:size])
        wrong = [[0, 0], [0, -1], [5, 0], [0], [0, 1, 2, 3, 4, 5], [1, -1]]
        for dims in wrong:
            same(rt, "aten::permute", tensor, dims)
            same(rt, "aten::squeeze.dims", tensor, dims)
            same(rt, "aten::movedim.intlist", tensor, dims, [0])
            same(rt, "aten::movedim.intlist", tensor, dims[::-1], dims)


def test_parts(rt):
    chance = random.Random(2)
    bounds = [None, 0, 1, 2, -1, -2, 9, -9, 2**63 - 1, -2**63]
    for tensor in layouts():
        for _ in range(25):
            dim = chance.randint(-tensor.dim() - 1, tensor.dim())
            same(rt, "aten::select.int", tensor, dim, chance.randint(-4, 4))
            same(rt, "aten::slice.Tensor", tensor, dim, chance.choice(bounds),
                 chance.choice(bounds), chance.choice([1, 1, 2, 3, 100, 0, -1]))
            start, size = chance.randint(-4, 4), chance.randint(-1, 4)
            same(rt, "aten::narrow", tensor, dim, start, size)
            same(rt, "aten::narrow.Tensor", tensor, dim, torch.tensor(start),
                 size)
            same(rt, "aten::unfold", tensor, dim, chance.randint(-1, 4),
                 chance.randint(0, 3))
            same(rt, "aten::diagonal", tensor, chance.randint(-5, 5),
                 chance.randint(-3, 3), chance.randint(-3, 3))
    same(rt, "aten::narrow.Tensor", filled((3,)), 0, torch.tensor([1]), 1)
    same(rt, "aten::narrow.Tensor", filled((3,)), 0, torch.tensor(1.0), 1)
    same(rt, "aten::select.int", filled((2, 3)), 1, -2**63)


def test_splits(rt):
    chance = random.Random(3)
    for tensor in layouts():
        for _ in range(8):
            dim = chance.randint(-tensor.dim() - 1, tensor.dim())
            number = chance.randint(-1, 6)
            for op in ("chunk", "unsafe_chunk", "split.Tensor",
                       "unsafe_split.Tensor", "tensor_split.sections"):
                same(rt, "aten::" + op, tensor, number, dim)
            for op in ("hsplit", "vsplit", "dsplit"):
                same(rt, f"aten::{op}.int", tensor, number)
            numbers = [chance.randint(-1 if chance.random() < 0.2 else 0, 3)
                       for _ in range(chance.randint(0, 3))]
            for op in ("split_with_sizes", "unsafe_split_with_sizes",
                       "split.sizes", "tensor_split.indices"):
                same(rt, "aten::" + op, tensor, numbers, dim)
            for op in ("hsplit", "vsplit", "dsplit"):
                same(rt, f"aten::{op}.array", tensor, numbers)
            if tensor.dim() and tensor.numel():
                size = tensor.shape[dim % tensor.dim()]
                cut = chance.randint(0, size)
                same(rt, "aten::split_with_sizes", tensor, [cut, size - cut],
                     dim % tensor.dim())


SIZES = [[], [-1], [1], [0], [4], [6], [2, 3], [3, 2], [-1, 2], [2, -1, 1],
         [1, 1, 6], [24], [4, 6], [2, 12], [6, 4], [2, 3, 2, 2], [-1, -1],
         [-2], [0, -1], [-1, 0], [2, 0], [5], [3, 8], [2, 2, 2, 3], [120],
         [2, 3, 20], [24, 5], [3, -2, -1], [2**62, 4]]


@pytest.mark.parametrize("op", ["view", "reshape", "_unsafe_view"])
def test_other_sizes(rt, op):
    for tensor in layouts():
        for sizes in SIZES:
            same(rt, "aten::" + op, tensor, sizes)
    for a, b in pairs():
        if op != "_unsafe_view":
            same(rt, f"aten::{op}_as", a, b)


def test_random_reshapes(rt):
    chance = random.Random(4)
    for _ in range(600):
        def sizes(total=1):
            factors = [chance.choice([1, 1, 2, 2, 3]) for _ in range(
                chance.randint(0, 4))]
            return factors
        shape = sizes()
        tensor = filled(shape)
        tensor = tensor.permute(chance.sample(range(len(shape)), len(shape)))
        factors = [f for s in tensor.shape for f in ([s] if s > 1 else [])]
        if chance.random() < 0.3:
            chance.shuffle(factors)
        new = []
        for factor in factors:
            if new and chance.random() < 0.5:
                new[-1] *= factor
            else:
                new.append(factor)
            if chance.random() < 0.2:
                new.append(1)
        if new and chance.random() < 0.3:
            new[chance.randrange(len(new))] = -1
        same(rt, "aten::view", tensor, new)
        same(rt, "aten::reshape", tensor, new)


def test_unflatten(rt):
    # Few: PyTorch looks for the names of its frames where this raises.
    for tensor in list(layouts())[::6]:
        for dim in range(-tensor.dim() - 1, tensor.dim() + 1):
            for sizes in SIZES[::5] + [[tensor.numel()], [2, 2], [1, -1]]:
                same(rt, "aten::unflatten.int", tensor, dim, sizes)


@pytest.mark.parametrize("op", ["expand", "broadcast_to"])
def test_broadcasts(rt, op):
    for tensor in layouts():
        shape = list(tensor.shape)
        for sizes in ([], [2], [2, 3], [-1, 3], [4, -1], [5, 2, 3], [-1, 2, 3],
                      [3, 4], [2, 3, 4], shape, [3] + shape, [0] + shape,
                      [-1] + shape, [-1] * len(shape), [2, 1] + shape,
                      [-2] * len(shape), [7] * len(shape)):
            same(rt, "aten::" + op, tensor, sizes)
    for a, b in pairs():
        same(rt, "aten::expand_as", a, b)


def test_as_strided(rt):
    chance = random.Random(5)
    for tensor in layouts():
        for _ in range(20):
            rank = chance.randint(0, 3)
            sizes = [chance.randint(0, 3) for _ in range(rank)]
            strides = [chance.randint(0, 3) for _ in range(rank)]
            offset = chance.choice([None, 0, 1, 2])
            for op in ("as_strided", "as_strided_"):
                same(rt, "aten::" + op, tensor, sizes, strides, offset)
    x = filled((4,))
    for arguments in [([2], [1, 1]), ([2], [-1]), ([2], [1], -1), ([5], [1]),
                      ([2**40, 2**40], [2**40, 1]), ([1], [1], 2**62)]:
        same(rt, "aten::as_strided", x, *arguments)


def test_reshape_alias(rt):
    """Where the tensor begins, also if that is not where its memory does."""
    x = filled((4, 3))
    for tensor in (x, x[1:], x.t()):
        for arguments in ([[2, 3], [3, 1]], [[3], [0]], [[], []], [[9], [1]]):
            same(rt, "aten::_reshape_alias", tensor, *arguments)


def test_dtype_views(rt):
    for dtype in DTYPES:
        for tensor in (filled((), dtype), filled((4,), dtype),
                       filled((2, 8), dtype), filled((2, 9), dtype)[:, 1:],
                       filled((8, 2), dtype).t(), filled((3, 6), dtype),
                       filled((3, 16), dtype)[:, 8:], filled((0, 8), dtype)):
            for other in DTYPES:
                if dtype != other and torch.bool in (dtype, other):
                    continue  # bytes that are no bools
                same(rt, "aten::view.dtype", tensor, dtype=other)
    for shape in [(2,), (3, 2), (2, 3), (4, 4)]:
        for dtype in (torch.float64, torch.int32):
            for tensor in (filled(shape, dtype), filled((5,) + shape, dtype)[1],
                           filled(shape, dtype)[..., 1:]):
                same(rt, "aten::view_as_complex", tensor)
    same(rt, "aten::view_as_complex", filled((5,))[1:3])
    same(rt, "aten::view_as_complex", filled((3, 3))[:, :2])


def test_lists_of_tensors(rt):
    tensors = [filled(()), filled((2,)), filled((2, 3)), filled((2, 3, 4))]
    for op in ("atleast_1d", "atleast_2d", "atleast_3d"):
        same(rt, f"aten::{op}.Sequence", tensors)


def test_broadcasts_of_lists(rt):
    tensors = [filled(()), filled((3,)), filled((2, 3)), filled((2, 1)),
               filled((3, 2)).t(), filled((1, 2, 1)), filled((4,)),
               filled((0, 3)), filled((5,))[1:4]]
    for count in (1, 2, 3):
        for chosen in itertools.permutations(tensors, count):
            same(rt, "aten::broadcast_tensors", list(chosen))


@pytest.mark.parametrize("indexing", ["ij", "xy", "ab"])
def test_grids(rt, indexing):
    tensors = [filled(()), filled((3,)), filled((1,)), filled((6,))[::2],
               filled((2,), torch.int64)]
    for count in (1, 2, 3):
        for chosen in itertools.permutations(tensors, count):
            same(rt, "aten::meshgrid.indexing", list(chosen),
                 indexing=indexing)
            same(rt, "aten::meshgrid", list(chosen))
    same(rt, "aten::meshgrid", [])


@pytest.mark.parametrize("op", ["squeeze_", "t_", "detach_", "requires_grad_"])
def test_metadata_in_place(rt, op):
    for tensor in layouts(torch.int64 if op == "requires_grad_" else
                          torch.float32):
        arguments = [False] if op == "requires_grad_" else []
        same(rt, "aten::" + op, tensor, *arguments)


def test_dimensions_in_place(rt):
    for tensor in layouts():
        dims = range(-tensor.dim() - 2, tensor.dim() + 3)
        for dim in dims:
            same(rt, "aten::unsqueeze_", tensor, dim)
            same(rt, "aten::squeeze_.dim", tensor, dim)
            same(rt, "aten::squeeze_.dims", tensor, [dim])
            for other in dims:
                for op in ("transpose_", "swapdims_", "swapaxes_"):
                    same(rt, "aten::" + op, tensor, dim, other)


def test_ranks_grow_in_place(rt):
    """The sizes leave the object, which stays where it is."""
    theirs = filled((2, 3))
    mine = rt.tensor(theirs)
    chance = random.Random(6)
    for _ in range(50):
        dim = chance.randint(0, theirs.dim())
        if chance.random() < 0.6:
            rt.run("aten::unsqueeze_", boxed.Boxed(mine), dim)
            theirs.unsqueeze_(dim)
        else:
            rt.run("aten::squeeze_", boxed.Boxed(mine))
            theirs.squeeze_()
        found = Tensor(mine)
        assert (found.sizes, found.strides) == (tuple(theirs.shape),
                                                theirs.stride())
    rt.release(boxed.OBJECT, mine)


def test_copies_in_memory_formats(rt):
    for tensor in layouts():
        for format in (torch.contiguous_format, torch.preserve_format,
                       torch.channels_last, torch.channels_last_3d):
            same(rt, "aten::clone", tensor, memory_format=format)
            same(rt, "aten::contiguous", tensor, memory_format=format)
