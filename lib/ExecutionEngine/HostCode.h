//===- HostCode.h - Optimization for this machine -----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_EXECUTIONENGINE_HOSTCODE_H
#define MINITORCH_LIB_EXECUTIONENGINE_HOSTCODE_H

#include "MiniTorch/ExecutionEngine/CompiledModule.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/Module.h"

namespace minitorch {

/// Describes this machine's processor to LLVM's code generator.
llvm::Expected<llvm::orc::JITTargetMachineBuilder>
detectHost(const JITOptions &options);

/// Makes everything but `exported` internal and runs LLVM's pipeline.
llvm::Error optimizeForHost(llvm::Module &module,
                            const llvm::orc::JITTargetMachineBuilder &host,
                            const llvm::StringSet<> &exported,
                            const JITOptions &options);

} // namespace minitorch

#endif // MINITORCH_LIB_EXECUTIONENGINE_HOSTCODE_H
