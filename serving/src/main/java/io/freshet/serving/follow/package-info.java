/**
 * Follows the three model topics and says when a version is whole.
 *
 * <p>Start at {@code VersionStager}, which decides and knows no Kafka; then {@code LineageStage} (all that is known of
 * one lineage), {@code PartitionStage} (its part in one partition of the rows topic) and {@code ShardChain} (what one shard
 * wrote there). {@code TopicFollower} feeds it from Kafka.
 *
 * <h2>What a version is made of</h2>
 *
 * <pre>
 *   rows topic      for EVERY shard s &lt; shards and EVERY partition p &lt; row_partitions:
 *                   the rows of (s, p), then the marker of (s, p), all with the version's checkpoint id
 *   dense topic     chunks 0 .. dense_chunks - 1
 *   versions topic  the version record
 * </pre>
 *
 * <p>A version has <em>all its pieces</em> when these are there. Topics are read in no order among one another, so pieces
 * of later versions may come before pieces of earlier ones; within a partition the order is the writers'.
 *
 * <h2>When it goes live</h2>
 *
 * <ol>
 *   <li>Count and checksum of every (shard, partition) match its marker; chunks and dense vector match theirs.
 *   <li>Every (shard, partition) is linked: following previous_checkpoint_id from its marker leads, over markers that are
 *       there, to the live version or behind it, or to a marker that is complete. Behind it: a restored job publishes
 *       once more what may not have reached the topics, and says from which version on nothing is missing. A shard that
 *       did not exist before (the job was rescaled) may begin at the version before. Wherever the number of shards changes
 *       on the way, all shards of the version before have to be there and linked themselves.
 *   <li>It is newer than the live one of its lineage, or of a lineage newer than the live one.
 * </ol>
 *
 * <p>A tombstone is a row like any other in all this; going live, it takes the row out.
 *
 * <p>Going live applies the rows of all linked segments since the live version. Thus a checkpoint that was aborted, and
 * for which only some shards have rows, is never live, and what those shards wrote goes live with the next one.
 *
 * <p>Lineages: one that appears in a partition after another is newer than that one. The live lineage is followed until
 * a newer one has a whole version; every other superseded lineage is left, and its records are dropped and counted.
 *
 * <h2>Starting from compacted topics</h2>
 *
 * <p>The <em>prefix</em> of a partition is what lies before the end offset captured when reading began, the <em>tail</em>
 * what comes after. In the prefix compaction may have taken rows that were written again later, so:
 *
 * <ol>
 *   <li>Rows of the prefix go straight into the table, the newest per key wins; older markers are not linked. A segment
 *       that has fewer rows than its marker says is taken as thinned by compaction. What can be checked still is: as many
 *       rows as the marker says must have its checksum, and more are refused.
 *   <li>Nothing goes live before all prefixes are read. The first version to do so is the newest that has all its pieces,
 *       whose own segments are all exact, that is not older than any row of the prefixes (that row may have replaced
 *       one that an older version needs), and whose lineage no newer one follows in any prefix.
 *   <li>Segments of the tail are counted, checked and linked as ever. One is of the tail when its marker is, even if it
 *       begins in the prefix: rows are replaced behind the marker only, so compaction of the prefix took none of its rows.
 * </ol>
 *
 * <p>A row that Kafka itself lost can not be told from one that compaction took, once a later version exists. Give the
 * topics a {@code min.compaction.lag.ms} well above the time a server may lag behind: a server that meets a compacted
 * tail refuses it and starts over.
 *
 * <h2>Refusals</h2>
 *
 * <p>See {@code Refusal.Reason}. After one the stager is of no more use: the follower logs, counts, and reads the topics
 * again from the start, while the live version goes on serving. Two reasons (another fingerprint, rows of another shape)
 * can not be repaired by reading again: they set aside the lineage alone.
 */
package io.freshet.serving.follow;
