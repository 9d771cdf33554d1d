// RUN: mt-opt %s --canonicalize | FileCheck %s

// What is drawn from the generator, or raised, is seen by whoever uses no
// result; what computes goes away.

// CHECK-LABEL: func @random
// CHECK-COUNT-1: mt.aten.dropout
// CHECK-NEXT: mt.operator "aten::rrelu_with_noise"
// CHECK-NEXT: return
func.func @random(%x: !mt.tensor<[2],f32>, %noise: !mt.tensor<[2],f32>) {
  %p = arith.constant 0.5 : f64
  %yes = arith.constant true
  %no = arith.constant false
  %none = mt.constant.none
  %0 = mt.aten.dropout %x, %p, %yes : (!mt.tensor<[2],f32>, f64, i1) -> !mt.tensor
  %1 = mt.aten.dropout %x, %p, %no : (!mt.tensor<[2],f32>, f64, i1) -> !mt.tensor
  %2 = mt.aten.relu %x : (!mt.tensor<[2],f32>) -> !mt.tensor
  %3 = mt.operator "aten::rrelu_with_noise"(%x, %noise, %p, %p, %yes, %none) : (!mt.tensor<[2],f32>, !mt.tensor<[2],f32>, f64, f64, i1, !mt.none) -> !mt.tensor
  return
}

// Without a result, an operator is there for what it does. There is nobody to
// warn.

// CHECK-LABEL: func @without_result
// CHECK: mt.operator "aten::_assert_async"
// CHECK: mt.operator "aten::manual_seed"
// CHECK-NOT: aten::warn
func.func @without_result(%x: !mt.tensor<[],i1>, %seed: i64) {
  mt.operator "aten::_assert_async"(%x) : (!mt.tensor<[],i1>) -> ()
  mt.operator "aten::manual_seed"(%seed) : (i64) -> ()
  %text = mt.constant.str "unused"
  mt.operator "aten::warn"(%text, %seed) : (!mt.str, i64) -> ()
  return
}
