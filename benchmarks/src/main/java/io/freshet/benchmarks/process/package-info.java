/** Processes of our own, for what has to be killed or measured as a whole. */
package io.freshet.benchmarks.process;
