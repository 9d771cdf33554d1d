// REQUIRES: libtorch
// RUN: mt-opt %s --mt-infer-types=fallback | FileCheck %s --check-prefixes=CHECK,ASK
// RUN: mt-opt %s --mt-infer-types | FileCheck %s --check-prefixes=CHECK,OWN

// An operator without a rule: sizes follow only where all are known.

// CHECK-LABEL: func.func @no_rule
func.func @no_rule(%x: !mt.tensor<[3,4],f32>, %y: !mt.tensor<[?,4],i64>) -> (!mt.tensor, !mt.tensor) {
  %c1 = arith.constant 1 : i64
  // ASK: "aten::_test_serialization_subcmul"{{.*}} -> !mt.tensor<[3,4],f32>
  // OWN: "aten::_test_serialization_subcmul"{{.*}} -> !mt.tensor{{$}}
  %a = mt.operator "aten::_test_serialization_subcmul"(%x, %x, %c1) : (!mt.tensor<[3,4],f32>, !mt.tensor<[3,4],f32>, i64) -> !mt.tensor
  // ASK: "aten::_test_serialization_subcmul"{{.*}} -> !mt.tensor<[?,?],i64>
  %b = mt.operator "aten::_test_serialization_subcmul"(%y, %y, %c1) : (!mt.tensor<[?,4],i64>, !mt.tensor<[?,4],i64>, i64) -> !mt.tensor
  return %a, %b : !mt.tensor, !mt.tensor
}

// Why it cannot say is kept for the message.

// CHECK-LABEL: func.func @refused
func.func @refused(%x: !mt.tensor<[3,4],f32>, %y: !mt.tensor<[5],f32>) -> !mt.tensor {
  %c1 = arith.constant 1 : i64
  // ASK: "aten::_test_serialization_subcmul"{{.*}}mt.reason = "RuntimeError: The size of tensor a (4) must match the size of tensor b (5)
  // OWN: "aten::_test_serialization_subcmul"
  %b = mt.operator "aten::_test_serialization_subcmul"(%x, %y, %c1) : (!mt.tensor<[3,4],f32>, !mt.tensor<[5],f32>, i64) -> !mt.tensor
  return %b : !mt.tensor
}

// What the type depends on is not guessed: the rank that is left, a dtype that
// is a number.

// CHECK-LABEL: func.func @depends
func.func @depends(%x: !mt.tensor<[?,4],f32>, %d: i64) -> (!mt.tensor, !mt.tensor) {
  %c0 = arith.constant 0 : i64
  %false = arith.constant false
  %none = mt.constant.none
  // ASK: mt.aten.squeeze.dim {{.*}}mt.reason = "the rank or dtype of its result depends on sizes{{.*}} -> !mt.tensor<*,f32>
  %a = mt.aten.squeeze.dim %x, %c0 : (!mt.tensor<[?,4],f32>, i64) -> !mt.tensor
  // ASK: mt.aten.to.dtype {{.*}}mt.reason = "argument 'dtype' is only known when the program runs"{{.*}} -> !mt.tensor<[?,4]>
  %b = mt.aten.to.dtype %x, %d, %false, %false, %none : (!mt.tensor<[?,4],f32>, i64, i1, i1, !mt.none) -> !mt.tensor
  return %a, %b : !mt.tensor, !mt.tensor
}
