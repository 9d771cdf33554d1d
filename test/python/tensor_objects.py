"""Calls operators on tensors that are objects as compiled code does, and compares
with PyTorch's own: sizes, strides, contents, what shares memory with what, and
the texts of errors."""
import itertools

import torch

import boxed
from boxed import Raised, Tensor

DTYPES = [getattr(torch, name) for name in boxed.DTYPES]


def find(schema):
    space, _, name = schema.partition("::")
    packet, _, overload = name.partition(".")
    return getattr(getattr(getattr(torch.ops, space), packet),
                   overload or "default")


def twin(value):
    """An equal tensor of other memory, which lies in it alike."""
    if isinstance(value, list):
        return [twin(v) for v in value]
    if not isinstance(value, torch.Tensor):
        return value
    return torch.empty(0, dtype=value.dtype).set_(
        value.untyped_storage().clone(), value.storage_offset(), value.shape,
        value.stride())


def expected(op, arguments, keywords):
    try:
        return op(*arguments, **keywords)
    except Exception as error:
        # Only the type is translated; what follows is Python's.
        return type(error).__name__, str(error).strip()


def completed(op, arguments, keywords):
    """All arguments of a call, as the runtime wants them."""
    values = list(arguments)
    for argument in op._schema.arguments[len(arguments):]:
        values.append(keywords.get(argument.name, argument.default_value))
    for i, value in enumerate(values):
        if isinstance(value, torch.dtype):
            values[i] = boxed.DTYPES[str(value)[6:]]
        elif isinstance(value, torch.memory_format):
            values[i] = [torch.contiguous_format, torch.preserve_format,
                         torch.channels_last,
                         torch.channels_last_3d].index(value)
    return values


def as_torch(found):
    memory = torch.frombuffer(bytearray(found.memory or bytes(16)),
                              dtype=getattr(torch, found.dtype))
    return memory.as_strided(found.sizes, found.strides, found.offset)


def alike(a, b):
    """The same numbers, NaN among them."""
    return torch.equal(a, b) or torch.equal(*(
        torch.nan_to_num(torch.view_as_real(t) if t.is_complex() else t, 0.25)
        for t in (a.detach(), b.detach())))


def whole(tensor):
    """All that lies in its memory."""
    memory = tensor.untyped_storage()
    count = memory.nbytes() // tensor.itemsize
    return torch.empty(0, dtype=tensor.dtype).set_(memory, 0, (count,))


def agree(found, wanted, ours, theirs, where):
    """`found` is what the runtime gave for `ours`; `wanted` what PyTorch gave
    for `theirs`."""
    if isinstance(wanted, (list, tuple)):
        assert isinstance(found, (list, tuple)), where
        assert len(found) == len(wanted), where
        for pair in zip(found, wanted):
            agree(*pair, ours, theirs, where)
        return
    if not isinstance(wanted, torch.Tensor):
        assert repr(found) == repr(wanted), where
        return
    assert isinstance(found, Tensor), where
    assert (found.sizes, found.strides, found.offset, found.dtype) == (
        tuple(wanted.shape), wanted.stride(), wanted.storage_offset(),
        str(wanted.dtype)[6:]), where
    assert alike(as_torch(found), wanted), (where, as_torch(found), wanted)
    for mine, other in zip(ours, theirs):
        if isinstance(other, torch.Tensor) and other.numel():
            assert (found.data == mine.untyped_storage().data_ptr()) == (
                wanted.untyped_storage().data_ptr() ==
                other.untyped_storage().data_ptr()), (where, "shares memory")


def same(rt, schema, *arguments, **keywords):
    """Runs an operator here and there; both see the same values."""
    op = find(schema)
    theirs, ours = twin(list(arguments)), twin(list(arguments))
    where = schema, [(tuple(a.shape), a.stride(), a.dtype)
                     if isinstance(a, torch.Tensor) else a for a in arguments]
    wanted = expected(op, theirs, keywords)
    is_error = (isinstance(wanted, tuple) and len(wanted) == 2 and
                isinstance(wanted[0], str))
    try:
        found, first = rt.run(schema, *completed(op, ours, keywords))
    except Raised as error:
        assert is_error, (where, wanted, error.kind, error.message)
        # TorchScript's own operators raise through Python as they can.
        text = wanted[1].split("\nException raised from")[0]
        assert (error.kind, error.message) == (wanted[0], text), where
        first = None
    else:
        assert not is_error, (where, wanted, found)
        if op._schema.is_mutable:
            found = first
        agree(found, wanted, ours, theirs, where)
    # What was written, and what must not be.
    for mine, other in zip(ours, theirs):
        if isinstance(other, torch.Tensor) and other is not wanted:
            assert alike(whole(mine), whole(other)), (where, mine, other)
    if isinstance(first, Tensor) and op._schema.is_mutable:
        assert (first.sizes, first.strides, first.offset) == (
            tuple(theirs[0].shape), theirs[0].stride(),
            theirs[0].storage_offset()), where
    return wanted


def filled(shape, dtype=torch.float32):
    count = torch.Size(shape).numel()
    values = torch.arange(count).reshape(shape) * 7 % 11 - 3
    if dtype.is_complex:
        return torch.complex(values.double(), values.double() + 1).to(dtype)
    return values.to(dtype)


def layouts(dtype=torch.float32):
    """Tensors of every rank that lie in their memory in many ways."""
    yield filled((), dtype)
    yield filled((20,), dtype)[7]
    for shape in [(0,), (1,), (4,), (2, 3), (1, 3), (3, 1), (0, 2), (2, 0),
                  (1, 1), (2, 3, 4), (2, 1, 4), (1, 2, 2), (0, 1, 2),
                  (2, 3, 2, 2), (1, 2, 1, 3), (2, 3, 4, 5), (2, 2, 1, 2, 2)]:
        whole = filled(shape, dtype)
        yield whole
        if len(shape) > 1:
            yield whole.transpose(0, -1)
            yield filled(shape[::-1], dtype).permute(*range(len(shape))[::-1])
        if len(shape) > 2:
            yield whole.transpose(0, 1)
        yield filled(tuple(2 * s + 1 for s in shape), dtype)[
            tuple(slice(1, None, 2) for _ in shape)]
        yield filled((1,) * len(shape), dtype).expand(shape)
        if len(shape) == 4:
            yield whole.contiguous(memory_format=torch.channels_last)
        if len(shape) == 5:
            yield whole.contiguous(memory_format=torch.channels_last_3d)


def pairs():
    return itertools.product(list(layouts())[::3], list(layouts())[::4])
