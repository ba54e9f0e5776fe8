package io.freshet.serving.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.annotation.Nullable;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;

/** Puts Armeria's own errors (no such path, wrong method, body too large) into the form that ours have. */
final class JsonErrors implements ServerErrorHandler {
    private final long requestBytesMax;

    JsonErrors(long requestBytesMax) {
        this.requestBytesMax = requestBytesMax;
    }

    /** Leaves it to {@link #renderStatus}, by way of Armeria's own handler. */
    @Override
    @Nullable
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        return null;
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return Json.error(status, "", message(status)).aggregate().join();
    }

    private String message(HttpStatus status) {
        if (status.equals(HttpStatus.NOT_FOUND)) {
            return "There is no such path. POST /v1/score scores; GET /v1/versions, /metrics, /healthz and /readyz tell more.";
        }
        if (status.equals(HttpStatus.METHOD_NOT_ALLOWED)) {
            return "This path does not take that method. /v1/score takes POST, everything else GET.";
        }
        if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
            return "The body has more than %d bytes. Send several requests.".formatted(requestBytesMax);
        }
        return status.reasonPhrase();
    }
}
