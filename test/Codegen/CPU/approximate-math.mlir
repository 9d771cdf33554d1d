// RUN: mt-opt %s --mt-cpu-approximate-math | FileCheck %s

// CHECK-LABEL: func.func @erf
// CHECK-NOT: math.erf
// CHECK-NOT: math.exp
// CHECK: math.copysign
// CHECK: arith.select
func.func @erf(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.erf %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// CHECK-LABEL: func.func @tanh
// CHECK-NOT: math.tanh
func.func @tanh(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @left_to_libm
// CHECK: math.erf
// CHECK: math.sin
func.func @left_to_libm(%x: f64, %y: f32) -> (f64, f32) {
  %0 = math.erf %x : f64
  %1 = math.sin %y : f32
  return %0, %1 : f64, f32
}
