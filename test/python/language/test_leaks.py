"""Nothing that a call makes is left when its result is gone, also where it
raises."""
import copy
import ctypes
import gc
import os
import warnings

import minitorch
import pytest
import test_containers
import test_errors
import test_interfaces
import test_object_tensors
import test_objects
import test_strings
import test_with
import torch

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))))
TOOLS = os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin"))
LIBRARY = os.path.join(os.path.dirname(TOOLS), "lib/libMiniTorchRuntime.so")
CASES = {**test_strings.CASES, **test_containers.CASES, **test_errors.CASES,
         **test_objects.CASES, **test_object_tensors.CASES,
         **test_interfaces.CASES, **test_with.CASES}


@pytest.fixture(scope="module")
def live():
    runtime = ctypes.CDLL(LIBRARY)
    runtime.mtrt_object_live_count.restype = ctypes.c_int64

    return runtime.mtrt_object_live_count


@pytest.mark.skipif(not os.path.exists(LIBRARY),
                    reason="the runtime was not built")
@pytest.mark.parametrize("function", CASES, ids=lambda f: f.__name__)
def test_nothing_is_left(function, live, capfd):
    calls = CASES[function]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = minitorch.compile(torch.jit.script(function), calls[0],
                                     fallback=False, dynamic_shapes="all")
    gc.collect()
    before = live()
    for _ in range(3):
        for args in calls:
            try:
                result = compiled(*copy.deepcopy(args))
            except minitorch.ProgramError:
                pass
            result = None
            if live() != before:
                gc.collect()
            assert live() == before
    assert result is None
