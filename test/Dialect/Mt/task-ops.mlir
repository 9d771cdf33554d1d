// RUN: mt-opt %s | mt-opt | FileCheck %s

// Tasks, and what has a body as they do.

// CHECK-LABEL: func.func @tasks
func.func @tasks(%xs: !mt.list<!mt.object<@Row>>, %text: !mt.str, %reverse: i1, %less: i1) {
  %none = mt.constant.none
  // CHECK: mt.fork {
  // CHECK:   mt.task_yield %{{.*}} : !mt.str
  // CHECK: } : !mt.future<!mt.str>
  %0 = mt.fork {
    mt.task_yield %text : !mt.str
  } : !mt.future<!mt.str>
  // CHECK: mt.fork lazy {
  %1 = mt.fork lazy {
    mt.task_yield %text : !mt.str
  } : !mt.future<!mt.str>
  // CHECK: mt.begin_with {
  // CHECK:   mt.task_yield %{{.*}} : !mt.none
  mt.begin_with {
    mt.task_yield %none : !mt.none
  }
  // CHECK: mt.end_with
  mt.end_with
  // CHECK: mt.sort_by %{{.*}}, %{{.*}} : !mt.list<!mt.object<@Row>>, i1 {
  // CHECK: ^bb0(%{{.*}}: !mt.object<@Row>, %{{.*}}: !mt.object<@Row>):
  mt.sort_by %xs, %reverse : !mt.list<!mt.object<@Row>>, i1 {
  ^bb0(%a: !mt.object<@Row>, %b: !mt.object<@Row>):
    mt.task_yield %less : i1
  }
  return
}
