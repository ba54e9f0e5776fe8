package io.freshet.serving.http;

import io.freshet.contracts.event.proto.FeatureValue;
import java.util.List;
import java.util.Map;

/**
 * What is to be scored.
 *
 * @param features of the request, such as its user
 * @param candidates features of each, at least one candidate; they come before the request's of the same name
 */
record ScoreRequest(Map<String, FeatureValue> features, List<Map<String, FeatureValue>> candidates) {}
