// RUN: mt-opt %s --mt-bufferize-kernels | FileCheck %s

// The buffers of the launch, as they lie; what is no tensor stays.

// CHECK-LABEL: func.func @program
// CHECK: mt.launch @scale::@scale(%{{.*}}, %{{.*}}) outs(
// CHECK: mt.launch @scale_0::@scale_0(%{{.*}}, %{{.*}}) outs(
func.func @program(%a: memref<8xf32, strided<[2], offset: ?>>, %b: memref<8xf32>, %s: f32) {
  mt.launch @scale::@scale(%a, %s) outs(%b) : (memref<8xf32, strided<[2], offset: ?>>, f32, memref<8xf32>) -> ()
  mt.launch @scale::@scale(%b, %s) outs(%b) : (memref<8xf32>, f32, memref<8xf32>) -> ()
  return
}

// CHECK: module @scale {
// CHECK: func.func @scale(%[[A:.*]]: memref<8xf32, strided<[2], offset: ?>>, %{{.*}}: f32, %[[B:.*]]: memref<8xf32>) attributes
// CHECK: %[[X:.*]] = bufferization.to_tensor %[[A]] restrict :
// CHECK: %[[Y:.*]] = bufferization.to_tensor %[[B]] restrict writable :
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<8xf32>) outs(%[[Y]] : tensor<8xf32>)
// CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[B]]
// CHECK-NEXT: return{{$}}
module @scale {
  func.func @scale(%x: tensor<8xf32>, %s: f32, %out: tensor<8xf32>) -> tensor<8xf32>
      attributes {mt.kernel = #mt.kernel<pointwise>} {
    %0 = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> (d)>], iterator_types = ["parallel"]}
        ins(%x : tensor<8xf32>) outs(%out : tensor<8xf32>) {
    ^bb0(%a: f32, %b: f32):
      %1 = arith.mulf %a, %s : f32
      linalg.yield %1 : f32
    } -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}

// CHECK: module @scale_0 {
// CHECK: func.func @scale_0(%{{.*}}: memref<8xf32>, %{{.*}}: f32, %{{.*}}: memref<8xf32>)

// Nobody launches it.
// CHECK-NOT: @unused
module @unused {
  func.func @unused(%x: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> attributes {mt.kernel = #mt.kernel<pointwise>} {
    return %x : tensor<8xf32>
  }
}
