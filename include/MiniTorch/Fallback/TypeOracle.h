//===- TypeOracle.h - Types of the operators of the fallback ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_FALLBACK_TYPEORACLE_H
#define MINITORCH_FALLBACK_TYPEORACLE_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace minitorch {

/// Makes the ATen library the type oracle of the `mt` dialect; it is loaded when
/// a pass asks first.
void registerFallbackTypes(mlir::DialectRegistry &registry);

} // namespace minitorch

#endif // MINITORCH_FALLBACK_TYPEORACLE_H
