//===- Options.cpp - Options of mt-run ----------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A table of our own, since LLVM's shared library has cl::opts of these names.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "MiniTorch/Pipelines/Pipelines.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Option/Option.h"

using namespace llvm;
using namespace llvm::opt;

namespace {
enum ID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info infos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class Table : public GenericOptTable {
public:
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infos) {}
};
} // namespace

void printHelp(raw_ostream &os) {
  Table().printHelp(
      os, "mt-run MODEL --inputs in.npz --output out.npz [options]",
      "runs a model: a TorchScript archive (.pt) or an MLIR file at any stage");
  os << "\nExit status: 0 done; 1 the program raised an exception; 2 wrong "
        "usage, unreadable\nfile, or inputs that do not fit; 3 the model "
        "cannot be compiled; 70 a defect of\nmt-run.\n";
}

/// A number of at least 1.
static Error parseCount(StringRef option, StringRef text, unsigned &count) {
  if (text.getAsInteger(10, count) || count == 0)
    return createStringError(option + " needs a number of at least 1, not '" +
                             text + "'");
  return Error::success();
}

static bool isStage(StringRef name) {
  return minitorch::parsePhase(name) || name == "llvm-ir" ||
         name == "llvm-ir-optimized";
}

Expected<Options> Options::parse(int argc, char **argv) {
  Table table;
  unsigned missingIndex, missingCount;
  InputArgList args =
      table.ParseArgs(ArrayRef(argv + 1, argc - 1), missingIndex, missingCount);
  if (missingCount)
    return createStringError(Twine(args.getArgString(missingIndex)) +
                             " needs a value");
  if (Arg *unknown = args.getLastArg(OPT_UNKNOWN))
    return createStringError("unknown option '" + unknown->getAsString(args) +
                             "' (mt-run --help lists them)");

  Options options;
  options.showHelp = args.hasArg(OPT_help);
  if (options.showHelp)
    return options;
  std::vector<std::string> positional = args.getAllArgValues(OPT_INPUT);
  if (positional.size() != 1)
    return createStringError("expected one MODEL, got %zu (mt-run --help)",
                             positional.size());
  options.model = positional[0];
  options.inputs = args.getLastArgValue(OPT_inputs);
  options.output = args.getLastArgValue(OPT_output);
  options.method = args.getLastArgValue(OPT_method, options.method);
  options.isDynamic = args.hasArg(OPT_dynamic);
  options.allowsFallback = !args.hasArg(OPT_no_fallback);
  options.explainsBoxed = args.hasArg(OPT_explain_boxed);
  options.showProfile = args.hasArg(OPT_profile);
  options.dumpStage = args.getLastArgValue(OPT_dump_stage);
  if (args.hasArg(OPT_threads))
    if (Error error = parseCount("--threads", args.getLastArgValue(OPT_threads),
                                 options.threads))
      return std::move(error);
  if (args.hasArg(OPT_time))
    options.repetitions = 10;
  if (args.hasArg(OPT_time_eq))
    if (Error error = parseCount("--time", args.getLastArgValue(OPT_time_eq),
                                 options.repetitions))
      return std::move(error);

  StringRef target = args.getLastArgValue(OPT_target, "cpu");
  if (target != "cpu")
    return createStringError("target '" + target +
                             "' is not in this build; there is: cpu");
  if (!options.dumpStage.empty() && !isStage(options.dumpStage))
    return createStringError("no stage '" + options.dumpStage + "'");
  if (options.inputs.empty() && options.dumpStage.empty())
    return createStringError("--inputs is missing");
  bool hasOtherPurpose = options.repetitions || !options.dumpStage.empty();
  if (options.output.empty() && !hasOtherPurpose)
    return createStringError("--output is missing");
  return options;
}
