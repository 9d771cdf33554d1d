//===- CPU.cpp - From linalg on tensors to LLVM -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Pipelines/CPU.h"

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Codegen/Layouts/Passes.h"
#include "MiniTorch/Conversion/MtToLLVM.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace minitorch;

/// Tensors: one loop nest for each chain of elementwise operations.
static void addFusion(OpPassManager &pm, const CPUPipelineOptions &options) {
  pm.addPass(createInlinerPass());
  pm.addPass(createMtCPUMarkEntryPointsPass());
  pm.addNestedPass<func::FuncOp>(createMtCPURelaxReductionsPass());
  // Weights that are reshaped on their way to a convolution are constants.
  pm.addPass(createMtFoldConstantReshapesPass());
  // While convolutions still have their names, and elementwise ops stand alone.
  pm.addNestedPass<func::FuncOp>(createMtConvertConvToChannelsLastPass());
  pm.addNestedPass<func::FuncOp>(createMtPropagateTransposesPass());
  // Shapes in terms of the inputs' shapes, so that asking for a size is not a
  // use of the whole tensor.
  pm.addPass(memref::createResolveShapedTypeResultDimsPass());
  pm.addNestedPass<func::FuncOp>(createMtCPUConvertConvolutionsPass());
  // What has a name keeps its dimensions.
  pm.addNestedPass<func::FuncOp>(createMtCPUGeneralizePass());
  // A dimension of size one hides that two shapes are the same.
  pm.addPass(createLinalgFoldUnitExtentDimsPass());
  // And those of which it dropped dimensions.
  pm.addPass(createMtFoldConstantReshapesPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createMtCPUFuseElementwisePass());
  // Again, for the reshapes that moved.
  pm.addPass(memref::createResolveShapedTypeResultDimsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// Tensors: the program cut into kernels.
static void addKernels(OpPassManager &pm, const CPUPipelineOptions &options) {
  // Weights are packed once, in the program that hands them to kernels.
  pm.addPass(
      createMtCPUPackContractionsPass({options.vectorBits, options.registers}));
  // From here on each kernel is compiled once, however often it is launched.
  pm.addPass(createMtFormKernelsPass());
}

/// Tensors: in each kernel the loops around its tiles.
static void addTiles(OpPassManager &pm, const CPUPipelineOptions &options) {
  OpPassManager &kernels = pm.nest<ModuleOp>();
  kernels.addNestedPass<func::FuncOp>(
      createMtCPUTileAndFusePass({options.vectorBits, options.registers}));
  kernels.addNestedPass<func::FuncOp>(createMtCPUFuseRowsPass());
  // What has no loops by now.
  kernels.addNestedPass<func::FuncOp>(createMtCPUTileForThreadsPass());
  kernels.addPass(createCanonicalizerPass());
  // Fusion clones a producer once for each of its consumers.
  kernels.addPass(createCSEPass());
}

/// What bufferization relies on.
static void addDestinations(OpPassManager &pm, bool isProgram) {
  // Sizes are compared as they are from here on.
  pm.addNestedPass<func::FuncOp>(createMtCPUHideSizesPass());
  pm.addNestedPass<func::FuncOp>(createMtCPUSplitDestinationsPass());
  if (isProgram) {
    // Each result has a tensor of its own now: some can be slices of others.
    pm.addNestedPass<func::FuncOp>(createMtPlaceDestinationsPass());
    pm.addPass(bufferization::createEmptyTensorEliminationPass());
  }
  pm.addNestedPass<func::FuncOp>(createMtCPUSeparateResultsPass());
  pm.addNestedPass<func::FuncOp>(
      bufferization::createEmptyTensorToAllocTensorPass());
}

/// Tensors to buffers that are freed exactly once.
static void addBufferization(OpPassManager &pm) {
  // The program first: it says how the operands of kernels lie.
  addDestinations(pm, /*isProgram=*/true);
  // Callers pass plain row-major buffers, whatever is inferred inside.
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  // Loops may carry tensors whose size changes.
  bufferize.allowReturnAllocsFromLoops = true;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createMtBufferizeKernelsPass());
  OpPassManager &kernels = pm.nest<ModuleOp>();
  addDestinations(kernels, /*isProgram=*/false);
  kernels.addPass(bufferization::createOneShotBufferizePass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  // Before allocations leave loops: each thread has its own.
  kernels.addPass(createMtCPUOutlineParallelLoopsPass());
  // One program again, for ownership and everything below.
  pm.addPass(createMtLinkKernelsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Out of loops before ownership is decided, so that a loop body frees
  // nothing.
  pm.addNestedPass<func::FuncOp>(bufferization::createBufferLoopHoistingPass());
  bufferization::buildBufferDeallocationPipeline(pm);
  pm.addPass(createConvertBufferizationToMemRefPass());
}

/// Structured ops on buffers to loops.
static void addLoops(OpPassManager &pm, const CPUPipelineOptions &options) {
  pm.addNestedPass<func::FuncOp>(createMtCPUExpandCopiesPass());
  // The same for the loops of the program that occur more than once.
  pm.addPass(createMtCPUOutlineKernelsPass());
  pm.addNestedPass<func::FuncOp>(createMtCPUContractionToVectorPass(
      {options.vectorBits, options.registers}));
  pm.addNestedPass<func::FuncOp>(
      createMtCPUVectorizePass({options.vectorBits, options.registers}));
  // What has no vector form: the loop vectorizer may still find one.
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
}

/// References to boxed values are counted, and become pointers.
static void addBoxedValues(OpPassManager &pm) {
  // On buffers, whose aliases are explicit, and while control flow is
  // structured. Nothing behind it merges or moves calls of the runtime.
  pm.addNestedPass<func::FuncOp>(mt::createMtInsertRefCountsPass());
  pm.addPass(createConvertMtToLLVMPass());
}

/// Everything to the LLVM dialect.
static void addLLVM(OpPassManager &pm) {
  // Before functions and buffers become LLVM's.
  pm.addPass(createMtCPUConvertParallelCallsPass());
  // A check may sit in a loop, so before loops become branches.
  pm.addPass(createMtCPUConvertAssertPass());
  pm.addPass(createMtCPUExternalizeConstantsPass());
  // Complex arithmetic first: it is written in terms of math.
  pm.addNestedPass<func::FuncOp>(createConvertComplexToStandardPass());
  // Half precision has no polynomials and no libm; f32 has both.
  pm.addNestedPass<func::FuncOp>(math::createMathExtendToSupportedTypes());
  pm.addNestedPass<func::FuncOp>(createMtCPUApproximateMathPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertVectorToSCFPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(memref::createExpandOpsPass());
  // What the pass after it does not take.
  pm.addPass(createMtCPUExpandReshapesPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  arith::ArithExpandOpsPassOptions expand;
  // No libgcc routine for bf16 is needed then.
  expand.includeBf16 = true;
  pm.addPass(arith::createArithExpandOpsPass(expand));
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertComplexToLibm());
  pm.addPass(createConvertComplexToLLVMPass());
  // libm only for what has no LLVM intrinsic.
  pm.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  // The runtime allocates, so that a failing call can free what it holds.
  FinalizeMemRefToLLVMConversionPassOptions memrefs;
  memrefs.useGenericFunctions = true;
  pm.addPass(createFinalizeMemRefToLLVMConversionPass(memrefs));
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void minitorch::buildMtLinalgToKernelsPipeline(
    OpPassManager &pm, const CPUPipelineOptions &options) {
  addFusion(pm, options);
  addKernels(pm, options);
}

void minitorch::buildMtKernelsToCPUPipeline(OpPassManager &pm,
                                            const CPUPipelineOptions &options) {
  addTiles(pm, options);
  addBufferization(pm);
  addLoops(pm, options);
  addBoxedValues(pm);
  addLLVM(pm);
}

void minitorch::buildMtCPUPipeline(OpPassManager &pm,
                                   const CPUPipelineOptions &options) {
  buildMtLinalgToKernelsPipeline(pm, options);
  buildMtKernelsToCPUPipeline(pm, options);
}

void minitorch::registerMtCPUPipelines() {
  PassPipelineRegistration<CPUPipelineOptions>(
      "mt-cpu-pipeline",
      "Compile linalg on tensors to the LLVM dialect for the CPU",
      buildMtCPUPipeline);
  PassPipelineRegistration<CPUPipelineOptions>(
      "mt-linalg-to-kernels-pipeline",
      "The first half of mt-cpu-pipeline: lay out, fuse, and cut linalg on "
      "tensors into kernels",
      buildMtLinalgToKernelsPipeline);
  PassPipelineRegistration<CPUPipelineOptions>(
      "mt-kernels-to-cpu-pipeline",
      "The second half of mt-cpu-pipeline: make code of kernels and of the "
      "program that launches them",
      buildMtKernelsToCPUPipeline);
}
