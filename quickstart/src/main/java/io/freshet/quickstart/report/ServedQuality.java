package io.freshet.quickstart.report;

/**
 * How good the scores were that the server gave for impressions when they were shown; null where they do not say.
 *
 * @param impressions that were scored, and whose window has closed since
 * @param auc area under the ROC curve of the first task
 * @param aucError standard error of it (Hanley and McNeil 1982), as only some impressions are asked for
 * @param calibration sum of the scores over the sum of the labels
 */
public record ServedQuality(long impressions, Double auc, Double aucError, Double calibration) {}
