//===- CPU.h - Pipelines to the CPU -----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_PIPELINES_CPU_H
#define MINITORCH_PIPELINES_CPU_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace minitorch {

struct CPUPipelineOptions
    : public mlir::PassPipelineOptions<CPUPipelineOptions> {
  Option<unsigned> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("Width of a vector register in bits; 0 asks the host"),
      llvm::cl::init(0)};
  Option<unsigned> registers{
      *this, "registers",
      llvm::cl::desc("Number of vector registers; 0 asks the host"),
      llvm::cl::init(0)};
};

/// linalg on tensors to a program that launches kernels, on tensors, too: lay
/// out, fuse, pack, cut.
void buildMtLinalgToKernelsPipeline(mlir::OpPassManager &pm,
                                    const CPUPipelineOptions &options);

/// Kernels and the program that launches them to the LLVM dialect: tile,
/// bufferize, vectorize, convert.
void buildMtKernelsToCPUPipeline(mlir::OpPassManager &pm,
                                 const CPUPipelineOptions &options);

/// Both: linalg on tensors to the LLVM dialect.
void buildMtCPUPipeline(mlir::OpPassManager &pm,
                        const CPUPipelineOptions &options);

/// Registers `mt-cpu-pipeline` and its halves, `mt-linalg-to-kernels-pipeline`
/// and `mt-kernels-to-cpu-pipeline`.
void registerMtCPUPipelines();

} // namespace minitorch

#endif // MINITORCH_PIPELINES_CPU_H
