//===- Pipelines.cpp - The compiler as phases -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Pipelines/Pipelines.h"
#include "MiniTorch/Conversion/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral phaseNames[] = {
    "import", "functions", "contract", "linalg", "llvm"};

StringRef minitorch::getPhaseName(Phase phase) {
  return phaseNames[static_cast<unsigned>(phase)];
}

std::optional<Phase> minitorch::parsePhase(StringRef name) {
  for (auto [i, known] : llvm::enumerate(phaseNames))
    if (name == known)
      return static_cast<Phase>(i);
  return std::nullopt;
}

Phase minitorch::getReachedPhase(ModuleOp module) {
  bool hasObjects = false, hasMt = false, hasBoxed = false, hasFunc = false;
  module.walk([&](Operation *op) {
    hasObjects |= isa<mt::ObjectOp, mt::ClassOp>(op);
    hasFunc |= isa<func::FuncOp>(op);
    if (auto func = dyn_cast<func::FuncOp>(op))
      hasBoxed |= llvm::any_of(func.getArgumentTypes(), [](Type type) {
        return isa<mt::TensorType>(type);
      });
    if (!isa_and_nonnull<mt::MtDialect>(op->getDialect()))
      return;
    hasMt = true;
    hasBoxed |= llvm::any_of(op->getResultTypes(), [](Type type) {
      return isa<mt::TensorType>(type);
    });
  });
  if (hasObjects)
    return Phase::Import;
  if (hasBoxed)
    return Phase::Functions;
  if (hasMt)
    return Phase::Contract;
  return hasFunc ? Phase::Linalg : Phase::LLVM;
}

//===----------------------------------------------------------------------===//
// Pipelines
//===----------------------------------------------------------------------===//

void minitorch::buildMtToFunctionsPipeline(OpPassManager &pm,
                                           const MtPipelineOptions &options) {
  // Objects first: everything later works on one function.
  mt::MtInlineObjectsPassOptions inlining;
  inlining.method = options.method;
  inlining.boxed = options.boxed;
  inlining.explain = options.explain;
  pm.addPass(mt::createMtInlineObjectsPass(inlining));
  // The input types are where all other types come from.
  mt::MtSpecializePassOptions specialization;
  specialization.inputs = options.inputs;
  specialization.boxed = options.boxed;
  pm.addPass(mt::createMtSpecializePass(specialization));
}

/// Types as far as they follow now.
static void addInference(OpPassManager &pm, bool fallback, bool explain,
                         bool refusesDtypes = false) {
  // Numbers as arith fold, and sizes are numbers.
  pm.addNestedPass<func::FuncOp>(createConvertMtToArithPass());
  mt::MtInferTypesPassOptions options;
  options.fallback = fallback;
  options.explain = explain;
  options.refusesDtypes = refusesDtypes;
  pm.addNestedPass<func::FuncOp>(mt::createMtInferTypesPass(options));
}

void minitorch::buildMtToContractPipeline(OpPassManager &pm, bool fallback,
                                          bool explain) {
  // A value has one type: what changes its shape makes another value.
  pm.addNestedPass<func::FuncOp>(mt::createMtRebindTensorsPass());
  // Before types answer what is asked of results.
  pm.addNestedPass<func::FuncOp>(mt::createMtRequireResultsPass());
  // Branches on types and on None go away, so that functionalization sees the
  // writes that can happen. These are the program's own operators, which
  // PyTorch may refuse.
  addInference(pm, fallback, explain, /*refusesDtypes=*/true);
  // Numbers taken out of tensors have types only now.
  addInference(pm, fallback, explain, /*refusesDtypes=*/true);
  // What the types leave open of these operators' operands is tested.
  pm.addNestedPass<func::FuncOp>(mt::createMtCheckOperandsPass());
  // Functionalization needs the ranks that depend on sizes.
  pm.addPass(mt::createMtAssumeExampleSizesPass());
  pm.addPass(createCSEPass());
  // No writes from here on: decompositions and conversions see values.
  pm.addNestedPass<func::FuncOp>(mt::createMtFunctionalizePass());
  // The functional forms have no types yet.
  addInference(pm, fallback, explain);
  // Formulas need ranks and dtypes, and give operators that need them too.
  pm.addNestedPass<func::FuncOp>(mt::createMtDecomposeOpsPass());
  addInference(pm, fallback, explain);
  // All types are known now, also of what was written before they were.
  mt::MtCheckOperandsPassOptions checks;
  checks.writes = true;
  pm.addNestedPass<func::FuncOp>(mt::createMtCheckOperandsPass(checks));
  // The signature needs the results' types; unboxing needs leaves.
  pm.addNestedPass<func::FuncOp>(mt::createMtFlattenResultsPass());
  pm.addNestedPass<func::FuncOp>(mt::createMtUnboxPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Every operator that cannot be compiled is named here, in one run.
  pm.addNestedPass<func::FuncOp>(mt::createMtVerifyBackendContractPass());
}

void minitorch::buildMtToBoxedContractPipeline(OpPassManager &pm, bool raises,
                                               bool explain) {
  // Before lists fold, and with them what is taken out.
  mt::MtRequireResultsPassOptions required;
  required.onlyElements = true;
  pm.addNestedPass<func::FuncOp>(mt::createMtRequireResultsPass(required));
  // First of what folds: the rest would take tensors for values.
  pm.addPass(createConvertMtTensorsToRuntimePass());
  // Everything else is inferred and folded as ever.
  addInference(pm, /*fallback=*/false, explain);
  addInference(pm, /*fallback=*/false, explain);
  // Again, for what was left because it may never be reached.
  ConvertMtTensorsToRuntimePassOptions options;
  options.last = true;
  options.raises = raises;
  pm.addPass(createConvertMtTensorsToRuntimePass(options));
  pm.addNestedPass<func::FuncOp>(mt::createMtFlattenResultsPass());
  pm.addPass(createCanonicalizerPass());
}

void minitorch::buildMtContractToLinalgPipeline(OpPassManager &pm,
                                                bool fallback, bool explain) {
  // Control flow first: the conversions below look through scf, not mt.
  pm.addNestedPass<func::FuncOp>(createConvertMtToSCFPass());
  // Operators on tensors, with the checks that they need at run time.
  pm.addPass(createConvertMtToLinalgPass());
  // Whatever could be compiled is by now.
  if (fallback)
    pm.addPass(createConvertMtToFallbackCallsPass());
  // Lists of operands that conversions looked through; what is a list after
  // this is one at run time.
  pm.addPass(createCanonicalizerPass());
  // Whatever may raise is known by now.
  pm.addNestedPass<func::FuncOp>(mt::createMtElideKeptContentsPass());
  // What still has a boxed type stays an object.
  if (explain)
    pm.addNestedPass<func::FuncOp>(mt::createMtExplainBoxedPass());
  pm.addPass(createConvertMtToRuntimePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void minitorch::buildMtToLinalgPipeline(OpPassManager &pm,
                                        const MtPipelineOptions &options) {
  buildMtToFunctionsPipeline(pm, options);
  if (options.boxed)
    buildMtToBoxedContractPipeline(pm, /*raises=*/false, options.explain);
  else
    buildMtToContractPipeline(pm, options.fallback, options.explain);
  buildMtContractToLinalgPipeline(pm, options.fallback, options.explain);
}

void minitorch::registerMtPipelines() {
  PassPipelineRegistration<MtPipelineOptions>(
      "mt-to-functions-pipeline",
      "Imported objects and methods to one typed function",
      buildMtToFunctionsPipeline);
  PassPipelineRegistration<FallbackOptions>(
      "mt-to-contract-pipeline",
      "A typed function to operators on builtin tensors",
      [](OpPassManager &pm, const FallbackOptions &options) {
        buildMtToContractPipeline(pm, options.fallback);
      });
  PassPipelineRegistration<>(
      "mt-to-boxed-contract-pipeline",
      "A function to calls of the runtime on tensor "
      "objects",
      [](OpPassManager &pm) { buildMtToBoxedContractPipeline(pm); });
  PassPipelineRegistration<FallbackOptions>(
      "mt-contract-to-linalg-pipeline",
      "Operators on builtin tensors to linalg, tensor, arith and scf",
      [](OpPassManager &pm, const FallbackOptions &options) {
        buildMtContractToLinalgPipeline(pm, options.fallback);
      });
  PassPipelineRegistration<MtPipelineOptions>(
      "mt-to-linalg-pipeline",
      "Imported objects and methods to linalg, tensor, arith and scf",
      buildMtToLinalgPipeline);
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

LogicalResult minitorch::compileModule(ModuleOp module,
                                       const CompileOptions &options) {
  Phase reached = getReachedPhase(module);
  // Functions that nobody gave input types yet.
  if (reached == Phase::Functions &&
      llvm::all_of(module.getOps<func::FuncOp>(), [&](func::FuncOp func) {
        return !func->hasAttr(mt::signatureAttrName) &&
               (!options.inputs.empty() || func.getNumArguments() == 0);
      }))
    reached = Phase::Import;
  if (options.afterPhase)
    options.afterPhase(reached, module);
  while (reached < options.compileTo) {
    Phase next = static_cast<Phase>(static_cast<unsigned>(reached) + 1);
    PassManager pm(module.getContext());
    switch (next) {
    case Phase::Functions: {
      MtPipelineOptions phaseOptions;
      phaseOptions.method = options.method;
      phaseOptions.inputs = options.inputs;
      phaseOptions.boxed = options.boxed;
      phaseOptions.explain = options.explainsBoxed;
      buildMtToFunctionsPipeline(pm, phaseOptions);
      break;
    }
    case Phase::Contract:
      if (options.boxed)
        buildMtToBoxedContractPipeline(pm, options.raisesUnsupported,
                                       options.explainsBoxed);
      else
        buildMtToContractPipeline(pm, options.fallback, options.explainsBoxed);
      break;
    case Phase::Linalg:
      buildMtContractToLinalgPipeline(pm, options.fallback,
                                      options.explainsBoxed);
      break;
    case Phase::LLVM: {
      CPUPipelineOptions cpu;
      cpu.vectorBits = options.vectorBits;
      buildMtCPUPipeline(pm, cpu);
      break;
    }
    case Phase::Import:
      break;
    }
    if (failed(pm.run(module)))
      return failure();
    reached = next;
    if (options.afterPhase)
      options.afterPhase(reached, module);
  }
  return success();
}
