// RUN: mt-opt %s --split-input-file --mt-functionalize --verify-diagnostics

// How the result of such an operator lies is not among what is known.

func.func @unknown(%x: !mt.tensor<[2,3,4],f32>) -> i1 {
  %c1 = arith.constant 1 : i64
  %none = mt.constant.none
  %y = mt.operator "aten::softmax.int"(%x, %c1, %none) : (!mt.tensor<[2,3,4],f32>, i64, !mt.none) -> !mt.tensor<[2,3,4],f32>
  // expected-error @below {{'aten::is_contiguous': how the tensor lies in memory is not known when the program is compiled}}
  %r = mt.operator "aten::is_contiguous"(%y) : (!mt.tensor<[2,3,4],f32>) -> i1
  return %r : i1
}

// -----

func.func @rank(%x: !mt.tensor) -> !mt.list<i64> {
  // expected-error @below {{'aten::stride': the rank of the tensor is not known when the program is compiled}}
  %r = mt.operator "aten::stride"(%x) : (!mt.tensor) -> !mt.list<i64>
  return %r : !mt.list<i64>
}

// -----

// Whether statistics are written is not known.

func.func @trains(%x: !mt.tensor<[2,3],f32>, %m: !mt.tensor<[3],f32>, %t: i1) -> !mt.tensor<[2,3],f32> {
  %none = mt.constant.none
  %f = arith.constant 1.0e-01 : f64
  // expected-error @below {{'aten::batch_norm': whether it writes to its running statistics is not known when the program is compiled}}
  %y = mt.aten.batch_norm %x, %none, %none, %m, %m, %t, %f, %f, %t : (!mt.tensor<[2,3],f32>, !mt.none, !mt.none, !mt.tensor<[3],f32>, !mt.tensor<[3],f32>, i1, f64, f64, i1) -> !mt.tensor<[2,3],f32>
  return %y : !mt.tensor<[2,3],f32>
}
