/**
 * Dense weights as files that other tools open. Start at {@link io.freshet.model.file.DenseFile}.
 *
 * <p>A file is in the safetensors format:
 *
 * <pre>
 *   u64 length of the header, little-endian
 *   header, JSON: {"__metadata__": {"key": "text", ...}, "NAME": {"dtype": "F32", "shape": [4, 2],
 *                  "data_offsets": [from, to]}, ...}, padded with spaces to a multiple of 8 bytes
 *   the tensors' numbers, little-endian, row-major, one after another without gaps; offsets count from here
 * </pre>
 *
 * <p>Knows no engine. Threads: stateless.
 */
package io.freshet.model.file;
