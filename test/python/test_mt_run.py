"""mt-run's contract: value files of both forms, messages, exit status."""
import json
import os
import shutil
import subprocess
import zipfile

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
TOOLS = os.environ.get("MINITORCH_TOOLS_DIR", os.path.join(ROOT, "build/bin"))
MT_RUN = os.path.join(TOOLS, "mt-run")
if not os.path.exists(MT_RUN):
    MT_RUN = shutil.which("mt-run")
pytestmark = pytest.mark.skipif(not MT_RUN, reason="mt-run was not built")

# Adds a row to each row of x; raises when there are more than three.
ADD = """
func.func @forward(%x: tensor<?x4xf32>, %s: f64, %b: i1) -> (tensor<?x4xf32>, f64) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %rows = tensor.dim %x, %c0 : tensor<?x4xf32>
  %few = arith.cmpi sle, %rows, %c3 : index
  cf.assert %few, "ValueError: too many rows\\0A  at model.py:3\\0A  at model.py:9"
  %w = arith.constant dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  %empty = tensor.empty(%rows) : tensor<?x4xf32>
  %r = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %w : tensor<?x4xf32>, tensor<4xf32>) outs(%empty : tensor<?x4xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %sum = arith.addf %a, %c : f32
    linalg.yield %sum : f32
  } -> tensor<?x4xf32>
  %twice = arith.addf %s, %s : f64
  %t = arith.select %b, %twice, %s : f64
  return %r, %t : tensor<?x4xf32>, f64
}
"""
ROW = np.array([10, 20, 30, 40], np.float32)


def copy_program(element):
    """Copies a tensor element by element."""
    return f"""
func.func @forward(%x: tensor<?x3x{element}>) -> tensor<?x3x{element}> {{
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x3x{element}>
  %e = tensor.empty(%d) : tensor<?x3x{element}>
  %r = linalg.generic {{
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}}
      ins(%x : tensor<?x3x{element}>) outs(%e : tensor<?x3x{element}>) {{
  ^bb0(%a: {element}, %o: {element}):
    linalg.yield %a : {element}
  }} -> tensor<?x3x{element}>
  return %r : tensor<?x3x{element}>
}}
"""


class Run:
    """Files in one folder, and runs of the tool there."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.path(name)

    def __call__(self, program, inputs, *options, status=0):
        """Runs a program's text; the output's arrays, or its manifest."""
        model = self.write("model.mlir", program)
        if isinstance(inputs, dict):
            np.savez(self.path("in.npz"), **inputs)
        out = self.folder / "out.npz"
        out.unlink(missing_ok=True)
        command = [MT_RUN, model, "--inputs", self.path("in.npz"),
                   "--output", str(out), *options]
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=120)
        self.errors, self.printed = done.stderr, done.stdout
        assert done.returncode == status, done.stderr
        assert not list(self.folder.glob("*.tmp*"))
        if status > 1:
            assert not out.exists()
            return None
        with np.load(out) as file:
            arrays = {name: file[name] for name in file.files}
        if "manifest.json" in arrays:
            self.manifest = json.loads(bytes(arrays.pop("manifest.json")))
        return arrays

    def full(self, manifest, **arrays):
        """Writes an input file in the full form."""
        np.savez(self.path("in.npz"), **arrays)
        with zipfile.ZipFile(self.path("in.npz"), "a") as file:
            file.writestr("manifest.json", json.dumps(manifest))


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def add_inputs(rows=2, **changes):
    inputs = {"arg0": np.arange(rows * 4, dtype=np.float32).reshape(rows, 4),
              "arg1": np.array(1.5), "arg2": np.array(True)}
    return {k: v for k, v in {**inputs, **changes}.items() if v is not None}


def tensor(name, array, **more):
    return {"t": "tensor", "npy": name + ".npy", "dtype": str(array.dtype),
            "shape": list(array.shape), **more}


def test_plain(run):
    inputs = add_inputs()
    out = run(ADD, inputs)
    np.testing.assert_array_equal(out["out0"], inputs["arg0"] + ROW)
    assert out["out1"].dtype == np.float64 and out["out1"].shape == ()
    assert out["out1"] == 3.0


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_sizes(run, rows):
    inputs = add_inputs(rows)
    np.testing.assert_array_equal(run(ADD, inputs)["out0"],
                                  inputs["arg0"] + ROW)


@pytest.mark.parametrize("element, dtype", [
    ("f16", "<f2"), ("f32", "<f4"), ("f64", "<f8"), ("i8", "i1"),
    ("i16", "<i2"), ("i32", "<i4"), ("i64", "<i8"), ("i1", "?"),
    ("complex<f32>", "<c8"), ("complex<f64>", "<c16")])
def test_dtypes(run, element, dtype):
    x = (np.arange(12).reshape(4, 3) % 2).astype(dtype)
    if x.dtype.kind == "c":
        x = x + np.asarray(2j, x.dtype)
    out = run(copy_program(element), {"arg0": x})["out0"]
    assert out.dtype == x.dtype
    np.testing.assert_array_equal(out, x)


def test_bfloat16_is_its_bits(run):
    bits = np.arange(6, dtype=np.uint16).reshape(2, 3) + 0x3F80
    np.savez(run.path("in.npz"), arg0=bits)
    with zipfile.ZipFile(run.path("in.npz"), "a") as file:
        file.writestr("dtypes.json", '{"arg0": "bf16"}')
    out = run(copy_program("bf16"), None)["out0"]
    assert out.dtype == np.uint16
    np.testing.assert_array_equal(out, bits)


@pytest.mark.parametrize("change", [
    np.asfortranarray, lambda x: x.astype(">f4")], ids=["fortran", "big-endian"])
def test_layouts_of_arrays(run, change):
    inputs = add_inputs()
    out = run(ADD, {**inputs, "arg0": change(inputs["arg0"])})
    np.testing.assert_array_equal(out["out0"], inputs["arg0"] + ROW)


def test_compressed_input(run):
    inputs = add_inputs()
    np.savez_compressed(run.path("in.npz"), **inputs)
    np.testing.assert_array_equal(run(ADD, None)["out0"],
                                  inputs["arg0"] + ROW)


def test_raise(run):
    run(ADD, add_inputs(rows=4), status=1)
    assert run.errors == ("ValueError: too many rows\n  at model.py:3\n"
                          "  at model.py:9\n")
    assert run.manifest["calls"] == [{"stdout": "", "exception": {
        "type": "ValueError", "message": "too many rows"}}]


def test_full_form(run):
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    many = np.zeros((4, 4), np.float32)
    number = {"t": "float", "v": 2}
    true = {"t": "bool", "v": True}
    run.full({"calls": [
        {"method": "forward", "args": [tensor("t0", x), number, true]},
        {"method": "forward", "args": [tensor("t1", many), number, true]},
        {"method": "forward", "args": [{"t": "ref", "id": 0}],
         "kwargs": {"arg2": {"t": "bool", "v": False},
                    "arg1": {"t": "float", "v": "inf"}}}]}, t0=x, t1=many)
    out = run(ADD, None, status=1)
    first, second, third = run.manifest["calls"]
    assert first["result"]["t"] == "tuple"
    result, doubled = first["result"]["v"]
    assert result["dtype"] == "float32" and result["shape"] == [2, 4]
    np.testing.assert_array_equal(out[result["npy"][:-4]], x + ROW)
    assert doubled == {"t": "float", "v": 4}
    assert second["exception"]["type"] == "ValueError"
    assert third["result"]["v"][1] == {"t": "float", "v": "inf"}


def test_strides_of_the_full_form(run):
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    run.full({"calls": [{"method": "forward", "args": [
        tensor("t0", x, stride=[1, 3]), {"t": "int", "v": 1},
        {"t": "bool", "v": True}]}]}, t0=x)
    out = run(ADD, None)
    np.testing.assert_array_equal(out["t0"], x + ROW)


@pytest.mark.parametrize("changes, message", [
    ({"arg0": np.zeros((2, 4))},
     "argument 'arg0': expected a float32 tensor of shape [?, 4], "
     "got float64 [2, 4]"),
    ({"arg0": np.zeros((2, 5), np.float32)},
     "argument 'arg0': expected a float32 tensor of shape [?, 4], "
     "got float32 [2, 5]"),
    ({"arg0": np.zeros(4, np.float32)},
     "argument 'arg0': expected a float32 tensor of shape [?, 4], "
     "got float32 [4]"),
    ({"arg1": None}, "argument 'arg1' is missing: expected a float"),
    ({"arg1": np.zeros(2)},
     "argument 'arg1': expected a float, got float64 [2]"),
    ({"arg2": np.array(1)}, "argument 'arg2': expected a bool, got int64 []"),
    ({"arg3": np.array(1)}, "expected at most 3 arguments, got 4"),
    ({"x": np.array(1)}, "unknown entry 'x.npy'"),
    ({"arg1": np.array("text")}, "NumPy dtype '<U4' is not supported"),
    ({"arg0.0": np.array(1)}, "the argument is given twice"),
])
def test_inputs_that_do_not_fit(run, changes, message):
    run(ADD, add_inputs(**changes), status=2)
    assert message in run.errors


def test_malformed_input_files(run):
    np.savez(run.path("good.npz"), **add_inputs())
    good = (run.folder / "good.npz").read_bytes()
    for bad in (b"", b"PK", b"text", good[:len(good) // 2],
                good[:80] + b"\xff" * 20 + good[100:]):
        (run.folder / "in.npz").write_bytes(bad)
        run(ADD, None, status=2)
        assert run.errors.startswith("error: ")
    # Object arrays need pickle, which is never read.
    np.savez(run.path("in.npz"), arg0=np.array([None]))
    run(ADD, None, status=2)
    assert "'|O' is not supported" in run.errors


@pytest.mark.parametrize("manifest, message", [
    ({}, "no array 'calls'"),
    ({"calls": [3]}, "a call is not an object"),
    ({"calls": [{"args": [{"t": "what"}]}]}, "unknown kind of value 'what'"),
    ({"calls": [{"args": [{"t": "int", "v": "x"}]}]},
     "a value of kind 'int' has no valid 'v'"),
    ({"calls": [{"args": [{"t": "ref", "id": 5}]}]},
     "a reference to a tensor that was not seen"),
    ({"calls": [{"args": [{"t": "tensor", "npy": "t9.npy",
                           "dtype": "float32"}]}]}, "no entry 't9.npy'"),
    ({"calls": [{"method": "nothing"}]}, "no method 'nothing'"),
    ({"calls": [{"kwargs": {"z": {"t": "none"}}}]}, "no parameter named 'z'"),
])
def test_malformed_manifests(run, manifest, message):
    run.full(manifest)
    run(ADD, None, status=2)
    assert message in run.errors


def test_malformed_models(run):
    run("func.func @forward(", add_inputs(), status=2)
    assert "model.mlir:1: error:" in run.errors
    run("not mlir", add_inputs(), status=2)
    # A function that nobody provides.
    run("func.func private @unknown_function() -> f64\n"
        "func.func @forward() -> f64 {\n"
        "  %0 = call @unknown_function() : () -> f64\n"
        "  return %0 : f64\n}", {}, status=3)
    assert "'unknown_function'" in run.errors


def test_stages_can_be_resumed(run):
    inputs = add_inputs()
    for stage in ("linalg", "llvm"):
        run(ADD, inputs, "--dump-stage", stage)
        np.testing.assert_array_equal(run(run.printed, inputs)["out0"],
                                      inputs["arg0"] + ROW)


def test_constants(run):
    # 80 bytes, so that they are data outside of the code.
    program = """
func.func @forward(%x: tensor<20xf32>) -> tensor<20xf32> {
  %w = arith.constant dense_resource<w> : tensor<20xf32>
  %s = arith.constant dense<2.0> : tensor<20xf32>
  %e = tensor.empty() : tensor<20xf32>
  %0 = linalg.add ins(%x, %w : tensor<20xf32>, tensor<20xf32>) outs(%e : tensor<20xf32>) -> tensor<20xf32>
  %1 = linalg.mul ins(%0, %s : tensor<20xf32>, tensor<20xf32>) outs(%e : tensor<20xf32>) -> tensor<20xf32>
  return %1 : tensor<20xf32>
}
{-# dialect_resources: { builtin: { w: "0x%s" } } #-}
"""
    w = np.arange(20, dtype=np.float32)
    x = np.ones(20, np.float32)
    blob = (4).to_bytes(4, "little") + w.tobytes()
    out = run(program.replace("%s\"", blob.hex() + "\""), {"arg0": x})["out0"]
    np.testing.assert_array_equal(out, (x + w) * 2)


def test_options(run):
    inputs = add_inputs()
    run(ADD, inputs, "--time=3", "--profile", "--threads=1", "--no-fallback",
        "--target=cpu")
    assert "time of forward: median" in run.errors and "(3 calls)" in run.errors
    assert "compile: llvm" in run.errors
    for bad in (["--time=0"], ["--target=tpu"], ["--dump-stage=nothing"],
                ["--unknown"], ["--method"], ["--threads=x"]):
        run(ADD, inputs, *bad, status=2)
    done = subprocess.run([MT_RUN, "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--inputs" in done.stdout
    assert subprocess.run([MT_RUN], capture_output=True).returncode == 2


def test_conversions_of_16_bit_floats(run):
    program = """
func.func @forward(%x: tensor<?xf64>) -> (tensor<?xf16>, tensor<?xbf16>) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?xf64>
  %e = tensor.empty(%d) : tensor<?xf16>
  %f = tensor.empty(%d) : tensor<?xbf16>
  %r:2 = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]}
      ins(%x : tensor<?xf64>) outs(%e, %f : tensor<?xf16>, tensor<?xbf16>) {
  ^bb0(%a: f64, %o: f16, %p: bf16):
    %h = arith.truncf %a : f64 to f16
    %s = arith.truncf %a : f64 to f32
    %b = arith.truncf %s : f32 to bf16
    linalg.yield %h, %b : f16, bf16
  } -> (tensor<?xf16>, tensor<?xbf16>)
  return %r#0, %r#1 : tensor<?xf16>, tensor<?xbf16>
}
"""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(1000) * 10.0 ** rng.uniform(-9, 9, 1000)
    x[:6] = [0, -0.0, np.inf, -np.inf, 65519.999, 65520]
    out = run(program, {"arg0": x})
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(out["out0"].view(np.uint16),
                                      x.astype(np.float16).view(np.uint16))
    singles = (out["out1"].astype(np.uint32) << 16).view(np.float32)
    finite = np.isfinite(x)
    np.testing.assert_allclose(singles[finite], x[finite], rtol=2 ** -8)


# Counts its calls and multiplies into an attribute; another method reads it.
STATE = """
mt.class @Net {
  mt.attr @calls : i64
  mt.attr @product : !mt.tensor
  mt.method @forward = @Net.forward
  mt.method @peek = @Net.peek
}
mt.object root @net : @Net {calls = 7 : i64, product = dense<[1.0, 2.0]> : tensor<2xf32>}
func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor {mt.name = "x"}, %k: i64 {mt.name = "k", mt.default = 1 : i64}) -> !mt.tensor {
  %n = mt.prim.get_attr %self["calls"] : !mt.object<@Net> -> i64
  %m = arith.addi %n, %k : i64
  mt.prim.set_attr %self["calls"], %m : !mt.object<@Net>, i64
  %s = mt.prim.get_attr %self["product"] : !mt.object<@Net> -> !mt.tensor
  %y = mt.aten.mul.Tensor %s, %x : (!mt.tensor, !mt.tensor) -> !mt.tensor
  mt.prim.set_attr %self["product"], %y : !mt.object<@Net>, !mt.tensor
  %r = mt.aten.relu %y : (!mt.tensor) -> !mt.tensor
  return %r : !mt.tensor
}
func.func private @Net.peek(%self: !mt.object<@Net>, %x: !mt.tensor {mt.name = "x"}) -> !mt.tensor {
  %s = mt.prim.get_attr %self["product"] : !mt.object<@Net> -> !mt.tensor
  %y = mt.aten.mul.Tensor %s, %x : (!mt.tensor, !mt.tensor) -> !mt.tensor
  return %y : !mt.tensor
}
"""


@pytest.mark.parametrize("options", [[], ["--dynamic"]])
def test_state_between_calls_and_methods(run, options):
    x = np.array([2, -3], np.float32)
    ref = {"t": "ref", "id": 0}
    run.full({"calls": [
        {"method": "forward", "args": [tensor("t0", x)]},
        {"method": "peek", "args": [ref]},
        {"method": "forward", "kwargs": {"x": ref, "k": {"t": "int", "v": 5}}},
        {"method": "peek", "args": [ref]},
        {"method": "forward", "args": [ref]}],
        "want_state": ["calls", "product"]}, t0=x)
    out = run(STATE, None, *options)
    results = [out[call["result"]["npy"][:-4]] for call in run.manifest["calls"]]
    np.testing.assert_array_equal(results, [[2, 0], [4, 18], [4, 18], [8, -54],
                                            [8, 0]])
    state = run.manifest["state"]
    assert state["calls"] == {"t": "int", "v": 14}
    np.testing.assert_array_equal(out[state["product"]["npy"][:-4]], [8, -54])


def test_methods(run):
    x = np.array([2, -3], np.float32)
    out = run(STATE, {"arg0": x}, "--method=peek")
    np.testing.assert_array_equal(out["out0"], [2, -6])
    run(STATE, {"arg0": x}, "--method", "nothing", status=2)
    assert "no method 'nothing'; it has: forward, peek" in run.errors
    run(STATE, {}, status=2)
    assert "argument 'x' is missing: expected Tensor" in run.errors
    run(STATE, {"arg0": x, "arg1": np.array(1.5)}, status=2)
    assert "argument 'k': expected int, got float64 []" in run.errors


def test_sizes_that_do_not_match_raise(run):
    run(STATE, {"arg0": np.zeros(3, np.float32)}, status=1)
    assert run.errors.startswith("RuntimeError: ")


def test_stages_of_mt_can_be_resumed(run):
    x = np.array([2, -3], np.float32)
    for stage in ("import", "functions", "contract", "linalg", "llvm"):
        run(STATE, {"arg0": x}, "--method=peek", "--dump-stage", stage)
        out = run(run.printed, {"arg0": x}, "--method=peek")["out0"]
        np.testing.assert_array_equal(out, [2, -6])
