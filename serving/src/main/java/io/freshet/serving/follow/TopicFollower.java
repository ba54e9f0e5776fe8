package io.freshet.serving.follow;

import io.freshet.contracts.pipeline.PipelineTopics;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.follow.ModelRecordReader.UnreadableRecordException;
import io.freshet.serving.follow.Refusal.Reason;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a {@link VersionStager} from Kafka, and hands whole versions on. Holds no rule of its own.
 *
 * <p>Has one thread. Whatever goes wrong, it says so, waits a little longer each time, and reads the topics from the start;
 * what is served meanwhile is up to whoever it hands versions to. It ends only by {@link #close}.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LOOK_EVERY_MS = 500;
    private static final int LOOKS_PER_LOG_LINE = 20;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 30_000;
    private static final long CLOSE_WITHIN_MS = 10_000;

    private final PipelineTopics topics;
    private final ModelShape shape;
    private final Properties client;
    private final Consumer<Outcome.Whole> versions;
    private final FollowerMetrics metrics;
    private final ModelRecordReader records;
    private final Thread thread = new Thread(this::run, "freshet-follower");
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile ModelTopicsReader reader;
    private long followingSinceMs;
    private Optional<VersionId> served = Optional.empty();
    private long pauseMs = FIRST_PAUSE_MS;

    /**
     * Where to read from.
     *
     * @param kafka properties for the client, which may hold secrets
     */
    public record Source(PipelineTopics topics, String bootstrapServers, Map<String, String> kafka) {
        @Override
        public String toString() {
            return "Source[" + topics + ", " + bootstrapServers + ", " + kafka.keySet() + "]";
        }
    }

    /**
     * A follower that has not started.
     *
     * @param versions is given each whole version, on the follower's thread; if it throws, the topics are read again
     */
    public TopicFollower(Source source, ModelShape shape, Consumer<Outcome.Whole> versions, MeterRegistry registry) {
        this.topics = source.topics();
        this.shape = shape;
        this.client = ModelTopicsReader.clientProperties(source.bootstrapServers(), source.kafka());
        this.versions = versions;
        this.metrics = new FollowerMetrics(registry);
        this.records = new ModelRecordReader(topics);
        thread.setDaemon(true);
    }

    /** Starts the thread; does not wait for Kafka. */
    public void start() {
        followingSinceMs = System.currentTimeMillis();
        thread.start();
    }

    private void run() {
        while (closing.getCount() > 0) {
            try (ModelTopicsReader fresh = new ModelTopicsReader(topics, client)) {
                reader = fresh;
                follow(fresh);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("Woken up", e); // Only close() does so, and the loop's condition sees to it.
            } catch (InvalidOffsetException e) {
                refused(new Refusal(Reason.TOPIC_TRUNCATED, e.getMessage()));
            } catch (RetriableException e) {
                metrics.failed();
                LOG.warn("Kafka does not answer: {}; trying again in {} ms", e.getMessage(), pauseMs);
            } catch (RuntimeException e) {
                metrics.failed();
                LOG.error("Could not follow {}; trying again in {} ms", topics.versions(), pauseMs, e);
            }
            pause();
        }
    }

    /** Returns when the topics are to be read again from the start. */
    private void follow(ModelTopicsReader from) {
        if (!awaitTopics(from)) {
            return;
        }
        metrics.started();
        VersionStager stager = new VersionStager(shape, served, followingSinceMs);
        boolean following = true;
        boolean inPrefixes = true;
        while (following && closing.getCount() > 0) {
            following = takeAll(from, stager, from.poll(POLL));
            if (following && inPrefixes && from.prefixesRead()) {
                inPrefixes = false;
                following = act(stager.prefixesRead());
            }
            metrics.waiting(stager.waitingRows());
        }
    }

    /** False when the follower is being closed. */
    private boolean awaitTopics(ModelTopicsReader from) {
        for (int looked = 0; closing.getCount() > 0; looked++) {
            Optional<String> missing = from.seekToStart();
            if (missing.isEmpty()) {
                return true;
            }
            if (looked % LOOKS_PER_LOG_LINE == 0) {
                LOG.info("Topic {} is not there yet; looking again every {} ms", missing.get(), LOOK_EVERY_MS);
            }
            sleep(LOOK_EVERY_MS);
        }
        return false;
    }

    private boolean takeAll(ModelTopicsReader from, VersionStager stager, ConsumerRecords<byte[], byte[]> polled) {
        metrics.read(polled.count());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            if (!take(from, stager, record)) {
                return false;
            }
        }
        return true;
    }

    private boolean take(ModelTopicsReader from, VersionStager stager, ConsumerRecord<byte[], byte[]> record) {
        try {
            ModelRecord read = records.read(record, from.inTail(record));
            if (read instanceof ModelRecord.Version version
                    && version.record().getRowPartitions() > from.partitions(topics.rows())) {
                refused(Refusal.of(
                        Reason.UNKNOWN_PARTITION,
                        "Version %d has rows in %d partitions, but topic %s had %d when reading began",
                        read.version().getCheckpointId(),
                        version.record().getRowPartitions(),
                        topics.rows(),
                        from.partitions(topics.rows())));
                return false;
            }
            return act(stager.accept(read));
        } catch (UnreadableRecordException e) {
            refused(new Refusal(Reason.MALFORMED, e.getMessage()));
            return false;
        }
    }

    /** Whether reading may go on. */
    private boolean act(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Whole whole) {
                versions.accept(whole);
                served = Optional.of(whole.record().getVersion());
                pauseMs = FIRST_PAUSE_MS;
            } else if (outcome instanceof Outcome.Refused refused) {
                refused(refused.refusal());
                if (refused.refusal().reason().repairable()) {
                    return false;
                }
            } else {
                metrics.droppedOne();
            }
        }
        return true;
    }

    private void refused(Refusal refusal) {
        metrics.refused(refusal.reason());
        LOG.error(
                "REFUSED ({}): {}. {}; serving {} meanwhile",
                refusal.reason(),
                refusal.detail(),
                refusal.reason().repairable()
                        ? "Reading the model topics again from the start in " + pauseMs + " ms"
                        : "Leaving this lineage aside",
                served.map(id -> "version " + id.getCheckpointId() + " of lineage " + id.getLineage())
                        .orElse("nothing"));
    }

    private void pause() {
        sleep(pauseMs);
        pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    }

    /** Cut short by {@link #close}. */
    private void sleep(long millis) {
        try {
            closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown(); // Nobody but the end of the process interrupts this thread.
        }
    }

    /** Ends the thread, and waits for it. */
    @Override
    public void close() {
        closing.countDown();
        ModelTopicsReader last = reader;
        if (last != null) {
            last.wakeUp();
        }
        try {
            thread.join(CLOSE_WITHIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("The follower's thread has not ended within {} ms", CLOSE_WITHIN_MS);
        }
    }
}
