package io.freshet.serving.http;

import io.freshet.contracts.event.proto.FeatureValue;
import io.freshet.contracts.feature.EncodedFeatures;
import io.freshet.contracts.feature.FeatureEncoder;
import io.freshet.contracts.feature.FeatureException;
import io.freshet.contracts.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Encodes each candidate as the impression that showing it would make. Threads: any. */
final class CandidateEncoder {
    private final FeatureEncoder encoder;

    CandidateEncoder(Pipeline pipeline) {
        encoder = new FeatureEncoder(pipeline);
    }

    List<EncodedFeatures> encode(ScoreRequest request) throws BadRequestException {
        List<EncodedFeatures> encoded = new ArrayList<>(request.candidates().size());
        for (Map<String, FeatureValue> candidate : request.candidates()) {
            Map<String, FeatureValue> features = new HashMap<>(request.features());
            features.putAll(candidate);
            try {
                encoded.add(encoder.encode(features));
            } catch (FeatureException e) {
                String owner = candidate.containsKey(e.field()) ? "candidates[" + encoded.size() + "]" : "features";
                throw new BadRequestException(owner + "." + e.field(), e.getMessage());
            }
        }
        return encoded;
    }
}
