//===- Rebinding.cpp - Arguments that become other tensors ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rebinding.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

namespace {
/// What a chain of views makes of a tensor whose strides are not known here.
struct View {
  /// Dims of the tensor; -1 for a new one of size 1.
  SmallVector<int64_t> dims;
  /// Where an `as_strided` says it, instead of `dims`.
  std::optional<StridedView> strided;

  /// The same on whichever describes the dims.
  template <typename FnTy> void change(FnTy fn) {
    if (!strided)
      return fn(dims, -1);
    fn(strided->sizes, 1);
    // The stride of a size of 1 is any.
    fn(strided->strides, 1);
  }
};
} // namespace

/// Does what `op`, a view of a tensor of `shape`, does; false where the dims
/// depend on sizes that are not known.
static bool apply(Operation *op, const TensorShape &shape, View &view) {
  StringRef name = StringRef(lookupSchema(op)->name).split('.').first;
  name.consume_front("aten::");
  int64_t rank = shape.getRank();
  auto getDim = [&](unsigned operand, int64_t rank) -> std::optional<int64_t> {
    std::optional<int64_t> dim = getConstantInt(op->getOperand(operand));
    return dim ? wrapDim(*dim, rank) : std::nullopt;
  };
  auto swap = [&](int64_t a, int64_t b) {
    view.change([&](SmallVectorImpl<int64_t> &dims, int64_t) {
      std::swap(dims[a], dims[b]);
    });
  };
  if (name == "as_strided") {
    auto sizes = getIntList(op->getOperand(1));
    auto strides = getIntList(op->getOperand(2));
    std::optional<int64_t> offset = getConstantInt(op->getOperand(3));
    if (!sizes || !strides || !offset || ShapedType::isDynamicShape(*sizes) ||
        ShapedType::isDynamicShape(*strides))
      return false;
    view.strided = StridedView{*sizes, *strides, *offset};
    return true;
  }
  if (name == "t") {
    if (rank == 2)
      swap(0, 1);
    return true;
  }
  if (llvm::is_contained({"transpose", "swapaxes", "swapdims"}, name)) {
    std::optional<int64_t> a = getDim(1, rank), b = getDim(2, rank);
    if (!a || !b)
      return false;
    if (rank > 0)
      swap(*a, *b);
    return true;
  }
  if (name == "unsqueeze") {
    std::optional<int64_t> dim = getDim(1, rank + 1);
    if (!dim)
      return false;
    view.change([&](SmallVectorImpl<int64_t> &dims, int64_t added) {
      dims.insert(dims.begin() + *dim, added);
    });
    return true;
  }
  // squeeze, or what mt-assume-example-sizes made of it.
  SmallVector<int64_t> dims;
  if (name == "select" && getConstantInt(op->getOperand(2)) == 0) {
    std::optional<int64_t> dim = getDim(1, rank);
    if (!dim)
      return false;
    dims = {*dim};
  } else if (name == "squeeze") {
    if (op->getNumOperands() == 1)
      dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    else if (auto list = getIntList(op->getOperand(1)))
      dims = *list;
    else if (auto dim = getConstantInt(op->getOperand(1)))
      dims = {*dim};
    else
      return false;
    SmallVector<int64_t> dropped;
    for (int64_t dim : dims) {
      auto wrapped = wrapDim(dim, rank);
      if (ShapedType::isDynamic(dim) || !wrapped)
        return false;
      if (rank == 0)
        continue;
      if (ShapedType::isDynamic(shape.sizes[*wrapped]))
        return false;
      if (shape.sizes[*wrapped] == 1)
        dropped.push_back(*wrapped);
    }
    dims = dropped;
  } else {
    return false;
  }
  llvm::sort(dims);
  dims.erase(llvm::unique(dims), dims.end());
  for (int64_t dim : llvm::reverse(dims))
    view.change([&](SmallVectorImpl<int64_t> &all, int64_t) {
      all.erase(all.begin() + dim);
    });
  return true;
}

/// What `value`, a view of `argument`, is to it.
static std::optional<View> getView(Value value, Value argument,
                                   const AliasAnalysis &aliases) {
  SmallVector<const AliasLink *> chain;
  for (; value != argument; value = chain.back()->parent) {
    chain.push_back(aliases.getLink(value));
    if (!chain.back())
      return std::nullopt;
  }
  auto shape = TensorShape::of(argument.getType());
  if (!shape || !shape->hasRank)
    return std::nullopt;
  View view;
  view.dims = llvm::to_vector(llvm::seq<int64_t>(0, shape->getRank()));
  for (const AliasLink *link : llvm::reverse(chain)) {
    if (!link->view)
      continue;
    auto parent = TensorShape::of(link->parent.getType());
    if (!parent || !parent->hasRank || !apply(link->view, *parent, view))
      return std::nullopt;
  }
  return view;
}

FailureOr<SmallVector<Value>>
minitorch::mt::takeRebound(func::FuncOp func, func::ReturnOp end,
                           const AliasAnalysis &aliases) {
  SmallVector<Value> returned;
  auto rebound = func->getAttrOfType<DenseI64ArrayAttr>(reboundAttrName);
  if (!rebound)
    return returned;
  Builder builder(func.getContext());
  SmallVector<Attribute> reshaped;
  unsigned first = end.getNumOperands() - rebound.size();
  for (auto [i, index] : llvm::enumerate(rebound.asArrayRef())) {
    Value last = end.getOperand(first + i);
    Value argument = func.getArgument(index);
    if (isa<mt::NoneType>(last.getType()))
      continue; // behind a raise
    NamedAttrList description;
    description.set("argument", builder.getI64IntegerAttr(index));
    if (std::optional<View> view = getView(last, argument, aliases)) {
      auto shape = TensorShape::of(argument.getType());
      if (!view->strided &&
          llvm::equal(view->dims, llvm::seq<int64_t>(0, shape->getRank())))
        continue; // as it was
      if (view->strided) {
        description.set("sizes",
                        builder.getDenseI64ArrayAttr(view->strided->sizes));
        description.set("strides",
                        builder.getDenseI64ArrayAttr(view->strided->strides));
        description.set("offset",
                        builder.getI64IntegerAttr(view->strided->offset));
      } else {
        description.set("dims", builder.getDenseI64ArrayAttr(view->dims));
      }
    } else {
      if (aliases.getRoot(last) == argument || !aliases.isOneTensor(last))
        return end.emitError()
               << "cannot functionalize: what shape an argument has when the "
                  "function returns depends on what is only known then";
      description.set("replaced", builder.getUnitAttr());
      returned.push_back(last);
    }
    reshaped.push_back(description.getDictionary(func.getContext()));
  }
  end.getOperandsMutable().erase(first, rebound.size());
  func->removeAttr(reboundAttrName);
  if (!reshaped.empty())
    func->setAttr(reshapedAttrName, builder.getArrayAttr(reshaped));
  return returned;
}
