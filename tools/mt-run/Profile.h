//===- Profile.h - Where the time of a run goes -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_TOOLS_MTRUN_PROFILE_H
#define MINITORCH_TOOLS_MTRUN_PROFILE_H

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <string>
#include <vector>

/// A list of steps with their times.
class Profile {
public:
  /// What happened since the last mark was `step`.
  void mark(std::string step) {
    auto now = std::chrono::steady_clock::now();
    double seconds = std::chrono::duration<double>(now - last).count();
    last = now;
    steps.emplace_back(std::move(step), seconds);
  }

  void print(llvm::raw_ostream &os) const {
    double total = 0;
    for (const auto &[step, seconds] : steps) {
      os << llvm::format("%10.3f ms  ", seconds * 1e3) << step << "\n";
      total += seconds;
    }
    os << llvm::format("%10.3f ms  total\n", total * 1e3);
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
  std::vector<std::pair<std::string, double>> steps;
};

#endif // MINITORCH_TOOLS_MTRUN_PROFILE_H
