/**
 * A server's copy of the rows: many readers on versions that never change, one writer making the next version.
 *
 * <p>Start at {@link io.freshet.store.replica.VersionedRows}, the writer's side; then
 * {@link io.freshet.store.replica.Snapshot}, the readers'.
 *
 * <p>Rows of a table are numbered in the order they came. {@code RowIndex} leads from id to number, is shared by all
 * versions and only ever gains entries. The rows themselves hang in pages of 32, a directory of pages per version:
 *
 * <pre>
 *   version 7   directory [ p0  p1  p2 ]
 *                            \   |   |
 *   version 8   directory [  p0  p1' p2  p3 ]    one row of p1 was replaced, 3 rows came
 * </pre>
 *
 * <p>An update copies the directory and the pages it touches, nothing else; a row itself is never written twice. A row
 * that a version does not have yet is absent from that version's page, even if the index knows its number already. So is
 * a row that was taken out; when more than half of the numbers have no row, the next version numbers its rows anew, with
 * an index of its own.
 */
package io.freshet.store.replica;
