package io.freshet.flink.job;

import io.freshet.contracts.pipeline.Pipeline;
import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.flink.join.JoinedExample;
import io.freshet.flink.publish.PublishRecord;
import io.freshet.flink.rows.GradientBlock;
import io.freshet.flink.rows.RowsOperatorFactory;
import io.freshet.flink.sink.KafkaSinks;
import io.freshet.flink.train.TrainOperator;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** From examples to published versions: train, rows, publish. */
final class TrainStage {
    private TrainStage() {}

    static void add(DataStream<JoinedExample> examples, Pipeline pipeline) {
        SubmissionCheck.check(examples.getExecutionEnvironment().getConfiguration(), pipeline);
        int parallelism = examples.getExecutionEnvironment().getParallelism();
        int maxParallelism = examples.getExecutionEnvironment().getMaxParallelism();
        PipelineTopics topics = PipelineTopics.of(pipeline);
        String newLineage = UUID.randomUUID().toString().substring(0, 8);

        SingleOutputStreamOperator<GradientBlock> gradients = examples.transform(
                        "train",
                        TypeInformation.of(GradientBlock.class),
                        new TrainOperator(
                                pipeline, newLineage, new TrainOperator.RowsLayout(parallelism, maxParallelism)))
                .setParallelism(1)
                .uid("train");

        SingleOutputStreamOperator<PublishRecord> rows = keyed(gradients, parallelism)
                .transform(
                        "rows", TypeInformation.of(PublishRecord.class), new RowsOperatorFactory(pipeline, newLineage))
                .uid("rows");

        gradients
                .getSideOutput(TrainOperator.DENSE_UPDATES)
                .union(rows)
                .sinkTo(KafkaSinks.exactlyOnce(
                        pipeline,
                        "publish",
                        List.of(topics.rows(), topics.dense(), topics.versions()),
                        PublishRecord::toKafka))
                .name("publish")
                .uid("publish");
    }

    /**
     * With one owner of rows nothing has to be exchanged: trainer and rows run as one task, so that a batch reads what the
     * one before it has written.
     */
    private static KeyedStream<GradientBlock, Integer> keyed(DataStream<GradientBlock> gradients, int parallelism) {
        if (parallelism == 1) {
            return DataStreamUtils.reinterpretAsKeyedStream(gradients, GradientBlock::key, Types.INT);
        }
        return gradients.keyBy(GradientBlock::key, Types.INT);
    }
}
