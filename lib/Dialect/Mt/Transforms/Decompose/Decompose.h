//===- Decompose.h - Pattern sets of mt-decompose-ops -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_DECOMPOSE_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_DECOMPOSE_H

#include "mlir/IR/PatternMatch.h"

namespace minitorch::mt {

// One function a file of this folder, but for the first.

/// Better types for operators whose operands got better ones.
void populateTypeRefinements(mlir::RewritePatternSet &patterns);

/// Other names of operators.
void populateAliasDecompositions(mlir::RewritePatternSet &patterns);
/// Pointwise functions of one or two tensors.
void populatePointwiseDecompositions(mlir::RewritePatternSet &patterns);
/// softmax, log_softmax, logsumexp, glu.
void populateActivationDecompositions(mlir::RewritePatternSet &patterns);
/// scaled_dot_product_attention, and the layers that are one operator.
void populateAttentionDecompositions(mlir::RewritePatternSet &patterns);
void populateCTCLossDecompositions(mlir::RewritePatternSet &patterns);
/// Every form of convolution as aten::convolution.
void populateConvolutionDecompositions(mlir::RewritePatternSet &patterns);
/// *_like, new_*, one_hot, triu, tril, affine_grid.
void populateCreationDecompositions(mlir::RewritePatternSet &patterns);
/// diag_embed, tril_indices, block_diag, combinations, ...
void populateDiagonalDecompositions(mlir::RewritePatternSet &patterns);
/// Distances, and the losses that margins of them are.
void populateDistanceDecompositions(mlir::RewritePatternSet &patterns);
/// einsum.
void populateEinsumDecompositions(mlir::RewritePatternSet &patterns);
/// embedding_bag, embedding_renorm.
void populateEmbeddingDecompositions(mlir::RewritePatternSet &patterns);
/// inv, solve, det and others by LU, Cholesky and QR factors.
void populateFactorizationDecompositions(mlir::RewritePatternSet &patterns);
/// Constant arithmetic of batch normalization, and its folding into the
/// weights of a convolution.
void populateFoldingDecompositions(mlir::RewritePatternSet &patterns);
/// fft and its kin, stft, istft.
void populateFourierDecompositions(mlir::RewritePatternSet &patterns);
/// put, masked_scatter, scatter_reduce, repeat_interleave, bincount, ...
void populateIndexingDecompositions(mlir::RewritePatternSet &patterns);
/// hstack, meshgrid, diff and other joins and views.
void populateJoinDecompositions(mlir::RewritePatternSet &patterns);
/// addmm and its kin, outer, bilinear.
void populateLinearDecompositions(mlir::RewritePatternSet &patterns);
/// chunk, split, unbind and what takes their lists apart.
void populateListDecompositions(mlir::RewritePatternSet &patterns);
/// mse_loss, cross_entropy_loss, ...
void populateLossDecompositions(mlir::RewritePatternSet &patterns);
/// matrix_exp, matrix_power, kron, cdist.
void populateMatrixFunctionDecompositions(mlir::RewritePatternSet &patterns);
/// batch_norm, layer_norm, group_norm, ...
void populateNormalizationDecompositions(mlir::RewritePatternSet &patterns);
/// Adaptive pooling, and 1-d pooling by 2-d pooling.
void populatePoolingDecompositions(mlir::RewritePatternSet &patterns);
void populatePrintDecompositions(mlir::RewritePatternSet &patterns);
/// What training for integers rounds to.
void populateQuantizationDecompositions(mlir::RewritePatternSet &patterns);
/// Distributions, dropout of training, multinomial, ...
void populateRandomDecompositions(mlir::RewritePatternSet &patterns);
/// gru, lstm, rnn and their cells, and packed sequences.
void populateRecurrentDecompositions(mlir::RewritePatternSet &patterns);
/// var, std and norms.
void populateReductionDecompositions(mlir::RewritePatternSet &patterns);
/// Splits into a number of pieces that nothing tells before the program runs:
/// for when no other pattern has found it.
void populateRuntimeListDecompositions(mlir::RewritePatternSet &patterns);
/// channel_shuffle, pixel_unshuffle.
void populateShuffleDecompositions(mlir::RewritePatternSet &patterns);
/// median, mode, quantile, unique and others that sort.
void populateSortingDecompositions(mlir::RewritePatternSet &patterns);
/// trapezoid, gradient, cov, renorm, histograms.
void populateStatisticsDecompositions(mlir::RewritePatternSet &patterns);
/// as_strided_copy and as_strided_scatter, by the positions of elements.
void populateStridedDecompositions(mlir::RewritePatternSet &patterns);
/// pinv, matrix_rank, matrix norms and others by singular values.
void populateSpectrumDecompositions(mlir::RewritePatternSet &patterns);
/// expand_as, view_as, flatten, repeat, pixel_shuffle, ...
void populateViewDecompositions(mlir::RewritePatternSet &patterns);
/// hann_window and its kind.
void populateWindowDecompositions(mlir::RewritePatternSet &patterns);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_DECOMPOSE_H
