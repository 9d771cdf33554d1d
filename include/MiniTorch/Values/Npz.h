//===- Npz.h - NumPy's array files --------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_VALUES_NPZ_H
#define MINITORCH_VALUES_NPZ_H

#include "MiniTorch/Values/Tensor.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>

namespace minitorch {

/// Bytes aligned to 64, shared.
struct Bytes {
  std::shared_ptr<char> data;
  size_t size = 0;
  llvm::StringRef str() const { return {data.get(), size}; }
};

/// The array in the bytes of a .npy file, which it shares if they are aligned
/// and in this machine's byte order.
llvm::Expected<TensorRef> parseNpy(const Bytes &bytes);

/// The bytes of a .npy file in two parts: the header, and the elements of the
/// contiguous tensor. A bfloat16 is written as uint16.
std::string npyHeader(const Tensor &tensor);

/// All entries of a zip file, by name.
using ZipEntries = std::map<std::string, Bytes>;
llvm::Expected<ZipEntries> readZip(llvm::StringRef path);

/// Collects entries; writes them whole or not at all.
class ZipWriter {
public:
  void addText(std::string name, std::string text);
  /// Adds NAME.npy.
  void addArray(const std::string &name, const TensorRef &tensor);
  /// To a new file that then takes the place of `path`.
  llvm::Error write(llvm::StringRef path) const;

private:
  struct Entry {
    std::string name;
    std::string head;
    TensorRef tensor;
  };
  std::vector<Entry> entries;
};

} // namespace minitorch

#endif // MINITORCH_VALUES_NPZ_H
