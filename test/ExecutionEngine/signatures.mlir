// REQUIRES: mt-run
// RUN: mt-run %s --dump-stage=llvm | FileCheck %s

// Functions that nobody gave a signature have one by their types.

// CHECK: llvm.func @forward
// CHECK-SAME: mt.signature = #mt.signature<args = ["arg0" : tensor<[?,4],f32>, "arg1" : number<i64>], result = tuple<[number<i1>, number<f64>]>>
func.func @forward(%x: tensor<?x4xf32>, %n: i64) -> (i1, f64) {
  %true = arith.constant true
  %one = arith.constant 1.0 : f64
  return %true, %one : i1, f64
}
