//===- TorchScript.cpp - Loading of archives, and errors --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Import/TorchScript.h"
#include "Importer.h"
#include "MiniTorch/Import/TorchScriptModule.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <torch/csrc/jit/frontend/error_report.h>
#include <torch/csrc/jit/serialization/import.h>

using namespace mlir;
using namespace minitorch;

/// A message without what PyTorch appends for its own developers: the C++
/// backtrace and the place in its sources.
static std::string cleanMessage(StringRef message) {
  message = message.split("\nException raised from ").first;
  message = message.split("\nC++ CapturedTraceback:").first;
  // Advice about checkpoints, which an archive is not.
  message = message.split(" This is an internal miniz error.").first;
  return message.rtrim().str();
}

/// Runs `body`; what it throws becomes an error at `loc`.
static OwningOpRef<ModuleOp>
withDiagnostics(Location loc, StringRef what,
                llvm::function_ref<OwningOpRef<ModuleOp>()> body) {
  auto fail = [&](StringRef message) {
    InFlightDiagnostic diagnostic = emitError(loc)
                                    << what << ": " << cleanMessage(message);
    // An archive of torch.save or torch.export has no such file.
    if (message.contains("failed locating file constants.pkl"))
      diagnostic << "\nThis is no TorchScript archive; write one with "
                    "torch.jit.save(torch.jit.script(model), path)";
    return OwningOpRef<ModuleOp>();
  };
  try {
    return body();
  } catch (const torch::jit::ErrorReport &error) {
    return fail(error.what());
  } catch (const c10::Error &error) {
    return fail(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return fail(error.what());
  } catch (...) {
    return fail("unknown exception");
  }
}

static OwningOpRef<ModuleOp> importModule(MLIRContext *context,
                                          const torch::jit::Module &module,
                                          const ImportOptions &options) {
  OwningOpRef<ModuleOp> result =
      torchscript::Importer(context, options).run(module);
  if (failed(verify(*result)))
    return {};
  return result;
}

OwningOpRef<ModuleOp>
minitorch::importTorchScriptModule(MLIRContext *context,
                                   const torch::jit::Module &module,
                                   const ImportOptions &options) {
  return withDiagnostics(
      UnknownLoc::get(context), "cannot import the module",
      [&] { return importModule(context, module, options); });
}

OwningOpRef<ModuleOp>
minitorch::importTorchScriptModule(MLIRContext *context,
                                   const void *torchJitModule,
                                   const ImportOptions &options) {
  return importTorchScriptModule(
      context, *static_cast<const torch::jit::Module *>(torchJitModule),
      options);
}

// pybind11's PYBIND11_PLATFORM_ABI_ID for the compilers that PyTorch's Linux
// wheels are made with; its header would need Python's.
const char *minitorch::getTorchScriptPlatform() {
#if _GLIBCXX_USE_CXX11_ABI
  return "system_libstdcpp_gxx_abi_1xxx_use_cxx11_abi_1";
#else
  return "system_libstdcpp_gxx_abi_1xxx_use_cxx11_abi_0";
#endif
}

const std::type_info &minitorch::getTorchScriptModuleTypeInfo() {
  return typeid(torch::jit::Module);
}

/// Loads with `load` and imports.
static OwningOpRef<ModuleOp>
loadAndImport(MLIRContext *context, StringRef name, StringRef header,
              const ImportOptions &options,
              llvm::function_ref<torch::jit::Module()> load) {
  Location loc = FileLineColLoc::get(context, name, 0, 0);
  if (!header.starts_with("PK")) {
    emitError(loc) << "not a TorchScript archive (a zip file with a code/ "
                      "folder); write one with "
                      "torch.jit.save(torch.jit.script(model), path)";
    return {};
  }
  return withDiagnostics(loc, "cannot load the TorchScript archive", [&] {
    return importModule(context, load(), options);
  });
}

OwningOpRef<ModuleOp>
minitorch::importTorchScript(MLIRContext *context, StringRef path,
                             const ImportOptions &options) {
  Location loc = FileLineColLoc::get(context, path, 0, 0);
  if (llvm::sys::fs::is_directory(path)) {
    emitError(loc) << "is a directory, expected a TorchScript archive";
    return {};
  }
  auto start = llvm::MemoryBuffer::getFileSlice(path, 4, 0);
  if (!start) {
    // A file of fewer bytes, or none at all.
    if (llvm::sys::fs::exists(path) &&
        !llvm::sys::fs::access(path, llvm::sys::fs::AccessMode::Exist))
      start = llvm::MemoryBuffer::getFile(path);
    if (!start) {
      emitError(loc) << "cannot open: " << start.getError().message();
      return {};
    }
  }
  return loadAndImport(context, path, (*start)->getBuffer(), options, [&] {
    return torch::jit::load(path.str(), at::Device(at::kCPU));
  });
}

namespace {
/// The bytes of an archive as PyTorch's readers want them.
class BufferReader : public caffe2::serialize::ReadAdapterInterface {
public:
  explicit BufferReader(StringRef data) : data(data) {}
  size_t size() const override { return data.size(); }
  size_t read(uint64_t position, void *buffer, size_t count,
              const char *) const override {
    StringRef part = data.substr(position, count);
    memcpy(buffer, part.data(), part.size());
    return part.size();
  }

private:
  StringRef data;
};
} // namespace

OwningOpRef<ModuleOp>
minitorch::importTorchScript(MLIRContext *context,
                             llvm::MemoryBufferRef archive,
                             const ImportOptions &options) {
  return loadAndImport(context, archive.getBufferIdentifier(),
                       archive.getBuffer(), options, [&] {
                         return torch::jit::load(std::make_shared<BufferReader>(
                                                     archive.getBuffer()),
                                                 at::Device(at::kCPU));
                       });
}
