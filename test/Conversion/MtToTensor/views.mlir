// RUN: mt-opt %s --convert-mt-to-tensor --canonicalize --split-input-file | FileCheck %s

// The sizes are traced to the operand's, so the view only splits the last dim.
// CHECK-LABEL: @split_last_dim
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] output_shape [%{{.*}}, %{{.*}}, 12, 64]
// CHECK-NOT: cf.assert
func.func @split_last_dim(%x: tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c12 = arith.constant 12 : i64
  %rest = arith.constant -1 : i64
  %b = mt.aten.size.int %x, %c0 : (tensor<?x?x768xf32>, i64) -> i64
  %s = mt.aten.size.int %x, %c1 : (tensor<?x?x768xf32>, i64) -> i64
  %l = mt.prim.list_construct %b, %s, %c12, %rest : (i64, i64, i64, i64) -> !mt.list<i64>
  %0 = mt.aten.view %x, %l : (tensor<?x?x768xf32>, !mt.list<i64>) -> tensor<?x?x12x64xf32>
  return %0 : tensor<?x?x12x64xf32>
}

// -----

// CHECK-LABEL: @merge_dims
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : tensor<?x3x4xf32> into tensor<?x4xf32>
func.func @merge_dims(%x: tensor<?x3x4xf32>) -> tensor<?x4xf32> {
  %c4 = arith.constant 4 : i64
  %rest = arith.constant -1 : i64
  %l = mt.prim.list_construct %rest, %c4 : (i64, i64) -> !mt.list<i64>
  %0 = mt.aten.view %x, %l : (tensor<?x3x4xf32>, !mt.list<i64>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Sizes of unknown origin are checked against the number of elements.
// CHECK-LABEL: @unknown_sizes
// CHECK: cf.assert %{{.*}}, "RuntimeError: shape '[{}, {}]' is invalid for input of size {}
// CHECK: tensor.expand_shape
func.func @unknown_sizes(%x: tensor<?xf32>, %n: i64, %m: i64) -> tensor<?x?xf32> {
  %l = mt.prim.list_construct %n, %m : (i64, i64) -> !mt.list<i64>
  %0 = mt.aten.view %x, %l : (tensor<?xf32>, !mt.list<i64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// CHECK-LABEL: @slice_from_end
// CHECK: tensor.extract_slice %{{.*}}[0, 2] [3, 2] [1, 1] : tensor<3x4xf32> to tensor<3x2xf32>
func.func @slice_from_end(%x: tensor<3x4xf32>) -> tensor<3x2xf32> {
  %dim = arith.constant -1 : i64
  %start = arith.constant -2 : i64
  %end = arith.constant 9223372036854775807 : i64
  %step = arith.constant 1 : i64
  %0 = mt.aten.slice.Tensor %x, %dim, %start, %end, %step : (tensor<3x4xf32>, i64, i64, i64, i64) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: @select
// CHECK: cf.assert %{{.*}}, "IndexError: select(): index {} out of range for tensor of size
// CHECK: tensor.extract_slice %{{.*}} : tensor<?x4xf32> to tensor<4xf32>
func.func @select(%x: tensor<?x4xf32>, %i: i64) -> tensor<4xf32> {
  %dim = arith.constant 0 : i64
  %0 = mt.aten.select.int %x, %dim, %i : (tensor<?x4xf32>, i64, i64) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: @cat
// CHECK: tensor.empty(%{{.*}}) : tensor<?x4xf32>
// CHECK: tensor.insert_slice %{{.*}}[0, 0]
// CHECK: tensor.insert_slice %{{.*}}[%{{.*}}, 0] [2, 4]
func.func @cat(%x: tensor<?x4xf32>, %y: tensor<2x4xf32>) -> tensor<?x4xf32> {
  %dim = arith.constant 0 : i64
  %l = mt.prim.list_construct %x, %y : (tensor<?x4xf32>, tensor<2x4xf32>) -> !mt.list<!mt.tensor>
  %0 = mt.aten.cat %l, %dim : (!mt.list<!mt.tensor>, i64) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: @transpose
// CHECK: linalg.transpose {{.*}} permutation = [1, 0]
func.func @transpose(%x: tensor<?x4xf32>) -> tensor<4x?xf32> {
  %0 = mt.aten.t %x : (tensor<?x4xf32>) -> tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// -----

// A product of sizes is traced, too, through the view that made one of them.
// CHECK-LABEL: @product_of_sizes
// CHECK-NOT: cf.assert
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<?x?xf32> into tensor<?xf32>
// CHECK-NOT: cf.assert
// CHECK: tensor.expand_shape
func.func @product_of_sizes(%x: tensor<?x?xf32>) -> tensor<?x1xf32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %a = mt.aten.size.int %x, %c0 : (tensor<?x?xf32>, i64) -> i64
  %b = mt.aten.size.int %x, %c1 : (tensor<?x?xf32>, i64) -> i64
  %n = arith.muli %a, %b : i64
  %l = mt.prim.list_construct %n : (i64) -> !mt.list<i64>
  %0 = mt.aten.reshape %x, %l : (tensor<?x?xf32>, !mt.list<i64>) -> tensor<?xf32>
  %m = mt.aten.size.int %0, %c0 : (tensor<?xf32>, i64) -> i64
  %l2 = mt.prim.list_construct %m, %c1 : (i64, i64) -> !mt.list<i64>
  %1 = mt.aten.view %0, %l2 : (tensor<?xf32>, !mt.list<i64>) -> tensor<?x1xf32>
  return %1 : tensor<?x1xf32>
}
