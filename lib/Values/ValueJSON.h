//===- ValueJSON.h - Values in a manifest -------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_VALUES_VALUEJSON_H
#define MINITORCH_LIB_VALUES_VALUEJSON_H

#include "MiniTorch/Values/Npz.h"
#include "MiniTorch/Values/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/JSON.h"

namespace minitorch {

/// Reads values whose tensors are entries of an archive.
class ValueReader {
public:
  explicit ValueReader(const ZipEntries &entries) : entries(entries) {}
  llvm::Expected<Value> read(const llvm::json::Value &json);

private:
  llvm::Expected<Value> readTensor(const llvm::json::Object &object);
  llvm::Error readItems(const llvm::json::Object &object, Value &value);

  const ZipEntries &entries;
  /// Tensors by the number k of their tk.npy, for references.
  std::map<int64_t, TensorRef> tensors;
};

/// Writes values, adding their tensors to an archive.
class ValueWriter {
public:
  explicit ValueWriter(ZipWriter &archive) : archive(archive) {}
  llvm::json::Value write(const Value &value);

private:
  llvm::json::Value writeTensor(const TensorRef &tensor);

  ZipWriter &archive;
  llvm::DenseMap<Tensor *, int64_t> numbers;
  /// Kept, so that no two have the same address.
  std::vector<TensorRef> tensors;
};

/// Parses JSON text that may be hostile: deep nesting is an error.
llvm::Expected<llvm::json::Value> parseJSON(llvm::StringRef text);

} // namespace minitorch

#endif // MINITORCH_LIB_VALUES_VALUEJSON_H
