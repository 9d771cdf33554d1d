//===- Options.h - Options of mt-run ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_TOOLS_MTRUN_OPTIONS_H
#define MINITORCH_TOOLS_MTRUN_OPTIONS_H

#include "llvm/Support/Error.h"

#include <string>

struct Options {
  bool showHelp = false;
  std::string model, inputs, output;
  std::string method = "forward";
  bool isDynamic = false;
  bool allowsFallback = true;
  unsigned threads = 1;
  /// How many more calls are timed.
  unsigned repetitions = 0;
  bool showProfile = false;
  bool explainsBoxed = false;
  std::string dumpStage;

  /// Reads and checks the command line.
  static llvm::Expected<Options> parse(int argc, char **argv);
};

void printHelp(llvm::raw_ostream &os);

#endif // MINITORCH_TOOLS_MTRUN_OPTIONS_H
