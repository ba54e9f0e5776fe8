package io.freshet.flink.join;

import io.freshet.contracts.event.proto.DeadLetter;
import io.freshet.flink.join.JoinState.Emitted;
import io.freshet.flink.join.JoinState.Held;
import io.freshet.flink.join.JoinState.HeldAction;
import io.freshet.flink.join.JoinState.PositiveLabel;
import io.freshet.flink.join.JoinState.Waiting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@link JoinState} to bytes and back; the package's description has the format. */
public final class JoinStateCodec {
    private static final int VERSION = 3;
    private static final int HELD = 1;
    private static final int WAITING = 2;
    private static final int EMITTED = 3;

    private JoinStateCodec() {}

    /** Writes a state in the newest version of the format. */
    public static byte[] encode(JoinState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        if (state instanceof Held held) {
            out.writeByte(HELD);
            out.writeShort(held.actions().size());
            for (HeldAction action : held.actions()) {
                writeAction(out, action);
            }
        } else if (state instanceof Waiting waiting) {
            out.writeByte(WAITING);
            out.writeLong(waiting.timeMs());
            out.writeLong(waiting.kafkaTimeMs());
            out.writeFloat(waiting.negativeWeight());
            out.writeShort(waiting.labels().size());
            for (PositiveLabel label : waiting.labels()) {
                out.writeUTF(label.task());
                writeAction(out, label.by());
            }
            writeBytes(out, waiting.impression());
        } else if (state instanceof Emitted emitted) {
            out.writeByte(EMITTED);
            out.writeLong(emitted.timeMs());
            writeNames(out, emitted.positives());
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a state of any version of the format.
     *
     * @throws IOException when the bytes are of a newer version, cut short, too long, or no state at all
     */
    public static JoinState decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version < 1 || version > VERSION) {
            throw new IOException(("The join's state has format version %d, this build reads versions 1 to %d. "
                            + "Restore it with the build that wrote it, or a newer one.")
                    .formatted(version, VERSION));
        }
        JoinState state = read(in, version, in.readUnsignedByte());
        if (in.available() > 0) {
            throw new IOException("The join's state has %d bytes too many after its %s."
                    .formatted(in.available(), state.getClass().getSimpleName()));
        }
        return state;
    }

    private static JoinState read(DataInputStream in, int version, int phase) throws IOException {
        switch (phase) {
            case HELD:
                int count = in.readUnsignedShort();
                List<HeldAction> actions = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    actions.add(readAction(in, version));
                }
                return new Held(actions);
            case WAITING:
                long timeMs = in.readLong();
                long labelledAtMs = version < 3 ? in.readLong() : timeMs;
                long kafkaTimeMs = in.readLong();
                float negativeWeight = in.readFloat();
                List<PositiveLabel> labels = readLabels(in, version, labelledAtMs);
                return new Waiting(timeMs, readBytes(in), negativeWeight, labels, kafkaTimeMs);
            case EMITTED:
                return new Emitted(in.readLong(), readNames(in));
            default:
                throw new IOException("The join's state has phase " + phase + "; there are 1, 2 and 3.");
        }
    }

    private static void writeAction(DataOutputStream out, HeldAction action) throws IOException {
        out.writeUTF(action.acted().action());
        out.writeFloat(action.acted().value());
        out.writeLong(action.timeMs());
        writeBytes(out, action.origin().toByteArray());
    }

    private static HeldAction readAction(DataInputStream in, int version) throws IOException {
        Acted acted = new Acted(in.readUTF(), readValue(in, version));
        return new HeldAction(acted, in.readLong(), DeadLetter.parseFrom(readBytes(in)));
    }

    /** Before version 3 a label did not keep its action: it is taken for as late as the latest of them. */
    private static List<PositiveLabel> readLabels(DataInputStream in, int version, long labelledAtMs)
            throws IOException {
        int count = in.readUnsignedShort();
        List<PositiveLabel> labels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String task = in.readUTF();
            HeldAction by = version < 3
                    ? new HeldAction(
                            new Acted("", readValue(in, version)), labelledAtMs, DeadLetter.getDefaultInstance())
                    : readAction(in, version);
            labels.add(new PositiveLabel(task, by));
        }
        return labels;
    }

    /** Version 1 had no regressions to keep values for. */
    private static float readValue(DataInputStream in, int version) throws IOException {
        return version == 1 ? 1 : in.readFloat();
    }

    private static void writeNames(DataOutputStream out, List<String> names) throws IOException {
        out.writeShort(names.size());
        for (String name : names) {
            out.writeUTF(name);
        }
    }

    private static List<String> readNames(DataInputStream in) throws IOException {
        int count = in.readUnsignedShort();
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(in.readUTF());
        }
        return names;
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException(
                    "The join's state announces %d bytes where %d are left.".formatted(length, in.available()));
        }
        return in.readNBytes(length);
    }
}
