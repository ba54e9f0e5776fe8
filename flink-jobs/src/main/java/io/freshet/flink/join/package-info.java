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
 *     (joined)                   t &lt;= a &lt;= t + w, it is the first such in event time, the example is not out
 *     action_before_impression   a &lt; t
 *     action_after_window        a &gt; t + w for every task of that name
 *     action_duplicate           every task within whose window it is has its label by one as early or earlier, which may
 *                                come later; or, while the impression has not come, eight of its name were earlier
 *     action_late                within the window, but the example is out; or, while the impression has not come,
 *                                a + W &lt;= watermark, so that any it could belong to is late
 *     action_without_impression  it was held, no impression came, and the watermark reached a + W
 * </pre>
 *
 * <p>Examples leave in the order of the moments that complete them, in event time: however far one topic is read ahead of
 * the other, a replay trains in the order in which live traffic did, and no label is used before its time. One thing bends
 * the order: an event that comes when its moment has passed makes its example leave at once. Of two actions for one label
 * the first in event time counts, of two at the same moment the one with the smaller value, whichever is read first.
 *
 * <p>When a job is drained event time ends, so every window closes and nothing waits any more.
 *
 * <p>An id is remembered until the watermark reaches t + 2W; what comes later still is judged as if the id were new.
 *
 * <p>The state of an id in format version 3, integers big-endian, text as in {@code DataOutputStream.writeUTF}:
 *
 * <pre>
 *   u8 version = 3 | u8 phase | ...
 *   phase 1, held      u16 n | n actions
 *   phase 2, waiting   i64 t | i64 Kafka time | f32 weight as a negative | labels | i32 length | Impression protobuf
 *   phase 3, emitted   i64 t | names
 *   action             text name | f32 value | i64 a | i32 length | DeadLetter protobuf, no reason
 *   names              u16 n | n times: text task with a positive label
 *   labels             u16 n | n times: text task with a positive label | the action that makes it
 * </pre>
 *
 * <p>Before version 3 phase 2 was {@code i64 t | i64 newest label's a, or t | i64 newest Kafka time | f32 weight | labels |
 * ...}, and a label had the value of its action alone. Version 1 had no values, neither here nor in actions: they are read
 * as 1.
 */
package io.freshet.flink.join;
