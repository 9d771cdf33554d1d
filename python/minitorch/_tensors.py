"""Tensors of PyTorch whose memory holds the negatives or the conjugates of their
elements. Programs get a copy, of which the caller's tensor gets what changed."""


def has_other_elements(tensor):
    """Whether a tensor or an array is such a one."""
    return hasattr(tensor, "is_neg") and (tensor.is_neg() or tensor.is_conj())


def _once(tensor):
    """What `expand` repeats, once."""
    return tensor[tuple(slice(None) if stride else slice(1)
                        for stride in tensor.stride())]


def resolved(tensor):
    """A copy that has the elements in memory, and lies as the tensor does."""
    import torch
    tensor = tensor.detach()
    once = _once(tensor)
    try:
        copy = torch.empty_strided(once.shape, once.stride(), dtype=tensor.dtype)
        return copy.copy_(once).expand(tensor.shape)
    except RuntimeError:
        # Several elements are one in memory in another way.
        return tensor.resolve_conj().resolve_neg()


def _bytes(tensor):
    import torch
    return resolved(tensor).contiguous().reshape(-1).view(torch.uint8)


def _dims(tensor):
    """The same for a tensor whose dims are in another order."""
    return sorted(dim for dim in zip(tensor.shape, tensor.stride())
                  if dim[0] != 1)


def write_back(tensor, copy):
    """Gives the tensor what a call made of its copy."""
    import torch
    with torch.no_grad():
        if _dims(tensor) != _dims(copy):
            # Other memory: it holds what the tensor's would hold.
            memory = copy.neg() if tensor.is_neg() else copy.clone()
            tensor.set_(memory.conj_physical() if tensor.is_conj() else memory)
            return
        if (tensor.shape, tensor.stride()) != (copy.shape, copy.stride()):
            tensor.as_strided_(copy.shape, copy.stride())
        # Not where nothing changed: it may be one that nobody may write.
        if not torch.equal(_bytes(tensor), _bytes(copy)):
            _once(tensor).copy_(_once(copy))
