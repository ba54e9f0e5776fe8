/** What every benchmark prints last. */
package io.freshet.benchmarks.result;
