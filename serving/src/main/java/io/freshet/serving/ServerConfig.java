package io.freshet.serving;

import io.freshet.contracts.pipeline.Pipeline;

/**
 * How a server runs.
 *
 * @param pipeline the trainer's: versions of a model of another shape are refused
 * @param host to listen on
 * @param port to listen on; 0 for any that is free
 * @param bootstrapServers of Kafka
 */
public record ServerConfig(Pipeline pipeline, String host, int port, String bootstrapServers, Scoring scoring) {
    private static final String ALL_ADDRESSES = "0.0.0.0";
    private static final int PORT_MAX = 65535;

    /**
     * How requests are scored.
     *
     * @param threads that score
     * @param queuedRequests how many may wait for one of them; further ones are answered with 503
     * @param candidatesMax of one request
     * @param requestBytesMax of one request's body
     * @param device auto, cpu or cuda:N
     */
    public record Scoring(int threads, int queuedRequests, int candidatesMax, long requestBytesMax, String device) {
        /** As many threads as processors, on the CPU. */
        public static Scoring defaults() {
            return new Scoring(Runtime.getRuntime().availableProcessors(), 1000, 10_000, 8L << 20, "cpu");
        }

        public Scoring {
            require(threads >= 1, "scoring threads", threads, "at least 1");
            require(queuedRequests >= 1, "queued requests", queuedRequests, "at least 1");
            require(candidatesMax >= 1, "candidates of a request", candidatesMax, "at least 1");
            require(requestBytesMax >= 1, "bytes of a request", requestBytesMax, "at least 1");
        }
    }

    public ServerConfig {
        require(port >= 0 && port <= PORT_MAX, "port", port, "from 0 to " + PORT_MAX);
    }

    /** A server of a pipeline with the pipeline's Kafka and defaults for the rest. */
    public static ServerConfig of(Pipeline pipeline, int port) {
        return new ServerConfig(pipeline, ALL_ADDRESSES, port, pipeline.kafka().bootstrapServers(), Scoring.defaults());
    }

    /** The same with another Kafka. */
    public ServerConfig withBootstrapServers(String servers) {
        return new ServerConfig(pipeline, host, port, servers, scoring);
    }

    /** The same with other scoring. */
    public ServerConfig withScoring(Scoring other) {
        return new ServerConfig(pipeline, host, port, bootstrapServers, other);
    }

    private static void require(boolean holds, String what, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s is %d, must be %s".formatted(what, value, expected));
        }
    }
}
