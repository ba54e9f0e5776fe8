/**
 * The whole loop in one process: broker, mini-cluster with the online job, server, traffic, report.
 *
 * <p>Start at {@code command.Freshet}, the command line, then {@code command.Loop}, which puts the parts together.
 */
package io.freshet.quickstart;
