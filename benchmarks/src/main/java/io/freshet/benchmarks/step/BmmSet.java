package io.freshet.benchmarks.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.freshet.model.engine.Engines;
import io.freshet.model.engine.ScriptModule;
import io.freshet.model.script.ScriptArchive;

/**
 * The matrix products of all blocks' nets, forward and backward, in the step's own shapes, and nothing else: what the
 * machine can do at best. Results go into memory that is there already.
 */
final class BmmSet implements AutoCloseable {
    private static final String METHOD = "forward";
    private static final String SOURCE = """
            class Ranker(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Ranker,
                x: Tensor,
                hidden: Tensor,
                both: Tensor,
                gate_up: Tensor,
                down: Tensor,
                out_x: Tensor,
                out_hidden: Tensor,
                out_both: Tensor,
                out_gate_up: Tensor,
                out_down: Tensor) -> Tensor:
                a = torch.bmm(x, gate_up, out=out_both)
                b = torch.bmm(hidden, down, out=out_x)
                c = torch.bmm(x, torch.transpose(down, 1, 2), out=out_hidden)
                d = torch.bmm(torch.transpose(hidden, 1, 2), x, out=out_down)
                e = torch.bmm(torch.transpose(x, 1, 2), both, out=out_gate_up)
                f = torch.bmm(both, torch.transpose(gate_up, 1, 2), out=out_x)
                return f
            """;

    private final StepShape shape;
    private final NDManager manager = Engines.newManager(Engines.device("cpu"));
    private final ScriptModule module = new ScriptModule(ScriptArchive.of(SOURCE), manager.getDevice());
    private final NDList mixed;
    private final NDList original;

    BmmSet(StepShape shape) {
        this.shape = shape;
        mixed = arguments(shape.heads(), shape.mixedWidth());
        original = arguments(shape.tokens(), shape.width());
    }

    private NDList arguments(int positions, int width) {
        int batch = shape.batch();
        int hidden = shape.expansion() * width;
        NDList all = new NDList();
        for (boolean random : new boolean[] {true, false}) {
            all.add(array(random, positions, batch, width));
            all.add(array(random, positions, batch, hidden));
            all.add(array(random, positions, batch, 2 * hidden));
            all.add(array(random, positions, width, 2 * hidden));
            all.add(array(random, positions, hidden, width));
        }
        return all;
    }

    private NDArray array(boolean random, long... sizes) {
        return random ? manager.randomNormal(new Shape(sizes)) : manager.zeros(new Shape(sizes));
    }

    /** All products once, with as many threads as the engine was given last. */
    void run() {
        Engines.prepareThread(false);
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (NDList arguments : new NDList[] {mixed, original}) {
                try (NDManager call = manager.newSubManager()) {
                    module.run(METHOD, arguments, false, call);
                }
            }
        }
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
