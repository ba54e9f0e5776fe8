package io.freshet.model.batch;

import java.util.List;

/**
 * B examples, ready for the ranker once the rows of every table are filled in.
 *
 * <p>Belongs to its {@link BatchAssembler} and is overwritten by the next batch. Not thread-safe.
 */
public final class RankerBatch {
    private final List<TableBatch> tables;
    private final DirectArray numbers;
    private int size;

    RankerBatch(List<TableBatch> tables, DirectArray numbers) {
        this.tables = List.copyOf(tables);
        this.numbers = numbers;
    }

    /** B, how many examples. */
    public int size() {
        return size;
    }

    /** The tables in the order of the pipeline file, those that no feature reads included. */
    public List<TableBatch> tables() {
        return tables;
    }

    /** One table, by its place in the pipeline file. */
    public TableBatch table(int index) {
        return tables.get(index);
    }

    /** Memory of the numbers, float [B, N]. */
    public DirectArray numberMemory() {
        return numbers;
    }

    void setSize(int examples) {
        size = examples;
    }
}
