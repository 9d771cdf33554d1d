"""Shape and dtype rules: a table of calls, and PyTorch's own samples."""
import itertools

import pytest
import torch
from type_rules import DTYPES, RULES, Call, expect_right, tensor

SOME_DTYPES = [torch.uint8, torch.int8, torch.int64, torch.float16,
               torch.bfloat16, torch.float32, torch.float64, torch.complex64,
               torch.bool]
F64, I64, BOOL = torch.float64, torch.int64, torch.bool


def ints(*shape, value=1):
    return torch.full(shape, value, dtype=torch.int64)


def mask(*shape):
    return torch.arange(int(torch.Size(shape).numel())).reshape(shape) % 2 == 0


def calls_of(table):
    return [Call(name, *arguments) for name, *arguments in table]


def accepted(calls):
    """Those that PyTorch does not refuse."""
    for call in calls:
        try:
            call.run()
            yield call
        except (RuntimeError, IndexError):
            continue


# Dtypes ---------------------------------------------------------------------

UNARY = [name for name, rule in RULES.items()
         if rule.startswith("unary") or rule == "square"]


@pytest.mark.parametrize("name", UNARY)
def test_unary_dtypes(name):
    arguments = {"threshold": [1, 2], "prelu": [tensor(1)], "mvlgamma": [1],
                 "special_multigammaln": [1], "isin.Tensor_Tensor": [tensor(2)],
                 "isin.Tensor_Scalar": [1]}.get(name, [])
    keywords = {"decimals": 1} if name.endswith(".decimals") else {}
    expect_right((Call(name, tensor(2, 3, dtype=dtype), *arguments, **keywords)
                  for dtype in DTYPES), vary=False)


BINARY = [name for name, rule in RULES.items()
          if rule in ("binaryPromote", "binaryFloat", "divMode", "compare")]


@pytest.mark.parametrize("name", BINARY)
def test_promotion(name):
    calls = []
    keywords = {"rounding_mode": None} if name.endswith("_mode") else {}
    weight = {"lerp.Scalar": [0.5]}.get(name, [])
    schema = getattr(getattr(torch.ops.aten, name.partition(".")[0]),
                     name.partition(".")[2] or "default")._schema

    def values(argument, dtype):
        if "Tensor" in str(argument.type):
            return [tensor(3, 1, dtype=dtype), tensor(dtype=dtype)]
        if dtype.is_complex:
            return []
        number = 2.5 if dtype.is_floating_point else 2
        return [True if dtype == BOOL else number]

    for a, b in itertools.product(SOME_DTYPES, SOME_DTYPES):
        for x, y in itertools.product(values(schema.arguments[0], a),
                                      values(schema.arguments[1], b)):
            calls.append(Call(name, x, y, *weight, **keywords))
    if keywords:
        calls += [Call(name, *call.values[:2], rounding_mode=mode)
                  for call in list(calls) for mode in ("floor", "trunc")]
    calls = list(accepted(calls))
    expect_right(calls, vary=False)
    expect_right(calls[:1] + calls[::37])


@pytest.mark.parametrize("dtype", SOME_DTYPES, ids=str)
def test_reduction_dtypes(dtype):
    x = tensor(2, 3, dtype=dtype)
    table = []
    for name in ("sum", "mean", "prod", "var", "std", "max", "min", "argmax",
                 "any", "all", "norm.Scalar"):
        table.append((name, x))
    for name in ("sum.dim_IntList", "mean.dim", "var.dim", "amax", "amin",
                 "logsumexp", "any.dims", "all.dims", "linalg_vector_norm"):
        dims = {"linalg_vector_norm": [2, [1]]}.get(name, [[1]])
        table.append((name, x, *dims))
        table.append((name, x, *dims[:-1], []))
    for name in ("prod.dim_int", "max.dim", "min.dim", "argmax", "any.dim",
                 "all.dim", "cumsum", "cumprod", "softmax.int",
                 "log_softmax.int"):
        table.append((name, x, -1))
    calls = calls_of(table)
    calls += [Call(name, x, *rest, dtype=F64) for name, *rest in (
        ("sum",), ("mean",), ("prod",), ("sum.dim_IntList", [0]),
        ("mean.dim", [0], True), ("prod.dim_int", 0), ("cumsum", 0),
        ("softmax.int", 0), ("linalg_vector_norm",))]
    expect_right(calls, vary=dtype == torch.float32)


# Shapes ---------------------------------------------------------------------

X = tensor(2, 3, 4)
TABLES = {
    "elementwise": [
        ("clamp", X, 0, None), ("clamp", ints(3), None, 2.5),
        ("clamp", ints(3), 1, 2), ("clamp_min", X, 0),
        ("clamp_max", tensor(3, dtype=torch.int32), 1.5),
        ("clamp.Tensor", X, tensor(4), None),
        ("clamp.Tensor", X, None, tensor(3, 1, dtype=F64)),
        ("where.self", mask(3, 1), tensor(4), ints(2, 1, 1)),
        ("where.ScalarSelf", mask(2, 2), 1.5, ints(2)),
        ("where.ScalarOther", mask(2, 2), tensor(2), 1),
        ("where.Scalar", mask(2), 1, 2), ("where.Scalar", mask(2), 1, 2.0),
        ("masked_fill.Scalar", X, mask(3, 4), 1),
        ("masked_fill.Tensor", tensor(4), mask(2, 4), tensor()),
        ("addcmul", X, tensor(4), tensor(3, 1, dtype=F64)),
        ("lerp.Tensor", X, X, tensor(4)),
        ("copy", X, ints(4)), ("type_as", X, ints(2)), ("detach", X),
        ("alias", X), ("dropout", X, 0.5, False),
        ("feature_dropout", X, 0.5, True), ("alpha_dropout", X, 0.5, False),
        ("to.dtype", X, I64), ("to.dtype", X, BOOL),
        ("to.dtype_layout", X),
        ("to.device", X, torch.device("cpu"), torch.float16),
        ("to.other", X, ints(1)), ("_to_copy", X),
        ("bernoulli.p", X, 0.5),
    ],
    "reduction": [
        ("sum.dim_IntList", X, None), ("sum.dim_IntList", X, None, True),
        ("sum.dim_IntList", X, [0, -1]), ("sum.dim_IntList", X, [-2], True),
        ("mean.dim", tensor(), [0]), ("mean.dim", X, [0, 1, 2], True),
        ("amax", X), ("amax", X, [1], True), ("argmax", X, None, True),
        ("argmax", X, 1), ("argmin", X, 1, True), ("max.dim", X, 1, True),
        ("var.correction", X), ("std.correction", X, [0, 1]),
        ("std.dim", X, [1], False, True), ("any.dims", X, None, True),
        ("norm.ScalarOpt_dim", X, 2, [1]),
        ("norm.ScalarOpt_dim", X, None, [1], True),
        ("frobenius_norm.dim", X, [0, 1]), ("_softmax", X, 1, False),
        ("_log_softmax", X, -1, False),
    ],
    "view": [
        ("view", X, [6, -1]), ("view", X, [24]), ("view", X, [2, -1, 2, 2]),
        ("view", tensor(0, 3), [0, 3]), ("view", tensor(), [1, 1]),
        ("reshape", X, [-1]), ("reshape", X, [3, 8]),
        ("_unsafe_view", X, [6, 4]), ("view_as", X, tensor(6, 4)),
        ("as_strided", X, [5, 2], [1, 1]), ("flatten.using_ints", X),
        ("flatten.using_ints", X, 1), ("flatten.using_ints", tensor()),
        ("unflatten.int", X, -1, [2, -1]), ("transpose.int", X, 0, -1),
        ("t", tensor(2, 3)), ("t", tensor(2)), ("numpy_T", X),
        ("permute", X, [2, 0, -2]), ("movedim.int", X, 0, -1),
        ("movedim.int", X, 2, 0), ("unsqueeze", X, -1), ("unsqueeze", X, 0),
        ("squeeze", tensor(1, 3, 1)), ("squeeze.dim", tensor(1, 3), 0),
        ("squeeze.dim", tensor(1, 3), 1), ("squeeze.dims", tensor(1, 3, 1),
                                           [0, 2]),
        ("expand", tensor(3, 1), [2, -1, 4]), ("expand", tensor(), [2, 3]),
        ("expand_as", tensor(3, 1), X.transpose(1, 2).transpose(1, 2)),
        ("broadcast_to", tensor(4), [2, 3, 4]), ("select.int", X, -1, 2),
        ("slice.Tensor", X, 1), ("slice.Tensor", X, 2, 1, None, 2),
        ("slice.Tensor", X, 2, -3, -1), ("slice.Tensor", X, 2, 3, 1),
        ("slice.Tensor", X, 2, -9, 9), ("slice.Tensor", X, 1, None, None, 2),
        ("slice.Tensor", X, 2, 0, 9223372036854775807),
        ("narrow", X, 2, 1, 2), ("diagonal", tensor(4, 6), 2),
        ("diagonal", tensor(4, 6), -2), ("diagonal", X, 0, 0, 2),
        ("diagonal", tensor(2, 2), 5), ("unfold", X, 2, 3, 1),
        ("unfold", X, 1, 2, 2), ("select_scatter", X, tensor(3, 4), 0, 1),
        ("slice_scatter", X, tensor(2, 3, 2), 2, 1, 3),
    ],
    "join": [
        ("cat", [X, tensor(5, 3, 4)]), ("cat", [X, X, ints(2, 3, 1)], -1),
        ("cat", [tensor(0), X], 1), ("cat", [tensor(0), tensor(3)]),
        ("cat", [tensor(2, dtype=torch.int32), ints(2)]),
        ("stack", [X, X]), ("stack", [tensor(), ints()], 0),
        ("stack", [X, X, X], -1), ("chunk", tensor(6, 2), 3),
        ("chunk", tensor(7, 2), 3), ("chunk", X, 5, 2),
        ("split.Tensor", tensor(6), 2), ("split.Tensor", tensor(7), 2),
        ("split.Tensor", tensor(7), 9), ("split_with_sizes", X, [1, 3], 2),
        ("split_with_sizes", X, [2, 2], -1), ("unbind.int", X, 1),
        ("tensor_split.sections", tensor(6), 3),
        ("tensor_split.sections", tensor(7), 3), ("repeat", X, [2, 1, 3]),
        ("repeat", tensor(3), [2, 2]), ("repeat", tensor(), [2]),
        ("tile", X, [2]), ("tile", tensor(3), [2, 2]),
        ("repeat_interleave.self_int", X, 2),
        ("repeat_interleave.self_int", X, 2, 1), ("flip", X, [0]),
        ("roll", X, [1], [0]), ("constant_pad_nd", X, [1, 2], 0),
        ("constant_pad_nd", X, [-1, 0, 1, 1], 0), ("pad", X, [1, 1]),
        ("reflection_pad1d", X, [1, 2]), ("replication_pad1d", X, [1, 2]),
        ("reflection_pad2d", X, [1, 2, 1, 0]),
        ("replication_pad2d", X, [1, 2, 1, 0]),
        ("pixel_shuffle", tensor(2, 8, 3, 4), 2),
    ],
    "indexing": [
        ("embedding", tensor(5, 7), ints(2, 3)), ("embedding", tensor(5, 7),
                                                  ints()),
        ("index_select", X, 1, ints(5)), ("index_select", X, -1, ints()),
        ("gather", X, 2, ints(1, 2, 3)), ("take", X, ints(2, 2)),
        ("index.Tensor", X, [ints(5)]), ("index.Tensor", X, [None, ints(5)]),
        ("index.Tensor", X, [ints(5), None, ints(5)]),
        ("index.Tensor", X, [ints(2, 1), ints(5)]),
        ("index.Tensor", X, [None, ints(2, 1), ints(5)]),
        ("index.Tensor", X, [ints(), None, ints(2, 2)]),
        ("index.Tensor", X, [mask(2)]), ("index.Tensor", X, [mask(2, 3)]),
        ("index.Tensor", X, [None, mask(3, 4)]),
        ("index.Tensor", X, [mask(2), None, ints(1)]),
        ("index_put", X, [ints(1)], tensor()),
        ("masked_select", X, mask(3, 4)), ("nonzero", X),
        ("nonzero", tensor()), ("one_hot", ints(2, 3), 4),
        ("one_hot", ints(2, 3)), ("scatter.src", X, 0, ints(1, 2, 2), X),
        ("scatter.value", X, 0, ints(1, 2, 2), 1.0), ("triu", X),
    ],
    "linear": [
        ("matmul", X, tensor(4, 5)), ("matmul", X, tensor(4)),
        ("matmul", tensor(3), X), ("matmul", tensor(3), tensor(3)),
        ("matmul", tensor(5, 1, 2, 3), X), ("mm", tensor(2, 3), tensor(3, 4)),
        ("bmm", X, tensor(2, 4, 5)), ("mv", tensor(2, 3), tensor(3)),
        ("dot", tensor(3), tensor(3)),
        ("addmm", tensor(4), tensor(2, 3), tensor(3, 4)),
        ("baddbmm", tensor(1, 5), X, tensor(2, 4, 5)),
        ("addmv", tensor(), tensor(2, 3), tensor(3)),
        ("linear", X, tensor(5, 4), tensor(5)), ("linear", X, tensor(4)),
        ("linear", tensor(4), tensor(5, 4)),
        ("einsum", "bij,bjk->bik", [X, tensor(2, 4, 5)]),
        ("einsum", "...ij,jk", [X, tensor(4, 5)]),
        ("einsum", "ii->i", [tensor(3, 3)]), ("einsum", "ij,ij",
                                              [tensor(2, 3), tensor(2, 3)]),
        ("einsum", "a...,b...->...ba", [X, tensor(5, 1, 4)]),
        ("bilinear", tensor(2, 3), tensor(2, 4), tensor(5, 3, 4), tensor(5)),
        ("outer", tensor(2), tensor(3, dtype=F64)),
    ],
    "convolution": [
        ("conv1d", tensor(2, 3, 9), tensor(4, 3, 3)),
        ("conv1d", tensor(3, 9), tensor(4, 3, 3), tensor(4), [2], [1], [2]),
        ("conv2d", tensor(2, 4, 9, 8), tensor(6, 2, 3, 2), tensor(6), [2, 1],
         [1, 0], [1, 2], 2),
        ("conv2d", tensor(2, 4, 9, 8), tensor(6, 4, 3, 2), None, [2], [1]),
        ("conv3d", tensor(1, 1, 5, 5, 5), tensor(2, 1, 2, 3, 3)),
        ("conv1d.padding", tensor(2, 3, 9), tensor(4, 3, 3), None, [1],
         "same"),
        ("conv2d.padding", tensor(2, 3, 9, 9), tensor(4, 3, 2, 4), None, [1],
         "same"),
        ("conv2d.padding", tensor(2, 3, 9, 9), tensor(4, 3, 2, 4), None, [2],
         "valid"),
        ("convolution", tensor(2, 4, 9), tensor(4, 3, 3), None, [2], [1], [1],
         True, [1], 2),
        ("convolution", tensor(2, 3, 9, 9), tensor(4, 3, 3, 3), tensor(4),
         [2, 2], [1, 1], [1, 1], False, [0, 0], 1),
        ("_convolution", tensor(2, 3, 9), tensor(4, 3, 3), None, [1], [0],
         [1], False, [0], 1, False, False, True, True),
        ("_convolution.deprecated", tensor(2, 3, 9), tensor(4, 3, 3), None,
         [1], [0], [1], False, [0], 1, False, False, True),
        ("conv_transpose1d", tensor(2, 4, 5), tensor(4, 3, 3), None, [2], [1],
         [1]),
        ("conv_transpose2d.input", tensor(4, 5, 6), tensor(4, 3, 3, 2), None,
         [2], [1], [1], 2, [2]),
    ],
    "pooling": [
        *((f"max_pool{n}d", tensor(2, 3, *[9] * n), [3] * n, stride, padding,
           [1], ceil)
          for n in (1, 2, 3) for stride in ([], [2])
          for padding in ([0], [1]) for ceil in (False, True)),
        *((f"avg_pool{n}d", tensor(3, *[8] * n), [3], [2], [1], ceil)
          for n in (1, 2, 3) for ceil in (False, True)),
        ("max_pool2d", tensor(2, 3, 9, 7), [2, 3], [1, 2], [0, 1], [2, 1]),
        ("max_pool2d_with_indices", tensor(2, 3, 9, 7), [2]),
        ("adaptive_avg_pool1d", tensor(2, 3, 9), [4]),
        ("adaptive_avg_pool2d", tensor(2, 3, 9, 9), [4, 5]),
        ("adaptive_avg_pool2d", tensor(3, 9, 9), [4, 5]),
        ("adaptive_max_pool2d", tensor(2, 3, 9, 9), [4, 5]),
        ("upsample_nearest2d", tensor(2, 3, 4, 5), [7, 8]),
        ("upsample_bilinear2d", tensor(2, 3, 4, 5), [7, 8], True),
        ("upsample_nearest2d.vec", tensor(2, 3, 4, 5), None, [1.7, 2.0]),
        ("upsample_nearest2d.vec", tensor(2, 3, 4, 5), [7, 8], None),
        ("upsample_bilinear2d.vec", tensor(2, 3, 4, 5), None, False,
         [0.5, 3.0]),
    ],
    "normalization": [
        ("batch_norm", X, tensor(3), tensor(3), tensor(3), tensor(3), False,
         0.1, 1e-5, False),
        ("layer_norm", X, [4], tensor(4), None),
        ("group_norm", tensor(2, 4, 5), 2),
        ("instance_norm", X, None, None, None, None, True, 0.1, 1e-5, False),
        ("rms_norm", X, [3, 4]),
        ("native_layer_norm", X, [3, 4], None, None, 1e-5),
        ("native_layer_norm", X.bfloat16(), [4], tensor(4), None, 1e-5),
        ("native_layer_norm", X.bfloat16(), [4], None, None, 1e-5),
        ("native_batch_norm", X, tensor(3), None, tensor(3), tensor(3), True,
         0.1, 1e-5),
        ("native_batch_norm", X, None, None, tensor(3), tensor(3), False,
         0.1, 1e-5),
        ("scaled_dot_product_attention", tensor(2, 3, 5, 8),
         tensor(2, 3, 6, 8), tensor(2, 3, 6, 7)),
        ("scaled_dot_product_attention", tensor(5, 8), tensor(6, 8),
         tensor(6, 7)),
    ],
    "sorting": [
        ("topk", X, 2), ("topk", X, 2, 1), ("topk", tensor(), 1),
        ("sort", X), ("sort", X, 0, True), ("argsort", ints(3)),
        ("argsort", X, 0),
        ("multinomial", tensor(4), 2), ("multinomial", tensor(3, 4), 2),
    ],
    "loss": [
        *((name, X, tensor(4), reduction) for reduction in (0, 1, 2)
          for name in ("mse_loss", "l1_loss")),
        ("binary_cross_entropy", X, X, None, 0),
        ("binary_cross_entropy_with_logits", X, X, None, None, 0),
        *(("cross_entropy_loss", tensor(2, 3), ints(2), None, reduction)
          for reduction in (0, 1)),
        ("cross_entropy_loss", X, X, None, 0),
        ("cross_entropy_loss", tensor(3), ints(), None, 0),
        ("nll_loss", tensor(2, 3), ints(2), None, 0),
        ("nll_loss_nd", X, ints(2, 4), None, 0),
        ("nll_loss_nd", X, ints(2, 4)),
    ],
    "creation": [
        ("zeros", [2, 3]), ("ones", []), ("empty.memory_format", [2]),
        ("rand", [2]), ("randn", [0, 2]), ("full", [2], 1), ("full", [2], 1.5),
        ("full", [2], True), ("randint", 5, [2, 3]), ("zeros_like", ints(2)),
        ("full_like", ints(2), 1.5), ("new_zeros", X, [5]),
        ("new_full", ints(1), [5], 1.5), ("arange", 5), ("arange", 5.0),
        ("arange.start", 1, 5), ("arange.start", -1.5, 2),
        ("arange.start_step", 0, 10, 3), ("arange.start_step", 10, 0, -4),
        ("arange.start_step", 0, 1, 0.1), ("arange.start_step", 5, 5, 1),
        ("linspace", 0, 1, 5), ("linspace", 0.0, 1.0, 0), ("eye", 3),
        ("eye.m", 3, 4), ("scalar_tensor", 1), ("scalar_tensor", 1.5),
        ("scalar_tensor", True),
    ],
}


@pytest.mark.parametrize("theme", TABLES)
def test_table(theme):
    expect_right(calls_of(TABLES[theme]))


def test_creation_dtypes():
    expect_right(Call(name, *rest, dtype=dtype) for dtype in (I64, F64, BOOL)
                 for name, *rest in (("zeros", [2]), ("full", [2], 1.5),
                                     ("ones_like", X), ("new_ones", X, [2]),
                                     ("arange", 5), ("arange", 4.5),
                                     ("arange.start", 0.5, 5.5),
                                     ("linspace", 0, 4, 5), ("eye", 2),
                                     ("scalar_tensor", 2)))
    expect_right([Call("sort.stable", X, stable=True, dim=1),
                  Call("_to_copy", X, dtype=I64),
                  Call("to.dtype_layout", X, dtype=I64)])


# Recurrent networks ---------------------------------------------------------

def parameters(gates, inputs, hidden, layers, directions, projection=0):
    given = []
    state = projection or hidden
    for layer in range(layers):
        for _ in range(directions):
            width = inputs if layer == 0 else state * directions
            given += [tensor(gates * hidden, width),
                      tensor(gates * hidden, state), tensor(gates * hidden),
                      tensor(gates * hidden)]
            if projection:
                given.append(tensor(projection, hidden))
    return given


@pytest.mark.parametrize("layers, both_ways, batch_first",
                         list(itertools.product((1, 2), (False, True),
                                                (False, True))))
def test_recurrent(layers, both_ways, batch_first):
    steps, batch, inputs, hidden = 5, 3, 4, 6
    directions = 1 + both_ways
    x = tensor(batch, steps, inputs) if batch_first else tensor(steps, batch,
                                                                inputs)
    state = tensor(layers * directions, batch, hidden)
    options = [True, layers, 0.0, False, both_ways]
    gru = parameters(3, inputs, hidden, layers, directions)
    lstm = parameters(4, inputs, hidden, layers, directions)
    plain = parameters(1, inputs, hidden, layers, directions)
    projected = parameters(4, inputs, hidden, layers, directions, 2)
    small = tensor(layers * directions, batch, 2)
    packed = [tensor(9, inputs), torch.tensor([3, 2, 2, 1, 1])]
    expect_right([
        Call("gru.input", x, state, gru, *options, batch_first),
        Call("lstm.input", x, [state, state], lstm, *options, batch_first),
        Call("lstm.input", x, [small, state], projected, *options,
             batch_first),
        Call("rnn_tanh.input", x, state, plain, *options, batch_first),
        Call("gru.data", *packed, state, gru, *options),
        Call("lstm.data", *packed, [state, state], lstm, *options)])


def test_cells_and_packing():
    x, h = tensor(3, 4), tensor(3, 6)
    expect_right([
        Call("gru_cell", x, h, tensor(18, 4), tensor(18, 6)),
        Call("rnn_tanh_cell", x, h, tensor(6, 4), tensor(6, 6)),
        Call("lstm_cell", x, [h, h], tensor(24, 4), tensor(24, 6)),
        Call("_pack_padded_sequence", tensor(5, 3, 4),
             torch.tensor([5, 3, 1]), False),
        Call("_pad_packed_sequence", tensor(9, 4),
             torch.tensor([3, 2, 2, 1, 1]), False, 0.0, -1),
        Call("_pad_packed_sequence", tensor(9, 4),
             torch.tensor([3, 2, 2, 1, 1]), True, 0.0, 7)])


# PyTorch's own samples ------------------------------------------------------

def sample_calls(info, name, dtypes, limit):
    for dtype in dtypes:
        if dtype not in info.supported_dtypes("cpu"):
            continue
        samples = info.sample_inputs("cpu", dtype, requires_grad=False)
        for sample in itertools.islice(samples, limit):
            arguments = (sample.input, *sample.args)
            try:
                overload = torch._C._jit_resolve_packet(
                    f"aten::{name}", *arguments, **sample.kwargs)
                full = name + (f".{overload}" if overload not in
                               ("", "default") else "")
                if full in RULES:
                    call = Call(full, *arguments, **sample.kwargs)
                    if call.is_plain():
                        yield from accepted([call])
            except (RuntimeError, AssertionError):
                continue  # arguments that only the Python function has


def with_samples():
    from torch.testing._internal.common_methods_invocations import op_db

    packets = {name.partition(".")[0] for name in RULES}
    for info in op_db:
        for name in sorted({info.aten_name, info.name.rpartition(".")[2],
                            info.name.replace(".", "_")} & packets):
            yield pytest.param(info, name, id=f"{info.name}-{name}")


@pytest.mark.parametrize("info, name", list(with_samples()))
def test_samples(info, name):
    calls = list(sample_calls(info, name, (torch.float32, I64), 8))
    if not calls:
        pytest.skip("no sample that the operator itself takes")
    expect_right(calls, vary=False)
    expect_right(calls[::3])
