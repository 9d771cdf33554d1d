// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// One form of convolution reaches the conversion; a flat one is an image of
// height one.

// CHECK-LABEL: func @conv1d
func.func @conv1d(%x: !mt.tensor<[2,3,?],f32>, %w: !mt.tensor<[4,3,5],f32>) -> !mt.tensor<[2,4,?],f32> {
  %none = mt.constant.none
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %ones = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %twos = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  // CHECK: mt.aten.convolution {{.*}} : (!mt.tensor<[2,3,1,?],f32>, !mt.tensor<[4,3,1,5],f32>, {{.*}}) -> !mt.tensor<[2,4,1,?],f32>
  // CHECK: mt.aten.squeeze.dim
  %y = mt.aten.conv1d %x, %w, %none, %ones, %twos, %ones, %c1 : (!mt.tensor<[2,3,?],f32>, !mt.tensor<[4,3,5],f32>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i64) -> !mt.tensor<[2,4,?],f32>
  return %y : !mt.tensor<[2,4,?],f32>
}

// -----

// A transposed convolution is one of the input with zeros between its elements.

// CHECK-LABEL: func @conv_transpose
func.func @conv_transpose(%x: !mt.tensor<[1,3,4,4],f32>, %w: !mt.tensor<[3,2,3,3],f32>) -> !mt.tensor<[1,2,9,9],f32> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %zeros = mt.prim.list_construct %c0 : (i64) -> !mt.list<i64>
  %ones = mt.prim.list_construct %c1 : (i64) -> !mt.list<i64>
  %twos = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  // CHECK: mt.aten.flip
  // CHECK-COUNT-2: mt.aten.slice_scatter
  // CHECK: mt.aten.convolution {{.*}} : (!mt.tensor<[1,3,11,11],f32>, !mt.tensor<[2,3,3,3],f32>, {{.*}}) -> !mt.tensor<[1,2,9,9],f32>
  %y = mt.aten.conv_transpose2d.input %x, %w, %none, %twos, %zeros, %zeros, %c1, %ones : (!mt.tensor<[1,3,4,4],f32>, !mt.tensor<[3,2,3,3],f32>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i64, !mt.list<i64>) -> !mt.tensor<[1,2,9,9],f32>
  return %y : !mt.tensor<[1,2,9,9],f32>
}
