// RUN: mt-opt %s --convert-mt-to-runtime | FileCheck %s

// A tensor goes into a list as a new object, and comes out into a buffer.

// CHECK-DAG: func.func private @mtrt_tensor_box_f32(i64, i64, tensor<*xf32> {bufferization.access = "read"}) -> !mt.tensor
// CHECK-DAG: func.func private @mtrt_list_stack_f32(!mt.list<!mt.tensor>, i64, i64, i64, memref<*xf32>)
// CHECK-LABEL: func.func @append_and_stack
func.func @append_and_stack(%x: tensor<?x4xf32>, %n: index) -> tensor<?x?x4xf32> {
  %c0 = arith.constant 0 : i64
  %i0 = arith.constant 0 : index
  %i1 = arith.constant 1 : index
  // The class of objects is 4.
  // CHECK: %[[NUMBER:.*]] = mt.type_number "List[Tensor]"
  // CHECK: %[[TYPE:.*]] = arith.ori %{{.*}}, %[[NUMBER]] : i64
  // CHECK: %[[L:.*]] = mt.call_runtime "mtrt_list_make"(%[[TYPE]], %{{.*}}, %{{.*}}) "iio" -> "o" : (i64, i64, !mt.none) -> !mt.list<!mt.tensor<[?,4],f32>>
  %l = mt.prim.list_construct : () -> !mt.list<!mt.tensor<[?,4],f32>>
  scf.for %i = %i0 to %n step %i1 {
    // CHECK: %[[U:.*]] = tensor.cast %{{.*}} : tensor<?x4xf32> to tensor<*xf32>
    // CHECK: %[[O:.*]] = func.call @mtrt_tensor_box_f32(%{{.*}}, %{{.*}}, %[[U]])
    // CHECK: mt.call_runtime "mtrt_list_append_o"(%[[L]], %[[O]]) "oo" -> ""
    %m = mt.operator "aten::append.t"(%l, %x) : (!mt.list<!mt.tensor<[?,4],f32>>, tensor<?x4xf32>) -> !mt.list<!mt.tensor<[?,4],f32>>
  }
  // CHECK: %[[ANY:.*]] = mt.prim.unchecked_cast %[[L]] {{.*}} -> !mt.list<!mt.tensor>
  // CHECK: mt.call_runtime "mtrt_list_size"(%[[ANY]])
  // CHECK: cf.assert %{{.*}}, "RuntimeError: stack expects a non-empty TensorList
  // CHECK: call @mtrt_list_stack_f32(%[[ANY]]
  // CHECK: bufferization.to_tensor
  %r = mt.aten.stack %l, %c0 : (!mt.list<!mt.tensor<[?,4],f32>>, i64) -> tensor<?x?x4xf32>
  return %r : tensor<?x?x4xf32>
}

// What is in the table is a call; {T} is how the list holds its elements.

// CHECK-LABEL: func.func @table
func.func @table(%l: !mt.list<!mt.str>, %d: !mt.dict<!mt.str, i64>, %n: i64) -> (!mt.str, i64) {
  // CHECK: %[[S:.*]] = mt.call_runtime "mtrt_list_get_o"(%arg0, %arg2) "oi" -> "o" raises : (!mt.list<!mt.str>, i64) -> !mt.str
  %s = mt.operator "aten::__getitem__.t"(%l, %n) : (!mt.list<!mt.str>, i64) -> !mt.str
  // CHECK: mt.call_runtime "mtrt_dict_get"(%arg1, %[[S]]) "ov" -> "v" raises : (!mt.dict<!mt.str, i64>, !mt.str) -> i64
  %v = mt.operator "aten::__getitem__.Dict_str"(%d, %s) : (!mt.dict<!mt.str, i64>, !mt.str) -> i64
  // CHECK: mt.call_runtime "mtrt_str_concat"(%[[S]], %[[S]]) "oo" -> "o" taking "mtrt_str_concat_taking"
  %t = mt.operator "aten::add.str"(%s, %s) : (!mt.str, !mt.str) -> !mt.str
  // CHECK: mt.call_runtime "mtrt_format"({{.*}}) "o." -> "o" raises : (!mt.str, i64, !mt.str)
  %f = mt.operator "aten::format"(%t, %v, %s) : (!mt.str, i64, !mt.str) -> !mt.str
  return %f, %v : !mt.str, i64
}

// The flags of a new container are those of its elements: a list of strings,
// a dict from objects to ints.

// CHECK-LABEL: func.func @containers
func.func @containers(%s: !mt.str, %n: i64) -> !mt.tuple<!mt.list<!mt.str>, !mt.dict<!mt.str, i64>> {
  // CHECK: mt.call_runtime "mtrt_str_split"{{.*}} container 17179869184 type "List[str]"
  %none = mt.constant.none
  %l = mt.operator "aten::split.str"(%s, %none, %n) : (!mt.str, !mt.none, i64) -> !mt.list<!mt.str>
  // CHECK: mt.call_runtime "mtrt_dict_make"
  // CHECK: mt.call_runtime "mtrt_dict_set"(%{{.*}}, %arg0, %arg1) "ovv" -> ""
  %d = mt.prim.dict_construct %s, %n : (!mt.str, i64) -> !mt.dict<!mt.str, i64>
  // CHECK: mt.call_runtime "mtrt_tuple_make"({{.*}}) "i." -> "o"
  %t = mt.prim.tuple_construct %l, %d : (!mt.list<!mt.str>, !mt.dict<!mt.str, i64>) -> !mt.tuple<!mt.list<!mt.str>, !mt.dict<!mt.str, i64>>
  return %t : !mt.tuple<!mt.list<!mt.str>, !mt.dict<!mt.str, i64>>
}

// CHECK-LABEL: func.func @unpack
// CHECK: mt.call_runtime "mtrt_list_size"(%arg0)
// CHECK: scf.if
// CHECK: call @mtrt_message_int
// CHECK: cf.assert %{{.*}}, "RuntimeError: Expected 2 elements in a list but found {}
// CHECK-COUNT-2: mt.call_runtime "mtrt_list_get_f"(%arg0
// CHECK: mt.call_runtime "mtrt_field_get"(%arg1, %{{.*}}) "oi" -> "v" : (!mt.tuple<i64, !mt.str>, i64) -> !mt.str
func.func @unpack(%l: !mt.list<f64>, %t: !mt.tuple<i64, !mt.str>) -> (f64, f64, !mt.str) {
  %a:2 = mt.prim.list_unpack %l : (!mt.list<f64>) -> (f64, f64)
  %c1 = arith.constant 1 : i64
  %s = mt.prim.tuple_index %t, %c1 : (!mt.tuple<i64, !mt.str>, i64) -> !mt.str
  return %a#0, %a#1, %s : f64, f64, !mt.str
}

// The text of an exception that is made when it is raised.

// CHECK-LABEL: func.func @raise
// CHECK: mt.constant.str "ValueError"
// CHECK: mt.call_runtime "mtrt_raise_exception"({{.*}}) "oo" -> "" raises
func.func @raise(%s: !mt.str) {
  %e = mt.constant.str "builtins.ValueError"
  mt.prim.raise %s, %e : !mt.str, !mt.str
  return
}

// Numbers become a tensor one by one.

// CHECK-LABEL: func.func @tensor_of_numbers
// CHECK: mt.call_runtime "mtrt_list_size"(%arg0)
// CHECK: scf.for
// CHECK: %[[N:.*]] = mt.call_runtime "mtrt_list_get_f"(%arg0
// CHECK: %[[F:.*]] = arith.truncf %[[N]] : f64 to f32
// CHECK: tensor.insert %[[F]]
func.func @tensor_of_numbers(%l: !mt.list<f64>) -> tensor<?xf32> {
  %none = mt.constant.none
  %false = arith.constant false
  %t = mt.aten.tensor %l, %none, %none, %false : (!mt.list<f64>, !mt.none, !mt.none, i1) -> tensor<?xf32>
  return %t : tensor<?xf32>
}

// What a write leaves if the call raises.

// CHECK-LABEL: func.func @keep
// CHECK: call @mtrt_keep_tensor_f32(
// CHECK: call @mtrt_keep_int(%{{.*}}, %{{.*}}, %arg1)
func.func @keep(%x: tensor<?xf32>, %n: i64) {
  %a = mt.constant.str "#0"
  mt.operator "prim::keep_contents"(%x, %a) : (tensor<?xf32>, !mt.str) -> ()
  %b = mt.constant.str "calls"
  mt.operator "prim::keep_contents"(%n, %b) : (i64, !mt.str) -> ()
  return
}

// CHECK-LABEL: func.func @keep_boxed
// CHECK: mt.call_runtime "mtrt_keep_value"(%{{.*}}, %arg0) "ov" -> "" : (!mt.str, !mt.list<i64>) -> ()
func.func @keep_boxed(%l: !mt.list<i64>) {
  %b = mt.constant.str "rows"
  mt.operator "prim::keep_contents"(%l, %b) : (!mt.list<i64>, !mt.str) -> ()
  return
}
