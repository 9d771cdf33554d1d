"""New tensors that are objects, compared with PyTorch."""
import itertools
import warnings

import pytest
import torch

import boxed
from boxed import Raised, rt, runtime
from tensor_objects import (DTYPES, agree, completed, expected, filled, find,
                            layouts, same)

pytestmark = boxed.needs_runtime
warnings.filterwarnings("ignore")

FACTORIES = [([],), ([3],), ([2, 3],), ([0, 2],), ([2, -1],), ([2**40, 2**40],)]


@pytest.mark.parametrize("op", ["zeros", "ones"])
def test_factories(rt, op):
    for arguments in FACTORIES:
        same(rt, "aten::" + op, *arguments)
        for dtype in DTYPES:
            same(rt, "aten::" + op, *arguments, dtype=dtype)
    same(rt, "aten::" + op, [2], pin_memory=True)


def test_full(rt):
    for value in (0, 3, True, 2.5, 1j, float("nan"), 300, -1, 1e300, 2**40):
        for arguments in FACTORIES:
            same(rt, "aten::full", *arguments, value)
        for dtype in DTYPES:
            same(rt, "aten::full", [2], value, dtype=dtype)
            same(rt, "aten::new_full", filled((3,), dtype), [2], value)
            same(rt, "aten::full_like", filled((3,), dtype), value)
            same(rt, "aten::scalar_tensor", value, dtype=dtype)
        same(rt, "aten::scalar_tensor", value)
        same(rt, "prim::NumToTensor.Scalar", value)
    for value in (True, False):
        same(rt, "prim::NumToTensor.bool", value)


def test_tensors_like_others(rt):
    formats = [None, torch.contiguous_format, torch.preserve_format,
               torch.channels_last, torch.channels_last_3d]
    for tensor in layouts():
        for format in formats:
            for dtype in (None, torch.int64):
                for op in ("zeros_like", "ones_like"):
                    same(rt, "aten::" + op, tensor, dtype=dtype,
                         memory_format=format)
                same(rt, "aten::full_like", tensor, 2, dtype=dtype,
                     memory_format=format)
        for arguments in FACTORIES:
            same(rt, "aten::new_zeros", tensor, *arguments)
            same(rt, "aten::new_ones", tensor, *arguments, dtype=torch.int8)


def geometry(rt, schema, *arguments, **keywords):
    """Of a tensor whose contents nobody knows; or an error."""
    op = find(schema)
    wanted = expected(op, arguments, keywords)
    if isinstance(wanted, torch.Tensor):
        wanted = (tuple(wanted.shape), wanted.stride(), str(wanted.dtype)[6:])
    try:
        found = rt.run(schema, *completed(op, arguments, keywords))[0]
        found = found.sizes, found.strides, found.dtype
    except Raised as error:
        found = error.kind, error.message
    assert found == wanted, (schema, arguments, keywords)


def test_uninitialized(rt):
    for sizes in ([], [2], [0, 2], [2, -1], [1, 2, 3, 4], [1, 2, 3, 4, 5]):
        for format in (None, torch.contiguous_format, torch.preserve_format,
                       torch.channels_last, torch.channels_last_3d):
            geometry(rt, "aten::empty.memory_format", sizes,
                     memory_format=format)
        geometry(rt, "aten::new_empty", filled((2,), torch.int8), sizes)
        for strides in ([], [1], [3, 1], [1, 2], [0, 0], [-1], [1, 1, 1, 1]):
            geometry(rt, "aten::empty_strided", sizes, strides)
            geometry(rt, "aten::new_empty_strided", filled((2,)), sizes, strides)
    for tensor in layouts():
        geometry(rt, "aten::empty_like", tensor)
        geometry(rt, "aten::empty_like", tensor, dtype=torch.bool,
                 memory_format=torch.contiguous_format)


def test_numbers_as_tensors(rt):
    for name, values in [("int", [0, 3, -1, 300, 2**40]),
                         ("bool", [True, False]),
                         ("float", [0.1, -2.5, 1e300, float("nan")]),
                         ("complex", [1j, 0.1 + 2.5j])]:
        for value in values:
            for dtype in [None] + DTYPES:
                if abs(value) > 200 and dtype is not None and (
                        not dtype.is_floating_point and not dtype.is_complex
                        ) or value != value and dtype in (torch.int8, None):
                    continue  # left open by C++
                if value != value and dtype is not None and (
                        not dtype.is_floating_point):
                    continue
                if dtype == torch.uint8 and (
                        name in ("float", "complex") and complex(value).real < 0):
                    continue
                same(rt, f"aten::tensor.{name}", value, dtype=dtype)
                same(rt, f"aten::as_tensor.{name}", value, dtype=dtype)
    same(rt, "aten::tensor.int", 3, requires_grad=True)
    same(rt, "aten::tensor.bool", True, requires_grad=True)


def test_lists_as_tensors(rt):
    def script(type_name):
        space = {"torch": torch, "List": list}
        code = (f"def f(x: {type_name}, dtype: Optional[int]):\n"
                f"    return torch.tensor(x, dtype=dtype)\n"
                f"def g(x: {type_name}, dtype: Optional[int]):\n"
                f"    return torch.as_tensor(x, dtype=dtype)\n")
        cu = torch.jit.CompilationUnit(code)
        del space
        return cu

    cases = [("List[int]", [[1, 2, 300], [2**40]]),
             ("List[float]", [[0.1, 2.5], [float("nan")], [1e300, -1e39]]),
             ("List[bool]", [[True, False]]),
             ("List[List[int]]", [[[1, 2], [3, 4]], [[1], [2, 3]], [[1, 2], [3]],
                                  [[1]]]),
             ("List[List[float]]", [[[0.1], [0.2]], [[0.1, 1.0], []]]),
             ("List[List[List[bool]]]", [[[[True], [False]]],
                                         [[[True]], [[False], [True]]]])]
    for type_name, values in cases:
        cu = script(type_name)
        for value, dtype in itertools.product(values, [None, torch.float64,
                                                       torch.int64]):
            if value in ([float("nan")], [1e300, -1e39]) and (
                    dtype == torch.int64) or value != value:
                continue
            if "nan" in repr(value) and dtype == torch.int64:
                continue
            for function, schema, rest in [
                    (cu.f, "aten::tensor", [None, False]),
                    (cu.g, "aten::as_tensor.list", [None])]:
                number = None if dtype is None else boxed.DTYPES[
                    str(dtype)[6:]]
                try:
                    wanted = function(value, number)
                except Exception as error:
                    wanted = str(error).strip().splitlines()[-1]
                try:
                    found = rt.run(schema, value, number, *rest)[0]
                except Raised as error:
                    assert isinstance(wanted, str) and (
                        error.message in wanted), (value, wanted)
                    continue
                agree(found, wanted, [], [], (type_name, value, dtype))


def test_empty_lists_as_tensors(rt):
    for letter, dtype in [("i", "int64"), ("f", "float32"), ("b", "bool")]:
        made = rt.list([], letter)
        found = rt.run("aten::tensor", boxed.Boxed(made), None, None, False)[0]
        assert (found.sizes, found.dtype) == ((0,), dtype)
        outer = rt.list([boxed.Boxed(made), boxed.Boxed(made)], "o")
        found = rt.run("aten::tensor", boxed.Boxed(outer), None, None, False)[0]
        assert (found.sizes, found.dtype) == ((2, 0), dtype)
        for each in (made, outer):
            rt.release(boxed.OBJECT, each)
    for name, dtype in [("List[List[int]]", "int64"),
                        ("List[List[float]]", "float32")]:
        made = rt.list([], "o", rt.type(name))
        found = rt.run("aten::tensor", boxed.Boxed(made), None, None, False)[0]
        assert (found.sizes, found.dtype) == ((0,), dtype)
        rt.release(boxed.OBJECT, made)
    made = rt.list([], "o")
    with pytest.raises(Raised):
        rt.run("aten::tensor", boxed.Boxed(made), None, None, False)
    found = rt.run("aten::tensor", boxed.Boxed(made), 3, None, False)[0]
    assert (found.sizes, found.dtype) == ((0,), "int32")
    rt.release(boxed.OBJECT, made)


def test_ranges(rt):
    numbers = [0, 5, -5, 2.5, -3.25, 7, True, 300]
    for end in numbers + [float("inf"), float("nan"), 1j]:
        same(rt, "aten::arange", end)
        for dtype in DTYPES:
            same(rt, "aten::arange", end, dtype=dtype)
        for start in numbers:
            same(rt, "aten::arange.start", start, end)
            for step in (1, 2, -1, 0.5, -0.25, 0, 100, 3):
                same(rt, "aten::arange.start_step", start, end, step)
                same(rt, "aten::arange.start_step", start, end, step,
                     dtype=torch.int64)
                same(rt, "aten::arange.start_step", start, end, step,
                     dtype=torch.int32)
    for range_ in [(0, 2**62, 1), (-2**62, 2**62, 2**60), (2**63 - 2, 2**63 - 1)]:
        op = "aten::arange.start_step" if len(range_) == 3 else (
            "aten::arange.start")
        same(rt, op, *range_)


def test_devices_and_layouts_are_refused(rt):
    cuda = boxed.Device(1 << 8 | 1)
    with pytest.raises(Raised, match="on the CPU"):
        rt.run("aten::zeros", [2], None, None, cuda, None)
    with pytest.raises(Raised, match="strided"):
        rt.run("aten::zeros", [2], None, 1, None, None)
    with pytest.raises(Raised, match="not supported"):
        rt.run("aten::zeros", [2], 8, None, None, None)
    found = rt.run("aten::zeros", [2], None, 0, boxed.Device(0), False)[0]
    assert found.sizes == (2,)
