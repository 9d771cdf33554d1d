// RUN: mt-opt %s --mt-infer-types | FileCheck %s

// A dict whose keys are constants is its values.

// CHECK-LABEL: func.func @lookup
func.func @lookup(%x: !mt.tensor<[2],f32>, %y: !mt.tensor<[3],f32>) -> (!mt.tensor, i64, i1) {
  %a = mt.constant.str "a"
  %b = mt.constant.str "b"
  %c = mt.constant.str "c"
  %d = mt.prim.dict_construct %a, %x, %b, %x : (!mt.str, !mt.tensor<[2],f32>, !mt.str, !mt.tensor<[2],f32>) -> !mt.dict<!mt.str, !mt.tensor>
  mt.operator "aten::_set_item.str"(%d, %b, %y) : (!mt.dict<!mt.str, !mt.tensor>, !mt.str, !mt.tensor<[3],f32>) -> ()
  %v = mt.operator "aten::__getitem__.Dict_str"(%d, %b) : (!mt.dict<!mt.str, !mt.tensor>, !mt.str) -> !mt.tensor
  %n = mt.operator "aten::len.Dict_str"(%d) : (!mt.dict<!mt.str, !mt.tensor>) -> i64
  %has = mt.operator "aten::__contains__.str"(%d, %c) : (!mt.dict<!mt.str, !mt.tensor>, !mt.str) -> i1
  // CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : i64
  // CHECK-DAG: %[[FALSE:.*]] = arith.constant false
  // CHECK: return %arg1, %[[TWO]], %[[FALSE]]
  return %v, %n, %has : !mt.tensor, i64, i1
}

// A key that is not there raises when the program runs: the lookup stays.

// CHECK-LABEL: func.func @missing
func.func @missing(%x: !mt.tensor<[2],f32>) -> !mt.tensor {
  %a = mt.constant.str "a"
  %b = mt.constant.str "b"
  %d = mt.prim.dict_construct %a, %x : (!mt.str, !mt.tensor<[2],f32>) -> !mt.dict<!mt.str, !mt.tensor>
  // CHECK: mt.operator "aten::__getitem__.Dict_str"
  %v = mt.operator "aten::__getitem__.Dict_str"(%d, %b) : (!mt.dict<!mt.str, !mt.tensor>, !mt.str) -> !mt.tensor
  return %v : !mt.tensor
}
