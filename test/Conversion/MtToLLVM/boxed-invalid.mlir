// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file --verify-diagnostics

// A boxed value that some other conversion should have taken.

func.func @left_over() {
  // expected-error @+1 {{failed to legalize operation 'mt.prim.create_object'}}
  %o = mt.prim.create_object : !mt.object<@Point>
  return
}

// -----

// Which tag a number gets is nothing that a cast says.
func.func @boxing(%n: i64) -> !mt.any {
  // expected-error @+1 {{failed to legalize operation 'mt.prim.unchecked_cast'}}
  %a = mt.prim.unchecked_cast %n : i64 -> !mt.any
  return %a : !mt.any
}
