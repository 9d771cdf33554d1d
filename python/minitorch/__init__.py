"""MiniTorch: TorchScript models, compiled.

    import minitorch
    f = minitorch.compile(model, example_inputs, dynamic_shapes="all")
    y = f(*inputs)

`model` is a `torch.jit.ScriptModule` (scripted or traced), a plain `nn.Module`
(which is scripted), or the path of a `.pt`, `.mlir` or `.mlirbc` file.
"""
try:
    # Its libraries, before those of minitorch that use them.
    import torch as _torch  # noqa: F401
except ImportError:
    pass

from ._compile import CompiledFunction, compile, mlir
from ._errors import (CompileError, Error, FallbackWarning, InputError,
                      ProgramError)

__all__ = ["compile", "mlir", "CompiledFunction", "Error", "CompileError",
           "InputError", "ProgramError", "FallbackWarning"]
__version__ = "0.1.0"
