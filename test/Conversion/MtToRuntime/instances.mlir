// RUN: mt-opt %s --convert-mt-to-runtime | FileCheck %s

// An instance says its class by the number of a text, which is asked for once.

// CHECK-LABEL: func.func @instances
// CHECK: %[[NUMBER:.*]] = mt.type_number "Box"
// CHECK-NOT: mt.type_number
// CHECK: %[[BOX:.*]] = mt.call_runtime "mtrt_instance_make"(%[[NUMBER]], %c2_i64{{.*}}) "ii" -> "o"
// CHECK: mt.call_runtime "mtrt_field_set"(%[[BOX]], %c1_i64{{.*}}, %{{.*}}) "oiv" -> ""
// CHECK: %[[OWN:.*]] = mt.call_runtime "mtrt_value_type"(%[[BOX]]) "v" -> "i"
// CHECK: arith.cmpi eq, %[[OWN]], %[[NUMBER]]
// CHECK: mt.call_runtime "mtrt_field_get"(%[[BOX]], %c1_i64{{.*}}) "oi" -> "v"
func.func @instances(%n: i64) -> (i64, i1) {
  %box = mt.prim.create_object {mt.fields = 2 : i64, mt.type = "Box"} : !mt.object<@Box>
  mt.prim.set_attr %box["n"], %n {mt.class = "Box", mt.field = 1 : i64} : !mt.object<@Box>, i64
  %is = mt.operator "prim::is_class"(%box) {type = "Box"} : (!mt.object<@Box>) -> i1
  %r = mt.prim.get_attr %box["n"] {mt.class = "Box", mt.field = 1 : i64} : !mt.object<@Box> -> i64
  return %r, %is : i64, i1
}

// A tensor is an object there.

// CHECK-LABEL: func.func @tensors
// CHECK: %[[BOXED:.*]] = call @mtrt_tensor_box_f32
// CHECK: mt.call_runtime "mtrt_field_set"(%{{.*}}, %{{.*}}, %[[BOXED]]) "oiv"
// CHECK: %[[READ:.*]] = mt.call_runtime "mtrt_field_get"(%{{.*}}, %{{.*}}) "oi" -> "v" : (!mt.object<@Box>, i64) -> !mt.tensor
// CHECK: call @mtrt_tensor_read_f32(%[[READ]]
func.func @tensors(%box: !mt.object<@Box>, %x: tensor<2xf32>) -> tensor<2xf32> {
  mt.prim.set_attr %box["x"], %x {mt.class = "Box", mt.field = 0 : i64} : !mt.object<@Box>, tensor<2xf32>
  %r = mt.prim.get_attr %box["x"] {mt.class = "Box", mt.field = 0 : i64} : !mt.object<@Box> -> tensor<2xf32>
  return %r : tensor<2xf32>
}
