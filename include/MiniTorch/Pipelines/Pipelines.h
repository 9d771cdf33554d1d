//===- Pipelines.h - The compiler as phases ---------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_PIPELINES_PIPELINES_H
#define MINITORCH_PIPELINES_PIPELINES_H

#include "MiniTorch/Pipelines/CPU.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include <functional>
#include <string>

namespace minitorch {

/// The stages of a compile, in order: what --dump-stage and `.mlir(stage)`
/// name, and where a hand-edited file may be taken up again.
enum class Phase {
  /// What TorchScript says: classes, objects, methods.
  Import,
  /// One function on tensor objects, with its input types and explicit state.
  Functions,
  /// The backend contract: operators on builtin tensors of known rank, dtype.
  Contract,
  /// linalg, tensor, arith and scf; nothing of mt is left.
  Linalg,
  /// The LLVM dialect.
  LLVM,
};
constexpr Phase lastPhase = Phase::LLVM;

/// `import`, `functions`, `contract`, `linalg`, `llvm`.
llvm::StringRef getPhaseName(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);
/// Which phase the module has reached, by the operations in it.
Phase getReachedPhase(mlir::ModuleOp module);

struct MtPipelineOptions : public mlir::PassPipelineOptions<MtPipelineOptions> {
  Option<std::string> method{*this, "method",
                             llvm::cl::desc("The method to compile"),
                             llvm::cl::init("forward")};
  Option<std::string> inputs{
      *this, "inputs",
      llvm::cl::desc("Types of the method's arguments, as in mt-specialize"),
      llvm::cl::init("")};
  Option<bool> fallback{*this, "fallback",
                        llvm::cl::desc("Let PyTorch (libMiniTorchATen.so) run "
                                       "operators without a lowering"),
                        llvm::cl::init(false)};
  Option<bool> boxed{*this, "boxed",
                     llvm::cl::desc("Tensors are objects of the runtime"),
                     llvm::cl::init(false)};
  Option<bool> explain{*this, "explain",
                       llvm::cl::desc("Say which values stay objects of the "
                                      "runtime, and why, as remarks"),
                       llvm::cl::init(false)};
};

/// Options of the phases that decide which operators are compiled.
struct FallbackOptions : public mlir::PassPipelineOptions<FallbackOptions> {
  Option<bool> fallback{*this, "fallback",
                        llvm::cl::desc("Let PyTorch (libMiniTorchATen.so) run "
                                       "operators without a lowering"),
                        llvm::cl::init(false)};
};

/// import -> functions.
void buildMtToFunctionsPipeline(mlir::OpPassManager &pm,
                                const MtPipelineOptions &options);
/// functions -> contract.
void buildMtToContractPipeline(mlir::OpPassManager &pm, bool fallback = false,
                               bool explain = false);
/// functions -> contract, of the boxed form.
void buildMtToBoxedContractPipeline(mlir::OpPassManager &pm,
                                    bool raises = false, bool explain = false);
/// contract -> linalg.
void buildMtContractToLinalgPipeline(mlir::OpPassManager &pm,
                                     bool fallback = false,
                                     bool explain = false);
/// import or functions -> linalg: the three above.
void buildMtToLinalgPipeline(mlir::OpPassManager &pm,
                             const MtPipelineOptions &options);

/// Registers `mt-to-functions-pipeline`, `mt-to-contract-pipeline`,
/// `mt-to-boxed-contract-pipeline`, `mt-contract-to-linalg-pipeline` and
/// `mt-to-linalg-pipeline`.
void registerMtPipelines();

struct CompileOptions {
  std::string method = "forward";
  /// Types of the arguments, as in mt-specialize.
  std::string inputs;
  /// Stop after this phase.
  Phase compileTo = lastPhase;
  unsigned vectorBits = 0;
  /// Let PyTorch run operators without a lowering.
  bool fallback = false;
  /// The boxed form: every tensor is an object of the runtime, of a rank and
  /// dtype that are known when the program runs. It takes any program, and what
  /// it computes with tensors is compiled when it is first called.
  bool boxed = false;
  /// Of the boxed form: operators without a lowering raise when they are
  /// reached, unless they always are.
  bool raisesUnsupported = false;
  /// Values that stay objects of the runtime get a remark that says why.
  bool explainsBoxed = false;
  /// Called with the module after each phase.
  std::function<void(Phase, mlir::ModuleOp)> afterPhase;
};

/// Takes `module` from the phase that it has reached to `options.compileTo`.
/// Errors are diagnostics of the module's context; every operator that cannot
/// be compiled gets one.
mlir::LogicalResult compileModule(mlir::ModuleOp module,
                                  const CompileOptions &options);

} // namespace minitorch

#endif // MINITORCH_PIPELINES_PIPELINES_H
