"""Compiling a model and calling it."""
import os

from . import _core
from ._errors import CompileError, InputError
from ._inputs import describe_inputs, numbers_in, uses_torch, with_defaults


def compile(model, example_inputs=(), dynamic_shapes=None, method="forward"):
    """Compiles one method of a model.

    model: a scripted or traced module, an nn.Module, or a path.
    example_inputs: a tuple of the method's arguments (or a dict of keyword
        arguments): their types, and the sizes that are not dynamic. What is
        not given has its default. A number that a rank depends on (a `dim`) is
        compiled for its value; another value compiles again when it comes.
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

    def specify(inputs, fixes_numbers=False):
        return describe_inputs(inputs, dynamic_shapes, parameters,
                               fixes_numbers)

    return CompiledFunction(program, method, specify, example_inputs,
                            [name for name, _ in parameters])


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

    def __init__(self, program, method, specify, example, names):
        self._program, self._method = program, method
        self._specify, self._names = specify, names
        self._inputs = specify(example)
        # Where ranks or sizes depend on numbers, one for each of their values.
        self._by_numbers = None
        try:
            self._compiled = program.compile(method, self._inputs)
        except CompileError as error:
            fixed = specify(example, fixes_numbers=True)
            if fixed == self._inputs:
                raise
            try:
                self._compiled = program.compile(method, fixed)
            except CompileError:
                raise error from None
            self._inputs = fixed
            self._by_numbers = {numbers_in(example): self._compiled}

    def _for_numbers(self, args, kwargs):
        given = dict(zip(self._names, args), **kwargs)
        given = {name: given[name] for name in self._names if name in given}
        key = numbers_in(given)
        if key not in self._by_numbers:
            try:
                self._by_numbers[key] = self._program.compile(
                    self._method, self._specify(given, fixes_numbers=True))
            except CompileError:
                if len(given) < len(self._names):
                    return self._compiled  # it says what is missing
                raise
        return self._by_numbers[key]

    def __call__(self, *args, **kwargs):
        compiled = self._compiled
        if self._by_numbers and len(args) <= len(self._names):
            compiled = self._for_numbers(args, kwargs)
        if uses_torch((*args, *kwargs.values())):
            return compiled(*args, **kwargs)
        return compiled(*args, _torch=False, **kwargs)

    def mlir(self, stage="linalg", locations=False):
        """The program after a stage: "import", "functions", "contract",
        "linalg" or "llvm". Large constants are elided."""
        return self._program.print(self._method, self._inputs, stage, locations)
