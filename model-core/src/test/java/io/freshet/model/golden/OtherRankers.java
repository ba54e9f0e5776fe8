package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.CrossConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.RankerConfigBuilder;
import java.util.ArrayList;
import java.util.List;

/** The settings of a RankMixer, DCN V2 or DLRM-MLP in a golden file, which names its type. */
final class OtherRankers {
    private OtherRankers() {}

    static RankerConfig config(JsonNode node) {
        RankerConfigBuilder ranker = RankerConfig.DEFAULTS
                .change()
                .type(RankerConfig.Type.valueOf(node.get("type").asText()))
                .wide(node.get("wide").asBoolean());
        if (node.has("heads")) {
            MoeConfig moe =
                    MoeConfig.of(node.get("experts").asInt(), node.get("active").asInt());
            ranker.width(node.get("width").asInt())
                    .layers(node.get("layers").asInt())
                    .heads(node.get("heads").asInt())
                    .expansion(node.get("expansion").asInt())
                    .moe(
                            moe.isSparse()
                                    ? moe.withSparsityLoss(
                                            node.get("sparsity_loss").asDouble())
                                    : moe);
        }
        if (node.has("cross_layers")) {
            ranker.cross(new CrossConfig(
                    node.get("cross_layers").asInt(),
                    node.get("cross_rank").asInt(),
                    CrossConfig.Structure.valueOf(node.get("structure").asText())));
        }
        if (node.has("hidden")) {
            List<Integer> hidden = new ArrayList<>();
            node.get("hidden").forEach(width -> hidden.add(width.asInt()));
            ranker.hidden(hidden);
        }
        return ranker.build();
    }
}
