package io.freshet.contracts.pipeline;

import java.util.List;

/** Changes some values of a {@link RankerConfig}; the rules hold again when it is built. Not thread-safe. */
public final class RankerConfigBuilder {
    private RankerConfig.Type type;
    private int width;
    private int layers;
    private int heads;
    private int expansion;
    private boolean wide;
    private RankerConfig.Readout readout;
    private boolean finalNorm;
    private BlockConfig block;
    private TokensConfig tokens;
    private AuxiliaryConfig auxiliary;
    private InitConfig init;
    private MoeConfig moe;
    private CrossConfig cross;
    private List<Integer> hidden;
    private String file;

    RankerConfigBuilder(RankerConfig from) {
        type = from.type();
        width = from.width();
        layers = from.layers();
        heads = from.heads();
        expansion = from.expansion();
        wide = from.wide();
        readout = from.readout();
        finalNorm = from.finalNorm();
        block = from.block();
        tokens = from.tokens();
        auxiliary = from.auxiliary();
        init = from.init();
        moe = from.moe();
        cross = from.cross();
        hidden = from.hidden();
        file = from.file();
    }

    /** Which architecture. */
    public RankerConfigBuilder type(RankerConfig.Type value) {
        type = value;
        return this;
    }

    /** D. */
    public RankerConfigBuilder width(int value) {
        width = value;
        return this;
    }

    /** L. */
    public RankerConfigBuilder layers(int value) {
        layers = value;
        return this;
    }

    /** H. */
    public RankerConfigBuilder heads(int value) {
        heads = value;
        return this;
    }

    /** n. */
    public RankerConfigBuilder expansion(int value) {
        expansion = value;
        return this;
    }

    /** Whether every row carries a bias. */
    public RankerConfigBuilder wide(boolean value) {
        wide = value;
        return this;
    }

    /** Which tokens the towers see. */
    public RankerConfigBuilder readout(RankerConfig.Readout value) {
        readout = value;
        return this;
    }

    /** Whether the last block's tokens are normed. */
    public RankerConfigBuilder finalNorm(boolean value) {
        finalNorm = value;
        return this;
    }

    /** What a block is made of. */
    public RankerConfigBuilder block(BlockConfig value) {
        block = value;
        return this;
    }

    /** How features become tokens. */
    public RankerConfigBuilder tokens(TokensConfig value) {
        tokens = value;
        return this;
    }

    /** The loss of lower blocks. */
    public RankerConfigBuilder auxiliary(AuxiliaryConfig value) {
        auxiliary = value;
        return this;
    }

    /** How the blocks start. */
    public RankerConfigBuilder init(InitConfig value) {
        init = value;
        return this;
    }

    /** Experts. */
    public RankerConfigBuilder moe(MoeConfig value) {
        moe = value;
        return this;
    }

    /** Cross layers. */
    public RankerConfigBuilder cross(CrossConfig value) {
        cross = value;
        return this;
    }

    /** Widths of hidden layers. */
    public RankerConfigBuilder hidden(List<Integer> value) {
        hidden = value;
        return this;
    }

    /** Path of the scripted module. */
    public RankerConfigBuilder file(String value) {
        file = value;
        return this;
    }

    /**
     * The changed ranker.
     *
     * @throws PipelineException if the values do not fit one another
     */
    public RankerConfig build() {
        return new RankerConfig(
                type, width, layers, heads, expansion, wide, readout, finalNorm, block, tokens, auxiliary, init, moe,
                cross, hidden, file);
    }
}
