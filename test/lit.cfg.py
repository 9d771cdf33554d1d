"""lit's configuration: what a RUN line may use.

`mt-opt`, `mt-import` and `mt-run` are the tools of this build; `FileCheck`,
`not`, `split-file` and the stock `mlir-opt` are LLVM's. `%python` is the
interpreter of the build. Features: `libtorch`, `python`, and one for each tool
that was built (`mt-run`, ...).
"""
import os

import lit.formats



def whole_word(name):
    """`mt-opt`, but not in `%t/mt-opt.log`."""
    return r"(?<![-\w/.%])" + name + r"(?![-\w.])"


config.name = "MiniTorch"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "python", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.minitorch_obj_root, "test")

# A variable captured in one function means nothing in the next.
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
for name in ("HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "CCACHE_DIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.environment["PATH"] = os.pathsep.join(
    [config.minitorch_tools_dir, config.llvm_tools_dir,
     config.environment.get("PATH", "")])


def is_on(value):
    return value.upper() in ("ON", "1", "TRUE", "YES")


if is_on(config.enable_libtorch):
    config.available_features.add("libtorch")
if is_on(config.enable_python):
    config.available_features.add("python")
# Tools that are not built here cannot load a library that is instrumented.
if is_on(config.enable_sanitizers):
    config.available_features.add("sanitizers")


def add_tool(name, directory, arguments=""):
    path = os.path.join(directory, name)
    if os.path.exists(path):
        config.available_features.add(name)
        config.substitutions.append((whole_word(name), path + arguments))


# MLIR's own round trip refuses aligned resources (it reads them back from
# unaligned memory), so this is for whoever asks; round-trip.test covers all.
roundtrip = ""
if os.environ.get("MINITORCH_VERIFY_ROUNDTRIP"):
    roundtrip = " --verify-roundtrip"
add_tool("mt-opt", config.minitorch_tools_dir, roundtrip)
for tool in ("mt-import", "mt-run", "mt-compile"):
    add_tool(tool, config.minitorch_tools_dir)
for tool in ("FileCheck", "not", "count", "split-file", "mlir-opt",
             "mlir-translate", "mlir-runner"):
    add_tool(tool, config.llvm_tools_dir)

config.substitutions += [
    ("%python", config.python),
    ("%cmake", config.cmake),
    ("%cxx", config.cxx),
    ("%mlir_dir", config.mlir_dir),
    ("%llvm_dir", config.llvm_dir),
    ("%src_root", config.minitorch_src_root),
    ("%obj_root", config.minitorch_obj_root),
    ("%mt_tools_dir", config.minitorch_tools_dir),
    ("%mt_lib_dir", config.minitorch_lib_dir),
    ("%mlir_lib_dir", os.path.join(os.path.dirname(config.llvm_tools_dir),
                                   "lib")),
]
