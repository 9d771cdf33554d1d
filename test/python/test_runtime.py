"""The runtime's C ABI, called from outside of compiled code."""
import ctypes
import os
from ctypes import c_int64, c_size_t, c_void_p

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
TOOLS = os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin"))
LIBRARY = os.path.join(os.path.dirname(TOOLS), "lib/libMiniTorchRuntime.so")
pytestmark = pytest.mark.skipif(not os.path.exists(LIBRARY),
                                reason="the runtime was not built")


@pytest.fixture(scope="module")
def rt():
    library = ctypes.CDLL(LIBRARY)
    for name in ("mtrt_buffer_alloc", "mtrt_frame_create",
                 "_mlir_memref_to_llvm_aligned_alloc"):
        getattr(library, name).restype = c_void_p
    for name in ("mtrt_list_make", "mtrt_tensor_box"):
        getattr(library, name).restype = c_void_p
    for name in ("mtrt_list_cat_size", "mtrt_tensor_size"):
        getattr(library, name).restype = c_int64
    for name in ("mtrt_buffer_live_count", "mtrt_buffer_cached_bytes",
                 "mtrt_frame_destroy"):
        getattr(library, name).restype = c_size_t
    return library


def spread(array):
    """(element size, rank, descriptor) of an array, as compiled code passes
    them."""
    words = [array.ctypes.data, array.ctypes.data, 0, *array.shape,
             *(s // array.itemsize for s in array.strides)]
    return (c_int64(array.itemsize), c_int64(array.ndim),
            (c_int64 * len(words))(*words))


def box(rt, array):
    """A tensor object. Its dtype, PyTorch's number, need not be the array's."""
    return c_void_p(rt.mtrt_tensor_box(c_int64(6), *spread(array)))


def make_list(rt, *arrays):
    objects = 4 << 32  # the class of the items
    things = c_void_p(rt.mtrt_list_make(c_int64(objects), c_int64(0), None))
    for array in arrays:
        tensor = box(rt, array)
        rt.mtrt_list_append_o(things, tensor)
        rt.mtrt_object_release(tensor)
    return things


def test_buffers_are_aligned_and_reused(rt):
    live = rt.mtrt_buffer_live_count()
    for size in (0, 1, 100, 5000, 3 << 20):
        buffer = rt.mtrt_buffer_alloc(c_size_t(size))
        assert buffer % 64 == 0
        ctypes.memset(buffer, 1, size)
        rt.mtrt_buffer_free(c_void_p(buffer))
        assert rt.mtrt_buffer_alloc(c_size_t(size)) == buffer
        rt.mtrt_buffer_free(c_void_p(buffer))
    wide = rt._mlir_memref_to_llvm_aligned_alloc(c_size_t(4096), c_size_t(100))
    assert wide % 4096 == 0
    rt._mlir_memref_to_llvm_free(c_void_p(wide))
    assert rt.mtrt_buffer_live_count() == live
    rt.mtrt_buffer_trim()
    assert rt.mtrt_buffer_cached_bytes() == 0


@pytest.mark.parametrize("size", [1 << 62, -1, -8])
def test_impossible_sizes(rt, size):
    assert rt.mtrt_buffer_alloc(c_size_t(size)) is None


@pytest.mark.parametrize("dtype", ["i1", "<f2", "<f4", "<f8", "<c16"])
def test_memref_copy(rt, dtype):
    source = np.arange(24).reshape(2, 3, 4).astype(dtype)
    for view, target in [
            (source, np.zeros((2, 3, 4), dtype)),
            (source.transpose(2, 0, 1), np.zeros((4, 2, 3), dtype)),
            (source[:, ::2, 1:3], np.zeros((2, 2, 4), dtype)[:, :, ::2]),
            (source[:, :, :0], np.zeros((2, 3, 0), dtype)),
            (source[0, 0, 0:1].reshape(()), np.zeros((), dtype))]:
        memrefs = []
        for array in (view, target):
            _, rank, words = spread(array)
            memrefs.append((c_int64 * 2)(rank, ctypes.addressof(words)))
            memrefs.append(words)
        rt.memrefCopy(c_int64(view.itemsize), memrefs[0], memrefs[2])
        np.testing.assert_array_equal(target, view)


def test_tensors_are_copied(rt):
    live = rt.mtrt_buffer_live_count()
    source = np.arange(12, dtype=np.float32).reshape(3, 4)
    for array in (source, source.T, source[:, ::2], source[:0],
                  np.array(3, np.float32)):
        expected = array.copy()
        tensor = box(rt, array)
        for dim, size in enumerate(array.shape):
            assert rt.mtrt_tensor_size(tensor, c_int64(dim)) == size
        if array is source:
            source[0, 0] = -1
        out = np.zeros(array.shape, np.float32)
        rt.mtrt_tensor_read(tensor, c_int64(6), *spread(out))
        np.testing.assert_array_equal(out, expected)
        rt.mtrt_object_release(tensor)
    assert rt.mtrt_buffer_live_count() == live


@pytest.mark.parametrize("dim", [0, 1])
def test_stack_and_cat(rt, dim):
    arrays = [np.arange(6, dtype=np.int64).reshape(2, 3) + 10 * i
              for i in range(3)]
    things = make_list(rt, *arrays)
    stacked = np.stack(arrays, dim)
    out = np.zeros(stacked.shape, np.int64)
    rt.mtrt_list_stack(things, c_int64(dim), c_int64(6), *spread(out))
    np.testing.assert_array_equal(out, stacked)
    joined = np.concatenate(arrays, dim)
    assert rt.mtrt_list_cat_size(things, c_int64(dim)) == joined.shape[dim]
    out = np.zeros(joined.shape, np.int64)
    rt.mtrt_list_cat(things, c_int64(dim), c_int64(6), *spread(out))
    np.testing.assert_array_equal(out, joined)
    rt.mtrt_object_release(things)


def test_frames_free_what_is_left(rt):
    live = rt.mtrt_buffer_live_count()
    kept = []

    @ctypes.CFUNCTYPE(None, c_void_p)
    def entry(slots):
        kept.append(rt.mtrt_buffer_alloc(c_size_t(100)))
        rt.mtrt_buffer_alloc(c_size_t(50))

    frame = c_void_p(rt.mtrt_frame_create())
    assert rt.mtrt_frame_call(frame, entry, None) == 0
    assert rt.mtrt_frame_take(frame, c_void_p(kept[0])) == 1
    assert rt.mtrt_frame_take(frame, c_void_p(kept[0])) == 0
    assert rt.mtrt_frame_destroy(frame) == 1
    assert rt.mtrt_buffer_live_count() == live + 1
    rt.mtrt_buffer_free(c_void_p(kept[0]))


def test_random_numbers_are_those_of_the_seed(rt):
    """24 bits of each word of mt19937, which NumPy has, too."""
    def draw(count):
        numbers = np.empty(count, np.float32)
        size, rank, descriptor = spread(numbers)
        rt.mtrt_random_uniform(ctypes.c_double(0), ctypes.c_double(1),
                               c_int64(6), size, rank, descriptor)
        return numbers

    def expected(seed, count):
        words = np.random.RandomState(seed & 0xffffffff).randint(
            0, 1 << 32, count, dtype=np.uint32)
        return (words & 0xffffff).astype(np.float32) / np.float32(1 << 24)

    for seed in (67280421310721, 0, 5, 2 ** 63 + 7):
        rt.mtrt_random_seed(ctypes.c_uint64(seed))
        assert (draw(1000) == expected(seed, 1000)).all()
    rt.mtrt_random_seed(ctypes.c_uint64(5))
    assert (np.concatenate([draw(700), draw(300)]) == expected(5, 1000)).all()
