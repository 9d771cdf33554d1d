// RUN: mt-opt %s -convert-mt-to-runtime | FileCheck %s

// What only the running program knows is asked of the runtime, by type numbers.

// CHECK-LABEL: func.func @any_of_two
// CHECK-DAG: %[[INT:.*]] = mt.type_number "int"
// CHECK-DAG: %[[A:.*]] = mt.call_runtime "mtrt_value_is_instance"(%arg0, %[[INT]]) "vi" -> "b" raises
// CHECK-DAG: %[[LIST:.*]] = mt.type_number "List[Optional[str]]"
// CHECK-DAG: %[[B:.*]] = mt.call_runtime "mtrt_value_is_instance"(%arg0, %[[LIST]])
// CHECK: arith.ori %[[A]], %[[B]] : i1
func.func @any_of_two(%x: !mt.any) -> i1 {
  %r = mt.operator "prim::isinstance"(%x) {types = [i64, !mt.list<!mt.optional<!mt.str>>]} : (!mt.any) -> i1
  return %r : i1
}

// CHECK-LABEL: func.func @names
// CHECK-DAG: mt.type_number "list"
// CHECK-DAG: mt.type_number "Enum[__torch__.Color]"
// CHECK-DAG: mt.type_number "NamedTuple[__torch__.P, x: int, y: float]"
func.func @names(%x: !mt.any) -> i1 {
  %r = mt.operator "prim::isinstance"(%x) {types = ["list", !mt.enum<"__torch__.Color", i64>, !mt.tuple<"__torch__.P" ["x", "y"] i64, f64>]} : (!mt.any) -> i1
  return %r : i1
}

// A plain tuple is what is in it; a named one has the number of its type.

// CHECK-LABEL: func.func @named_tuple
// CHECK: %[[TYPE:.*]] = mt.type_number "NamedTuple[__torch__.P, x: int]"
// CHECK: mt.call_runtime "mtrt_tuple_make"(%[[TYPE]], %arg0) "i." -> "o"
// CHECK: %[[NONE:.*]] = arith.constant 0 : i64
// CHECK: mt.call_runtime "mtrt_tuple_make"(%[[NONE]], %arg0) "i." -> "o"
func.func @named_tuple(%n: i64) -> (!mt.tuple<"__torch__.P" ["x"] i64>, !mt.tuple<i64>) {
  %p = mt.prim.tuple_construct %n : (i64) -> !mt.tuple<"__torch__.P" ["x"] i64>
  %t = mt.prim.tuple_construct %n : (i64) -> !mt.tuple<i64>
  return %p, %t : !mt.tuple<"__torch__.P" ["x"] i64>, !mt.tuple<i64>
}
