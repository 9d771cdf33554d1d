//===- PerfMap.cpp - Compiled code by name for profilers ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PerfMap.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
class PerfMapPlugin : public orc::ObjectLinkingLayer::Plugin {
public:
  void modifyPassConfig(orc::MaterializationResponsibility &,
                        jitlink::LinkGraph &,
                        jitlink::PassConfiguration &config) override {
    // Nothing refers to a local function by name, so that names are dropped.
    config.PrePrunePasses.push_back([](jitlink::LinkGraph &graph) {
      for (jitlink::Symbol *symbol : graph.defined_symbols())
        if (symbol->hasName() && symbol->isCallable())
          symbol->setLive(true);
      return Error::success();
    });
    config.PostFixupPasses.push_back(
        [](jitlink::LinkGraph &graph) { return write(graph); });
  }
  Error notifyFailed(orc::MaterializationResponsibility &) override {
    return Error::success();
  }
  Error notifyRemovingResources(orc::JITDylib &, orc::ResourceKey) override {
    return Error::success();
  }
  void notifyTransferringResources(orc::JITDylib &, orc::ResourceKey,
                                   orc::ResourceKey) override {}

private:
  static Error write(jitlink::LinkGraph &graph) {
    std::error_code error;
    raw_fd_ostream out(
        ("/tmp/perf-" + Twine(sys::Process::getProcessId()) + ".map").str(),
        error, sys::fs::OF_Append);
    // A profile is not worth a failing call.
    if (error)
      return Error::success();
    for (jitlink::Symbol *symbol : graph.defined_symbols())
      if (symbol->hasName() && symbol->isCallable())
        out << format_hex_no_prefix(symbol->getAddress().getValue(), 1) << ' '
            << format_hex_no_prefix(symbol->getSize(), 1) << ' '
            << *symbol->getName() << '\n';
    return Error::success();
  }
};
} // namespace

void minitorch::addPerfMap(orc::LLJIT &jit) {
  std::optional<std::string> wanted =
      sys::Process::GetEnv("MINITORCH_PERF_MAP");
  auto *layer = dyn_cast<orc::ObjectLinkingLayer>(&jit.getObjLinkingLayer());
  if (wanted && !wanted->empty() && layer)
    layer->addPlugin(std::make_unique<PerfMapPlugin>());
}
