package io.freshet.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory of this process, as the kernel counts it: heap, direct memory and the engine's. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** The most bytes that were ever resident. NaN where the kernel does not tell. */
    public static double peakBytes() {
        try {
            return Files.isReadable(STATUS) ? peakBytes(Files.readAllLines(STATUS)) : Double.NaN;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + STATUS, e);
        }
    }

    static double peakBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToDouble(kib -> Double.parseDouble(kib) * 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
