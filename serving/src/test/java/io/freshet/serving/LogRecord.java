package io.freshet.serving;

import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.RowKey;
import java.util.Arrays;

/** A record of a model topic, as bytes. */
public record LogRecord(Topic topic, int partition, byte[] key, byte[] value) {
    /** The three of them. */
    public enum Topic {
        ROWS,
        DENSE,
        VERSIONS;

        /** Its name among a pipeline's. */
        public String name(PipelineTopics topics) {
            return switch (this) {
                case ROWS -> topics.rows();
                case DENSE -> topics.dense();
                case VERSIONS -> topics.versions();
            };
        }
    }

    /** Names the partition. */
    public String place() {
        return topic + "-" + partition;
    }

    /** Whether it is a row, and no marker. */
    public boolean isRow() {
        return topic == Topic.ROWS && RowKey.isRow(key);
    }

    /** Whether compaction keeps only one of the two. */
    public boolean sameKey(LogRecord other) {
        return place().equals(other.place()) && Arrays.equals(key, other.key);
    }

    /** The same with another value. */
    public LogRecord withValue(byte[] other) {
        return new LogRecord(topic, partition, key, other);
    }
}
