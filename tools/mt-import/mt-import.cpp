//===- mt-import.cpp - TorchScript archive to mt ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Import/TorchScript.h"
#include "WeightsFile.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
namespace cl = llvm::cl;

/// The exit statuses of every MiniTorch tool.
enum ExitStatus { kDone = 0, kBadInput = 2, kDefect = 70 };

enum class Weights { Default, Resource, Elide, File };

static cl::OptionCategory category("mt-import options");
static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("MODEL.pt"), cl::cat(category));
static cl::opt<std::string>
    outputPath("o",
               cl::desc("Where to write: text, or bytecode where the name ends "
                        "in .mlirbc ('-': standard output)"),
               cl::value_desc("OUT.mlir|OUT.mlirbc"), cl::init("-"),
               cl::cat(category));
static cl::opt<Weights> weightsMode(
    "weights", cl::desc("What becomes of the weights:"),
    cl::values(
        clEnumValN(Weights::Resource, "resource",
                   "in OUT, so that it can be run (default for a file)"),
        clEnumValN(Weights::Elide, "elide",
                   "left out; OUT only names them (default for standard "
                   "output)"),
        clEnumValN(Weights::File, "file",
                   "in OUT's name with .weights.npz, by the names in OUT")),
    cl::init(Weights::Default), cl::cat(category));
static cl::opt<cl::boolOrDefault>
    locations("locations",
              cl::desc("Print where in the Python source each operation comes "
                       "from (default for a file)"),
              cl::cat(category));

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error write(ModuleOp module, llvm::raw_ostream &os,
                         bool isBytecode, bool withWeights,
                         bool withLocations) {
  if (isBytecode) {
    BytecodeWriterConfig config("MiniTorch");
    config.setElideResourceDataFlag(!withWeights);
    if (failed(writeBytecodeToFile(module, os, config)))
      return fail("cannot write bytecode");
    return llvm::Error::success();
  }
  OpPrintingFlags flags;
  flags.printNameLocAsPrefix();
  if (!withWeights)
    flags.elideLargeResourceString(0);
  if (withLocations)
    flags.enableDebugInfo();
  module->print(os, flags);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  std::string usageErrors;
  llvm::raw_string_ostream usageStream(usageErrors);
  if (!cl::ParseCommandLineOptions(
          argc, argv,
          "Imports a TorchScript archive (torch.jit.save) as MLIR in the mt "
          "dialect.\n\nExit status: 0 done, 2 wrong usage or unreadable "
          "file, 70 a defect of mt-import.\n",
          &usageStream)) {
    llvm::errs() << usageErrors;
    return kBadInput;
  }

  MLIRContext context;
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> module;
  if (modelPath == "-") {
    auto input = llvm::MemoryBuffer::getSTDIN();
    if (!input) {
      llvm::errs() << "mt-import: error: cannot read standard input: "
                   << input.getError().message() << "\n";
      return kBadInput;
    }
    module = minitorch::importTorchScript(&context, **input);
  } else {
    module = minitorch::importTorchScript(&context, modelPath);
  }
  if (!module)
    return kBadInput;

  bool toFile = outputPath != "-";
  if (weightsMode == Weights::Default)
    weightsMode = toFile ? Weights::Resource : Weights::Elide;
  bool withLocations =
      locations == cl::BOU_UNSET ? toFile : locations == cl::BOU_TRUE;
  auto report = [&](llvm::Error error) {
    llvm::errs() << "mt-import: error: " << toString(std::move(error)) << "\n";
    return kBadInput;
  };
  if (weightsMode == Weights::File) {
    if (!toFile)
      return report(fail("--weights=file needs -o OUT"));
    llvm::SmallString<128> path(outputPath.getValue());
    llvm::sys::path::replace_extension(path, ".weights.npz");
    if (auto error = minitorch::writeWeightsFile(*module, path))
      return report(std::move(error));
    (*module)->setAttr(
        "mt.weights",
        StringAttr::get(&context, llvm::sys::path::filename(path)));
  }
  auto writer = [&](llvm::raw_ostream &os) {
    return write(*module, os, llvm::StringRef(outputPath).ends_with(".mlirbc"),
                 weightsMode == Weights::Resource, withLocations);
  };
  // Into a temporary file first: OUT is written whole or not at all.
  if (auto error = llvm::writeToOutput(outputPath, writer))
    return report(std::move(error));
  return kDone;
}
