// RUN: mt-opt %s --convert-mt-to-runtime --split-input-file --verify-diagnostics

func.func @no_function(%l: !mt.list<!mt.str>) {
  %false = arith.constant false
  // expected-error @+1 {{'aten::sort.str' on a list that is known only at run time cannot be compiled}}
  mt.operator "aten::sort.str"(%l, %false) : (!mt.list<!mt.str>, i1) -> ()
  return
}

// -----

func.func @no_such_items(%l: !mt.list<!mt.str>, %s: !mt.str) {
  // expected-error @+1 {{'aten::append.t' of '!mt.str' on a list that is known only at run time cannot be compiled}}
  %m = mt.operator "aten::append.t"(%l, %s) : (!mt.list<!mt.str>, !mt.str) -> !mt.list<!mt.str>
  return
}
