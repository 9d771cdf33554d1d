//===- KnownTensors.cpp - Tensors of PyTorch that a program holds ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KnownTensors.h"

#include "llvm/ADT/STLExtras.h"

#include <string>

namespace nb = nanobind;
using namespace minitorch;

/// The object behind a weak reference; null if it is dead.
static nb::object getAlive(const nb::object &reference) {
  nb::object object = reference();
  return object.is_none() ? nb::object() : object;
}

TensorRef KnownTensors::find(nb::handle object) const {
  auto entry = byObject.find(object.ptr());
  // Another object may have the address by now.
  if (entry == byObject.end() ||
      getAlive(entry->second.object).ptr() != object.ptr())
    return nullptr;
  return entry->second.tensor.lock();
}

nb::object KnownTensors::find(const TensorRef &tensor) const {
  auto known = byTensor.find(tensor.get());
  if (known == byTensor.end())
    return nb::object();
  auto entry = byObject.find(known->second);
  return entry != byObject.end() && entry->second.tensor.lock() == tensor
             ? getAlive(entry->second.object)
             : nb::object();
}

void KnownTensors::add(nb::handle object, const TensorRef &tensor) {
  sweep();
  Entry &entry = byObject[object.ptr()];
  entry.object = nb::steal(PyWeakref_NewRef(object.ptr(), nullptr));
  if (!entry.object.is_valid())
    throw nb::python_error();
  entry.tensor = tensor;
  entry.memory = tensor->storage;
  byTensor[tensor.get()] = object.ptr();
  byMemory[tensor->storage.get()] = object.ptr();
}

nb::object KnownTensors::makeBeside(const Tensor &tensor) const {
  auto known = byMemory.find(tensor.storage.get());
  if (known == byMemory.end())
    return nb::object();
  auto entry = byObject.find(known->second);
  if (entry == byObject.end() ||
      entry->second.memory.lock().get() != tensor.storage.get())
    return nb::object();
  nb::object holder = getAlive(entry->second.object);
  return holder.is_valid() ? makeBeside(holder, tensor) : holder;
}

nb::object KnownTensors::makeBeside(nb::handle holder, const Tensor &tensor) {
  // Nobody sees where no elements are, and PyTorch may have no address for it.
  if (tensor.numElements() == 0)
    return nb::object();
  nb::object storage = holder.attr("untyped_storage")();
  int64_t width = byteSize(tensor.dtype), last = tensor.storageOffset;
  for (auto [size, stride] : llvm::zip(tensor.sizes, tensor.strides))
    last += std::max<int64_t>(size - 1, 0) * stride;
  // It may be of a part of the memory only.
  auto begin =
      reinterpret_cast<char *>(nb::cast<uintptr_t>(storage.attr("data_ptr")()));
  if (begin + tensor.storageOffset * width != tensor.data ||
      nb::cast<int64_t>(storage.attr("nbytes")()) < (last + 1) * width)
    return nb::object();
  auto tuple = [](llvm::ArrayRef<int64_t> values) {
    nb::list list;
    for (int64_t value : values)
      list.append(value);
    return nb::steal(PyList_AsTuple(list.ptr()));
  };
  nb::object torch = nb::module_::import_("torch");
  nb::object dtype = torch.attr(toTorchName(tensor.dtype).str().c_str());
  return torch.attr("empty")(0, nb::arg("dtype") = dtype)
      .attr("set_")(storage, tensor.storageOffset, tuple(tensor.sizes),
                    tuple(tensor.strides));
}

void KnownTensors::sweep() {
  if (byObject.size() < sweepAt)
    return;
  auto isDead = [&](const auto &known) {
    return !byObject.count(known.second);
  };
  std::erase_if(byObject, [](const auto &entry) {
    return !getAlive(entry.second.object).is_valid();
  });
  std::erase_if(byTensor, isDead);
  std::erase_if(byMemory, isDead);
  sweepAt = std::max<size_t>(64, 2 * byObject.size());
}
