//===- Slots.h - Values as slots of a call ------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_EXECUTIONENGINE_SLOTS_H
#define MINITORCH_LIB_EXECUTIONENGINE_SLOTS_H

#include "MiniTorch-c/Runtime.h"
#include "MiniTorch/ExecutionEngine/BoxedValues.h"
#include "MiniTorch/ExecutionEngine/Session.h"

#include <deque>

namespace minitorch {

/// The slots of one call, and the memory they point to.
class Slots {
public:
  /// One argument leaf.
  struct Leaf {
    /// What the caller gave, and what is passed for it.
    TensorRef given, passed;
    /// "0.2.1", as CallResult::changed has it.
    std::string path;
  };

  Slots(const Signature &signature, Matching matching)
      : signature(signature), matching(matching) {}
  ~Slots();
  Slots(const Slots &) = delete;
  Slots &operator=(const Slots &) = delete;

  /// Adds the leaves of an argument; `where` names it in messages.
  llvm::Error add(const ValueType &type, const Value &value,
                  const std::string &where, const std::string &path);

  /// Adds room for the leaves of a result.
  void addResult(const ValueType &type);
  /// Adds room for a tensor of the given type.
  void addResultTensor(int64_t rank);

  void **data() { return pointers.data(); }
  llvm::ArrayRef<Leaf> leaves() const { return argumentLeaves; }
  /// Paths of two tensors of which one is in `written`, leaves, and that share
  /// memory;
  /// nullopt where there are none.
  std::optional<std::pair<std::string, std::string>>
  findShared(llvm::ArrayRef<int64_t> written) const;
  /// Paths of two tensors that are one, although the program was compiled for
  /// two; nullopt where there are none.
  std::optional<std::pair<std::string, std::string>> findSame() const;
  /// The object or value that was made for an argument or attribute of a boxed
  /// `type`; borrowed, tag None where there is none.
  mtrt_value getBoxed(const ValueType &type) const;
  /// The caller's tensors as objects.
  BoxedTensors &getTensors() { return boxedTensors; }
  /// What is added, or read, from now on is state.
  void beginState() {
    isState = true;
    if (hasResults)
      boxed.beginState(stateObjects);
  }
  StateObjects &getStateObjects() { return stateObjects; }
  /// See BoxedReader.
  llvm::StringRef getUnknownClass() const { return boxed.getUnknownClass(); }
  /// The argument leaf's type.
  const ValueType &leafType(size_t index) const { return *types[index]; }

  /// Reads results in the order they were added, after the call succeeded.
  Value takeResult(const ValueType &type, mtrt_frame *frame);
  TensorRef takeTensor(DType dtype, size_t rank, mtrt_frame *frame);
  /// Reads what an attribute becomes, whose own leaf is number `leaf`.
  Value takeState(const Signature::Named &attribute, size_t leaf,
                  mtrt_frame *frame);
  /// Fills the results that could not be views of arguments, after arguments
  /// have their new contents.
  void finishViews();

private:
  double takeFloat();
  Value takeBoxed(bool isTagged);
  llvm::Error addTensor(const ValueType &type, const Value &value,
                        const std::string &where, const std::string &path);
  llvm::Error addNumber(const ValueType &type, const Value &value,
                        const std::string &where);
  llvm::Error addBoxed(const ValueType &type, const Value &value,
                       const std::string &where);
  llvm::Error addItems(const ValueType &type, const Value &value,
                       const std::string &where, const std::string &path);
  llvm::Error checkMemory(const Tensor &tensor, const ValueType &type,
                          const std::string &where);
  int64_t *addSlot(size_t words);
  TensorRef takeRelated(const ValueType &type);
  ValueType takePlace(const ValueType &type, mtrt_frame *frame);
  TensorRef takeEither(const ValueType &type, mtrt_frame *frame);
  /// Passes over a tensor that nobody needs.
  void dropTensor(mtrt_frame *frame);

  const Signature &signature;
  Matching matching;
  std::vector<void *> pointers;
  /// What the slots point to; a deque does not move it.
  std::deque<llvm::SmallVector<int64_t, 12>> memory;
  std::vector<Leaf> argumentLeaves;
  std::vector<const ValueType *> types;
  BoxedTensors boxedTensors;
  /// Owned until the call is over.
  std::vector<std::pair<const ValueType *, mtrt_value>> boxedArguments;
  /// Memory of tensors that nobody needs, but in which others may lie.
  std::vector<std::shared_ptr<void>> dropped;
  /// The tensors of the result so far.
  std::vector<TensorRef> taken;
  /// A result that is a copy of a view of an argument, still to be filled.
  struct CopiedView {
    TensorRef copy, source;
    ValueType type;
  };
  std::vector<CopiedView> copiedViews;
  StateObjects stateObjects;
  bool isState = false;
  BoxedReader boxed{boxedTensors, &signature.classes};
  size_t nextResult = 0;
  bool hasResults = false;
};

} // namespace minitorch

#endif // MINITORCH_LIB_EXECUTIONENGINE_SLOTS_H
