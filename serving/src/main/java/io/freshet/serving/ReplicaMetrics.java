package io.freshet.serving;

import io.freshet.contracts.update.proto.VersionId;
import io.freshet.serving.replica.EventToServed;
import io.freshet.serving.replica.ModelReplica;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** What is served, as metrics. */
record ReplicaMetrics(ModelReplica replica, EventToServed eventToServed) implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("freshet.versions.served", replica, ModelReplica::versionsServed)
                .description("Versions that have gone live")
                .register(registry);
        Gauge.builder(
                        "freshet.version.checkpoint",
                        replica,
                        each -> each.liveId().map(VersionId::getCheckpointId).orElse(-1L))
                .description("Checkpoint id of the live version, -1 without one")
                .register(registry);
        Gauge.builder("freshet.version.age.seconds", replica, each -> each.liveAgeMs() / 1000.0)
                .description("Time since the live version was cut")
                .register(registry);
        FunctionCounter.builder(
                        "freshet.event.to.served.examples",
                        eventToServed,
                        each -> each.latencies().count())
                .description("Examples whose time from event to score was measured")
                .register(registry);
        quantile(registry, "0.5", 0.5);
        quantile(registry, "0.99", 0.99);
    }

    private void quantile(MeterRegistry registry, String tag, double share) {
        Gauge.builder(
                        "freshet.event.to.served.seconds",
                        eventToServed,
                        each -> each.latencies().quantile(share) / 1000)
                .description("From an example's last event in Kafka to the first score that has learnt from it")
                .tag("quantile", tag)
                .register(registry);
    }
}
