package io.freshet.model.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.freshet.model.program.Routing;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sparse mixture of experts without anything sparse: every expert sees every row, and its result is multiplied by a
 * share that is 0 where it was not chosen.
 */
final class OracleMoe {
    private final NDArray x; // [N, B, W]
    private final NDArray logits; // [N, B, R]
    private final NDArray gateUp; // [N, R + 1, W, 2m], the shared one last
    private final NDArray down; // [N, R + 1, m, W]
    private final Routing routing;
    private final NDArray mask; // [N, B, R], 1 where chosen
    private final NDArray shares; // [N, B, R], p where chosen, else 0

    OracleMoe(List<NDArray> in, Routing routing) {
        x = in.get(0);
        logits = in.get(1);
        gateUp = in.get(2).concat(in.get(4).expandDims(1), 1);
        down = in.get(3).concat(in.get(5).expandDims(1), 1);
        this.routing = routing;
        mask = mask();
        shares = softmax().mul(mask);
    }

    private int routed() {
        return (int) logits.getShape().get(2);
    }

    private NDArray mask() {
        double[] z = logits.toDoubleArray();
        double[] chosen = new double[z.length];
        for (int row = 0; row < z.length; row += routed()) {
            int first = row;
            IntStream.range(0, routed())
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> -z[first + j])) // Stable: of equal ones the first.
                    .limit(routing.chosen())
                    .forEach(j -> chosen[first + j] = 1);
        }
        return logits.getManager().create(chosen, logits.getShape());
    }

    /** Over all, or over the chosen. */
    private NDArray softmax() {
        NDArray powers = logits.exp();
        NDArray counted = routing.full() ? powers : powers.mul(mask);
        return powers.div(counted.sum(new int[] {2}, true));
    }

    /** The j-th expert's matrices of all positions. */
    private static NDArray of(NDArray stacked, int j) {
        return stacked.get(":," + j);
    }

    private static NDArray silu(NDArray gate) {
        return gate.div(gate.neg().exp().add(1));
    }

    /** silu(gate) * up, [N, B, m]. */
    private NDArray hidden(int j) {
        NDList both = x.matMul(of(gateUp, j)).split(2, 2);
        return silu(both.get(0)).mul(both.get(1));
    }

    private NDArray share(int j) {
        return shares.get(":,:," + j + ":" + (j + 1)).mul(routing.scale()); // [N, B, 1]
    }

    /** Result, rows of each routed expert, and nothing that backward needs. */
    List<NDArray> forward() {
        NDArray sum = hidden(routed()).matMul(of(down, routed()));
        for (int j = 0; j < routed(); j++) {
            sum = sum.add(hidden(j).matMul(of(down, j)).mul(share(j)));
        }
        return List.of(sum, mask.sum(new int[] {1}), mask);
    }

    /** Gradients of x, logits, gate_up, down, and those of the shared expert. */
    List<NDArray> backward(NDArray dOut) {
        NDArray ofX = x.zerosLike();
        NDList ofShares = new NDList();
        NDList ofGateUp = new NDList();
        NDList ofDown = new NDList();
        for (int j = 0; j <= routed(); j++) {
            NDArray h = hidden(j);
            NDArray dY = dOut;
            if (j < routed()) {
                NDArray y = h.matMul(of(down, j));
                ofShares.add(dOut.mul(y).sum(new int[] {2}, true).mul(routing.scale()));
                dY = dOut.mul(share(j));
            }
            ofDown.add(transposed(h).matMul(dY));
            NDArray dBoth = gradientOfBoth(j, dY.matMul(transposed(of(down, j))));
            ofGateUp.add(transposed(x).matMul(dBoth));
            ofX = ofX.add(dBoth.matMul(transposed(of(gateUp, j))));
        }
        NDArray dP = NDArrays.concat(ofShares, 2).mul(mask); // [N, B, E - 1]
        NDArray all = routing.full() ? softmax() : shares;
        NDArray ofLogits = shares.mul(dP).sub(all.mul(shares.mul(dP).sum(new int[] {2}, true)));
        NDArray ofSharedGateUp = ofGateUp.remove(routed());
        NDArray ofSharedDown = ofDown.remove(routed());
        return List.of(
                ofX, ofLogits, NDArrays.stack(ofGateUp, 1), NDArrays.stack(ofDown, 1), ofSharedGateUp, ofSharedDown);
    }

    private NDArray gradientOfBoth(int j, NDArray dHidden) {
        NDList both = x.matMul(of(gateUp, j)).split(2, 2);
        NDArray gate = both.get(0);
        NDArray s = gate.neg().exp().add(1).pow(-1);
        NDArray slope = s.mul(gate.mul(s.neg().add(1)).add(1));
        NDArray dGate = dHidden.mul(both.get(1)).mul(slope);
        return NDArrays.concat(new NDList(dGate, dHidden.mul(silu(gate))), 2);
    }

    private static NDArray transposed(NDArray matrices) {
        return matrices.transpose(0, 2, 1);
    }
}
