// RUN: mt-opt %s --convert-mt-to-linalg --cse --canonicalize | FileCheck %s

// One call fills a tensor; two of the same kind are not one, and what nobody
// reads is drawn.
// CHECK-LABEL: @twice
// CHECK: %[[A:.*]] = memref.alloc(%{{.*}}) : memref<?x3xf32>
// CHECK: call @mtrt_random_uniform_f32(%[[ZERO:.*]], %[[ONE:.*]], %[[F32:.*]], %[[SIZE:.*]], %{{.*}}) : (f64, f64, i64, i64, memref<*xf32>) -> ()
// CHECK: %[[RESULT:.*]] = bufferization.to_tensor %[[A]] restrict
// CHECK: call @mtrt_random_uniform_f32(%[[ZERO]], %[[ONE]], %[[F32]], %[[SIZE]]
// CHECK: call @mtrt_random_normal_f32(%[[ZERO]], %[[ONE]], %[[F32]], %[[SIZE]]
// CHECK: return %[[RESULT]]
func.func @twice(%n: i64) -> tensor<?x3xf32> {
  %c3 = arith.constant 3 : i64
  %none = mt.constant.none
  %sizes = mt.prim.list_construct %n, %c3 : (i64, i64) -> !mt.list<i64>
  %0 = mt.aten.rand %sizes, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> tensor<?x3xf32>
  %1 = mt.aten.rand %sizes, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> tensor<?x3xf32>
  %2 = mt.aten.randn %sizes, %none, %none, %none, %none : (!mt.list<i64>, !mt.none, !mt.none, !mt.none, !mt.none) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// What is filled is not computed: only its sizes count.
// CHECK-LABEL: @filled
// CHECK-NOT: linalg
// CHECK: call @mtrt_random_bernoulli_i1
// CHECK-NOT: linalg
// CHECK: return
func.func @filled(%x: tensor<?xi1>, %p: f64) -> tensor<?xi1> {
  %none = mt.constant.none
  %0 = mt.aten.bernoulli.p %x, %p, %none : (tensor<?xi1>, f64, !mt.none) -> tensor<?xi1>
  return %0 : tensor<?xi1>
}

// An empty range is an error.
// CHECK-LABEL: @range
// CHECK: cf.assert %{{.*}}, "RuntimeError: random_ expects 'from' to be less than 'to'
// CHECK: call @mtrt_random_between_i64
func.func @range(%low: i64, %high: i64) -> tensor<4xi64> {
  %none = mt.constant.none
  %c4 = arith.constant 4 : i64
  %sizes = mt.prim.list_construct %c4 : (i64) -> !mt.list<i64>
  %0 = mt.operator "aten::randint.low"(%low, %high, %sizes, %c4, %none, %none, %none) : (i64, i64, !mt.list<i64>, i64, !mt.none, !mt.none, !mt.none) -> tensor<4xi64>
  return %0 : tensor<4xi64>
}

// Without an end: up to the greatest number of the dtype.
// CHECK-LABEL: @from
// CHECK: call @mtrt_random_from_i8
// CHECK: call @mtrt_random_integer_i8
func.func @from(%x: tensor<2xui8>, %low: i64) -> (tensor<2xui8>, tensor<2xui8>) {
  %none = mt.constant.none
  %0 = mt.operator "aten::random.from"(%x, %low, %none, %none) : (tensor<2xui8>, i64, !mt.none, !mt.none) -> tensor<2xui8>
  %1 = mt.operator "aten::random"(%x, %none) : (tensor<2xui8>, !mt.none) -> tensor<2xui8>
  return %0, %1 : tensor<2xui8>, tensor<2xui8>
}

// How much is drawn depends on the elements.
// CHECK-LABEL: @rrelu
// CHECK: call @mtrt_random_rrelu_f64
func.func @rrelu(%x: tensor<3xf64>) -> tensor<3xf64> {
  %none = mt.constant.none
  %true = arith.constant true
  %low = arith.constant 0.1 : f64
  %high = arith.constant 0.3 : f64
  %0 = mt.operator "aten::rrelu"(%x, %low, %high, %true, %none) : (tensor<3xf64>, f64, f64, i1, !mt.none) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
