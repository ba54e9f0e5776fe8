package io.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.freshet.model.batch.DirectArray;
import io.freshet.model.batch.RankerBatch;
import io.freshet.model.batch.TableBatch;

/**
 * A batch as arguments of a script. On a CPU the arrays are the batch's own memory, not copies of it: the batch must
 * stay as it is until the call is over.
 */
public final class Arguments {
    private final NDManager call;

    /** Arguments that belong to the manager of one call. */
    public Arguments(NDManager call) {
        this.call = call;
    }

    /** An array over some memory. */
    public NDArray of(DirectArray memory, DataType type, long... shape) {
        return call.create(memory.bytes(), new Shape(shape), type);
    }

    /** The features of a batch, in the order of the program's inputs. */
    public NDList features(RankerBatch batch) {
        NDList features = new NDList();
        for (TableBatch table : batch.tables()) {
            if (!table.table().slots().isEmpty()) {
                features.add(of(
                        table.rowMemory(),
                        DataType.FLOAT32,
                        table.rowsForEngine(),
                        table.table().width()));
                features.add(of(
                        table.indexMemory(), DataType.INT32, table.indexMemory().length()));
                features.add(of(
                        table.offsetMemory(),
                        DataType.INT32,
                        table.offsetMemory().length()));
                features.add(of(
                        table.weightMemory(),
                        DataType.FLOAT32,
                        table.weightMemory().length()));
            }
        }
        int numbers = batch.numberMemory().length() / batch.size();
        if (numbers > 0) {
            features.add(of(batch.numberMemory(), DataType.FLOAT32, batch.size(), numbers));
        }
        return features;
    }
}
