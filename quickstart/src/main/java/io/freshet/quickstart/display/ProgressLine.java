package io.freshet.quickstart.display;

import java.util.Locale;

/** Says in one line where a run stands. */
final class ProgressLine {
    private ProgressLine() {}

    /** @param examplesPerSecond learnt lately */
    static String of(Progress progress, double examplesPerSecond) {
        return String.format(
                Locale.ROOT,
                "%,d impressions, %,d actions | %,d learnt, %,.0f/s | AUC %s | %s | %,d requests, %,d failed",
                progress.impressions(),
                progress.actions(),
                progress.trained(),
                examplesPerSecond,
                progress.recentAuc() == null ? "-" : String.format(Locale.ROOT, "%.3f", progress.recentAuc()),
                version(progress),
                progress.requests(),
                progress.failedRequests());
    }

    private static String version(Progress progress) {
        return progress.servedAgeSeconds().isEmpty()
                ? "no version served yet"
                : String.format(
                        Locale.ROOT,
                        "version %,d served, %.1f s old",
                        progress.served(),
                        progress.servedAgeSeconds().getAsDouble());
    }
}
