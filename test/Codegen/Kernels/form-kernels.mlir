// RUN: mt-opt %s --mt-form-kernels | FileCheck %s
// RUN: mt-opt %s --mt-form-kernels=max-host-elements=1000000 | FileCheck %s --check-prefix=HOST

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// A contraction with its start and its epilogue; the fill stays behind.

// CHECK-LABEL: func.func @linear(
// CHECK-SAME: %[[X:.*]]: tensor<64x48xf32>, %[[W:.*]]: tensor<48x96xf32>, %[[V:.*]]: tensor<96xf32>
// CHECK: %[[E:.*]] = tensor.empty() : tensor<64x96xf32>
// CHECK: %[[Y:.*]] = mt.launch @contraction_0::@contraction_0(%[[X]], %[[W]], %[[V]]) outs(%[[E]])
// CHECK: return %[[Y]]
// HOST-LABEL: func.func @linear(
// HOST-NOT: mt.launch
// HOST: return
func.func @linear(%x: tensor<64x48xf32>, %w: tensor<48x96xf32>, %v: tensor<96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<64x48xf32>, tensor<48x96xf32>) outs(%f : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<64x96xf32>
  %3 = linalg.generic {indexing_maps = [#id, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %v : tensor<64x96xf32>, tensor<96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %4 = arith.addf %a, %b : f32
    %5 = math.tanh %4 : f32
    linalg.yield %5 : f32
  } -> tensor<64x96xf32>
  return %3 : tensor<64x96xf32>
}

// Two sums of one epilogue: the first takes it, with the second as an operand.
// A sum that starts elsewhere is a tensor of its own, which the launch reads.

// CHECK-LABEL: func.func @two_sums(
// CHECK: %[[B:.*]] = mt.launch @[[SECOND:contraction_[0-9]+]]::@{{.*}} accumulates outs(%{{.*}})
// CHECK: mt.launch @{{.*}}(%{{.*}}, %{{.*}}, %[[B]]) outs(
func.func @two_sums(%x: tensor<64x48xf32>, %w: tensor<48x96xf32>, %s: tensor<64x96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x96xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<64x48xf32>, tensor<48x96xf32>) outs(%s : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<64x96xf32>
  %1 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<64x48xf32>, tensor<48x96xf32>) outs(%f : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %c, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<64x96xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%1, %0 : tensor<64x96xf32>, tensor<64x96xf32>) outs(%e : tensor<64x96xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %4 = arith.mulf %a, %b : f32
    linalg.yield %4 : f32
  } -> tensor<64x96xf32>
  return %2 : tensor<64x96xf32>
}

// A row's sum goes with what uses it; equal kernels are one, also of other
// lines of the source, and a number that differs makes another.

// CHECK-LABEL: func.func @rows(
// CHECK: mt.launch @[[$ROWS:rows_[0-9]+]]::@[[$ROWS]](%arg1, %{{.*}}) outs(%{{.*}})
// CHECK: mt.launch @[[$ROWS]]::@[[$ROWS]](%arg0, %{{.*}}) outs(%{{.*}})
func.func @rows(%x: tensor<?x?xf32>, %z: tensor<?x?xf32>, %m: index, %n: index) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %r = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<?xf32>) -> tensor<?xf32>
  %s0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%z : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<?xf32>
  %y0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%z, %s0 : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  %s1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<?xf32>
  %y1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s1 : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<?x?xf32>
  return %y0, %y1 : tensor<?x?xf32>, tensor<?x?xf32>
}

// CHECK-LABEL: func.func @numbers(
// CHECK: mt.launch @[[$TWICE:pointwise_[0-9]+]]::@[[$TWICE]](%arg0) outs(%{{.*}})
// CHECK: mt.launch @[[$THRICE:pointwise_[0-9]+]]::@[[$THRICE]](%arg0) outs(%{{.*}})
func.func @numbers(%x: tensor<?x?xf32>, %e: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %two = arith.constant 2.0 : f32
  %three = arith.constant 3.0 : f32
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %2 = arith.mulf %a, %two : f32
    linalg.yield %2 : f32
  } -> tensor<?x?xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %2 = arith.mulf %a, %three : f32
    linalg.yield %2 : f32
  } -> tensor<?x?xf32>
  return %0, %1 : tensor<?x?xf32>, tensor<?x?xf32>
}

// What raises stays, and so does what is smaller than a call.

// CHECK-LABEL: func.func @program(
// CHECK-NOT: mt.launch
// CHECK: return
func.func @program(%x: tensor<?x?xf32>, %t: tensor<2x4xf32>) -> (tensor<?x?xf32>, tensor<2x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%x : tensor<?x?xf32>) {
  ^bb0(%a: f32):
    %ok = arith.cmpf oge, %a, %zero : f32
    cf.assert %ok, "negative"
    linalg.yield %a : f32
  } -> tensor<?x?xf32>
  %1 = linalg.exp ins(%t : tensor<2x4xf32>) outs(%t : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0, %1 : tensor<?x?xf32>, tensor<2x4xf32>
}

// CHECK: module @contraction_0
// CHECK: func.func @contraction_0(%[[X:.*]]: tensor<64x48xf32>, %[[W:.*]]: tensor<48x96xf32>, %[[V:.*]]: tensor<96xf32>, %[[OUT:.*]]: tensor<64x96xf32>) -> tensor<64x96xf32>
// CHECK-SAME: mt.kernel = #mt.kernel<contraction, ops = ["mulf", "addf", "addf", "tanh"], lines = ["{{.*}}form-kernels.mlir:{{[0-9]+}}"]>
// CHECK: %[[ZERO:.*]] = linalg.fill
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[W]] : {{.*}}) outs(%[[ZERO]] :
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[SUM]], %[[V]] : {{.*}}) outs(%[[OUT]] :
// CHECK: return %[[Y]]
// CHECK: module @[[$ROWS]]
// CHECK: linalg.fill
// CHECK: linalg.generic
// CHECK: linalg.generic
// CHECK: module @[[$TWICE]]
// CHECK: arith.constant 2.0
// CHECK: module @[[$THRICE]]
// CHECK: arith.constant 3.0
