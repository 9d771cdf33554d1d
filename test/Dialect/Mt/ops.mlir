// RUN: mt-opt %s --verify-roundtrip | FileCheck %s

// Every hand-written operation, printed and parsed again.

// CHECK-LABEL: mt.class @Linear
mt.class @Linear {
  mt.attr @weight : !mt.tensor
  mt.attr @names : !mt.list<!mt.str>
  mt.method @forward = @Linear.forward
}
// CHECK: mt.class interface @Callable
mt.class interface @Callable {
  mt.method @forward = @Linear.forward
}
// CHECK: mt.object root @net : @Linear
mt.object root @net : @Linear {weight = dense<0.0> : tensor<2x2xf32>, names = ["a", "b"]}

// CHECK-LABEL: func.func private @Linear.forward
func.func private @Linear.forward(%self: !mt.object<@Linear>, %x: !mt.tensor) -> !mt.tensor {
  // CHECK: mt.prim.get_attr %{{.*}}["weight"] : <@Linear> -> !mt.tensor
  %w = mt.prim.get_attr %self["weight"] : !mt.object<@Linear> -> !mt.tensor
  // CHECK: mt.prim.set_attr
  mt.prim.set_attr %self["weight"], %x : !mt.object<@Linear>, !mt.tensor
  // CHECK: mt.prim.call_method %{{.*}}["forward"] (%{{.*}}) : <@Linear>, (!mt.tensor) -> !mt.tensor
  %y = mt.prim.call_method %self["forward"](%w) : !mt.object<@Linear>, (!mt.tensor) -> !mt.tensor
  return %y : !mt.tensor
}

// CHECK-LABEL: func.func @constants
func.func @constants() {
  // CHECK: mt.constant.none
  %none = mt.constant.none
  // CHECK: mt.constant.str "\E6\B3\A8"
  %str = mt.constant.str "注"
  // CHECK: mt.constant.device "cpu"
  %device = mt.constant.device "cpu"
  // CHECK: mt.constant.tensor dense<1> : tensor<2xui8> -> <[2],ui8>
  %t = mt.constant.tensor dense<1> : tensor<2xui8> -> !mt.tensor<[2],ui8>
  // CHECK: mt.constant.object @net : <@Linear>
  %o = mt.constant.object @net : !mt.object<@Linear>
  // CHECK: mt.prim.create_object : <@Linear>
  %n = mt.prim.create_object : !mt.object<@Linear>
  // CHECK: mt.prim.uninitialized : !mt.tensor<*,f32>
  %u = mt.prim.uninitialized : !mt.tensor<*,f32>
  return
}

// CHECK-LABEL: func.func @containers
func.func @containers(%a: i64, %s: !mt.str) -> !mt.tuple<"Point" ["x", "y"] i64, i64> {
  // CHECK: mt.prim.list_construct %{{.*}} : (i64, i64) -> !mt.list<i64>
  %l = mt.prim.list_construct %a, %a : (i64, i64) -> !mt.list<i64>
  %x, %y = mt.prim.list_unpack %l : (!mt.list<i64>) -> (i64, i64)
  // CHECK: mt.prim.dict_construct %{{.*}} : (!mt.str, i64) -> !mt.dict<!mt.str, i64>
  %d = mt.prim.dict_construct %s, %a : (!mt.str, i64) -> !mt.dict<!mt.str, i64>
  // CHECK: -> !mt.tuple<"Point" ["x", "y"] i64, i64>
  %t = mt.prim.tuple_construct %x, %y : (i64, i64) -> !mt.tuple<"Point" ["x", "y"] i64, i64>
  %p, %q = mt.prim.tuple_unpack %t : (!mt.tuple<"Point" ["x", "y"] i64, i64>) -> (i64, i64)
  %i = mt.prim.tuple_index %t, %a : (!mt.tuple<"Point" ["x", "y"] i64, i64>, i64) -> i64
  return %t : !mt.tuple<"Point" ["x", "y"] i64, i64>
}

// CHECK-LABEL: func.func @control_flow
func.func @control_flow(%c: i1, %n: i64, %x: !mt.tensor<[2,?],f32>, %e: !mt.str) -> !mt.tensor<[2],f32> {
  // CHECK: mt.prim.if %{{.*}} -> (!mt.tensor) {
  %r = mt.prim.if %c -> (!mt.tensor) {
    mt.prim.yield %x : !mt.tensor<[2,?],f32>
  } else {
    // CHECK: mt.prim.raise
    mt.prim.raise %e, %e : !mt.str, !mt.str
    // CHECK: mt.prim.write %{{.*}} : !mt.str
    mt.prim.write %e : !mt.str
    %u = mt.prim.uninitialized : !mt.tensor
    mt.prim.yield %u : !mt.tensor
  }
  // CHECK: mt.prim.loop
  %l = mt.prim.loop %n, %c, %r : (i64, i1, !mt.tensor) -> !mt.tensor {
  ^bb0(%i: i64, %v: !mt.tensor):
    // CHECK: mt.aten.relu
    %z = mt.aten.relu %v : (!mt.tensor) -> !mt.tensor
    // CHECK: mt.operator "aten::relu_"
    %w = mt.operator "aten::relu_"(%z) : (!mt.tensor) -> !mt.tensor
    // CHECK: mt.prim.loop_condition %{{.*}}, %{{.*}} : !mt.tensor
    mt.prim.loop_condition %c, %w : !mt.tensor
  }
  // CHECK: mt.prim.unchecked_cast
  %t = mt.prim.unchecked_cast %l : !mt.tensor -> !mt.tensor<[2],f32>
  // CHECK: mt.unbox
  %b = mt.unbox %t : !mt.tensor<[2],f32> -> tensor<2xf32>
  // CHECK: mt.box
  %o = mt.box %b : tensor<2xf32> -> !mt.tensor<[2],f32>
  return %o : !mt.tensor<[2],f32>
}

// CHECK-LABEL: func.func @counting
// CHECK: mt.enter_roots 1
// CHECK: mt.retain %{{.*}} : !mt.str
// CHECK: mt.root %{{.*}} in 0 : !mt.any
// CHECK: mt.unroot 0
// CHECK: mt.release %{{.*}} : !mt.str
// CHECK: mt.leave_roots
func.func @counting(%s: !mt.str, %a: !mt.any) {
  mt.enter_roots 1
  mt.retain %s : !mt.str
  mt.root %a in 0 : !mt.any
  mt.unroot 0
  mt.release %s : !mt.str
  mt.leave_roots
  return
}

// CHECK-LABEL: func.func @launch
// CHECK: mt.launch @kernel::@kernel(%{{.*}}, %{{.*}}) outs(%{{.*}}) : (tensor<8xf32>, index, tensor<8xf32>) -> tensor<8xf32>
// CHECK: mt.launch @kernel::@kernel(%{{.*}}, %{{.*}}) accumulates outs(%{{.*}}) : (memref<8xf32>, index, memref<8xf32>) -> ()
func.func @launch(%a: tensor<8xf32>, %n: index, %e: tensor<8xf32>, %m: memref<8xf32>) -> tensor<8xf32> {
  %0 = mt.launch @kernel::@kernel(%a, %n) outs(%e) : (tensor<8xf32>, index, tensor<8xf32>) -> tensor<8xf32>
  mt.launch @kernel::@kernel(%m, %n) accumulates outs(%m) : (memref<8xf32>, index, memref<8xf32>) -> ()
  return %0 : tensor<8xf32>
}
// CHECK: mt.kernel = #mt.kernel<rows, ops = ["mulf"], lines = ["model.py:3"]>
module @kernel {
  func.func @kernel(%x: tensor<8xf32>, %n: index, %out: tensor<8xf32>) -> tensor<8xf32>
      attributes {mt.kernel = #mt.kernel<rows, ops = ["mulf"], lines = ["model.py:3"]>} {
    return %x : tensor<8xf32>
  }
}

// CHECK-LABEL: func.func @parallel_call
// CHECK: mt.parallel_call @part(%{{.*}}) times %{{.*}} : memref<8xf32>
func.func @parallel_call(%m: memref<8xf32>, %n: index) {
  mt.parallel_call @part(%m) times %n : memref<8xf32>
  return
}
func.func private @part(%from: index, %to: index, %m: memref<8xf32>)
