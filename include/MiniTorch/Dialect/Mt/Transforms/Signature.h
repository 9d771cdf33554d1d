//===- Signature.h - The entry function's signature -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// `mt.signature` on a public function is JSON:
//
//   {"args": [{"name": "x", "type": T}, ...], "result": T,
//    "state": [S, ...], "mutated": [leaf, ...],
//    "contiguous": [leaf, ...], "whole": [leaf, ...], "reshaped": [R, ...],
//    "distinct": [[leaf, leaf], ...],
//    "classes": {"the class": [["attribute", "its type"], ...], ...}}
//
//   T: {"t": "tensor", "dtype": "f32", "shape": [-1, 4]}
//        with "strides": [1, -1], of an argument: how it has to lie; -1: any
//        with "same": {"arg": leaf} or {"result": n}: the tensor of that
//        argument, or the n-th tensor of the result; it is no leaf itself. No
//        leaves are, in a result, "alias": S and "view": {S, "offset": 0,
//        "strides": [1, 4]} either, S as in "same": other tensors in the memory
//        of S, all of it or, if S is contiguous, a part; the leaves of a
//        "view": {S} are numbers that say which: offset, sizes and strides
//        with "either": true, of a result: that, or the argument leaf whose
//        number follows, one more leaf; -1 for none
//      {"t": "int" | "float" | "bool"}   with "v": a constant, not passed
//      {"t": "complex", "v": [float, float]}  a result's two parts
//      {"t": "none"}  {"t": "str", "v": "text"}
//      {"t": "tuple" | "list", "v": [T, ...]}, "name" and "fields" where named
//      {"t": "list", "of": T}            of a length known only at run time
//      {"t": "dict", "v": [[key, T], ...]}
//   S: {"path": "a.b", "type": T}, with "same", "alias" or "view" as in T where
//        the attribute's tensor becomes that of another leaf or result (states
//        count on after the results), or stays the same object; with "written"
//        where this object gets other elements
//
// Leaves (tensors, numbers without "v", lists with "of"), depth first, are the
// function's arguments, then the state. Results are the leaves of "result",
// then the new state, then a tensor for each entry of "mutated": the new
// contents of that argument leaf.
//
// The caller's tensor for a leaf of "contiguous" has to have the strides of a
// new tensor of its sizes, and for one of "whole" also to begin where its
// memory does. The two leaves of an entry of "distinct", [[0, 1], ...], are not
// the same tensor.
//
// A call that changes what the caller's tensor for a leaf is, not only its
// elements, says it in "reshaped":
//
//   R: {"leaf": 0, "dims": [1, -1, 0]}    dims that it had; -1: a new one of 1
//      {"leaf": 0, "sizes": [2, 2], "strides": [1, 2], "offset": 0}
//                                         of its memory, from where it began
//      {"leaf": 0, "rank": 2}             another tensor: one more result
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_SIGNATURE_H
#define MINITORCH_DIALECT_MT_TRANSFORMS_SIGNATURE_H

#include "mlir/IR/Types.h"
#include <string>

namespace minitorch::mt {

inline constexpr llvm::StringLiteral signatureAttrName = "mt.signature";
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
inline std::string getStatePath(unsigned i) { return "s" + std::to_string(i); }
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
/// "reshaped" as dictionaries, with "argument" for "leaf"; the tensors are
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
