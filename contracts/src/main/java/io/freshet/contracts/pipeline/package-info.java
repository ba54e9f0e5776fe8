/** The pipeline file as records that cannot exist when wrong. Start at {@code PipelineFile}, then {@code Pipeline}. */
package io.freshet.contracts.pipeline;
