package io.freshet.flink.rows;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.flink.publish.PublishRecord;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the rows operator, giving it its task's mailbox, through which other tasks read. */
public final class RowsOperatorFactory extends AbstractStreamOperatorFactory<PublishRecord>
        implements OneInputStreamOperatorFactory<GradientBlock, PublishRecord> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private final String newLineage;
    private final int maxHotRows;

    /**
     * For a pipeline's rows.
     *
     * @param newLineage name of the lineage that begins when there is no state to go on from
     */
    public RowsOperatorFactory(Pipeline pipeline, String newLineage) {
        this(pipeline, newLineage, RowsOperator.AS_MEMORY_ALLOWS);
    }

    /** For tests that have rows leave the hot tables: at most so many of each table stay. */
    public RowsOperatorFactory(Pipeline pipeline, String newLineage, int maxHotRows) {
        this.pipeline = pipeline;
        this.newLineage = newLineage;
        this.maxHotRows = maxHotRows;
    }

    @Override
    @SuppressWarnings("unchecked") // The type parameter of the method says nothing that the factory's does not.
    public <T extends StreamOperator<PublishRecord>> T createStreamOperator(
            StreamOperatorParameters<PublishRecord> parameters) {
        return (T) new RowsOperator(parameters, pipeline, newLineage, maxHotRows);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return RowsOperator.class;
    }
}
