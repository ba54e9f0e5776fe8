package io.freshet.model.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.contracts.pipeline.AuxiliaryConfig;
import io.freshet.contracts.pipeline.BlockConfig;
import io.freshet.contracts.pipeline.MoeConfig;
import io.freshet.contracts.pipeline.RankerConfig;
import io.freshet.contracts.pipeline.TokensConfig;

/** The settings of a TokenMixer-Large in a golden file. Files that need no other reading than the default do not say. */
final class GoldenConfig {
    private GoldenConfig() {}

    static RankerConfig tokenMixerLarge(JsonNode node) {
        return RankerConfig.DEFAULTS
                .change()
                .width(node.get("width").asInt())
                .layers(node.path("layers").asInt(1))
                .heads(node.get("heads").asInt())
                .expansion(node.get("expansion").asInt())
                .wide(node.path("wide").asBoolean())
                .readout(choice(node, "readout", RankerConfig.Readout.MEAN))
                .finalNorm(node.path("final_norm").asBoolean(true))
                .block(block(node))
                .tokens(new TokensConfig(
                        choice(node, "global_token", TokensConfig.Global.FEATURES),
                        node.path("token_layers").asInt(2)))
                .auxiliary(new AuxiliaryConfig(
                        node.path("auxiliary_loss").asDouble(),
                        choice(node, "auxiliary_form", AuxiliaryConfig.Form.OWN_LOGIT)))
                .moe(moe(node))
                .build();
    }

    /** The mixture of experts of a case; dense if it has none. */
    static MoeConfig moe(JsonNode config) {
        JsonNode moe = config.get("moe");
        if (moe == null) {
            return MoeConfig.DEFAULTS;
        }
        return new MoeConfig(
                moe.get("experts").asInt(),
                moe.get("active").asInt(),
                moe.get("gate_scale").asDouble(),
                MoeConfig.Gate.valueOf(moe.get("gate").asText()),
                moe.get("balance_loss").asDouble(),
                moe.get("router_z_loss").asDouble());
    }

    private static BlockConfig block(JsonNode node) {
        BlockConfig plain = BlockConfig.DEFAULTS.with(choice(node, "block", BlockConfig.Form.TWO_SUBLAYERS));
        return plain.with(choice(node, "norm", plain.norm()), choice(node, "norm_place", plain.normPlace()))
                .with(choice(node, "ffn", plain.ffn()))
                .without(
                        !node.path("mixing").asBoolean(true),
                        !node.path("residual").asBoolean(true))
                .withInterval(node.path("residual_interval").asInt());
    }

    private static <E extends Enum<E>> E choice(JsonNode node, String key, E usual) {
        return node.has(key)
                ? Enum.valueOf(usual.getDeclaringClass(), node.get(key).asText())
                : usual;
    }
}
