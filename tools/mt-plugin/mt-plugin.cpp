//===- mt-plugin.cpp - mt in stock mlir-opt ---------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
//   mlir-opt --load-dialect-plugin=libMiniTorchPlugin.so \
//            --load-pass-plugin=libMiniTorchPlugin.so \
//            --pass-pipeline='builtin.module(mt-to-linalg-pipeline)' in.mlir
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/InitAllDialects.h"
#include "MiniTorch/InitAllPasses.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Config/llvm-config.h"

static constexpr char version[] = "0.1.0";

extern "C" LLVM_ATTRIBUTE_WEAK ::mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "MiniTorch", version,
          [](mlir::DialectRegistry *registry) {
            minitorch::registerAllDialects(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK ::mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "MiniTorch", version,
          [] { minitorch::registerAllPasses(); }};
}
