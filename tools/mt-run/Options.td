//===- Options.td - Options of mt-run ----------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

class SimpleFlag<string name, string help>
    : Option<["--", "-"], name, KIND_FLAG>, HelpText<help>;

/// --name VALUE and --name=VALUE.
multiclass Value<string name, string value, string help> {
  def NAME : Option<["--", "-"], name, KIND_SEPARATE>, MetaVarName<value>,
             HelpText<help>;
  def NAME#_eq : Option<["--", "-"], name#"=", KIND_JOINED>,
                 Alias<!cast<Option>(NAME)>;
}

def help : SimpleFlag<"help", "Print this text">;
def help_short : Option<["-"], "h", KIND_FLAG>, Alias<help>;

defm inputs : Value<"inputs", "<in.npz>",
  "Arguments, in the plain or the full form">;
defm output : Value<"output", "<out.npz>",
  "Where results go, in the form of the inputs; written whole or not at all">;
def output_short : Option<["-"], "o", KIND_SEPARATE>, Alias<output>;
defm method : Value<"method", "<name>",
  "What a plain input file calls (default: forward)">;
def dynamic : SimpleFlag<"dynamic",
  "Compile for any sizes instead of for those of the inputs">;
def no_fallback : SimpleFlag<"no-fallback",
  "Refuse operators without a lowering when compiling, instead of letting "
  "PyTorch run them where it is installed">;
defm target : Value<"target", "<name>", "What to compile for: cpu (default)">;
defm threads : Value<"threads", "<n>",
  "Threads that a call may use (default: 1)">;
def time : SimpleFlag<"time", "Call 10 times more, and print how long it takes">;
def time_eq : Option<["--", "-"], "time=", KIND_JOINED>,
              MetaVarName<"<reps>">, HelpText<"The same, <reps> times">;
def explain_boxed : SimpleFlag<"explain-boxed",
  "Say in which form each method was compiled and why, and which values are "
  "objects when it runs, and why">;
def profile : SimpleFlag<"profile", "Print the time of every step">;
defm dump_stage : Value<"dump-stage", "<name>",
  "Print the IR of a stage: import, functions, contract, linalg, llvm, "
  "llvm-ir, llvm-ir-optimized. Without --inputs, stop there">;
