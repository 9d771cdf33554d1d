//===- Signature.h - What a compiled function takes and gives -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_SIGNATURE_H
#define MINITORCH_EXECUTIONENGINE_SIGNATURE_H

#include "MiniTorch/Values/Value.h"
#include "llvm/Support/Error.h"

#include <map>

namespace mlir {
class ModuleOp;
class Type;
} // namespace mlir

namespace minitorch {
namespace mt {
class SignatureAttr;
} // namespace mt

/// A type of a signature: a tree whose leaves are passed.
struct ValueType {
  enum class Kind {
    Tensor,
    Int,
    Float,
    Bool,
    /// Of a result only: its items are the two parts.
    Complex,
    None,
    Str,
    /// A member of an enum, which is fixed.
    Enum,
    Tuple,
    List,
    Dict,
    /// Of a result only: an object of the runtime, or a value that says itself
    /// what it is.
    Boxed,
  };

  Kind kind = Kind::None;
  /// Of a tensor. A negative size is any size.
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  /// Of a tensor argument: the strides that it has to have; -1: any. Empty
  /// where all may be any.
  std::vector<int64_t> strides;
  /// What a tensor is of another one; it is no leaf itself then.
  struct Relation {
    enum class Kind {
      /// That tensor. (The only one there is of arguments.)
      Same,
      /// Another tensor of the same elements.
      Alias,
      /// Other elements in its memory, if it is contiguous.
      View
    };
    Kind kind = Kind::Same;
    /// The other one is this leaf of the arguments, or this tensor of all in
    /// the result.
    bool isOfResult = false;
    int64_t index = 0;
    /// Of a view, in elements; or the type's items are numbers that say when
    /// the call returns: its offset, sizes and strides.
    int64_t offset = 0;
    std::vector<int64_t> strides;
    bool isPlaced = false;
  };
  std::optional<Relation> relation;
  /// An int, float, bool, str or member of an enum that was fixed when
  /// compiling: not passed.
  std::optional<Value> constant;
  /// Of a number: a bool is no int here, and an int no float.
  bool isExact = false;
  /// Of a tuple with names.
  std::string name;
  std::vector<std::string> fields;
  /// Items of a tuple or list, values of a dict, numbers of a placed view; of a
  /// result that may be an argument, the number of that leaf, or -1.
  std::vector<ValueType> items;
  /// Of a boxed value: TorchScript's name of its type, and whether it comes as
  /// tag and bits, in two slots, instead of a pointer.
  std::string typeName;
  bool isTagged = false;
  /// Keys of a dict.
  std::vector<Value> keys;

  /// Whether a value of this type takes a slot.
  bool isLeaf() const;
  /// Whether it is a result that may be an argument.
  bool isEither() const {
    return kind == Kind::Tensor && !relation && !items.empty();
  }
};

/// "float32 tensor of shape [?, 4]", for messages.
std::string describe(const ValueType &type);

/// The attributes of a script class, with TorchScript's names of their types,
/// in the order in which an instance has them as fields.
using ClassFields = std::vector<std::pair<std::string, std::string>>;
/// By the classes' qualified names.
using ClassTable = std::map<std::string, ClassFields, std::less<>>;

/// What the function attribute `mt.signature` says (#mt.signature), without the
/// IR, as calls need it.
struct Signature {
  struct Named {
    std::string name;
    ValueType type;
    /// What the tensor of an attribute is when the function returns, if it is
    /// no new one: perhaps its own leaf's. Results count on through the state.
    std::optional<ValueType::Relation> after = std::nullopt;
    /// Whether its own object has other elements then.
    bool isWritten = false;
    /// Whether it stays the object of its own leaf, number `leaf`.
    bool staysItself(int64_t leaf) const {
      return after && after->kind == ValueType::Relation::Kind::Same &&
             !after->isOfResult && after->index == leaf;
    }
  };
  std::vector<Named> args;
  ValueType result;
  /// Attributes of the model that the function reads and writes: passed after
  /// the arguments, returned after the results.
  std::vector<Named> state;
  /// Argument leaves that the function changes: returned after the state.
  std::vector<int64_t> mutated;
  /// Argument leaves whose tensor has to have the strides of a new one, and
  /// those where it also has to begin where its memory does.
  std::vector<int64_t> contiguous, whole;
  /// Pairs of leaves, of arguments and state, that are not the same tensor.
  std::vector<std::pair<int64_t, int64_t>> distinct;
  /// What the caller's tensor for an argument leaf becomes.
  struct Reshaped {
    enum class Kind {
      /// A permutation of its dims, with -1 for a new one of size 1.
      Dims,
      /// Other sizes and strides in the same memory.
      Strided,
      /// A tensor that is returned, last.
      Replaced
    };
    int64_t leaf = 0;
    Kind kind = Kind::Dims;
    std::vector<int64_t> dims, sizes, strides;
    /// Where it begins, counted from where it did.
    int64_t offset = 0;
    int64_t rank = 0;
  };
  std::vector<Reshaped> reshaped;
  /// Of the objects that may go in or come out.
  ClassTable classes;

  /// Whether arguments are, or hold, tensor objects: the function may make
  /// other tensors of them.
  bool takesBoxedTensors() const;
  /// Whether it matters where an argument lies, or what becomes of it: strides
  /// and storage offsets have to be the caller's own.
  bool dependsOnMemory() const;

  /// Fails where the attribute says nothing of results yet.
  static llvm::Expected<Signature> get(mt::SignatureAttr attribute);
};

/// The dtype of an element type of the IR, if it is one. A signless i8 is int8.
std::optional<DType> toDType(mlir::Type type);

/// Gives each public function of `module` that has none an `mt.signature` read
/// off its types: tensors, memrefs, i64/index, f64, i1. Functions of other
/// types stay as they are. Call it before types are lowered away.
void deriveSignatures(mlir::ModuleOp module);

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_SIGNATURE_H
