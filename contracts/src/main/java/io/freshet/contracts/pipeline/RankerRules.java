package io.freshet.contracts.pipeline;

import io.freshet.contracts.pipeline.RankerConfig.Readout;
import io.freshet.contracts.pipeline.RankerConfig.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold between the parts of a ranker, each of which is right by itself. */
final class RankerRules {
    /** The types of ranker that read a section; those not named here are read by all. */
    private static final Map<String, Set<Type>> READERS = Map.of(
            "block", Set.of(Type.TOKEN_MIXER_LARGE),
            "auxiliary", Set.of(Type.TOKEN_MIXER_LARGE),
            "readout", Set.of(Type.TOKEN_MIXER_LARGE),
            "moe", Set.of(Type.TOKEN_MIXER_LARGE, Type.RANK_MIXER),
            "cross", Set.of(Type.DCN_V2),
            "hidden", Set.of(Type.DCN_V2, Type.DLRM_MLP));

    private final Type type;
    private final Problems problems;

    RankerRules(Type type, Problems problems) {
        this.type = type;
        this.problems = problems;
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

    /** Heads take equal slices of a token. */
    void heads(int width, int heads) {
        if (type == Type.TOKEN_MIXER_LARGE) {
            problems.require(heads > 0 && width % heads == 0, "heads", "a divisor of the width, " + width, heads);
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
        if (type != Type.TOKEN_MIXER_LARGE || !moe.isSparse()) {
            return;
        }
        problems.require(
                block.ffn() == BlockConfig.Ffn.PER_TOKEN_SWIGLU,
                "moe.experts",
                "1 with the ffn " + ValueType.word(block.ffn()) + ": experts are slices of per-token-swiglu",
                moe.experts());
        problems.require(
                hidden % moe.experts() == 0,
                "moe.experts",
                "a divisor of expansion times width, " + hidden + ": experts are equal slices of the hidden layer",
                moe.experts());
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
