//===- Signature.h - The entry function's signature -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What passes note of the entry function until mt-flatten-results puts it into
// its #mt.signature (MtAttributes.td).
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_SIGNATURE_H
#define MINITORCH_DIALECT_MT_TRANSFORMS_SIGNATURE_H

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include <string>

namespace minitorch::mt {

/// The exception of a program that was compiled for something which a call is
/// not (MTRT_ASSUMPTION of MiniTorch-c/Runtime.h).
inline constexpr llvm::StringLiteral assumptionName = "MiniTorchAssumption";
/// On an argument: sizes that it has in an example (mt-specialize).
inline constexpr llvm::StringLiteral exampleAttrName = "mt.example";
/// Indices of arguments whose new contents are returned (mt-functionalize).
inline constexpr llvm::StringLiteral mutatedAttrName = "mt.mutated";

/// For tensors of the result, and of the state afterwards, that the caller has
/// already, in part or whole (mt-functionalize). From the path in the result
/// ("0.1": item 1 of result 0; see getStatePath) to a dictionary: "of", an
/// argument's number or the path of an earlier tensor, and "same", "alias",
/// "offset" and "strides", or "placed" (see placeResultName); or only "chosen":
/// an argument or none of them, as the number says that is placed there.
inline constexpr llvm::StringLiteral sameResultsAttrName = "mt.same_results";
/// Pairs of arguments that are not the same tensor, which the program asks
/// (mt-infer-types).
inline constexpr llvm::StringLiteral distinctAttrName = "mt.distinct";
/// On an entry of `mt.state`: the caller may come to hold the attribute's
/// tensor, and write to it.
inline constexpr llvm::StringLiteral escapesAttrName = "escapes";
/// The path of attribute number `i` of the state.
inline std::string getStatePath(unsigned i) {
  return ("s" + llvm::Twine(i)).str();
}
inline bool isStatePath(llvm::StringRef path) { return path.starts_with("s"); }
/// On an argument that is not contiguous: its strides, dynamic ones where any
/// are possible (mt-specialize).
inline constexpr llvm::StringLiteral stridesAttrName = "mt.strides";
/// On an argument: the memory layouts that are relied on (mt-functionalize).
inline constexpr llvm::StringLiteral contiguousAttrName = "mt.contiguous";
inline constexpr llvm::StringLiteral wholeAttrName = "mt.whole";
/// Indices of arguments whose tensor is another one when the function returns,
/// which it returns after the state (mt-rebind-tensors).
inline constexpr llvm::StringLiteral reboundAttrName = "mt.rebound";
/// `prim::keep_contents` of true for this and an argument's number: the
/// argument has become what it is when the function returns, also if the call
/// raises.
inline constexpr llvm::StringLiteral reboundPrefix = "~";
/// `reshaped` of the signature as dictionaries: "argument", its number, and
/// "dims", or "sizes", "strides" and "offset", or "replaced"; such tensors are
/// returned last (mt-functionalize).
inline constexpr llvm::StringLiteral reshapedAttrName = "mt.reshaped";

/// On a module that calls operators of the fallback: a dictionary from each
/// operator's name to the place of its first use, "file:line:column".
inline constexpr llvm::StringLiteral fallbackAttrName = "mt.fallback";

/// `f32`, `i64`, `ui8`, `i1`, `c64`, ...: the word for an element type.
std::string getDtypeWord(mlir::Type dtype);
/// The element type of a word, or null.
mlir::Type parseDtypeWord(mlir::MLIRContext *context, llvm::StringRef word);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_TRANSFORMS_SIGNATURE_H
