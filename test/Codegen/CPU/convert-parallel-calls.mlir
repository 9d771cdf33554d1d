// RUN: mt-opt %s --mt-cpu-convert-parallel-calls | FileCheck %s
// RUN: mt-opt %s --mt-cpu-convert-parallel-calls --finalize-memref-to-llvm --convert-arith-to-llvm --convert-func-to-llvm \
// RUN:   --convert-cf-to-llvm --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM

// The operands lie on the stack, in the function's first block.

// CHECK: llvm.func @mtrt_parallel_for(!llvm.ptr, !llvm.ptr, i64)
// CHECK-LABEL: func.func @program(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[S:.*]]: f32, %[[N:.*]]: index, %{{.*}}: i1)
// CHECK: llvm.alloca
// CHECK: %[[CONTEXT:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>, f32)>
// CHECK: cf.cond_br
// CHECK: %[[CAST:.*]] = builtin.unrealized_conversion_cast %[[X]]
// CHECK: llvm.insertvalue %[[CAST]], %{{.*}}[0]
// CHECK: %[[ALL:.*]] = llvm.insertvalue %[[S]], %{{.*}}[1]
// CHECK: llvm.store %[[ALL]], %[[CONTEXT]]
// CHECK: %[[F:.*]] = constant @part_body : (!llvm.ptr, i64, i64) -> ()
// CHECK: %[[COUNT:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK: %[[P:.*]] = builtin.unrealized_conversion_cast %[[F]]
// CHECK: llvm.call @mtrt_parallel_for(%[[P]], %[[CONTEXT]], %[[COUNT]])
// LLVM: call void @mtrt_parallel_for(ptr @part_body, ptr %{{.*}}, i64 %{{.*}})
func.func @program(%x: memref<?xf32>, %s: f32, %n: index, %c: i1) {
  cf.cond_br %c, ^call, ^end
^call:
  mt.parallel_call @part(%x, %s) times %n : memref<?xf32>, f32
  // A second call of the same part is of the same body.
  // CHECK: constant @part_body :
  mt.parallel_call @part(%x, %s) times %n : memref<?xf32>, f32
  cf.br ^end
^end:
  return
}

func.func private @part(%from: index, %to: index, %x: memref<?xf32>, %s: f32) {
  memref.store %s, %x[%from] : memref<?xf32>
  return
}

// CHECK: func.func private @part_body(%[[CONTEXT:.*]]: !llvm.ptr, %[[FROM:.*]]: i64, %[[TO:.*]]: i64)
// CHECK: %[[A:.*]] = arith.index_cast %[[FROM]]
// CHECK: %[[B:.*]] = arith.index_cast %[[TO]]
// CHECK: %[[ALL:.*]] = llvm.load %[[CONTEXT]]
// CHECK: call @part(%[[A]], %[[B]], %{{.*}}, %{{.*}})
// LLVM: define void @part_body(ptr %{{.*}}, i64 %{{.*}}, i64 %{{.*}})
