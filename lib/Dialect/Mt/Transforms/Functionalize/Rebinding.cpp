//===- Rebinding.cpp - Arguments that become other tensors ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rebinding.h"
#include "../ViewMaps.h"
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

/// Does what `op`, a view by strides that it is given, does.
static bool applyMemoryView(Operation *op, View &view) {
  const Schema &schema = *lookupSchema(op);
  auto getOperand = [&](StringRef name) {
    return op->getOperand(schema.getArgumentIndex(name));
  };
  auto sizes = getIntList(getOperand("size"));
  auto strides = getIntList(getOperand("stride"));
  std::optional<int64_t> offset = getConstantInt(getOperand("storage_offset"));
  if (!sizes || !strides || !offset || ShapedType::isDynamicShape(*sizes) ||
      ShapedType::isDynamicShape(*strides))
    return false;
  view.strided = StridedView{*sizes, *strides, *offset};
  return true;
}

/// Does what `op`, a view of a tensor of `shape`, does; false where the dims
/// depend on sizes that are not known, or only some elements are seen.
static bool apply(Operation *op, const TensorShape &shape, View &view) {
  if (isMemoryView(op))
    return applyMemoryView(op, view);
  std::optional<ViewMap> map = getViewMap(op, shape);
  if (!map)
    return false;
  llvm::SmallDenseSet<int64_t> kept;
  for (const ViewDim &dim : map->dims) {
    if (dim.dims.size() > 1 || dim.step || dim.mayRepeat)
      return false;
    kept.insert(dim.dims.begin(), dim.dims.end());
  }
  // A dim of size one that is dropped (mt-assume-example-sizes makes `select`
  // of `squeeze`) begins at its only element.
  for (const ViewStart &start : map->starts)
    if (start.index != 0 || kept.contains(start.dim))
      return false;
  view.change([&](SmallVectorImpl<int64_t> &values, int64_t added) {
    auto seen = llvm::map_to_vector(map->dims, [&](const ViewDim &dim) {
      return dim.dims.empty() ? added : values[dim.dims.front()];
    });
    values.assign(seen.begin(), seen.end());
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
      return end.emitError() << "cannot functionalize: an argument becomes "
                                "another tensor, and the call raises";
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
      if (func->walk([](PrimRaiseOp) { return WalkResult::interrupt(); })
              .wasInterrupted())
        return end.emitError() << "cannot functionalize: an argument becomes a "
                                  "new tensor, and the call may raise";
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
