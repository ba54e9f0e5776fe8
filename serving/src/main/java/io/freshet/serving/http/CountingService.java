package io.freshet.serving.http;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;

/** Counts what a service answers, whoever makes up the answer. */
final class CountingService extends SimpleDecoratingHttpService {
    private final RequestCounts counts;

    CountingService(HttpService counted, RequestCounts counts) {
        super(counted);
        this.counts = counts;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
        context.log().whenComplete().thenAccept(log -> counts.answered(log.responseStatus(), log.totalDurationNanos()));
        return unwrap().serve(context, request);
    }
}
