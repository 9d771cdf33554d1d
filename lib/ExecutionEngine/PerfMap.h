//===- PerfMap.h - Compiled code by name for profilers ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_EXECUTIONENGINE_PERFMAP_H
#define MINITORCH_LIB_EXECUTIONENGINE_PERFMAP_H

#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace minitorch {

/// If the environment variable MINITORCH_PERF_MAP is set and not empty: adds
/// each function that `jit` links to /tmp/perf-PID.map, where `perf report`
/// looks for the names of code that no file has.
void addPerfMap(llvm::orc::LLJIT &jit);

} // namespace minitorch

#endif // MINITORCH_LIB_EXECUTIONENGINE_PERFMAP_H
