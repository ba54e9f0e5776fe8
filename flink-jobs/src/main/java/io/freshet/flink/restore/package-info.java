/**
 * What a job may do with state that another pipeline file left: {@code ModelStamps} writes down with every checkpoint what
 * its state depends on, {@code RestoreRule} compares that with the file of today, and {@code SavepointStamp} reads it where
 * a job is submitted.
 */
package io.freshet.flink.restore;
