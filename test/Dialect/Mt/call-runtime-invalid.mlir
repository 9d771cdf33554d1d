// RUN: mt-opt %s --split-input-file --verify-diagnostics

func.func @letters(%s: !mt.str) {
  // expected-error @+1 {{has 1 operands, and letters for 2}}
  mt.call_runtime "f"(%s) "oo" -> "" : (!mt.str) -> ()
  return
}

// -----

func.func @pointer(%n: i64) {
  // expected-error @+1 {{cannot pass 'i64' as 'o'}}
  mt.call_runtime "f"(%n) "o" -> "" : (i64) -> ()
  return
}

// -----

func.func @result(%n: i64) -> !mt.str {
  // expected-error @+1 {{cannot pass '!mt.str' as 'i'}}
  %s = mt.call_runtime "f"(%n) "i" -> "i" : (i64) -> !mt.str
  return %s : !mt.str
}

// -----

func.func @open(%n: i64) {
  // expected-error @+1 {{has '.' in front of other operands}}
  mt.call_runtime "f"(%n, %n) ".i" -> "" : (i64, i64) -> ()
  return
}

// -----

func.func @takes(%n: i64) {
  // expected-error @+1 {{takes no object}}
  mt.call_runtime "f"(%n) "i" -> "" takes : (i64) -> ()
  return
}

// -----

func.func @tensor(%t: tensor<4xf32>) {
  // expected-error @+1 {{cannot pass 'tensor<4xf32>' as 'o'}}
  mt.call_runtime "f"(%t) "o" -> "" : (tensor<4xf32>) -> ()
  return
}
