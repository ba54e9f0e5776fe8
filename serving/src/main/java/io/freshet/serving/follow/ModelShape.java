package io.freshet.serving.follow;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.update.proto.Precision;
import io.freshet.model.ranker.ModelPlan;
import io.freshet.store.codec.RowEncoding;
import io.freshet.store.table.TableSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What fits the model that this server was started for.
 *
 * @param fingerprint of the model plan
 * @param denseSize floats of the dense vector
 * @param tables in the order of the pipeline file, by name
 */
public record ModelShape(String fingerprint, int denseSize, Map<String, TableSpec> tables) {
    /** The shape of a pipeline's model. */
    public static ModelShape of(Pipeline pipeline, ModelPlan plan) {
        return of(plan.fingerprint(), plan.denseSize(), TableSpec.of(pipeline));
    }

    static ModelShape of(String fingerprint, int denseSize, List<TableSpec> specs) {
        Map<String, TableSpec> tables = new LinkedHashMap<>();
        specs.forEach(spec -> tables.put(spec.name(), spec));
        return new ModelShape(fingerprint, denseSize, tables);
    }

    /** Whether so many bytes are a row of this table in that precision; not when this server does not know it. */
    static boolean fits(TableSpec table, Precision precision, int bytes) {
        return RowEncoding.of(precision)
                .map(encoding -> encoding.bytes(table.dimension(), table.wide()) == bytes)
                .orElse(false);
    }
}
