"""Sorting, with PyTorch as the oracle: NaNs, zeros, ties, every dtype."""
import pytest
import torch

minitorch = pytest.importorskip("minitorch", exc_type=ModuleNotFoundError,
                                reason="the minitorch package is not built")

DTYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
          torch.float16, torch.bfloat16, torch.float32, torch.float64]


def numbers(dtype, *sizes):
    """Many ties; for floats NaNs, infinities and both zeros."""
    torch.manual_seed(0)
    x = torch.randint(0 if dtype == torch.uint8 else -9, 10, sizes)
    if not dtype.is_floating_point:
        return x.to(dtype)
    x = x.to(dtype) / 2
    special = [float("nan"), float("inf"), -float("inf"), -0.0]
    flat = x.view(-1)
    for i, value in enumerate(special * (flat.numel() // 16)):
        flat[4 * i] = value
    return x


def make(expression):
    return torch.jit.CompilationUnit(
        f"def f(x: Tensor, k: int):\n    return {expression}\n").f


def same(ours, theirs):
    # Bits, so that zeros have signs; any NaN is as good as another.
    return (ours.dtype == theirs.dtype and torch.equal(
        torch.nan_to_num(ours), torch.nan_to_num(theirs))
        and torch.equal(torch.isnan(ours), torch.isnan(theirs))
        and torch.equal(torch.signbit(ours), torch.signbit(theirs)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("flags", ["True, True", "False, True", "True, False",
                                   "False, False"])
def test_topk(dtype, flags):
    """Also of equal elements those that PyTorch finds, in its order."""
    function = make(f"x.topk(k, -1, {flags})")
    x = numbers(dtype, 3, 700)
    compiled = minitorch.compile(function, (x, 4), fallback=False,
                                 dynamic_shapes="all")
    for sizes, k in (((3, 700), 4), ((3, 700), 1), ((3, 700), 300),
                     ((2, 9), 9), ((2, 9), 0), ((1, 64), 1), ((0, 5), 2)):
        x = numbers(dtype, *sizes)
        values, indices = compiled(x, k)
        wanted, places = function(x, k)
        assert same(values, wanted)
        # A NaN is as good as another.
        assert torch.equal(indices, places)


@pytest.mark.parametrize("dim", [0, 1, 2])
def test_topk_along(dim):
    function = make(f"x.topk(k, {dim})")
    for x in (numbers(torch.float32, 5, 6, 7),
              numbers(torch.float32, 7, 6, 5).permute(2, 1, 0)):
        compiled = minitorch.compile(function, (x, 3), fallback=False)
        for ours, theirs in zip(compiled(x, 3), function(x, 3)):
            assert same(ours, theirs)


def test_topk_of_a_scalar():
    function = make("x.topk(k)")
    x = torch.tensor(2.0)
    compiled = minitorch.compile(function, (x, 1), fallback=False)
    assert [t.item() for t in compiled(x, 1)] == [2.0, 0]
    with pytest.raises(minitorch.ProgramError,
                       match="selected index k out of range"):
        compiled(x, 2)


@pytest.mark.parametrize("dtype", [*DTYPES, torch.bool])
@pytest.mark.parametrize("descending", [False, True])
def test_stable_sort(dtype, descending):
    function = make(f"x.sort(stable=True, dim=1, descending={descending})")
    for sizes in ((3, 1), (3, 7), (2, 16), (2, 17), (2, 100), (1, 1000),
                  (0, 3), (3, 0)):
        x = numbers(torch.uint8, *sizes) > 4 if dtype == torch.bool else \
            numbers(dtype, *sizes)
        compiled = minitorch.compile(function, (x, 0), fallback=False)
        values, indices = compiled(x, 0)
        wanted, places = function(x, 0)
        assert torch.equal(indices, places)
        assert dtype == torch.bool and torch.equal(values, wanted) or \
            same(values, wanted)


def test_argsort_along_the_first_dim():
    function = make("x.argsort(stable=True, dim=0, descending=True)")
    x = numbers(torch.float64, 40, 3).t().contiguous().t()
    compiled = minitorch.compile(function, (x, 0), fallback=False,
                                 dynamic_shapes="all")
    assert torch.equal(compiled(x, 0), function(x, 0))
