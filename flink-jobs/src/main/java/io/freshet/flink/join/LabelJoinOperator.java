package io.freshet.flink.join;

import io.freshet.flink.source.SourceEvent;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Runs {@link LabelJoinFunction}, and closes all windows at the end of input.
 *
 * <p>Flink announces that end by a last watermark too, but drops it where a source is idle, and a source that is drained
 * has often been silent for a while.
 */
final class LabelJoinOperator extends KeyedCoProcessOperator<String, SourceEvent, SourceEvent, JoinedExample>
        implements BoundedMultiInput {
    private static final long serialVersionUID = 1;
    private static final int INPUTS = 2;

    private int ended;

    LabelJoinOperator(LabelJoinFunction function) {
        super(function);
    }

    @Override
    public void endInput(int input) throws Exception {
        ended++;
        if (ended == INPUTS) {
            processWatermark(Watermark.MAX_WATERMARK);
        }
    }
}
