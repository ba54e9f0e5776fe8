/**
 * The join of impressions and actions into examples, in event time, keyed by impression id.
 *
 * <p>Start at {@code LabelJoin}, which decides and knows no Flink, then {@code JoinState}, then
 * {@code LabelJoinFunction}, which binds it to Flink; {@code LabelJoins} puts it into a job.
 *
 * <p>W is the longest window of the tasks, t the time of an impression, a that of an action, w the window of its task.
 * Exactly one of these happens to every event, and is counted:
 *
 * <pre>
 *   impression
 *     impression_malformed       it cannot be read, or the encoder refuses a feature
 *     impression_from_future     t is further ahead of the wall clock than join.max-ahead
 *     impression_duplicate       its id has an impression already: waiting, or emitted and watermark &lt; t + 2W
 *     impression_late            no such, but t + W &lt;= watermark
 *     (waits, then) example      when the watermark has reached, for every task, its action or t + w; never before
 *     negative_sampled_out       no task is positive then, and the id's hash is not below the negative sample rate
 *   action
 *     action_malformed, action_from_future     as above
 *     action_of_no_task          no task waits for its name
 *     (joined)                   t &lt;= a &lt;= t + w, the task has no label yet, the example is not out
 *     action_before_impression   a &lt; t
 *     action_after_window        a &gt; t + w for every task of that name
 *     action_duplicate           a task within whose window it is has its label; or, while the impression has not
 *                                come, of two actions of one name the later
 *     action_late                within the window, but the example is out; or, while the impression has not come,
 *                                a + W &lt;= watermark, so that any it could belong to is late
 *     action_without_impression  it was held, no impression came, and the watermark reached a + W
 * </pre>
 *
 * <p>Examples leave in the order of the moments that complete them, in event time: however far one topic is read ahead of
 * the other, a replay trains in the order in which live traffic did, and no label is used before its time. Two things bend
 * the order: an event that comes when its moment has passed makes its example leave at once, and of two actions for one
 * label the first to be read counts, which need not be the earlier one.
 *
 * <p>When a job is drained event time ends, so every window closes and nothing waits any more.
 *
 * <p>An id is remembered until the watermark reaches t + 2W; what comes later still is judged as if the id were new.
 *
 * <p>The state of an id in format version 2, integers big-endian, text as in {@code DataOutputStream.writeUTF}:
 *
 * <pre>
 *   u8 version = 2 | u8 phase | ...
 *   phase 1, held      u16 n | n times: text action | f32 value | i64 a | i32 length | DeadLetter protobuf, no reason
 *   phase 2, waiting   i64 t | i64 newest label's a, or t | i64 newest Kafka time | f32 weight as a negative | labels
 *                      | i32 length | Impression protobuf
 *   phase 3, emitted   i64 t | names
 *   names              u16 n | n times: text task with a positive label
 *   labels             u16 n | n times: text task with a positive label | f32 value of its action
 * </pre>
 *
 * <p>Version 1 has no values, and names for labels; what it holds is read with the value 1.
 */
package io.freshet.flink.join;
