package io.freshet.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka node, broker and controller at once, on free ports of the loopback address.
 *
 * <p>Its topics may be used from any thread; {@link #stop}, {@link #restart} and {@link #close} belong to one. Its directory
 * is left as it is.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final int NODE = 1;
    private static final String HOST = "127.0.0.1";
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final Map<String, String> settings;
    private final String bootstrapServers;
    private KafkaRaftServer server;

    private EmbeddedBroker(Map<String, String> settings, String bootstrapServers) {
        this.settings = settings;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a new node and waits until it answers.
     *
     * @param directory where its logs go; must be empty or absent
     * @throws IllegalStateException when it does not come up
     */
    public static EmbeddedBroker start(Path directory) {
        List<Integer> ports = freePorts();
        EmbeddedBroker broker =
                new EmbeddedBroker(settings(directory, ports.get(0), ports.get(1)), HOST + ":" + ports.get(0));
        try {
            format(directory);
        } catch (Exception e) {
            throw broker.failed(e);
        }
        broker.restart();
        return broker;
    }

    /**
     * Starts a node that was stopped, at the same address and with the same topics, and waits until it answers.
     *
     * @throws IllegalStateException when it does not come up
     */
    public void restart() {
        try {
            server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
            try {
                server.startup();
                awaitReady();
            } catch (Exception e) {
                stop();
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while starting the embedded broker", e);
        } catch (Exception e) {
            throw failed(e);
        }
    }

    private IllegalStateException failed(Exception e) {
        return new IllegalStateException(
                "The embedded broker did not start at %s with its logs in %s: %s"
                        .formatted(bootstrapServers, settings.get("log.dirs"), e.getMessage()),
                e);
    }

    /** host:port of the node, as every Kafka client wants it. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Creates a topic whose records carry the time at which this broker appended them.
     *
     * @throws IllegalStateException when Kafka refuses, as it does for a topic that exists
     */
    public void createTopic(String name, int partitions) {
        NewTopic topic = new NewTopic(name, partitions, (short) 1)
                .configs(Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1"));
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while creating topic " + name, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "Could not create topic '%s' with %d partitions: %s"
                            .formatted(name, partitions, e.getCause().getMessage()),
                    e.getCause());
        }
    }

    /** Stops the node; unsent data of clients is lost. */
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Stops the node for good. */
    @Override
    public void close() {
        stop();
    }

    private void awaitReady() throws InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = admin()) {
            admin.describeCluster().nodes().get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** An admin client of the node; the caller closes it. */
    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    private static void format(Path directory) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .run();
    }

    private static Map<String, String> settings(Path directory, int brokerPort, int controllerPort) {
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE)),
                Map.entry("controller.quorum.voters", NODE + "@" + HOST + ":" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, brokerPort, HOST, controllerPort)),
                Map.entry("advertised.listeners", "PLAINTEXT://" + HOST + ":" + brokerPort),
                Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
                Map.entry("log.dirs", directory.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // Above whatever an exactly-once sink asks for.
                Map.entry(
                        "transaction.max.timeout.ms",
                        Long.toString(Duration.ofHours(1).toMillis())),
                // One process, few cores: the defaults are for a machine that does nothing else.
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "3"),
                Map.entry("background.threads", "2"),
                Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20)));
    }

    private static List<Integer> freePorts() {
        // Both are held open at once, so that they differ.
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName(HOST));
                ServerSocket second = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return List.of(first.getLocalPort(), second.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException("Found no two free ports at " + HOST + " for the embedded broker", e);
        }
    }
}
