// RUN: mt-opt %s -convert-mt-to-llvm | FileCheck %s

// A member, and the number of a type, are asked for once: the function that
// knows them has a cache.

// CHECK: llvm.func internal @mt.member() -> !llvm.ptr
// CHECK: %[[KNOWN:.*]] = llvm.load %{{.*}} atomic acquire
// CHECK: llvm.cond_br
// CHECK: %[[NEW:.*]] = llvm.call @mtrt_enum_member
// CHECK: llvm.store %[[NEW]], %{{.*}} atomic release
// CHECK: llvm.return %[[NEW]]
// CHECK: llvm.return %[[KNOWN]]

// CHECK-LABEL: func.func @members
// CHECK: %[[RED:.*]] = llvm.call @mt.member() : () -> !llvm.ptr
// CHECK: return %[[RED]]
func.func @members() -> !mt.enum<"__torch__.Color", i64> {
  %c = mt.constant.enum {class = "__torch__.Color", name = "RED", value = 1 : i64} : !mt.enum<"__torch__.Color", i64>
  return %c : !mt.enum<"__torch__.Color", i64>
}

// CHECK-LABEL: func.func @container
// CHECK: %[[NUMBER:.*]] = llvm.call @mt.type{{.*}}() : () -> i64
// CHECK: %[[WORD:.*]] = llvm.or %{{.*}}, %[[NUMBER]]
// CHECK: llvm.call @mtrt_str_list(%arg0, %[[WORD]])
func.func @container(%s: !mt.str) -> !mt.list<!mt.str> {
  %l = mt.call_runtime "mtrt_str_list"(%s) "o" -> "o" container 17179869184 type "List[str]" : (!mt.str) -> !mt.list<!mt.str>
  return %l : !mt.list<!mt.str>
}

// CHECK-LABEL: func.func @number
// CHECK: llvm.call @mt.type{{.*}}() : () -> i64
func.func @number() -> i64 {
  %n = mt.type_number "Dict[str, int]"
  return %n : i64
}
