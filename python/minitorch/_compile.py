"""Compiling a model and calling it."""
import os

from . import _core
from ._errors import InputError
from ._inputs import describe_inputs, uses_torch, with_defaults


def compile(model, example_inputs=(), dynamic_shapes=None, method="forward"):
    """Compiles one method of a model.

    model: a scripted or traced module, an nn.Module, or a path.
    example_inputs: a tuple of the method's arguments (or a dict of keyword
        arguments): their types, and the sizes that are not dynamic. What is
        not given has its default.
    dynamic_shapes: None (the sizes of the examples are fixed), "all" (every
        size may change), or for each argument None or a collection of dims, by
        position or by name: `[{0, 1}, None]`, `{"x": {0}}`. The rank of what
        `squeeze` leaves is that of the examples; other sizes raise.
    method: the method's name.

    Returns a callable. Raises CompileError with every reason where the model
    cannot be compiled.
    """
    program = _load(model)
    parameters = program.parameters(method)
    # An archive keeps no defaults of a function; the function has them.
    if hasattr(model, "schema"):
        parameters = with_defaults(parameters, model.schema.arguments)
    specification = describe_inputs(example_inputs, dynamic_shapes, parameters)
    return CompiledFunction(program, method, specification)


def _load(model):
    if isinstance(model, (str, os.PathLike)):
        return _core.Program.load(os.fspath(model))
    import torch
    if not isinstance(model, (torch.jit.ScriptModule,
                              torch.jit.ScriptFunction)):
        if not isinstance(model, torch.nn.Module):
            raise InputError(
                f"cannot compile a {type(model).__name__}; expected a scripted "
                "or traced module, an nn.Module, or a path")
        model = torch.jit.script(model)
    if not hasattr(_core.Program, "load_archive"):
        raise InputError("this build has no importer; compile a file of mt")
    if isinstance(model, torch.jit.ScriptFunction):
        # A function without a module: small, and copied.
        return _core.Program.load_archive(model.save_to_buffer(), model.name)
    return _core.Program.of_script_module(model._c)


class CompiledFunction:
    """A compiled method. Takes and returns torch tensors or NumPy arrays
    (without copying), numbers, None, and lists, tuples and dicts of these."""

    def __init__(self, program, method, inputs):
        self._program, self._method, self._inputs = program, method, inputs
        self._compiled = program.compile(method, inputs)

    def __call__(self, *args, **kwargs):
        if uses_torch((*args, *kwargs.values())):
            return self._compiled(*args, **kwargs)
        return self._compiled(*args, _torch=False, **kwargs)

    def mlir(self, stage="linalg", locations=False):
        """The program after a stage: "import", "functions", "contract",
        "linalg" or "llvm". Large constants are elided."""
        return self._program.print(self._method, self._inputs, stage, locations)
