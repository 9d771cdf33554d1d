//===- Selections.cpp - Tensors that branches and loops choose --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `y = x if c else x * 2` is either `x` or a tensor of its own. A write to `y`
// is one to `x` too where `c` holds, and the reverse: with the few tensors that
// it may be and a flag for each, all can be kept up to date. That is not so for
// what a branch makes a view of, puts into a list, or hands on under two names.
//
//===----------------------------------------------------------------------===//

#include "AliasAnalysis.h"

#include <functional>

using namespace mlir;
using namespace minitorch::mt;
using llvm::SmallVector;

/// The values that leave the regions of `scope`.
static SmallVector<Value> getLeaving(Operation *scope) {
  SmallVector<Value> leaving;
  for (Region &region : scope->getRegions())
    llvm::append_range(leaving, region.front().getTerminator()->getOperands());
  return leaving;
}

/// Whether `from` may be a view of `root`, or the same.
bool AliasAnalysis::mayReach(Value from, Value root,
                             llvm::SmallPtrSetImpl<void *> &seen) {
  from = getRoot(from);
  if (from == root)
    return true;
  auto it = roots.find(from);
  if (it == roots.end() || !seen.insert(from.getAsOpaquePointer()).second)
    return false;
  return it->second.container ||
         llvm::any_of(it->second.sources, [&](Value source) {
           return mayReach(source, root, seen);
         });
}

/// Whether `value`, a root inside `scope`, is a new tensor that leaves it under
/// one name.
bool AliasAnalysis::isOwn(Value value, Operation *scope) {
  unsigned leaves = 0;
  for (Value other : getLeaving(scope)) {
    if (!isTensor(other.getType()) && !isContainer(other.getType()))
      continue;
    llvm::SmallPtrSet<void *, 8> seen;
    leaves += isTensor(other.getType()) && mayReach(other, value, seen);
    for (Value element : getElements(other))
      if (llvm::SmallPtrSet<void *, 8> seen; mayReach(element, value, seen))
        return false;
  }
  for (auto &entry : stored)
    for (const Stored &item : entry.second)
      if (llvm::SmallPtrSet<void *, 8> seen; mayReach(item.value, value, seen))
        return false;
  return leaves <= 1;
}

/// Finds what `root` is selected from; false where that is not known.
bool AliasAnalysis::select(Value root) {
  if (selections.contains(root))
    return true;
  auto it = roots.find(root);
  if (it == roots.end() || it->second.kind != RootInfo::Joined ||
      !it->second.scope || it->second.container ||
      !isa<PrimIfOp, PrimLoopOp>(it->second.scope))
    return false;
  Operation *scope = it->second.scope;
  if (auto loop = dyn_cast<PrimLoopOp>(scope)) {
    // What it was a turn before leaves under no other name either.
    unsigned index = isa<OpResult>(root)
                         ? cast<OpResult>(root).getResultNumber()
                         : cast<BlockArgument>(root).getArgNumber() - 1;
    if (!isOwn(loop.getCarried()[index], scope))
      return false;
  }
  Selection selection;
  auto isArgumentOf = [&](Value value) {
    return isa<BlockArgument>(value) && isa<PrimLoopOp>(scope) &&
           value.getParentRegion()->getParentOp() == scope;
  };
  std::function<bool(Value)> collect = [&](Value source) {
    Value same = getSame(source);
    if (!isDefinedInside(same, scope)) {
      if (!llvm::is_contained(selection.candidates, same))
        selection.candidates.push_back(same);
      return true;
    }
    // Still what it was a turn before, which is the result's other name.
    if (same == root)
      return true;
    if (isArgumentOf(same)) {
      auto result = dyn_cast<OpResult>(root);
      return result && result.getOwner() == scope &&
             cast<PrimLoopOp>(scope).getCarried()[result.getResultNumber()] ==
                 same;
    }
    // A view that is made inside, or of something that leaves in another way.
    auto info = roots.find(same);
    if (info == roots.end() || !isOwn(same, scope))
      return false;
    if (info->second.kind == RootInfo::Plain)
      return true;
    return select(same) &&
           llvm::all_of(SmallVector<Value>(selections[same].candidates),
                        collect);
  };
  if (!llvm::all_of(SmallVector<Value>(it->second.sources), collect))
    return false;
  if (selection.candidates.empty())
    return false;
  selections[root] = std::move(selection);
  return true;
}

void AliasAnalysis::computeSelections() {
  for (auto &entry : roots)
    select(entry.first);
  // Only those matter that share their memory with something written.
  llvm::DenseSet<Value> written;
  for (const TensorWrite &write : writes)
    for (Value root : getWrittenRoots(getRoot(write.written)))
      written.insert(root);
  for (auto &entry : roots) {
    Value root = entry.first;
    if (selections.contains(root) &&
        llvm::any_of(getWrittenRoots(root),
                     [&](Value one) { return written.contains(one); }))
      selected.push_back(root);
  }
  for (auto &entry : roots)
    if (!llvm::is_contained(selected, entry.first))
      selections.erase(entry.first);
}

const Selection *AliasAnalysis::getSelection(Value root) const {
  auto it = selections.find(root);
  return it == selections.end() ? nullptr : &it->second;
}

SmallVector<Value> AliasAnalysis::getWrittenRoots(Value root) const {
  llvm::SmallSetVector<Value, 4> written;
  written.insert(root);
  for (unsigned i = 0; i < written.size(); ++i)
    if (const Selection *selection = getSelection(written[i]))
      for (Value candidate : selection->candidates)
        written.insert(getRoot(candidate));
  return written.takeVector();
}
