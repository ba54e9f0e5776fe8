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
    private final int hotRows;

    /**
     * For a pipeline's rows.
     *
     * @param newLineage name of the lineage that begins when there is no state to go on from
     * @param hotRows at most so many rows of each subtask are held in memory
     */
    public RowsOperatorFactory(Pipeline pipeline, String newLineage, int hotRows) {
        this.pipeline = pipeline;
        this.newLineage = newLineage;
        this.hotRows = hotRows;
    }

    @Override
    @SuppressWarnings("unchecked") // The type parameter of the method says nothing that the factory's does not.
    public <T extends StreamOperator<PublishRecord>> T createStreamOperator(
            StreamOperatorParameters<PublishRecord> parameters) {
        return (T) new RowsOperator(parameters, pipeline, newLineage, hotRows);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return RowsOperator.class;
    }
}
