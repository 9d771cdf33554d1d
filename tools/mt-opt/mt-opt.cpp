//===- mt-opt.cpp - MlirOptMain for mt and upstream -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/InitAllDialects.h"
#include "MiniTorch/InitAllPasses.h"
#include "mlir/IR/AsmState.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

/// As strict as weights in bytecode are about where the file lies in memory;
/// MlirOptMain's own reading does not align small files.
static constexpr uint64_t inputAlignment = 64;

/// Values are printed with the names in their locations, as the importer leaves
/// them, unless --mlir-use-nameloc-as-prefix=false is given.
static void printNamesByDefault() {
  mlir::registerAsmPrinterCLOptions();
  auto &options = llvm::cl::getRegisteredOptions();
  if (auto found = options.find("mlir-use-nameloc-as-prefix");
      found != options.end())
    static_cast<llvm::cl::opt<bool> *>(found->second)->setInitialValue(true);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  minitorch::registerAllDialects(registry);
  mlir::registerAllPasses();
  minitorch::registerAllPasses();

  printNamesByDefault();
  auto [inputName, outputName] = mlir::registerAndParseCLIOptions(
      argc, argv, "MiniTorch optimizer driver\n", registry);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, inputName, outputName, registry));

  std::string error;
  auto input =
      mlir::openInputFile(inputName, llvm::Align(inputAlignment), &error);
  std::unique_ptr<llvm::ToolOutputFile> output;
  if (input)
    output = mlir::openOutputFile(outputName, &error);
  if (!input || !output) {
    llvm::errs() << error << "\n";
    return 1;
  }
  if (failed(
          mlir::MlirOptMain(output->os(), std::move(input), registry, config)))
    return 1;
  output->keep();
  return 0;
}
