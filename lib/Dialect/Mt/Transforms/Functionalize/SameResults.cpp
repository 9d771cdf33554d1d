//===- SameResults.cpp - Results that are tensors of the caller -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SameResults.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"

using namespace mlir;
using namespace minitorch::mt;

namespace {
class SameResults {
public:
  SameResults(func::FuncOp func, const AliasAnalysis &aliases)
      : builder(func.getContext()), aliases(aliases) {
    unsigned numState = 0;
    if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
      numState = state.size();
    for (BlockArgument argument : func.getArguments().drop_back(numState))
      known[argument] = builder.getI64IntegerAttr(argument.getArgNumber());
  }

  /// Visits `value`, at `path` in the result, and what it contains.
  void visit(Value value, const Twine &path);

  NamedAttrList found;

private:
  void visitTensor(Value value, StringRef path);
  void add(StringRef path, Attribute of, StringRef how) {
    found.set(path, builder.getDictionaryAttr(
                        {builder.getNamedAttr("of", of),
                         builder.getNamedAttr(how, builder.getUnitAttr())}));
  }

  Builder builder;
  const AliasAnalysis &aliases;
  /// What the caller has already: an argument's number, or a path.
  llvm::DenseMap<Value, Attribute> known;
};
} // namespace

/// Whether an `as_strided` reads memory behind the end of a tensor of
/// `rootType`: nothing of the caller's then, but an error when it runs.
static bool isOutside(Value value, const StridedView &view,
                      const TensorShape &type, const TensorShape &rootType) {
  const Schema *schema =
      value.getDefiningOp() ? lookupSchema(value.getDefiningOp()) : nullptr;
  if (!schema || schema->name != "aten::as_strided" || !rootType.hasRank ||
      ShapedType::isDynamicShape(rootType.sizes) ||
      view.strides.size() != type.sizes.size())
    return false;
  int64_t last = view.offset;
  for (auto [size, stride] : llvm::zip(type.sizes, view.strides))
    last += (size - 1) * stride;
  return last >= ShapedType::getNumElements(rootType.sizes);
}

void SameResults::visitTensor(Value value, StringRef path) {
  Value object = aliases.getObject(value);
  if (Attribute same = known.lookup(object))
    return add(path, same, "same");
  known[object] = builder.getStringAttr(path);
  Value lying = aliases.getSame(value);
  if (Attribute same = known.lookup(lying); same && lying != object)
    return add(path, same, "alias");
  Value root = aliases.getRoot(value);
  std::optional<StridedView> view = aliases.getStridedView(value);
  auto type = TensorShape::of(value.getType());
  auto rootType = TensorShape::of(root.getType());
  Attribute source = root == object ? Attribute() : known.lookup(root);
  if (source && view && type && rootType && type->dtype == rootType->dtype &&
      !isOutside(value, *view, *type, *rootType))
    found.set(path,
              builder.getDictionaryAttr(
                  {builder.getNamedAttr("of", source),
                   builder.getNamedAttr(
                       "offset", builder.getI64IntegerAttr(view->offset)),
                   builder.getNamedAttr("strides", builder.getDenseI64ArrayAttr(
                                                       view->strides))}));
}

void SameResults::visit(Value value, const Twine &path) {
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>();
      cast && !AliasAnalysis::isTensor(value.getType()))
    return visit(cast.getValue(), path);
  if (AliasAnalysis::isTensor(value.getType()))
    return visitTensor(value, path.str());
  // The same numbering as in mt-flatten-results.
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<PrimTupleConstructOp, PrimListConstructOp>(op))
    for (auto [i, element] : llvm::enumerate(op->getOperands()))
      visit(element, path + "." + Twine(i));
  if (isa_and_nonnull<PrimDictConstructOp>(op))
    for (unsigned i = 1; i < op->getNumOperands(); i += 2)
      visit(op->getOperand(i), path + "." + Twine(i / 2));
}

void minitorch::mt::markSameResults(func::FuncOp func,
                                    const AliasAnalysis &aliases) {
  auto returnOp =
      dyn_cast<func::ReturnOp>(func.getBody().front().getTerminator());
  if (!returnOp || !func->hasAttr(signatureAttrName))
    return;
  unsigned numState = 0;
  if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
    numState = state.size();
  SameResults same(func, aliases);
  for (auto [i, result] :
       llvm::enumerate(returnOp.getOperands().drop_back(numState)))
    same.visit(result, Twine(i));
  if (!same.found.empty())
    func->setAttr(sameResultsAttrName,
                  same.found.getDictionary(func.getContext()));
}
