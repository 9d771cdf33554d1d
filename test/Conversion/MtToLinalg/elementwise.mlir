// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: @relu_dynamic_dim
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<?x4xf32>)
// CHECK: arith.maximumf
func.func @relu_dynamic_dim(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = mt.aten.relu %x : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// A size-1 dim that broadcasts is collapsed away: no constant in the map.
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: @broadcast_static
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<3x1xf32> into tensor<3xf32>
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$ROW]], #{{.*}}]
func.func @broadcast_static(%x: tensor<3x4xf32>, %y: tensor<3x1xf32>) -> tensor<3x4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<3x4xf32>, tensor<3x1xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

// Sizes that come from one size need no check.
// CHECK-LABEL: @same_size
// CHECK-NOT: cf.assert
// CHECK-NOT: scf.if
// CHECK: return
func.func @same_size(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mt.aten.relu %x : (tensor<?xf32>) -> tensor<?xf32>
  %1 = mt.aten.mul.Tensor %x, %0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// -----

// CHECK-LABEL: @broadcast_at_run_time
// CHECK-SAME: %[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<4xf32>
// CHECK: cf.assert %{{.*}}, "RuntimeError: The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension 0
// CHECK: %[[E:.*]] = scf.if
// CHECK: linalg.generic {{.*}} ins(%[[E]], %[[Y]] : tensor<4xf32>, tensor<4xf32>)
func.func @broadcast_at_run_time(%x: tensor<?xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mt.aten.mul.Tensor %x, %y : (tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// The operands are promoted before the operation, uint8 as unsigned.
// CHECK-LABEL: @promotion
// CHECK-SAME: tensor<2xi8>
// CHECK: %[[A:.*]] = arith.uitofp %{{.*}} : i8 to f32
// CHECK: arith.divf %[[A]]
func.func @promotion(%x: tensor<2xui8>, %y: tensor<2xf32>) -> tensor<2xf32> {
  %0 = mt.aten.div.Tensor %x, %y : (tensor<2xui8>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Half precision is computed in f32.
// CHECK-LABEL: @half
// CHECK: arith.extf {{.*}} : f16 to f32
// CHECK: math.exp {{.*}} : f32
// CHECK: arith.truncf {{.*}} : f32 to f16
func.func @half(%x: tensor<2xf16>) -> tensor<2xf16> {
  %0 = mt.aten.exp %x : (tensor<2xf16>) -> tensor<2xf16>
  return %0 : tensor<2xf16>
}

// -----

// What is not converted says why.
// CHECK-LABEL: @refused
// CHECK: mt.aten.dropout {{.*}} {mt.reason = "dropout draws random numbers while training"}
func.func @refused(%x: tensor<2xf32>) -> tensor<2xf32> {
  %p = arith.constant 0.5 : f64
  %true = arith.constant true
  %0 = mt.aten.dropout %x, %p, %true : (tensor<2xf32>, f64, i1) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
