//===- Fallback.cpp - The library of other operators ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Fallback/Fallback.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>
#include <mutex>

using namespace llvm;
using namespace minitorch;

void *minitorch::openOptionalLibrary(const char *name, std::string &reason) {
  std::vector<std::string> places;
  auto addPlace = [&](StringRef file) {
    StringRef folder = sys::path::parent_path(file);
    places.push_back(folder.str());
    places.push_back((folder + "/../lib").str());
    // A build has its Python package two folders down.
    places.push_back((folder + "/../../lib").str());
  };
  Dl_info info;
  if (dladdr(reinterpret_cast<void *>(&openOptionalLibrary), &info) &&
      info.dli_fname)
    addPlace(info.dli_fname);
  addPlace(sys::fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&openOptionalLibrary)));
  for (const std::string &place : places) {
    std::string path = place + "/" + name;
    if (!sys::fs::exists(path))
      continue;
    if (void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
      return library;
    reason = dlerror();
  }
  return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/// What the ATen library's function `symbol` returns.
template <typename Function>
static auto getTable(const char *symbol, std::string &reason)
    -> decltype(std::declval<Function>()()) {
  void *library = openOptionalLibrary(MTRT_ATEN_LIBRARY, reason);
  if (!library) {
    if (reason.empty())
      reason = "there is no " MTRT_ATEN_LIBRARY " (MINITORCH_ENABLE_LIBTORCH)";
    return nullptr;
  }
  auto get = reinterpret_cast<Function>(dlsym(library, symbol));
  if (!get) {
    reason = dlerror();
    return nullptr;
  }
  return get();
}

static const mtrt_fallback *openFallback(std::string &reason) {
  auto *table =
      getTable<mtrt_fallback_library_fn>(MTRT_FALLBACK_SYMBOL, reason);
  if (!table)
    return nullptr;
  if (table->version == MTRT_FALLBACK_VERSION)
    return table;
  reason = MTRT_ATEN_LIBRARY " is of another version of MiniTorch";
  return nullptr;
}

Expected<const mtrt_fallback *> minitorch::loadFallback() {
  static std::once_flag once;
  static const mtrt_fallback *table;
  static std::string reason;
  std::call_once(once, [] { table = openFallback(reason); });
  if (table)
    return table;
  return createStringError("PyTorch's operators cannot be used: " + reason);
}

bool minitorch::hasFallback() {
  auto library = loadFallback();
  if (library)
    return true;
  consumeError(library.takeError());
  return false;
}

const mtrt_generator *minitorch::loadGenerator() {
  std::string reason;
  return getTable<mtrt_generator_library_fn>(MTRT_GENERATOR_SYMBOL, reason);
}
