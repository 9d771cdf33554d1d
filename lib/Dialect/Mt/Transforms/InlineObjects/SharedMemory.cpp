//===- SharedMemory.cpp - Attributes that share memory --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"

using namespace mlir;
using namespace minitorch::mt;

static std::optional<int64_t> getMemory(Attribute place) {
  auto number = cast<DictionaryAttr>(place).getAs<IntegerAttr>("memory");
  return number ? std::optional(number.getInt()) : std::nullopt;
}

SharedMemory::SharedMemory(ModuleOp module) {
  for (auto object : module.getOps<ObjectOp>()) {
    auto shared = object->getAttrOfType<DictionaryAttr>(sharedAttrName);
    for (NamedAttribute attribute :
         shared ? shared.getValue() : ArrayRef<NamedAttribute>()) {
      Holder holder(object.getSymNameAttr(), attribute.getName());
      places[holder] = cast<ArrayAttr>(attribute.getValue());
      for (Attribute place : places[holder])
        if (std::optional<int64_t> memory = getMemory(place))
          holders[*memory].insert(holder);
    }
  }
}

llvm::SetVector<SharedMemory::Holder>
SharedMemory::getHolders(Holder attribute) const {
  llvm::SetVector<Holder> found;
  if (places.contains(attribute))
    found.insert(attribute);
  for (unsigned i = 0; i < found.size(); ++i)
    for (Attribute place : places.lookup(found[i]))
      if (std::optional<int64_t> memory = getMemory(place))
        found.insert_range(holders.find(*memory)->second);
  return found;
}

ArrayAttr SharedMemory::getPlaces(Holder attribute) const {
  return places.lookup(attribute);
}
