//===- Target.cpp - What the code is compiled for -----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace minitorch;

CPUTarget CPUTarget::get(unsigned vectorBits, unsigned registers) {
  static const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  bool isX86 = llvm::Triple(llvm::sys::getDefaultTargetTriple()).isX86();
  if (vectorBits == 0)
    vectorBits = features.lookup("avx512f") ? 512
                 : features.lookup("avx2")  ? 256
                                            : 128;
  if (registers == 0)
    registers = isX86 && vectorBits < 512 ? 16 : 32;
  // A tile needs f64 lanes and some registers, whatever the caller says.
  return {std::max(vectorBits, 128u), std::max(registers, 8u)};
}

bool minitorch::isWorthSharing(mlir::linalg::LinalgOp op) {
  llvm::SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (!mlir::ShapedType::isStaticShape(ranges))
    return true;
  // Turns of the body, of which a core takes some thousand in a microsecond in
  // a contraction, and some hundred where there is more in it.
  int64_t few = op.getNumReductionLoops() > 0 ? 1 << 20 : 1 << 14;
  return mlir::ShapedType::getNumElements(ranges) >= few;
}
