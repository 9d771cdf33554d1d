"""mt-run on TorchScript archives, and what it is linked with."""
import json
import os
import shutil
import subprocess

import numpy as np
import pytest
import torch
from torch import nn

from test_mt_run import MT_RUN, TOOLS, run  # noqa: F401 (a fixture)

IMPORTER = os.path.join(os.path.dirname(TOOLS), "lib",
                        "libMiniTorchImportTorchScript.so")
needs_importer = pytest.mark.skipif(
    not (MT_RUN and os.path.exists(IMPORTER)),
    reason="mt-run or the importer was not built")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x, k: int = 2):
        return torch.relu(self.fc(x)) * k


def run_archive(run, path, inputs, *options, status=0):
    """Runs a saved model; the output's arrays."""
    np.savez(run.path("in.npz"), **inputs)
    out = run.folder / "out.npz"
    out.unlink(missing_ok=True)
    done = subprocess.run(
        [MT_RUN, path, "--inputs", run.path("in.npz"), "--output", str(out),
         *options], capture_output=True, text=True, timeout=300)
    run.errors = done.stderr
    assert done.returncode == status, done.stderr
    if status > 1:
        assert not out.exists()
        return None
    with np.load(out) as file:
        return {name: file[name] for name in file.files}


def save(run, model):
    torch.manual_seed(0)
    path = run.path("model.pt")
    torch.jit.script(model).save(path)
    return path


class Drawing(torch.nn.Module):
    def forward(self, x):
        return torch.rand(5), torch.randn_like(x)


@needs_importer
def test_the_seed_is_the_default_one(run):
    x = torch.zeros(20)
    out = run_archive(run, save(run, Drawing()), {"arg0": x.numpy()})
    torch.manual_seed(67280421310721)
    for name, expected in zip(("out0", "out1"), Drawing()(x)):
        np.testing.assert_array_equal(out[name], expected.numpy())


@needs_importer
@pytest.mark.parametrize("options", [[], ["--dynamic"]])
def test_numbers(run, options):
    model = Net().eval()
    path = save(run, model)
    x = torch.randn(5, 4)
    for k in (None, 3):
        inputs = {"arg0": x.numpy()}
        if k is not None:
            inputs["arg1"] = np.array(k)
        expected = model(x) if k is None else model(x, k)
        out = run_archive(run, path, inputs, *options)["out0"]
        np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-5,
                                   atol=1e-6)


@needs_importer
def test_errors(run):
    path = save(run, Net())
    good = {"arg0": np.zeros((2, 4), np.float32)}
    run_archive(run, path, good, "--method=backward", status=2)
    assert "no method 'backward'; it has: forward" in run.errors
    run_archive(run, path, {}, status=2)
    assert "argument 'x' is missing: expected Tensor" in run.errors
    run_archive(run, path, {**good, "arg2": np.array(1)}, status=2)
    assert "expected at most 2 arguments, got 3" in run.errors
    # The sizes do not fit the weight: what PyTorch raises when it runs.
    run_archive(run, path, {"arg0": np.zeros((2, 5), np.float32)}, status=1)
    assert run.errors.startswith("RuntimeError: ")
    data = open(path, "rb").read()
    for size in (2, 100, len(data) // 2, len(data) - 10):
        with open(path, "wb") as file:
            file.write(data[:size])
        run_archive(run, path, good, status=2)
        assert "error: " in run.errors


class Accumulate(nn.Module):
    def forward(self, x, y):
        x.add_(1)
        return x, x * y, y


@needs_importer
@pytest.mark.parametrize("options", [[], ["--dynamic"]])
def test_one_tensor_twice(run, options):
    """`ref` is the same tensor, in arguments and in results."""
    path = save(run, Accumulate())
    x = np.array([1, 2], np.float32)
    stored = {"t": "tensor", "npy": "t0.npy", "dtype": "float32", "shape": [2]}
    run.full({"calls": [
        {"method": "forward", "args": [stored, {"t": "ref", "id": 0}]}]}, t0=x)
    done = subprocess.run(
        [MT_RUN, path, "--inputs", run.path("in.npz"), "--output",
         run.path("out.npz"), *options],
        capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with np.load(run.path("out.npz")) as out:
        manifest = json.loads(bytes(out["manifest.json"]).decode())
        first, product, second = manifest["calls"][0]["result"]["v"]
        np.testing.assert_array_equal(out[first["npy"][:-4]], [2, 3])
        np.testing.assert_array_equal(out[product["npy"][:-4]], [4, 9])
        assert second == {"t": "ref", "id": int(first["npy"][1:-4])}
        after, = manifest["inputs_after"].values()
        np.testing.assert_array_equal(out[after["npy"][:-4]], [2, 3])


@needs_importer
def test_unsupported_operators_are_all_named(run):
    class Unsupported(nn.Module):
        def forward(self, x):
            a = torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)
            return a.dequantize() + x.to_sparse().to_dense()

    path = save(run, Unsupported())
    run_archive(run, path, {"arg0": np.zeros((3, 3), np.float32)}, status=3)
    assert "quantize_per_tensor" in run.errors and "to_sparse" in run.errors
    assert os.path.basename(__file__) in run.errors


@pytest.mark.skipif(not (MT_RUN and shutil.which("ldd")),
                    reason="mt-run or ldd is missing")
def test_no_pytorch_is_linked():
    runtime = os.path.join(os.path.dirname(TOOLS), "lib",
                           "libMiniTorchRuntime.so")
    for path in (MT_RUN, runtime):
        libraries = subprocess.run(["ldd", path], capture_output=True,
                                   text=True).stdout
        assert "torch" not in libraries.replace("libMiniTorchRuntime", "")
        if path == runtime:
            assert "LLVM" not in libraries and "MLIR" not in libraries


class Rows(nn.Module):
    def forward(self, x, n: int):
        rows = [x]
        for i in range(n):
            rows.append(x + i)
        return torch.stack(rows)


@needs_importer
def test_explain_boxed(run):
    """The form, and what is an object in it, on standard error."""
    path = save(run, Rows())
    inputs = {"arg0": np.zeros(2, np.float32), "arg1": np.array(2)}
    run_archive(run, path, inputs, "--explain-boxed")
    assert "forward(2xf32, int): compiled in the typed form\n" in run.errors
    assert ("remark: 'rows', List[Tensor], stays an object: 'aten::append.t' "
            "changes it in a loop that is not unrolled") in run.errors
