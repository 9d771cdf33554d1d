// RUN: mt-opt %s --convert-mt-to-runtime --split-input-file --verify-diagnostics

func.func @no_function(%l: !mt.list<!mt.str>) {
  // expected-error @+1 {{'aten::no_such_operator' cannot be compiled}}
  mt.operator "aten::no_such_operator"(%l) : (!mt.list<!mt.str>) -> ()
  return
}

// -----

// An object of the program that is no object of the runtime yet.
func.func @no_such_items(%l: !mt.list<i64>, %s: !mt.str) {
  // expected-error @+1 {{'aten::append.t' cannot be compiled}}
  %m = mt.operator "aten::append.t"(%l, %s) : (!mt.list<i64>, !mt.str) -> !mt.list<i64>
  return
}

// -----

// An attribute of no instance.
func.func @no_field(%o: !mt.object<@Box>) -> i64 {
  // expected-error @+1 {{'mt.prim.get_attr' cannot be compiled}}
  %n = mt.prim.get_attr %o["n"] : !mt.object<@Box> -> i64
  return %n : i64
}
