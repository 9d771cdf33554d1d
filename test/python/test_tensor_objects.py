"""What tensors that are objects say of themselves, copies and writes, compared
with PyTorch."""
import itertools
import random
import warnings

import pytest
import torch

import boxed
from boxed import Raised, Tensor, rt, runtime
from tensor_objects import (DTYPES, alike, as_torch, filled, layouts, pairs,
                            same)

pytestmark = boxed.needs_runtime
warnings.filterwarnings("ignore")

QUERIES = """size sym_size stride sym_stride len.Tensor dim numel sym_numel
storage_offset sym_storage_offset is_contiguous element_size is_floating_point
is_complex is_signed get_device is_leaf is_conj is_neg is_inference item
Int.Tensor Float.Tensor Bool.Tensor is_nonzero IntImplicit FloatImplicit
ComplexImplicit ScalarImplicit""".split()


@pytest.mark.parametrize("op", QUERIES)
def test_queries(rt, op):
    for tensor in layouts():
        same(rt, "aten::" + op, tensor)
    for dtype in DTYPES:
        for tensor in (filled((), dtype), filled((1, 1), dtype),
                       filled((2, 1), dtype), torch.zeros((), dtype=dtype)):
            same(rt, "aten::" + op, tensor)
    for value in (float("nan"), float("inf"), 1e300, 2.0**63, -2.0**63, 1j):
        same(rt, "aten::" + op, torch.tensor(value, dtype=torch.complex128 if
                                             value == 1j else torch.float64))


def test_properties(rt):
    names = [n for n in rt.table if n.startswith("prim::is_")]
    assert len(names) > 10
    for dtype in DTYPES:
        tensor = filled((2, 3), dtype)
        for name in names:
            assert rt.run(name, tensor)[0] == (name == "prim::is_cpu")
        assert rt.run("prim::dtype", tensor)[0] == boxed.DTYPES[str(dtype)[6:]]
        assert rt.run("prim::itemsize", tensor)[0] == tensor.itemsize
        assert rt.run("prim::nbytes", tensor)[0] == tensor.nbytes
        assert rt.run("prim::device", tensor)[0] == 0
        assert rt.run("prim::layout", tensor)[0] == 0
        assert rt.run("prim::requires_grad", tensor)[0] is False


def test_queries_of_dimensions(rt):
    for tensor in layouts():
        for dim in range(-tensor.dim() - 2, tensor.dim() + 2):
            for op in ("size.int", "sym_size.int", "stride.int",
                       "sym_stride.int"):
                same(rt, "aten::" + op, tensor, dim)
        for format in (torch.contiguous_format, torch.channels_last,
                       torch.channels_last_3d):
            same(rt, "aten::is_contiguous.memory_format", tensor, format)


def test_two_tensors(rt):
    for a, b in itertools.product([filled(()), filled((2, 3)), filled((3, 2)),
                                   filled((3, 2)).t(), filled((2, 3)) * 0,
                                   filled((2, 3), torch.int64),
                                   filled((2, 3), torch.complex64),
                                   torch.tensor(float("nan")),
                                   torch.tensor(-0.0), torch.tensor(0.0)],
                                  repeat=2):
        for op in ("is_same_size", "equal", "is_set_to"):
            same(rt, "aten::" + op, a, b)
    memory = filled((2, 3))
    assert rt.run("aten::is_set_to", memory, memory)[0] is False
    one = rt.tensor(memory)
    assert rt.run("aten::is_set_to", boxed.Boxed(one), boxed.Boxed(one))[0]
    rt.release(boxed.OBJECT, one)



NUMBERS = [0, 1, -1, 2.5, -2.5, 127, 128, 255, 256, -128, -129, 300, 1e5, 32768,
           2.0**31, -2.0**31, 2.0**40, 65504, 65520, 1e30, 0.1, 1 / 3, -0.0,
           float("nan"), float("inf"), -float("inf"), 2.0**62, 1 + 2.0**-11,
           3 * 2.0**-26, 2.0**-24, 1e-40, 2.0**53]


@pytest.mark.parametrize("dtype", DTYPES)
def test_conversions(rt, dtype):
    numbers = torch.tensor(NUMBERS, dtype=torch.float64)
    if not dtype.is_floating_point and not dtype.is_complex:
        numbers = torch.nan_to_num(numbers, 0, 2.0**62, -2.0**62)
        numbers = numbers.to(torch.int64)
        numbers = torch.cat([numbers, torch.tensor([2**63 - 1, -2**63,
                                                    2**53 + 1, 2**24 + 1])])
    source = numbers.to(dtype)
    if dtype.is_complex:
        source = torch.complex(numbers, numbers.flip(0)).to(dtype)
    for other in DTYPES:
        values = source
        if (dtype.is_floating_point or dtype.is_complex) and not (
                other.is_floating_point or other.is_complex or
                other == torch.bool):
            # Out of range, C++ leaves it open: vector code does it otherwise.
            real = source.real if dtype.is_complex else source
            values = source[real.double().abs() < (
                200 if other.itemsize == 1 else 2**14 if other.itemsize == 2
                else 2.0**30)]
            if other == torch.uint8:
                values = values[(values.real if dtype.is_complex
                                 else values) > -1]
        for tensor in (values, values[::2], values.expand(3, -1).t()):
            same(rt, "aten::to.dtype", tensor, other)
            same(rt, "aten::to.dtype", tensor, other, copy=True)
            same(rt, "aten::to.other", tensor, torch.zeros((), dtype=other))
            same(rt, "aten::type_as", tensor, torch.zeros((), dtype=other))
            same(rt, "aten::_to_copy", tensor, dtype=other)
            same(rt, "aten::to.dtype_layout", tensor, dtype=other)
            target = torch.zeros(tensor.shape, dtype=other)
            same(rt, "aten::copy_", target, tensor)


def test_conversions_keep_strides(rt):
    formats = [None, torch.contiguous_format, torch.preserve_format,
               torch.channels_last]
    for tensor in layouts():
        for dtype in (torch.float32, torch.int64):
            for copy in (False, True):
                for format in formats:
                    same(rt, "aten::to.dtype", tensor, dtype, copy=copy,
                         memory_format=format)
                    same(rt, "aten::_to_copy", tensor, dtype=dtype,
                         memory_format=format)
                for op, *more in [("to.prim_dtype", 4), ("to.prim_dtype", None),
                                  ("to.prim_other",)]:
                    if more == [4]:
                        more = [boxed.DTYPES[str(dtype)[6:]]]
                    found = rt.run("aten::" + op, tensor, *more, False, copy)[0]
                    changes = more not in ([], [None]) and (
                        dtype != tensor.dtype)
                    wanted = tensor.to(dtype if changes else tensor.dtype,
                                       copy=copy)
                    assert found.strides == wanted.stride()
                    assert alike(as_torch(found), wanted)
                    shares = found.data == tensor.untyped_storage().data_ptr()
                    assert not tensor.numel() or shares == (
                        not copy and not changes)
        same(rt, "aten::as_tensor", tensor)
        same(rt, "aten::cpu", tensor)


def test_copies_into_tensors(rt):
    for a, b in pairs():
        same(rt, "aten::copy_", a, b)
    for a in layouts():
        same(rt, "aten::copy_", a, torch.tensor(5))
        same(rt, "aten::copy_", a, filled(a.shape, torch.int64))
        if a.dim():
            same(rt, "aten::copy_", a, filled(a.shape[1:], torch.float64))
        for value in (3, 2.5, True, -0.0):
            same(rt, "aten::fill_.Scalar", a, value)
            same(rt, "aten::fill_.Tensor", a, torch.tensor(value))
        same(rt, "aten::fill_.Tensor", a, torch.zeros(1))
        same(rt, "aten::zero_", a)
    assert rt.run("aten::copy_.int", filled((2,)), 3)[1].memory == (
        torch.full((2,), 3.0).numpy().tobytes())
    assert rt.run("aten::copy_.float", filled((2,)), 0.5)[1].memory == (
        torch.full((2,), 0.5).numpy().tobytes())


def test_numbers_that_do_not_fit(rt):
    values = NUMBERS + [True, False, 1j, 2 + 0j, 3 + 4j, 2**62, -2**63, -255,
                        -256, 254.5, -0.5, 127.5, 128.5, 2.0**63, 2**31 - 1,
                        2**31, 1e300, 65535, 1e38, 3.4028235e38, 3.5e38, 3.39e38]
    for dtype in DTYPES:
        for value in values:
            for size in (0, 1, 2):
                same(rt, "aten::fill_.Scalar", torch.zeros(size, dtype=dtype),
                     value)


@pytest.mark.parametrize("schema", ["aten::copy_", "aten::copy_.Tensor"])
def test_copies_within_a_tensor(rt, schema):
    """Two views of one memory: an error, or as if the source were copied."""
    def views():
        yield lambda m: m[1:], lambda m: m[:-1]
        yield lambda m: m[:4], lambda m: m[4:]
        yield lambda m: m.view(4, 3), lambda m: m.view(4, 3)
        yield lambda m: m[:9].view(3, 3), lambda m: m[:9].view(3, 3).t()
        yield lambda m: m[::2], lambda m: m[1::2]
        yield lambda m: m[:8:2], lambda m: m[2:10:2]
        yield lambda m: m[2:10:2], lambda m: m[:8:2]
        yield lambda m: m, lambda m: m[3]
        yield lambda m: m.view(torch.int32), lambda m: m
        yield lambda m: m[:6].view(torch.int32), lambda m: m[3:9]
    for target, source in views():
        mine, theirs = filled((12,)), filled((12,))
        try:
            wanted = theirs.clone()
            target(wanted).copy_(source(wanted))
            wanted = theirs.clone()
            target(wanted).copy_(source(theirs).clone())
        except RuntimeError as error:
            wanted = str(error)
        one, other = rt.tensor(target(mine)), None
        storage = Tensor.Layout.from_address(one).storage
        made = source(mine)
        dims = (boxed.c_int64 * (2 * made.dim() or 1))(*made.shape,
                                                       *made.stride())
        address = boxed.ctypes.addressof(dims)
        other = rt.call("mtrt_tensor_make", "o", storage,
                        boxed.DTYPES[str(made.dtype)[6:]], made.dim(),
                        made.storage_offset(), address,
                        address + 8 * made.dim())
        rest = [False] if schema == "aten::copy_" else []
        try:
            rt.run(schema, boxed.Boxed(one), boxed.Boxed(other), *rest)
            assert alike(mine, wanted)
        except Raised as error:
            assert error.message == wanted
        rt.release(boxed.OBJECT, one)
        rt.release(boxed.OBJECT, other)


def test_resizing(rt):
    for tensor in layouts():
        for sizes in ([], [0], [2], list(tensor.shape), [3, 2], [-1], [2, -3],
                      [1, 2, 1, 2]):
            room = tensor.untyped_storage().nbytes() // 4 - (
                tensor.storage_offset())
            # More memory is not initialized.
            if torch.Size(sizes).numel() <= room:
                same(rt, "aten::resize_", tensor, sizes)
                for format in (torch.contiguous_format, torch.channels_last,
                               torch.preserve_format):
                    same(rt, "aten::resize_", tensor, sizes,
                         memory_format=format)
            if min(sizes, default=0) >= 0:
                other = torch.zeros(sizes)
                if other.numel() <= room:
                    same(rt, "aten::resize_as_", tensor, other)


def test_resizing_moves_all_views(rt):
    memory = filled((3,))
    whole = rt.tensor(memory)
    view = rt.call("mtrt_tensor_alias", "o", whole)
    rt.run("aten::resize_", boxed.Boxed(whole), [100], None)
    rt.run("aten::fill_.Scalar", boxed.Boxed(whole), 7)
    assert as_torch(Tensor(view)).tolist() == [7, 7, 7]
    assert Tensor(whole).sizes == (100,) and Tensor(whole).bytes == 400
    for each in (whole, view):
        rt.release(boxed.OBJECT, each)


def test_setting(rt):
    for a, b in pairs():
        one, other = rt.tensor(a), rt.tensor(b)
        rt.run("aten::set_.source_Tensor", boxed.Boxed(one),
               boxed.Boxed(other))
        rt.release(boxed.OBJECT, other)
        found = Tensor(one)
        assert (found.sizes, found.strides, found.offset, found.data or 0) == (
            tuple(b.shape), b.stride(), b.storage_offset(),
            b.untyped_storage().data_ptr())
        rt.release(boxed.OBJECT, one)


@pytest.mark.parametrize("op", ["cat", "concat", "concatenate", "stack"])
def test_joins(rt, op):
    chance = random.Random(7)
    everything = list(layouts())
    for tensor in everything:
        for dim in range(-tensor.dim() - 2, tensor.dim() + 2):
            same(rt, "aten::" + op, [tensor], dim)
            same(rt, "aten::" + op, [tensor, filled(tensor.shape)], dim)
            same(rt, "aten::" + op, [torch.zeros(0), tensor, tensor], dim)
            same(rt, "aten::" + op, [tensor, chance.choice(everything)], dim)
            if tensor.dim():
                shape = list(tensor.shape)
                shape[dim % len(shape)] = 3
                same(rt, "aten::" + op, [tensor, filled(shape)], dim)
    for a, b in itertools.product(DTYPES, repeat=2):
        same(rt, "aten::" + op, [filled((2,), a), filled((2,), b)], 0)
        same(rt, "aten::" + op, [filled((2,), a), filled((0,), b)], 0)
    same(rt, "aten::" + op, [], 0)


@pytest.mark.parametrize("op", ["hstack", "vstack", "dstack", "row_stack"])
def test_stacks(rt, op):
    for tensor in layouts():
        same(rt, "aten::" + op, [tensor, filled(tensor.shape, torch.float64)])
        same(rt, "aten::" + op, [tensor, filled((2, 3))])
    same(rt, "aten::" + op, [])
