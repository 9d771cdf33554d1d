// RUN: mt-opt %s --pass-pipeline="builtin.module(func.func(mt-infer-types))" | FileCheck %s

// What is known of members of enums, and of which type a value is, is constant.

// CHECK-LABEL: func.func @members
// CHECK-DAG: %[[T:.*]] = arith.constant true
// CHECK-DAG: %[[S:.*]] = mt.constant.str "RED"
// CHECK-DAG: %[[N:.*]] = arith.constant 1 : i64
// CHECK: return %[[T]], %[[S]], %[[N]]
func.func @members() -> (i1, !mt.str, i64) {
  %a = mt.constant.enum {class = "C", name = "RED", value = 1 : i64} : !mt.enum<"C", i64>
  %b = mt.constant.enum {class = "C", name = "BLUE", value = 2 : i64} : !mt.enum<"C", i64>
  %ne = mt.operator "aten::ne.enum"(%a, %b) : (!mt.enum<"C", i64>, !mt.enum<"C", i64>) -> i1
  %s = mt.operator "prim::EnumName"(%a) : (!mt.enum<"C", i64>) -> !mt.str
  %n = mt.operator "prim::EnumValue.int"(%a) : (!mt.enum<"C", i64>) -> i64
  return %ne, %s, %n : i1, !mt.str, i64
}

// A list is what it was declared to be: [1] is no list of optionals.

// CHECK-LABEL: func.func @lists
// CHECK-DAG: %[[T:.*]] = arith.constant true
// CHECK-DAG: %[[F:.*]] = arith.constant false
// CHECK: return %[[F]], %[[T]], %[[T]]
func.func @lists(%n: i64) -> (i1, i1, i1) {
  %l = mt.prim.list_construct %n : (i64) -> !mt.list<i64>
  %a = mt.operator "prim::isinstance"(%l) {types = [!mt.list<!mt.optional<i64>>]} : (!mt.list<i64>) -> i1
  %b = mt.operator "prim::isinstance"(%l) {types = ["tuple", !mt.list<i64>]} : (!mt.list<i64>) -> i1
  %c = mt.operator "prim::isinstance"(%l) {types = ["list"]} : (!mt.list<i64>) -> i1
  return %a, %b, %c : i1, i1, i1
}

// A named tuple is also what others with these fields are; by another name, it
// may be a plain one.

// CHECK-LABEL: func.func @tuples
// CHECK-DAG: %[[T:.*]] = arith.constant true
// CHECK-DAG: %[[Q:.*]] = mt.operator "prim::isinstance"(%arg1)
// CHECK: return %[[T]], %[[Q]]
func.func @tuples(%n: i64, %t: !mt.tuple<i64>) -> (i1, i1) {
  %p = mt.prim.tuple_construct %n : (i64) -> !mt.tuple<"P" ["x"] i64>
  %a = mt.operator "prim::isinstance"(%p) {types = [!mt.tuple<"Q" ["x"] i64>]} : (!mt.tuple<"P" ["x"] i64>) -> i1
  %b = mt.operator "prim::isinstance"(%t) {types = [!mt.tuple<"P" ["x"] i64>]} : (!mt.tuple<i64>) -> i1
  return %a, %b : i1, i1
}
