// RUN: mt-opt %s --split-input-file --mt-flatten-results --verify-diagnostics

// A task that is not waited for has no form that a caller could take.

func.func @task(%t: !mt.future<i64>) -> !mt.future<i64> attributes {mt.signature = #mt.signature<>} {
  // expected-error @+1 {{returns a value of type '!mt.future<i64>', which is not supported yet}}
  return %t : !mt.future<i64>
}

// -----

// What is written has to be an argument of the caller's.

// expected-error @+1 {{'mutated' names leaf 0 of 0}}
func.func @mutated(%x: i64) -> (i64, i64) attributes {mt.signature = #mt.signature<>, mt.mutated = array<i64: 0>} {
  return %x, %x : i64, i64
}
