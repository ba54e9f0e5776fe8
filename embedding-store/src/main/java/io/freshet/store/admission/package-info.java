/**
 * How often rows were touched that are not kept yet. Start at {@link io.freshet.store.admission.TouchCounts}; there is one
 * per table and key group, so that counts go with the group when groups change hands.
 */
package io.freshet.store.admission;
