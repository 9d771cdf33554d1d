//===- Messages.cpp - Values in the messages of errors --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A message is a constant of the program. Values that are only known when it
// runs are noted right before it is raised, and take the places of its "{}".
//
//===----------------------------------------------------------------------===//

#include "Frame.h"

#include <string>
#include <vector>

static thread_local std::vector<std::string> noted;

void mtrt_message_int(int64_t value) { noted.push_back(std::to_string(value)); }

void mtrt_message_bool(int64_t value) {
  noted.push_back(value ? "True" : "False");
}

void mtrt_message_float(double value) {
  noted.push_back(mtrt::formatFloat(value));
}

std::string mtrt::fillMessage(std::string message) {
  size_t at = 0;
  for (const std::string &value : noted) {
    at = message.find("{}", at);
    if (at == std::string::npos)
      break;
    message.replace(at, 2, value);
    at += value.size();
  }
  noted.clear();
  return message;
}
