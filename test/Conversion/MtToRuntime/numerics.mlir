// RUN: mt-opt %s --convert-mt-to-linalg --split-input-file | FileCheck %s

// A kernel reads unranked tensors and fills buffers; its symbol has the first
// tensor's dtype, its results may have others. 9 is PyTorch's number of
// complex64.

// CHECK: func.func private @mtrt_linalg_eigh_c64(i64, i64, tensor<*xcomplex<f32>> {bufferization.access = "read"}, memref<*xf32>, memref<*xcomplex<f32>>)
// CHECK-LABEL: func.func @eigh
func.func @eigh(%x: tensor<2x?x?xcomplex<f32>>) -> (tensor<2x?xf32>, tensor<2x?x?xcomplex<f32>>) {
  %l = mt.constant.str "L"
  %true = arith.constant true
  // CHECK: cf.assert {{.*}} "RuntimeError: _linalg_eigh: A must be batches of square matrices
  // CHECK: %[[W:.*]] = memref.alloc(%{{.*}}) : memref<2x?xf32>
  // CHECK: call @mtrt_linalg_eigh_c64(%c9_i64, %c0_i64,
  // CHECK: bufferization.to_tensor %[[W]] restrict writable
  %w, %v = mt.operator "aten::_linalg_eigh"(%x, %l, %true) : (tensor<2x?x?xcomplex<f32>>, !mt.str, i1) -> (tensor<2x?xf32>, tensor<2x?x?xcomplex<f32>>)
  return %w, %v : tensor<2x?xf32>, tensor<2x?x?xcomplex<f32>>
}

// -----

// A transform of real numbers is real along the last dim only.

// CHECK-LABEL: func.func @rfft2
func.func @rfft2(%x: tensor<4x6xf32>) -> tensor<4x4xcomplex<f32>> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %true = arith.constant true
  %dims = mt.prim.list_construct %c0, %c1 : (i64, i64) -> !mt.list<i64>
  // CHECK: call @mtrt_fft_r2c_f32({{.*}}) : (i64, i64, f64, tensor<*xf32>, memref<*xcomplex<f32>>) -> ()
  // CHECK: call @mtrt_fft_c2c_c64({{.*}}) : (i64, i64, i64, f64, tensor<*xcomplex<f32>>, memref<*xcomplex<f32>>) -> ()
  %y = mt.operator "aten::_fft_r2c"(%x, %dims, %c0, %true) : (tensor<4x6xf32>, !mt.list<i64>, i64, i1) -> tensor<4x4xcomplex<f32>>
  return %y : tensor<4x4xcomplex<f32>>
}
