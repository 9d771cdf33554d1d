// RUN: mt-opt %s --split-input-file --mt-flatten-results --verify-diagnostics

// A task that is not waited for has no form that a caller could take.

func.func @task(%t: !mt.future<i64>) -> !mt.future<i64> attributes {mt.signature = "{\22args\22: []}"} {
  // expected-error @+1 {{returns a value of type '!mt.future<i64>', which is not supported yet}}
  return %t : !mt.future<i64>
}

// -----

// expected-error @+1 {{has a signature that is not a JSON object}}
func.func @signature(%x: i64) -> i64 attributes {mt.signature = "args"} {
  return %x : i64
}
