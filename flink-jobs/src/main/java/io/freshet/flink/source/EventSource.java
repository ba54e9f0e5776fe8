package io.freshet.flink.source;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A topic to read, and its event time.
 *
 * @param name of the source in the job, stable: its offsets are found again by it
 */
public record EventSource(String name, KafkaSource<SourceEvent> source, WatermarkStrategy<SourceEvent> watermarks) {
    /** Reads the topic in a job. */
    public DataStream<SourceEvent> in(StreamExecutionEnvironment job) {
        return job.fromSource(source, watermarks, name).uid(name);
    }
}
