//===- MtToLLVM.h - Boxed values to LLVM's types ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOLLVM_H
#define MINITORCH_CONVERSION_MTTOLLVM_H

#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/DialectConversion.h"

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOLLVMPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// What compiled code and the runtime agree on about counts and roots.
namespace counting {
/// An object begins with an `i32` count: positive where one thread has it,
/// negative where several share it, 0 if it is immortal; it sticks at its
/// ends. Compiled code itself only changes a positive count into another one
/// below INT32_MAX.
///
/// `void (ptr)`: any other retain, of an object whose count is not 0.
inline constexpr llvm::StringLiteral retainObject = "mtrt_retain_object";
/// `void (ptr)`: any other release, the last one among them. Does not raise.
inline constexpr llvm::StringLiteral releaseObject = "mtrt_release_object";

/// A frame of root slots: `{ptr previous, i64 size, ptr slots[size]}`. Compiled
/// code fills in the size and empties the slots (null), the runtime links it.
/// It lies on the stack of its function: what stands in the slots has to be
/// released before the stack is unwound, by what raises, up to the frame that
/// was innermost where the exception will be caught.
///
/// `void (ptr frame)`.
inline constexpr llvm::StringLiteral enterRoots = "mtrt_roots_enter";
inline constexpr llvm::StringLiteral leaveRoots = "mtrt_roots_leave";

/// Tags of tagged values from here on say that the bits are a pointer to an
/// object.
inline constexpr int64_t firstObjectTag = 16;
} // namespace counting

/// Boxed types as `getValueForm` says. Every other type stays.
class BoxedTypeConverter : public mlir::TypeConverter {
public:
  explicit BoxedTypeConverter(mlir::MLIRContext *context);
};

/// Patterns from operations that work the same on every boxed value (null,
/// selection, refinement) to LLVM's. Counting is the pass's own.
void populateMtToLLVMPatterns(const BoxedTypeConverter &converter,
                              mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOLLVM_H
