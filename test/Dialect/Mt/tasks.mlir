// RUN: mt-opt %s --mt-inline-objects | FileCheck %s
// RUN: not mt-opt %s --mt-inline-objects --mt-specialize=inputs="2xf32" 2>&1 | FileCheck %s --check-prefix=TYPED

// A forked function is inlined as the body of a task.

// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[X:.*]]: !mt.tensor)
// CHECK: %[[TASK:.*]] = mt.fork {
// CHECK:   %[[Y:.*]] = mt.aten.relu %[[X]]
// CHECK:   mt.task_yield %[[Y]] : !mt.tensor
// CHECK: } : !mt.future<!mt.tensor>
// CHECK: mt.operator "aten::wait"(%[[TASK]])
// TYPED: error: a forked task needs the boxed form of the program
mt.class @Net {
  mt.method @forward = @Net.forward
}
mt.object root @net : @Net {}
func.func private @task(%x: !mt.tensor) -> !mt.tensor {
  %0 = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
  return %0 : !mt.tensor
}
func.func private @Net.forward(%self: !mt.object<@Net>, %x: !mt.tensor) -> !mt.tensor {
  %f = mt.operator "prim::fork"(%x) {Subgraph = @task} : (!mt.tensor) -> !mt.future<!mt.tensor>
  %y = mt.operator "aten::wait"(%f) : (!mt.future<!mt.tensor>) -> !mt.tensor
  return %y : !mt.tensor
}
