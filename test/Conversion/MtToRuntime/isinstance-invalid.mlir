// RUN: mt-opt %s -convert-mt-to-runtime -split-input-file -verify-diagnostics

// A type that the runtime has no name for is not guessed.

func.func @no_name(%x: !mt.any) -> i1 {
  // expected-error @below {{'prim::isinstance' cannot be compiled}}
  %r = mt.operator "prim::isinstance"(%x) {types = [i64, unit]} : (!mt.any) -> i1
  return %r : i1
}

// -----

func.func @future(%x: !mt.any) -> i1 {
  // expected-error @below {{'prim::isinstance' cannot be compiled}}
  %r = mt.operator "prim::isinstance"(%x) {types = [!mt.future<i64>]} : (!mt.any) -> i1
  return %r : i1
}
