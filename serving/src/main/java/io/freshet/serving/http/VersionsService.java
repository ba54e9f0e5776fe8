package io.freshet.serving.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.freshet.contracts.update.proto.Progress;
import io.freshet.contracts.update.proto.TaskProgress;
import io.freshet.contracts.update.proto.VersionId;
import io.freshet.contracts.update.proto.VersionRecord;
import io.freshet.serving.replica.ModelReplica;
import io.freshet.serving.replica.PastVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/versions}: the live version, and the last ones that were, newest first. */
final class VersionsService implements HttpService {
    private final ModelReplica replica;

    VersionsService(ModelReplica replica) {
        this.replica = replica;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        List<PastVersion> versions = replica.history();
        return Json.object(HttpStatus.OK, json -> {
            json.writeNumberField("served", replica.versionsServed());
            Optional<VersionId> live = replica.liveId();
            if (live.isEmpty()) {
                json.writeNullField("live");
            } else {
                json.writeObjectFieldStart("live");
                Json.version(json, live.get());
                json.writeEndObject();
            }
            json.writeArrayFieldStart("versions");
            for (PastVersion version : versions) {
                write(json, version);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, PastVersion version) throws IOException {
        VersionRecord record = version.record();
        json.writeStartObject();
        Json.version(json, record.getVersion());
        json.writeBooleanField("complete", record.getComplete());
        json.writeNumberField("cut_at_ms", record.getCutAtMs());
        json.writeNumberField("live_since_ms", version.liveSinceMs());
        json.writeNumberField("watermark_ms", record.getWatermarkMs());
        json.writeNumberField("rows", version.rows());
        json.writeNumberField("shards", record.getShards());
        progress(json, record.getProgress());
        json.writeEndObject();
    }

    private static void progress(JsonGenerator json, Progress progress) throws IOException {
        json.writeNumberField("examples", progress.getExamples());
        json.writeNumberField("steps", progress.getSteps());
        json.writeNumberField("skipped_steps", progress.getSkippedSteps());
        json.writeArrayFieldStart("tasks");
        for (TaskProgress task : progress.getTasksList()) {
            json.writeStartObject();
            json.writeStringField("task", task.getTask());
            json.writeNumberField("examples", task.getExamples());
            json.writeNumberField("positives", task.getPositives());
            number(json, "auc", task.getAuc());
            number(json, "window_auc", task.getWindowAuc());
            number(json, "log_loss", task.getLogLoss());
            number(json, "normalized_entropy", task.getNormalizedEntropy());
            number(json, "calibration", task.getCalibration());
            number(json, "mean_squared_error", task.getMeanSquaredError());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** JSON has no NaN, which is what a metric is before it has seen enough. */
    private static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }
}
