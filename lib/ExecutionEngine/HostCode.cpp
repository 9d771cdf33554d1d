//===- HostCode.cpp - Optimization for this machine ---------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <mutex>

using namespace llvm;
using namespace minitorch;

Expected<orc::JITTargetMachineBuilder>
minitorch::detectHost(const JITOptions &options) {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    InitializeNativeTargetAsmParser();
  });
  auto host = orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  // Constants lie anywhere in memory, so their addresses come from a table.
  host->setRelocationModel(Reloc::PIC_);
  host->setCodeGenOptLevel(options.optLevel >= 3   ? CodeGenOptLevel::Aggressive
                           : options.optLevel == 2 ? CodeGenOptLevel::Default
                           : options.optLevel == 1 ? CodeGenOptLevel::Less
                                                   : CodeGenOptLevel::None);
  return std::move(*host);
}

/// What clang would put on functions for -march=native.
static void setTargetAttributes(Module &module, const TargetMachine &machine,
                                const JITOptions &options) {
  StringRef features = machine.getTargetFeatureString();
  unsigned width = options.vectorWidth;
  if (width == 0 && features.contains("+avx512f"))
    width = 512;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", features);
    if (width != 0)
      function.addFnAttr("prefer-vector-width", std::to_string(width));
    // What the runtime raises passes through.
    function.setUWTableKind(UWTableKind::Default);
  }
  if (Function *raise = module.getFunction("mtrt_raise")) {
    raise->addFnAttr(Attribute::NoReturn);
    raise->addFnAttr(Attribute::Cold);
  }
}

static void internalize(Module &module, const StringSet<> &exported) {
  for (GlobalValue &value : module.global_values())
    if (!value.isDeclaration() && !exported.contains(value.getName()) &&
        !value.getName().starts_with("llvm."))
      value.setLinkage(GlobalValue::InternalLinkage);
}

static OptimizationLevel optimizationLevel(unsigned level) {
  switch (level) {
  case 0:
    return OptimizationLevel::O0;
  case 1:
    return OptimizationLevel::O1;
  case 2:
    return OptimizationLevel::O2;
  default:
    return OptimizationLevel::O3;
  }
}

Error minitorch::optimizeForHost(Module &module,
                                 const orc::JITTargetMachineBuilder &host,
                                 const StringSet<> &exported,
                                 const JITOptions &options) {
  auto machine = orc::JITTargetMachineBuilder(host).createTargetMachine();
  if (!machine)
    return machine.takeError();
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  setTargetAttributes(module, **machine, options);
  internalize(module, exported);

  std::string problems;
  raw_string_ostream stream(problems);
  if (verifyModule(module, &stream))
    return createStringError("the LLVM IR is not valid: " + problems);

  PipelineTuningOptions tuning;
  tuning.LoopVectorization = options.optLevel >= 2;
  tuning.SLPVectorization = options.optLevel >= 2;
  tuning.LoopInterleaving = options.optLevel >= 2;
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(machine->get(), tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  OptimizationLevel level = optimizationLevel(options.optLevel);
  ModulePassManager passes = options.optLevel == 0
                                 ? builder.buildO0DefaultPipeline(level)
                                 : builder.buildPerModuleDefaultPipeline(level);
  passes.run(module, modules);
  return Error::success();
}
