// RUN: mt-opt %s --split-input-file --mt-propagate-transposes --canonicalize | FileCheck %s

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// Two transposes meet and are gone.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x8xf32>, %[[B:.*]]: tensor<8xf32>
// CHECK-NOT: linalg.transpose
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[B]]
// CHECK-NOT: linalg.transpose
// CHECK: return %[[Y]]
func.func @chain(%x: tensor<1x4x5x8xf32>, %b: tensor<8xf32>) -> tensor<1x4x5x8xf32> {
  %e = tensor.empty() : tensor<1x8x4x5xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x8xf32>) outs(%e : tensor<1x8x4x5xf32>) permutation = [0, 3, 1, 2]
  %s = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%t, %b : tensor<1x8x4x5xf32>, tensor<8xf32>) outs(%e : tensor<1x8x4x5xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %r = arith.addf %a, %c : f32
    linalg.yield %r : f32
  } -> tensor<1x8x4x5xf32>
  %f = tensor.empty() : tensor<1x4x5x8xf32>
  %u = linalg.transpose ins(%s : tensor<1x8x4x5xf32>) outs(%f : tensor<1x4x5x8xf32>) permutation = [0, 2, 3, 1]
  return %u : tensor<1x4x5x8xf32>
}

// -----

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>

// The other operand would need a transpose of its own.
// CHECK-LABEL: func.func @other(
// CHECK: %[[T:.*]] = linalg.transpose
// CHECK: linalg.generic {{.*}} ins(%[[T]],
func.func @other(%x: tensor<1x4x5x8xf32>, %y: tensor<1x8x4x5xf32>) -> tensor<1x8x4x5xf32> {
  %e = tensor.empty() : tensor<1x8x4x5xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x8xf32>) outs(%e : tensor<1x8x4x5xf32>) permutation = [0, 3, 1, 2]
  %s = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%t, %y : tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32>) outs(%e : tensor<1x8x4x5xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %r = arith.addf %a, %c : f32
    linalg.yield %r : f32
  } -> tensor<1x8x4x5xf32>
  return %s : tensor<1x8x4x5xf32>
}

// -----

#in = affine_map<(n, c, h, w) -> (n, c, h, w)>
#out = affine_map<(n, c, h, w) -> (n, c)>
#read = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>

// Pooling of windows and of all pixels; the result of the latter has no layout.
// CHECK-LABEL: func.func @pool(
// CHECK-SAME: %[[X:.*]]: tensor<1x6x6x8xf32>
// CHECK: %[[P:.*]] = linalg.generic {{.*}} ins(%[[X]], %{{.*}}) outs(%{{.*}} : tensor<1x4x4x8xf32>)
// CHECK-NOT: linalg.transpose
// CHECK: linalg.generic {{.*}} ins(%[[P]] : tensor<1x4x4x8xf32>) outs(%{{.*}} : tensor<1x8xf32>)
// CHECK-NOT: linalg.transpose
func.func @pool(%x: tensor<1x6x6x8xf32>, %k: tensor<3x3xf32>) -> tensor<1x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x6x6xf32>
  %t = linalg.transpose ins(%x : tensor<1x6x6x8xf32>) outs(%e : tensor<1x8x6x6xf32>) permutation = [0, 3, 1, 2]
  %f = tensor.empty() : tensor<1x8x4x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%f : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %p = linalg.pooling_nchw_max {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%t, %k : tensor<1x8x6x6xf32>, tensor<3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %g = tensor.empty() : tensor<1x8xf32>
  %y = linalg.fill ins(%zero : f32) outs(%g : tensor<1x8xf32>) -> tensor<1x8xf32>
  %s = linalg.generic {indexing_maps = [#in, #out], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%p : tensor<1x8x4x4xf32>) outs(%y : tensor<1x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %o, %a : f32
    linalg.yield %r : f32
  } -> tensor<1x8xf32>
  return %s : tensor<1x8xf32>
}

// -----

// What only moves elements.
// CHECK-LABEL: func.func @moves(
// CHECK-SAME: %[[X:.*]]: tensor<1x?x5x8xf32>, %[[Y:.*]]: tensor<1x?x5x8xf32>
// CHECK: %[[P:.*]] = tensor.pad %[[X]] low[0, 1, 2, 0] high[0, 1, 2, 0]
// CHECK: %[[U:.*]] = linalg.transpose ins(%[[P]]
// CHECK: %[[S:.*]] = tensor.extract_slice %[[Y]][0, 0, 0, 2] [1, %{{.*}}, 5, 4] [1, 1, 1, 1]
// CHECK: %[[I:.*]] = tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 0, 4]
// CHECK: %[[C:.*]] = tensor.collapse_shape %[[I]] {{\[\[}}0], [1, 2], [3]]
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[C]] {{.*}} permutation = [0, 2, 1]
// CHECK: return %[[U]], %[[T]]
func.func @moves(%x: tensor<1x?x5x8xf32>, %y: tensor<1x?x5x8xf32>) -> (tensor<1x8x?x9xf32>, tensor<1x8x?xf32>) {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %h = tensor.dim %x, %c1 : tensor<1x?x5x8xf32>
  %e = tensor.empty(%h) : tensor<1x8x?x5xf32>
  %t = linalg.transpose ins(%x : tensor<1x?x5x8xf32>) outs(%e : tensor<1x8x?x5xf32>) permutation = [0, 3, 1, 2]
  %p = tensor.pad %t low[0, 0, 1, 2] high[0, 0, 1, 2] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x8x?x5xf32> to tensor<1x8x?x9xf32>
  %k = tensor.dim %y, %c1 : tensor<1x?x5x8xf32>
  %f = tensor.empty(%k) : tensor<1x8x?x5xf32>
  %u = linalg.transpose ins(%y : tensor<1x?x5x8xf32>) outs(%f : tensor<1x8x?x5xf32>) permutation = [0, 3, 1, 2]
  %s = tensor.extract_slice %u[0, 2, 0, 0] [1, 4, %k, 5] [1, 1, 1, 1] : tensor<1x8x?x5xf32> to tensor<1x4x?x5xf32>
  %i = tensor.insert_slice %s into %f[0, 0, 0, 0] [1, 4, %k, 5] [1, 1, 1, 1] : tensor<1x4x?x5xf32> into tensor<1x8x?x5xf32>
  %j = tensor.insert_slice %s into %i[0, 4, 0, 0] [1, 4, %k, 5] [1, 1, 1, 1] : tensor<1x4x?x5xf32> into tensor<1x8x?x5xf32>
  %l = tensor.collapse_shape %j [[0], [1], [2, 3]] : tensor<1x8x?x5xf32> into tensor<1x8x?xf32>
  return %p, %l : tensor<1x8x?x9xf32>, tensor<1x8x?xf32>
}

// -----

// Channels and rows do not lie side by side before the transpose.
// CHECK-LABEL: func.func @across(
// CHECK: %[[T:.*]] = linalg.transpose
// CHECK: tensor.collapse_shape %[[T]]
func.func @across(%x: tensor<2x4x5x8xf32>) -> tensor<2x32x5xf32> {
  %e = tensor.empty() : tensor<2x8x4x5xf32>
  %t = linalg.transpose ins(%x : tensor<2x4x5x8xf32>) outs(%e : tensor<2x8x4x5xf32>) permutation = [0, 3, 1, 2]
  %l = tensor.collapse_shape %t [[0], [1, 2], [3]] : tensor<2x8x4x5xf32> into tensor<2x32x5xf32>
  return %l : tensor<2x32x5xf32>
}

// -----

// Groups of channels, there and back.
// CHECK-LABEL: func.func @groups(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x5x8xf32>
// CHECK: %[[E:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1], [2], [3, 4]]
// CHECK: return %[[E]]
func.func @groups(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x5x2x4xf32> {
  %e = tensor.empty() : tensor<1x8x4x5xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x8xf32>) outs(%e : tensor<1x8x4x5xf32>) permutation = [0, 3, 1, 2]
  %g = tensor.expand_shape %t [[0], [1, 2], [3], [4]] output_shape [1, 2, 4, 4, 5] : tensor<1x8x4x5xf32> into tensor<1x2x4x4x5xf32>
  %f = tensor.empty() : tensor<1x4x5x2x4xf32>
  %u = linalg.transpose ins(%g : tensor<1x2x4x4x5xf32>) outs(%f : tensor<1x4x5x2x4xf32>) permutation = [0, 3, 4, 1, 2]
  return %u : tensor<1x4x5x2x4xf32>
}

// -----

// What moves has one element: no element moves.
// CHECK-LABEL: func.func @unit(
// CHECK-SAME: %[[X:.*]]: tensor<1x1x1x8xf32>
// CHECK-NOT: linalg.transpose
// CHECK: tensor.collapse_shape %[[X]] {{\[\[}}0, 1, 2, 3]]
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1, 2, 3]] output_shape [1, 8, 1, 1]
func.func @unit(%x: tensor<1x1x1x8xf32>) -> tensor<1x8x1x1xf32> {
  %e = tensor.empty() : tensor<1x8x1x1xf32>
  %t = linalg.transpose ins(%x : tensor<1x1x1x8xf32>) outs(%e : tensor<1x8x1x1xf32>) permutation = [0, 3, 1, 2]
  return %t : tensor<1x8x1x1xf32>
}
