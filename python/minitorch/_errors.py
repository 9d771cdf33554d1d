"""The exceptions of minitorch."""


class Error(Exception):
    """Base of everything that minitorch raises."""


class CompileError(Error):
    """The model cannot be compiled; the text lists every reason with its
    TorchScript source line."""


class InputError(Error, ValueError):
    """Arguments that do not fit the method's signature."""


class MemoryInputError(InputError):
    """Arguments lie in memory as the program was not compiled for: two share
    what it writes to, or one is not contiguous where that matters."""


class AssumptionError(InputError):
    """The program was compiled for something that turned out otherwise for
    these arguments when it ran, as the sizes of the examples."""


class ProgramError(Error, RuntimeError):
    """The program itself raised, or a check failed while it ran; the text has
    the TorchScript source line."""


class FallbackWarning(UserWarning):
    """PyTorch runs an operator of the compiled program."""
