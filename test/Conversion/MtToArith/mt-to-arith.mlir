// RUN: mt-opt %s --convert-mt-to-arith | FileCheck %s

// Python's division floors and checks its divisor; mixed operands are floats.

// CHECK-LABEL: func.func @numbers
func.func @numbers(%a: i64, %b: i64, %x: f64) -> (i64, f64, i1, f64) {
  // CHECK: cf.assert %{{.*}}, "RuntimeError: division by 0
  // CHECK: arith.floordivsi
  %0 = mt.operator "aten::floordiv.int"(%a, %b) : (i64, i64) -> i64
  // CHECK: arith.sitofp
  // CHECK: arith.mulf
  %1 = mt.operator "aten::mul.int_float"(%a, %x) : (i64, f64) -> f64
  // CHECK: arith.cmpi slt
  %2 = mt.operator "aten::lt.int"(%a, %b) : (i64, i64) -> i1
  // CHECK: math.powf
  %3 = mt.operator "aten::pow.int"(%a, %b) : (i64, i64) -> f64
  return %0, %1, %2, %3 : i64, f64, i1, f64
}
