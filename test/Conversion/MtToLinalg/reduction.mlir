// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// The reduced dims leave the map; size-1 dims are put back by a reshape.
// CHECK-DAG: #[[$KEPT:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @sum_keepdim
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$KEPT]]], iterator_types = ["parallel", "reduction"]}
// CHECK: arith.addf
// CHECK: tensor.expand_shape {{.*}} : tensor<?xf32> into tensor<?x1xf32>
func.func @sum_keepdim(%x: tensor<?x4xf32>) -> tensor<?x1xf32> {
  %dim = arith.constant -1 : i64
  %keep = arith.constant true
  %none = mt.constant.none
  %l = mt.prim.list_construct %dim : (i64) -> !mt.list<i64>
  %0 = mt.aten.sum.dim_IntList %x, %l, %keep, %none : (tensor<?x4xf32>, !mt.list<i64>, i1, !mt.none) -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}

// -----

// bf16 is summed in f32 and rounded once.
// CHECK-LABEL: @mean_half
// CHECK: arith.extf {{.*}} : bf16 to f32
// CHECK: arith.addf {{.*}} : f32
// CHECK: arith.divf {{.*}} : f32
// CHECK: arith.truncf {{.*}} : f32 to bf16
func.func @mean_half(%x: tensor<8xbf16>) -> tensor<bf16> {
  %none = mt.constant.none
  %0 = mt.aten.mean %x, %none : (tensor<8xbf16>, !mt.none) -> tensor<bf16>
  return %0 : tensor<bf16>
}

// -----

// A maximum of nothing raises; a size known only at run time is checked.
// CHECK-LABEL: @amax_dynamic
// CHECK: cf.assert %{{.*}}, "IndexError: amax(): a reduction without identity
// CHECK: arith.maximumf
func.func @amax_dynamic(%x: tensor<2x?xf32>) -> tensor<2xf32> {
  %dim = arith.constant 1 : i64
  %keep = arith.constant false
  %l = mt.prim.list_construct %dim : (i64) -> !mt.list<i64>
  %0 = mt.aten.amax %x, %l, %keep : (tensor<2x?xf32>, !mt.list<i64>, i1) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// softmax has no maximum to find where it gives no elements.
// CHECK-LABEL: @amax_or_lowest
// CHECK-NOT: cf.assert
// CHECK: arith.maximumf
func.func @amax_or_lowest(%x: tensor<2x?xf32>) -> tensor<2xf32> {
  %dim = arith.constant 1 : i64
  %keep = arith.constant false
  %l = mt.prim.list_construct %dim : (i64) -> !mt.list<i64>
  %0 = mt.aten.amax %x, %l, %keep {mt.allow_empty} : (tensor<2x?xf32>, !mt.list<i64>, i1) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Value and place in one pass.
// CHECK-LABEL: @max_dim
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<2xf32>, tensor<2xi64>)
// CHECK: linalg.index 1
func.func @max_dim(%x: tensor<2x3xf32>) -> (tensor<2xf32>, tensor<2xi64>) {
  %dim = arith.constant 1 : i64
  %keep = arith.constant false
  %0, %1 = mt.aten.max.dim %x, %dim, %keep : (tensor<2x3xf32>, i64, i1) -> (tensor<2xf32>, tensor<2xi64>)
  return %0, %1 : tensor<2xf32>, tensor<2xi64>
}
