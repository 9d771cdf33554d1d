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
inline constexpr llvm::StringLiteral retainObject = "mtrt_object_retain";
/// `void (ptr)`: any other release, the last one among them. Does not raise.
inline constexpr llvm::StringLiteral releaseObject = "mtrt_object_release";

/// A frame of root slots: `{ptr outer, i64 count, ptr slots[count]}`, on the
/// stack of its function. What raises takes the references out of the slots.
///
/// `void (ptr frame, i64 count)`: empties the slots, and links the frame.
inline constexpr llvm::StringLiteral enterRoots = "mtrt_roots_enter";
/// `void (ptr frame)`.
inline constexpr llvm::StringLiteral leaveRoots = "mtrt_roots_leave";
} // namespace counting

/// On a public function with boxed values in its type: how many results it has
/// in LLVM's types.
inline constexpr llvm::StringLiteral numResultsAttrName = "mt.num_results";

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
