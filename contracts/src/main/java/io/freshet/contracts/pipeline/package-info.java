/**
 * The pipeline file as records that cannot exist when wrong.
 *
 * <p>Start at {@link io.freshet.contracts.pipeline.PipelineFile}, then
 * {@link io.freshet.contracts.pipeline.Pipeline}. Each record holds its defaults and checks what it can judge alone;
 * {@code PipelineRules} checks what must hold between them. {@code Section} reads keys out of the tree, notes problems and
 * learns which keys are known. {@code docs/configuration.md} describes every key; a test holds the two together.
 *
 * <p>Threads: records are immutable and serializable.
 */
package io.freshet.contracts.pipeline;
