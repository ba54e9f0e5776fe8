package io.freshet.quickstart.replay;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends traffic to Kafka at a pace, and never gets far ahead of the job.
 *
 * <p>The bound keeps the time from event to served version meaningful when the replay is faster than the job. A replayer runs once.
 */
public final class Replayer {
    private static final long BRIEFLY_NANOS = Duration.ofMillis(1).toNanos();

    private final ReplayTarget target;
    private final Backlog backlog;
    private final Consumer<TrafficEvent> witness;
    private final Lead lead = new Lead();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /** @param witness is shown every event as it is sent, on the replaying thread */
    public Replayer(ReplayTarget target, Backlog backlog, Consumer<TrafficEvent> witness) {
        this.target = target;
        this.backlog = backlog;
        this.witness = witness;
    }

    /**
     * Sends everything, and returns when Kafka has it or {@link #stop()} was called.
     *
     * @throws IllegalStateException when Kafka refuses an event
     */
    public void run(Traffic traffic, Pace pace) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                target.bootstrapServers(),
                "compression.type",
                "lz4",
                "linger.ms",
                1,
                "acks",
                "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            long startNanos = System.nanoTime();
            while (!stopped && traffic.hasNext()) {
                TrafficEvent event = traffic.next();
                awaitTurn(pace.dueNanos(event, System.nanoTime() - startNanos) + startNanos);
                send(producer, event);
                failIfRefused();
            }
            producer.flush();
        }
        failIfRefused();
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stopped = true;
    }

    /** Events sent so far. */
    public long sent() {
        return sent.get();
    }

    private void awaitTurn(long dueNanos) {
        long waitNanos = dueNanos - System.nanoTime();
        while (!stopped && (waitNanos > 0 || !leadAllows())) {
            // Short naps, so that a stop is heard.
            LockSupport.parkNanos(waitNanos > 0 ? Math.min(waitNanos, 100 * BRIEFLY_NANOS) : BRIEFLY_NANOS);
            waitNanos = dueNanos - System.nanoTime();
        }
    }

    private boolean leadAllows() {
        return lead.allows(sent.get(), backlog.events(sent.get()), System.nanoTime());
    }

    private void send(KafkaProducer<byte[], byte[]> producer, TrafficEvent event) {
        String topic = event.kind() == TrafficEvent.Kind.IMPRESSION ? target.impressions() : target.actions();
        producer.send(new ProducerRecord<>(topic, event.value()), (metadata, refused) -> {
            if (refused != null) {
                failure.compareAndSet(null, refused);
            }
        });
        sent.incrementAndGet();
        witness.accept(event);
    }

    private void failIfRefused() {
        Exception refused = failure.get();
        if (refused != null) {
            throw new IllegalStateException(
                    "Kafka at %s refused an event after %d were sent to '%s' and '%s': %s"
                            .formatted(
                                    target.bootstrapServers(),
                                    sent.get(),
                                    target.impressions(),
                                    target.actions(),
                                    refused.getMessage()),
                    refused);
        }
    }
}
