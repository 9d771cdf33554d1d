"""Compiling a model and calling it."""
import os
import re
import warnings

from . import _core
from ._errors import (CompileError, FallbackWarning, InputError,
                      MemoryInputError)
from ._inputs import describe_inputs, numbers_in, uses_torch, with_defaults


def compile(model, example_inputs=(), dynamic_shapes=None, method="forward",
            fallback=True):
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
    fallback: where the method cannot be compiled otherwise, let PyTorch run
        operators that have no lowering. Each of them is warned of once, as a
        FallbackWarning, and is in the result's `fallbacks`.

    Returns a callable. Raises CompileError with every reason where the model
    cannot be compiled.
    """
    program, names, specify = _prepare(model, dynamic_shapes, method)
    return CompiledFunction(program, method, specify, example_inputs, names,
                            fallback)


def mlir(model, example_inputs=(), stage="linalg", dynamic_shapes=None,
         method="forward", locations=False):
    """The program after a stage, as `CompiledFunction.mlir` gives it; the rest
    of the way it need not compile. Takes what `compile` takes."""
    program, _, specify = _prepare(model, dynamic_shapes, method)
    return program.print(method, specify(example_inputs), stage, locations)


def _prepare(model, dynamic_shapes, method):
    """The program, the names of the method's parameters, and how its inputs
    are specified."""
    program = _load(model)
    parameters = program.parameters(method)
    # An archive keeps no defaults of a function; the function has them.
    if hasattr(model, "schema"):
        parameters = with_defaults(parameters, model.schema.arguments)

    def specify(inputs, **options):
        return describe_inputs(inputs, dynamic_shapes, parameters, **options)

    return program, [name for name, _ in parameters], specify


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

    def __init__(self, program, method, specify, example, names, fallback):
        self._program, self._method = program, method
        self._specify, self._names = specify, names
        self._inputs = specify(example)
        # Where ranks or sizes depend on numbers, one for each of their values.
        self._by_numbers = None
        # Where it matters how tensors lie, one for each way that came.
        self._by_memory = {}
        self._allows_fallback = fallback
        # Operators that PyTorch runs, in the order in which they were found.
        self._found = {}
        fixed = specify(example, fixes_numbers=True)
        self._compiled, inputs, self._fallback = self._compile(
            [self._inputs, fixed])
        if inputs != self._inputs:
            self._inputs = inputs
            self._by_numbers = {numbers_in(example): self._compiled}

    @property
    def fallbacks(self):
        """Names of the operators that PyTorch runs."""
        return list(self._found)

    def _compile(self, choices):
        """Compiled for the first of `choices` that can be, with those inputs
        and whether with fallback, which comes last."""
        reasons = None
        for fallback in (False, True):
            if fallback and not (self._allows_fallback
                                 and _core.has_fallback()):
                break
            for inputs in dict.fromkeys(choices):
                try:
                    compiled = self._program.compile(self._method, inputs,
                                                     fallback)
                except CompileError as error:
                    # What even the fallback leaves says it best.
                    if not reasons or (fallback and inputs == choices[0]):
                        reasons = error
                    continue
                for name, place in compiled.fallbacks:
                    self._warn(name, place)
                return compiled, inputs, fallback
        raise reasons

    def _warn(self, name, place):
        if name in self._found:
            return
        self._found[name] = place
        # Where `compile` or the compiled function is called.
        warnings.warn(f"{place + ': ' if place else ''}'{name}' has no lowering;"
                      " PyTorch runs it (fallback=False refuses it)",
                      FallbackWarning, stacklevel=5)

    def _by_name(self, args, kwargs):
        given = dict(zip(self._names, args), **kwargs)
        return {name: given[name] for name in self._names if name in given}

    def _for_numbers(self, args, kwargs):
        given = self._by_name(args, kwargs)
        key = numbers_in(given)
        if key not in self._by_numbers:
            try:
                self._by_numbers[key], _, _ = self._compile(
                    [self._specify(given, fixes_numbers=True)])
            except CompileError:
                if len(given) < len(self._names):
                    return self._compiled  # it says what is missing
                raise
        return self._by_numbers[key]

    def _for_memory(self, args, kwargs):
        """Compiled for tensors that lie as these do: some given twice, some not
        contiguous. None where that does not help."""
        inputs = self._specify(self._by_name(args, kwargs), gives_memory=True,
                               fixes_numbers=bool(self._by_numbers))
        if "@" not in inputs and "/" not in inputs:
            return None
        key = re.sub(r"\?\d+", "?", inputs)
        if key not in self._by_memory:
            try:
                self._by_memory[key], _, _ = self._compile([inputs])
            except CompileError:
                self._by_memory[key] = None
        return self._by_memory[key]

    def __call__(self, *args, **kwargs):
        compiled = self._compiled
        if self._by_numbers and len(args) <= len(self._names):
            compiled = self._for_numbers(args, kwargs)
        torch = uses_torch((*args, *kwargs.values()))
        try:
            return compiled(*args, _torch=torch, **kwargs)
        except MemoryInputError:
            compiled = self._for_memory(args, kwargs)
            if not compiled:
                raise
        return compiled(*args, _torch=torch, **kwargs)

    def mlir(self, stage="linalg", locations=False):
        """The program after a stage: "import", "functions", "contract",
        "linalg" or "llvm". Large constants are elided."""
        return self._program.print(self._method, self._inputs, stage, locations,
                                   self._fallback)
