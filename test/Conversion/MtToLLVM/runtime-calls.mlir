// RUN: mt-opt %s --convert-mt-to-llvm --split-input-file | FileCheck %s

// How values are passed to C, and come back.

// A literal is an immortal object: count 0, kind 1.
// CHECK: llvm.mlir.global internal constant @mt.text("hi")
// CHECK: llvm.mlir.global internal @mt.str()
// CHECK: llvm.mlir.constant(1 : i16)
// CHECK: llvm.mlir.constant(2 : i64)
// CHECK: llvm.mlir.addressof @mt.text

// CHECK-DAG: llvm.func @numbers(i64, f64, i64, f64, f64) -> i64 attributes {no_unwind}
// CHECK-DAG: llvm.func @objects(!llvm.ptr, !llvm.ptr, i64, i64, i64) -> !llvm.struct<(i64, i64)>
// CHECK-DAG: llvm.func @open(!llvm.ptr, i64, !llvm.ptr) -> !llvm.ptr
// CHECK-DAG: llvm.func @several(!llvm.ptr, !llvm.ptr)

// CHECK-LABEL: func.func @calls
// CHECK: %[[B:.*]] = llvm.zext %{{.*}} : i1 to i64
// CHECK: %[[RE:.*]] = complex.re
// CHECK: %[[IM:.*]] = complex.im
// CHECK: %[[R:.*]] = llvm.call @numbers(%{{.*}}, %{{.*}}, %[[B]], %[[RE]], %[[IM]])
// CHECK: llvm.trunc %[[R]] : i64 to i1
func.func @calls(%n: i64, %f: f64, %b: i1, %z: complex<f64>) -> i1 {
  %r = mt.call_runtime "numbers"(%n, %f, %b, %z) "ifbc" -> "b" : (i64, f64, i1, complex<f64>) -> i1
  return %r : i1
}

// None is a null pointer; a number has its tag; the container comes last.

// CHECK-LABEL: func.func @boxed
// CHECK-SAME: (%[[S:.*]]: !llvm.ptr, %[[F:.*]]: f64)
// CHECK: %[[NULL:.*]] = llvm.mlir.zero : !llvm.ptr
// CHECK: %[[TAG:.*]] = llvm.mlir.constant(3 : i64)
// CHECK: %[[BITS:.*]] = llvm.bitcast %[[F]] : f64 to i64
// CHECK: %[[TYPE:.*]] = llvm.mlir.constant(17179869184 : i64)
// CHECK: %[[V:.*]] = llvm.call @objects(%[[S]], %[[NULL]], %[[TAG]], %[[BITS]], %[[TYPE]])
// CHECK: llvm.extractvalue %[[V]][0]
// CHECK: %[[P:.*]] = llvm.extractvalue %[[V]][1]
// CHECK: llvm.inttoptr %[[P]]
func.func @boxed(%s: !mt.str, %f: f64) -> !mt.str {
  %none = mt.constant.none
  %r = mt.call_runtime "objects"(%s, %none, %f) "oov" -> "v" raises container 17179869184 : (!mt.str, !mt.none, f64) -> !mt.str
  return %r : !mt.str
}

// CHECK-LABEL: func.func @variadic
// CHECK: %[[BUFFER:.*]] = llvm.alloca
// CHECK-COUNT-4: llvm.store
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.call @open(%{{.*}}, %[[COUNT]], %[[BUFFER]])
func.func @variadic(%o: !mt.optional<!mt.str>, %n: i64) -> !mt.str {
  %s = mt.constant.str "hi"
  %r = mt.call_runtime "open"(%s, %o, %n) "o." -> "o" raises : (!mt.str, !mt.optional<!mt.str>, i64) -> !mt.str
  return %r : !mt.str
}

// CHECK-LABEL: func.func @results
// CHECK: llvm.call @several(%{{.*}}, %[[OUT:.*]])
// CHECK-COUNT-4: llvm.load
func.func @results(%s: !mt.str) -> (!mt.str, i64) {
  %r:2 = mt.call_runtime "several"(%s) "o" -> "oi" raises : (!mt.str) -> (!mt.str, i64)
  return %r#0, %r#1 : !mt.str, i64
}
