// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file --verify-diagnostics

// A boxed value that some other conversion should have taken.

func.func @left_over() {
  // expected-error @+1 {{failed to legalize operation 'mt.prim.create_object'}}
  %o = mt.prim.create_object : !mt.object<@Point>
  return
}

// -----

// The bits of a value have no room for it.
func.func @boxing(%z: complex<f64>) -> !mt.any {
  // expected-error @+1 {{failed to legalize operation 'mt.prim.unchecked_cast'}}
  %a = mt.prim.unchecked_cast %z : complex<f64> -> !mt.any
  return %a : !mt.any
}
