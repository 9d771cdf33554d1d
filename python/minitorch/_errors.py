"""The exceptions of minitorch."""


class Error(Exception):
    """Base of everything that minitorch raises."""


class CompileError(Error):
    """The model cannot be compiled; the text lists every reason with its
    TorchScript source line."""


class InputError(Error, ValueError):
    """Arguments that do not fit the method's signature."""


class SharedInputError(InputError):
    """Arguments share memory that the program writes to."""


class ProgramError(Error, RuntimeError):
    """The program itself raised, or a check failed while it ran; the text has
    the TorchScript source line."""


class FallbackWarning(UserWarning):
    """PyTorch runs an operator of the compiled program."""
