package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.RankerConfig.Readout;
import io.freshet.contracts.pipeline.RankerConfig.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold between the parts of a ranker, each of which is right by itself. */
final class RankerRules {
    /** The types of ranker that read a section; those not named here are read by all. */
    private static final Map<String, Set<Type>> READERS = readers();

    private final Type type;
    private final Problems problems;

    RankerRules(Type type, Problems problems) {
        this.type = type;
        this.problems = problems;
    }

    private static Map<String, Set<Type>> readers() {
        Map<String, Set<Type>> readers = new HashMap<>();
        Set<Type> mixers = Set.of(Type.TOKEN_MIXER_LARGE, Type.RANK_MIXER);
        List.of("width", "layers", "heads", "expansion", "moe").forEach(key -> readers.put(key, mixers));
        Set<Type> large = Set.of(Type.TOKEN_MIXER_LARGE);
        List.of("block", "tokens", "auxiliary", "init", "readout", "final-norm")
                .forEach(key -> readers.put(key, large));
        readers.put("cross", Set.of(Type.DCN_V2));
        readers.put("hidden", Set.of(Type.DCN_V2, Type.DLRM_MLP));
        return Map.copyOf(readers);
    }

    /** Refuses what this type of ranker would pass over in silence. */
    void readByType(String key, boolean isDefault) {
        Set<Type> readers = READERS.get(key);
        if (!isDefault && !readers.contains(type)) {
            List<String> words = readers.stream().map(ValueType::word).sorted().toList();
            problems.add(
                    key,
                    "is for " + words.stream().collect(Collectors.joining(" and ")) + " only, and this is "
                            + ValueType.word(type) + ". Remove it or choose another type.");
        }
    }

    /** Heads take equal slices of a token; RankMixer has as many tokens as heads. */
    void heads(int width, int heads) {
        if (type == Type.TOKEN_MIXER_LARGE) {
            problems.require(heads > 0 && width % heads == 0, "heads", "a divisor of the width, " + width, heads);
        } else if (type == Type.RANK_MIXER && heads > 0) {
            int below = width / heads * heads;
            problems.require(
                    width % heads == 0,
                    "width",
                    "a multiple of the number of tokens, heads, " + heads + ": " + (below > 0 ? below + " or " : "")
                            + (below + heads),
                    width);
        }
    }

    /** Only what is there can be read out. */
    void readout(Readout readout, TokensConfig tokens) {
        problems.require(
                readout != Readout.GLOBAL_TOKEN || tokens.global() != TokensConfig.Global.NONE,
                "readout",
                "mean where tokens.global is none",
                ValueType.word(readout));
    }

    /** Experts are equal slices of a dense net, and their routers must be able to learn. */
    void experts(int hidden, BlockConfig block, MoeConfig moe) {
        if (!moe.isSparse()) {
            boolean isDefault = moe.equals(MoeConfig.DEFAULTS);
            problems.require(isDefault, "moe.experts", "above 1 where other keys of moe are given", moe.experts());
            return;
        }
        problems.require(
                hidden % moe.experts() == 0,
                "moe.experts",
                "a divisor of expansion times width, " + hidden + ": experts are equal slices of the hidden layer",
                moe.experts());
        if (type == Type.TOKEN_MIXER_LARGE) {
            chosenExperts(block, moe);
        } else if (type == Type.RANK_MIXER) {
            MoeConfig read = MoeConfig.of(moe.experts(), moe.active()).withSparsityLoss(moe.sparsityLoss());
            problems.require(
                    moe.equals(read),
                    "moe",
                    "experts, active and sparsity-loss for rank-mixer, whose gates are not chosen but open or shut",
                    "more than that");
        }
    }

    /** Experts of TokenMixer-Large are slices of its own net, and their routers must be able to learn. */
    private void chosenExperts(BlockConfig block, MoeConfig moe) {
        problems.require(
                block.ffn() == BlockConfig.Ffn.PER_TOKEN_SWIGLU,
                "moe.experts",
                "1 with the ffn " + ValueType.word(block.ffn()) + ": experts are slices of per-token-swiglu",
                moe.experts());
        problems.require(
                moe.active() >= 2, "moe.active", "from 2 (the shared expert and a routed one) on", moe.active());
        problems.require(
                moe.sparsityLoss() == MoeConfig.DEFAULTS.sparsityLoss(),
                "moe.sparsity-loss",
                "left out: it is for rank-mixer",
                moe.sparsityLoss());
        problems.require(
                moe.active() != 2 || moe.gate() != MoeConfig.Gate.SELECTED,
                "moe.active",
                "at least 3 with the gate selected: the softmax over a single routed expert is always 1, so that its"
                        + " router would never learn. Write gate: full to keep 2",
                moe.active());
    }

    /** A scripted module lies in a file; nothing else does. */
    void file(String file) {
        boolean isScript = type == Type.SCRIPT;
        if (isScript && file.isEmpty()) {
            problems.add("file", "is missing. Write the path of the scripted module, relative to the pipeline file.");
        } else if (!isScript && !file.isEmpty()) {
            problems.add(
                    "file",
                    "is for script only, and this is " + ValueType.word(type) + ". Remove it, or write type: script.");
        }
    }
}
